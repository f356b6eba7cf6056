"""Faults that begin after a number of requests."""

from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, ClassVar

from mock_backend.control.faults.answers import AnswerFault, Fault, whole_seconds
from mock_backend.control.faults.kind import FaultRequest, FieldCheck, Struck, check_count_field
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_timedelta

if TYPE_CHECKING:
    from mock_backend.control.faults.order import FaultOrder


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
        return Fault(429, retry_after=whole_seconds(first + to_timedelta(self.per) - now))

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
