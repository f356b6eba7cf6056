"""Settings of a provider."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar, overload

from mock_backend.auth.oidc.clients import as_texts
from mock_backend.durations import Duration, to_timedelta
from mock_backend.errors.suggestions import did_you_mean

_Value = TypeVar("_Value")

#: Longer ones would lead beyond the end of time.
_LONGEST = timedelta(days=36525)


class _Checked(Generic[_Value]):
    """An attribute that is checked where it is set; it begins with a default."""

    def __init__(self, default: Duration | bool) -> None:
        self.default = default

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: object, owner: type) -> _Value: ...
    def __get__(self, instance: object | None, owner: type) -> Any:
        return self if instance is None else instance.__dict__[self._name]


class Lifetime(_Checked[timedelta]):
    """An attribute that takes ``"5m"``, seconds or a timedelta, and reads as a timedelta."""

    def __set__(self, instance: object, value: Duration) -> None:
        try:
            duration = to_timedelta(value)
            if duration > _LONGEST:
                raise ValueError(f"It must be at most {_LONGEST.days} days, got {value!r}.")
        except (TypeError, ValueError) as error:
            raise type(error)(f"{self._name}: {error}") from None
        instance.__dict__[self._name] = duration


class Switch(_Checked[bool]):
    """An attribute that is True or False."""

    def __set__(self, instance: object, value: bool) -> None:
        if not isinstance(value, bool):
            raise TypeError(f"{self._name} must be True or False, got {value!r}.")
        instance.__dict__[self._name] = value


class ProviderSettings:
    """Settings of a provider: plain attributes, which count from the next request on.

    Lifetimes take ``"5m"``, seconds or a timedelta.
    """

    access_token_ttl = Lifetime("1h")
    refresh_token_ttl = Lifetime("30d")
    id_token_ttl = Lifetime("1h")
    code_ttl = Lifetime("1m")
    device_code_ttl = Lifetime("10m")
    #: Time between polls of a device.
    device_interval = Lifetime("5s")
    #: Offset of the issuer's clock from the back-end's.
    clock_skew = Lifetime(0)
    #: Part of that offset that the API tolerates.
    leeway = Lifetime(0)
    #: True if a refresh token is good for one renewal only, which gives another one.
    rotate_refresh_tokens = Switch(False)
    #: True if pages and device codes wait for a person, instead of confirming themselves.
    interactive = Switch(False)
    #: True to accept clients, passwords and refresh tokens that the provider does not know, as if the
    #: provider in production had issued them.
    trusting = Switch(False)
    #: True if no attributes are to be added any more.
    _is_settled = False

    def settle(self) -> None:
        """Go back to how all of them are at the beginning."""
        for name, setting in vars(ProviderSettings).items():
            if isinstance(setting, _Checked):
                setattr(self, name, setting.default)
        self.required_entitlements = ()
        self.authorization_parameters = {}

    @property
    def required_entitlements(self) -> frozenset[str]:
        """Entitlements an account needs to use the API; one, several or none."""
        return self._required

    @required_entitlements.setter
    def required_entitlements(self, given: Iterable[str] | str) -> None:
        self._required = frozenset(as_texts(given))

    @property
    def authorization_parameters(self) -> Mapping[str, str]:
        """Parameters that clients have to send to the authorization endpoint, e.g. ``{"prompt": "consent"}``.

        ``GET /credentials/oidc`` lists them, as API 1.3 has it; clients read it in any version.
        """
        return self._parameters

    @authorization_parameters.setter
    def authorization_parameters(self, given: Mapping[str, str]) -> None:
        for name, value in given.items():
            if not (isinstance(name, str) and name and isinstance(value, str) and value):
                raise TypeError(f"authorization_parameters must map names to texts, got {name!r}: {value!r}.")
        self._parameters = MappingProxyType(dict(given))

    def __setattr__(self, name: str, value: object) -> None:
        if self._is_settled and not name.startswith("_") and not hasattr(self, name):
            public = [each for each in dir(self) if not each.startswith("_")]
            # A misspelt setting would do nothing, and the test would pass for the wrong reason.
            raise AttributeError(f"A provider has no setting {name!r}.{did_you_mean(name, public)}")
        super().__setattr__(name, value)
