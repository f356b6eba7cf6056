"""A cache with a bound, and keys of what clients send."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

from pydantic_core import PydanticSerializationError, to_json

_Value = TypeVar("_Value")
#: Of longer documents each is likely to be another one; in bytes.
_LONGEST = 20_000


def json_key(value: Any) -> bytes | None:
    """Return what equal JSON values share; None for long ones and for what is no proper JSON."""
    try:
        raw = to_json(value)
    except (PydanticSerializationError, ValueError, RecursionError):
        return None
    return None if len(raw) > _LONGEST else raw


def forget_oldest(values: dict[Any, Any], most: int) -> None:
    """Forget the oldest entries of a mapping, as far as there are more than a number."""
    while len(values) > most:
        values.pop(next(iter(values)), None)


class Kept(Generic[_Value]):
    """Values that were made lately; those that have not been read for the longest time go first.

    It may be used by several threads; these may make the same value at the same time.

    Args:
        most: Maximum number of values; or of bytes, if their sizes are told.
        size: Returns how many bytes a value has; None if it is not to be kept.
        largest: The size of the largest value that is kept, alone if need be; ``most`` by default.
    """

    def __init__(
        self, most: int, size: Callable[[_Value], int | None] = lambda _: 1, largest: int | None = None
    ) -> None:
        self._most, self._size_of, self._largest = most, size, largest or most
        self._size = 0
        self._values: OrderedDict[Hashable, tuple[_Value, int]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable, make: Callable[[], _Value]) -> _Value:
        """Return a value, made if it is not there; by None as key, for unknown inputs, it is not kept."""
        if key is None:
            return make()
        found = self.find(key)
        return self.keep(key, make()) if found is None else found

    def find(self, key: Hashable) -> _Value | None:
        """Return a value; None if it is not there."""
        with self._lock:
            if (known := self._values.get(key)) is None:
                return None
            self._values.move_to_end(key)
            return known[0]

    def keep(self, key: Hashable, made: _Value) -> _Value:
        """Keep a value if there is room, and return it."""
        size = self._size_of(made)
        # What is larger than all there is room for would drive out everything else.
        if size is not None and size <= self._largest:
            with self._lock:
                if key not in self._values:
                    self._values[key] = made, size
                    self._size += size
                while self._size > self._most and len(self._values) > 1:
                    self._size -= self._values.popitem(last=False)[1][1]
        return made

    def clear(self) -> None:
        """Forget all values."""
        with self._lock:
            self._values.clear()
            self._size = 0
