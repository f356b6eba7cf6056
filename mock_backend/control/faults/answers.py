"""Faults that are an answer in place of the real one: to any request, to some, or to those beyond a limit."""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.control.faults.kind import (
    FaultKind,
    FaultRequest,
    FieldCheck,
    Struck,
    check_count_field,
    discard,
)
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_timedelta
from mock_backend.errors import BY_CODE, Internal, OpenEOError
from mock_backend.errors.suggestions import did_you_mean

if TYPE_CHECKING:
    from mock_backend.control.faults.order import FaultOrder

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
    """Placeholders of a message without given details."""

    def __missing__(self, key: str) -> str:
        return "…"


class AnswerFault(FaultKind):
    """A kind of fault that is an answer in place of the real one."""

    def fault(self, struck: Struck) -> "Fault":
        """Return the answer."""
        raise NotImplementedError

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer, and serve the request before if it shall have an effect."""
        fault = self.fault(struck)
        if fault.after_effect:
            await app(scope, receive, discard)
        else:
            await struck.read_body()
        await (fault.response() or struck.render(fault))(scope, receive, send)


@dataclass(frozen=True)
class Fault(AnswerFault):
    """An answer in place of the real one: an openEO error, or any status with a body of your own.

    Args:
        status: The HTTP status, 200 to 599; that of the code if omitted, and 500 without one.
        retry_after: The ``Retry-After`` header, in whole seconds of the clock.
        code: The openEO error code, e.g. ``StorageFailure``; the one that fits the status if omitted.
        message: The error's message; the code's own if omitted.
        headers: More headers.
        after_effect: True if the request is served first: what it asks for happens, but the client is told
            of the error only, as when a proxy gives up waiting.
        body: The body instead of an openEO error: text, HTML (a text that begins with ``<``) or bytes;
            an empty one stands for none.
        content_type: The media type of the body; by default that of its kind.

    Raises:
        ValueError: If HTTP has no such status or header, or the delay is negative.
        TypeError: If the code, the message or the body is of the wrong type.
    """

    kind: ClassVar[str] = "error"

    status: int | None = None
    retry_after: Duration | None = None
    code: str | None = None
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    after_effect: bool = False
    body: str | bytes | None = None
    content_type: str | None = None

    def __post_init__(self) -> None:
        if isinstance(self.body, Mapping):
            # The way in which a frozen dataclass sets its own fields.
            object.__setattr__(self, "body", _bytes_of(self.body))
        if self.status is None:
            object.__setattr__(self, "status", self._usual_status())
        if not isinstance(self.status, int) or not 200 <= self.status <= 599:
            raise ValueError(f"Fault: status must be an HTTP status from 200 to 599, got {self.status!r}.")
        for name in ("code", "message", "content_type"):
            if not isinstance(text := getattr(self, name), str | None):
                raise TypeError(f"Fault: {name} must be a str, got {text!r}.")
        if not isinstance(self.body, str | bytes | None):
            raise TypeError(f"Fault: body must be str or bytes, got {self.body!r}.")
        if self.body is not None and (self.code or self.message) is not None:
            raise ValueError("Fault: code and message are those of an openEO error; body replaces it.")
        if not isinstance(self.headers, Mapping):
            raise TypeError(f"Fault: headers must be an object, got {self.headers!r}.")
        if not isinstance(self.after_effect, bool):
            raise TypeError(f"Fault: after_effect must be True or False, got {self.after_effect!r}.")
        for header, value in self.headers.items():
            if not (isinstance(value, str) and _HEADER_VALUE.fullmatch(value)):
                raise ValueError(f"Fault: the header {header} must be a text HTTP can send, got {value!r}.")
        if self.retry_after is not None:
            named_duration("Fault: retry_after", self.retry_after)

    def _usual_status(self) -> int:
        known = BY_CODE.get(self.code or "")
        if self.code in _OAUTH:
            return _OAUTH[self.code]
        if self.code is not None and known is None:
            raise ValueError(
                f"Fault: the API has no error code {self.code!r}; one of your own needs a status."
                f"{did_you_mean(self.code, BY_CODE)}"
            )
        return known.status if known else (500 if self.body is None else 200)

    def error(self) -> OpenEOError:
        """Return the error to answer with."""
        status = self.status or Internal.status
        code = self.code or _CODES.get(status)
        code, message = (code, _message_of(code)) if code else _OTHERS.get(status, _INTERNAL)
        return OpenEOError(
            self.message or message, code=code, status=status, headers=self.all_headers() or None
        )

    def all_headers(self) -> dict[str, str]:
        """Return the headers of the answer beside those of its body."""
        if self.retry_after is None:
            return dict(self.headers)
        return {**self.headers, "Retry-After": str(round(to_timedelta(self.retry_after).total_seconds()))}

    def response(self) -> Response | None:
        """Return the answer with the body of its own; None if it is an openEO error."""
        if self.body is None:
            return None
        media_type = self.content_type
        if media_type is None and isinstance(self.body, str):
            media_type = "text/html" if self.body.lstrip().startswith("<") else "text/plain"
        if media_type is None:
            media_type = "application/octet-stream"
        return Response(
            self.body,
            status_code=self.status or 200,
            headers=self.all_headers(),
            media_type=media_type if self.body else None,
        )

    def fault(self, struck: Struck) -> "Fault":
        """Return itself."""
        return self


@dataclass(frozen=True)
class RedirectLoop(AnswerFault):
    """A redirect to the very same URL."""

    kind: ClassVar[str] = "redirect-loop"
    usual_times: ClassVar[int | None] = None

    status: int = 302

    def __post_init__(self) -> None:
        if self.status not in (301, 302, 303, 307, 308):
            raise ValueError(f"RedirectLoop: status must be 301, 302, 303, 307 or 308, got {self.status!r}.")

    def fault(self, struck: Struck) -> Fault:
        """Return the redirect."""
        return Fault(self.status, body="", headers={"Location": struck.url})


@dataclass(frozen=True)
class Maintenance(AnswerFault):
    """A back-end that is closed for maintenance; ``Retry-After`` names the end of the order's window."""

    kind: ClassVar[str] = "maintenance"
    usual_times: ClassVar[int | None] = None

    message: str | None = None

    def fault(self, struck: Struck) -> Fault:
        """Return the error."""
        end, now = struck.order.ends, struck.request.now
        left = None if end is None else _whole_seconds(end - now)
        return Fault(code="InfrastructureMaintenance", message=self.message, retry_after=left)


