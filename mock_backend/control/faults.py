"""Failures that a test orders."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from mock_backend.control.delays import Delay
from mock_backend.control.orders import Order, OrderBook
from mock_backend.control.routes import RoutePattern
from mock_backend.durations import Duration, to_timedelta
from mock_backend.errors import BY_CODE, Internal, OpenEOError
from mock_backend.errors.suggestions import did_you_mean

# The API's codes for these statuses; for others it has none.
_CODES = {
    401: "AuthenticationRequired",
    402: "PaymentRequired",
    403: "PermissionsInsufficient",
    404: "NotFound",
    408: "RequestTimeout",
    410: "ResultLinkExpired",
    501: "FeatureUnsupported",
    503: "InfrastructureBusy",
}
_OTHERS = {
    400: ("RequestInvalid", "The request is invalid."),
    429: ("TooManyRequests", "Too many requests. Please slow down."),
}
# What the endpoints of OpenID Connect providers call their errors (RFC 6749, 5.2; RFC 8628, 3.5).
_OAUTH = {
    **dict.fromkeys(
        (
            "invalid_request",
            "invalid_grant",
            "invalid_scope",
            "unauthorized_client",
            "unsupported_grant_type",
            "access_denied",
            "authorization_pending",
            "slow_down",
            "expired_token",
        ),
        400,
    ),
    "invalid_client": 401,
    "invalid_token": 401,
    "server_error": 500,
    "temporarily_unavailable": 503,
}
# RFC 9110, section 5.5: what there is in Latin-1 but control characters.
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_INTERNAL = ("Internal", "Server error: a failure that the test ordered.")


class _Blanks(dict[str, str]):
    """What fills the placeholders of a message whose details nobody gave."""

    def __missing__(self, key: str) -> str:
        return "…"


@dataclass(frozen=True)
class Fault:
    """An error answer in place of the real one.

    Args:
        status: The HTTP status, 400 to 599; that of the code if omitted, and 500 without one.
        retry_after: What the ``Retry-After`` header says, in whole seconds of the clock.
        code: The openEO error code, e.g. ``StorageFailure``; the one that fits the status if omitted.
        message: The error's message; the code's own if omitted.
        headers: More headers.
        after_effect: Whether the request is served first: what it asks for happens, but the client is told
            of the error only, as when a proxy gives up waiting.

    Raises:
        ValueError: If the status is not an error status, the delay is negative, or HTTP has no such header.
        TypeError: If the code or the message is no text.
    """

    status: int | None = None
    retry_after: Duration | None = None
    code: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False

    def __post_init__(self) -> None:
        if self.status is None:
            known = BY_CODE.get(self.code or "")
            if self.code in _OAUTH:
                object.__setattr__(self, "status", _OAUTH[self.code])
            elif self.code is not None and known is None:
                raise ValueError(
                    f"Fault: the API has no error code {self.code!r}; one of your own needs a status."
                    f"{did_you_mean(self.code, BY_CODE)}"
                )
            else:
                # The way in which a frozen dataclass sets its own fields.
                object.__setattr__(self, "status", known.status if known else 500)
        if not isinstance(self.status, int) or not 400 <= self.status <= 599:
            raise ValueError(f"Fault: status is an HTTP error status from 400 to 599, not {self.status!r}.")
        for name in ("code", "message"):
            if not isinstance(text := getattr(self, name), str | None):
                raise TypeError(f"Fault: {name} is a text, not {text!r}.")
        for header, value in self.headers.items():
            if not (isinstance(value, str) and _HEADER_VALUE.fullmatch(value)):
                raise ValueError(f"Fault: the header {header} is a text HTTP can send, not {value!r}.")
        if self.retry_after is not None:
            try:
                to_timedelta(self.retry_after)
            except (TypeError, ValueError) as error:
                raise type(error)(f"Fault: retry_after: {error}") from None

    def error(self) -> OpenEOError:
        """Return the error to answer with."""
        status = self.status or Internal.status
        code = self.code or _CODES.get(status)
        code, message = (code, _message_of(code)) if code else _OTHERS.get(status, _INTERNAL)
        headers = dict(self.headers)
        if self.retry_after is not None:
            headers["Retry-After"] = str(round(to_timedelta(self.retry_after).total_seconds()))
        return OpenEOError(self.message or message, code=code, status=status, headers=headers or None)


def _message_of(code: str) -> str:
    known = BY_CODE.get(code)
    if known is None or known is Internal:
        return _INTERNAL[1]
    return known.template.format_map(_Blanks())


class FaultOrder(Order):
    """A fault, or a delay, and the requests that run into it."""

    def __init__(self, fault: Fault | Delay, route: str, times: int | None) -> None:
        if not isinstance(fault, Fault | Delay):
            raise TypeError(
                "inject() takes a Fault, e.g. Fault(status=503), or a Delay, e.g. Delay('30s'), "
                f"not {fault!r}."
            )
        super().__init__(times)
        self.fault = fault
        self.route = RoutePattern.parse(route)

    def __repr__(self) -> str:
        left = "always" if self.remaining is None else f"{self.remaining} left"
        route = f"{self.route.method} {self.route.template}"
        what = f"Delay {self.fault.by}" if isinstance(self.fault, Delay) else f"Fault {self.fault.status}"
        return f"<{what} on {route}: {self.hits} hits, {left}>"


class FaultBook:
    """The faults of a back-end; earlier ones come first, so that sequences can be ordered."""

    def __init__(self) -> None:
        self._orders: OrderBook[FaultOrder] = OrderBook()
        self.clear = self._orders.clear

    def add(self, order: FaultOrder, *, operations: Collection[tuple[str, str]]) -> FaultOrder:
        """Enter a fault.

        Raises:
            ValueError: If none of these operations (method and path template) could run into it.
        """
        order.route.check(operations)
        return self._orders.add(order)

    def active(self) -> list[FaultOrder]:
        """Return the faults in force, oldest first."""
        return self._orders.active()

    def strike(self, method: str, template: str | None) -> Fault | Delay | None:
        """Return the fault, or the delay, that a request runs into, and count it."""
        active = self._orders.active()
        order = (
            self._orders.hit(active, lambda each: each.route.matches(method, template)) if active else None
        )
        return None if order is None else order.fault
