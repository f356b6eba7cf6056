"""Settings that check what they are given: durations as people write them, and switches."""

from datetime import timedelta
from typing import Any, overload

from mock_backend.durations import Duration, to_timedelta

#: Longer ones would lead beyond the end of time.
_LONGEST = timedelta(days=36525)


class Lifetime:
    """An attribute that takes ``"5m"``, seconds or a timedelta, and reads as a timedelta."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Lifetime": ...
    @overload
    def __get__(self, instance: object, owner: type) -> timedelta: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__[self._name]

    def __set__(self, instance: object, value: Duration) -> None:
        try:
            duration = to_timedelta(value)
            if duration > _LONGEST:
                raise ValueError(f"It must be at most {_LONGEST.days} days, got {value!r}.")
        except (TypeError, ValueError) as error:
            raise type(error)(f"{self._name}: {error}") from None
        instance.__dict__[self._name] = duration


class Switch:
    """An attribute that is True or False."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> "Switch": ...
    @overload
    def __get__(self, instance: object, owner: type) -> bool: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__[self._name]

    def __set__(self, instance: object, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"{self._name} must be True or False, got {value!r}.")
        instance.__dict__[self._name] = value