@dataclass(frozen=True)
class NotFoundYet(AnswerFault):
    """A job that is not found for a while after it was created, or results after it has ended.

    Args:
        by: The length of time.

    Raises:
        TypeError: If that is no duration.
        ValueError: If it is negative.
    """

    kind: ClassVar[str] = "not-found-yet"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"by": named_duration}
    usual_times: ClassVar[int | None] = None

    by: Duration

    def check(self, route: RoutePattern) -> None:
        """Check that a route is about a job."""
        if not route.names_job:
            raise ValueError(
                f"NotFoundYet is about jobs, so {route} would never run into it. "
                "Routes that could: 'GET /jobs/{job_id}', 'GET /jobs/{job_id}/results'."
            )

    def is_met(self, request: FaultRequest, order: "FaultOrder") -> bool:
        """Tell whether the job, or its result, is still too young."""
        job = request.job
        if job is None:
            return False
        begin = job.state(request.now).ended if "/results" in (request.template or "") else job.created
        return begin is not None and request.now - begin < to_timedelta(self.by)

    def fault(self, struck: Struck) -> Fault:
        """Return the error."""
        is_job = (struck.request.template or "").startswith("/jobs/{job_id}")
        return Fault(code="JobNotFound" if is_job else "NotFound")


class RequestLimit(AnswerFault):
    """A number of requests that pass; more are refused."""

    usual_times: ClassVar[int | None] = None

    requests: int
    per_user: bool

    def is_met(self, request: FaultRequest, order: "FaultOrder") -> bool:
        """Count a request; tell whether it is one too many."""
        passed = self.passed(request, order)
        if len(passed) >= self.requests:
            return True
        passed.append(request.now)
        return False

    def passed(self, request: FaultRequest, order: "FaultOrder") -> deque[datetime]:
        """Return when requests like this one have passed, as far as they count."""
        return order.passed[request.user if self.per_user else ""]


@dataclass(frozen=True)
class RateLimit(RequestLimit):
    """A limit to the number of requests in a time; more are answered 429 with ``Retry-After``.

    Args:
        requests: The most requests.
        per: The length of the sliding window that they are counted in, on the clock.
        per_user: True to count the requests of each user apart.

    Raises:
        TypeError: If an argument is of the wrong type.
        ValueError: If an argument makes no sense.
    """

    kind: ClassVar[str] = "rate-limit"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"requests": check_count_field, "per": named_duration}

    requests: int
    per: Duration = timedelta(minutes=1)
    per_user: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not to_timedelta(self.per):
            raise ValueError(f"RateLimit: per must be longer than 0, got {self.per!r}.")

    def fault(self, struck: Struck) -> Fault:
        """Return the error."""
        first, now = self.passed(struck.request, struck.order)[0], struck.request.now
        return Fault(429, retry_after=_whole_seconds(first + to_timedelta(self.per) - now))

    def passed(self, request: FaultRequest, order: "FaultOrder") -> deque[datetime]:
        """Return when requests have passed within the window."""
        passed = super().passed(request, order)
        while passed and request.now - passed[0] >= to_timedelta(self.per):
            passed.popleft()
        return passed


@dataclass(frozen=True)
class Quota(RequestLimit):
    """A number of requests that is used up.

    Args:
        requests: The most requests.
        code: The openEO error code of the refusals after them.
        message: The message of these; the code's own if omitted.
        per_user: True if each user has a quota of their own.

    Raises:
        ValueError: If an argument makes no sense.
    """

    kind: ClassVar[str] = "quota"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"requests": check_count_field}

    requests: int
    code: str = "PaymentRequired"
    message: str | None = None
    per_user: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        Fault(code=self.code, message=self.message)

    def fault(self, struck: Struck) -> Fault:
        """Return the error."""
        return Fault(code=self.code, message=self.message)


def _whole_seconds(duration: timedelta) -> int:
    """Return a duration in seconds, rounded up: a header cannot say less."""
    return -(-duration // timedelta(seconds=1))


def _bytes_of(value: Mapping[str, Any]) -> bytes:
    """Read bytes as ``to_plain`` writes them; raise ``ValueError`` if they are not base64."""
    import base64
    import binascii

    text = value.get("base64")
    try:
        if isinstance(text, str) and len(value) == 1:
            return base64.b64decode(text, validate=True)
    except binascii.Error:
        pass
    raise ValueError(f"Bytes are an object with the member 'base64', got {value!r}.")


def _message_of(code: str) -> str:
    known = BY_CODE.get(code)
    if known is None or known is Internal:
        return _INTERNAL[1]
    return known.template.format_map(_Blanks())
