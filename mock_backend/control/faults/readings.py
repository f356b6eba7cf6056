"""Faults of reading: answers as of some time ago."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.clock.past import reading_as_of
from mock_backend.control.faults.answers import AnswerFault, Fault
from mock_backend.control.faults.kind import FaultKind, FaultRequest, FieldCheck, Struck
from mock_backend.control.route_pattern import RoutePattern
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, named_duration, to_timedelta

if TYPE_CHECKING:
    from mock_backend.control.faults.order import FaultOrder


@dataclass(frozen=True)
class Stale(FaultKind):
    """``GET`` requests for jobs that are answered as of some time ago, as by a lagging replica.

    Args:
        by: The age of the data. What changed before the order was given is never seen unchanged.

    Raises:
        TypeError: If that is no duration.
        ValueError: If it is negative.
    """

    kind: ClassVar[str] = "stale"
    checks: ClassVar[Mapping[str, FieldCheck]] = {"by": named_duration}
    usual_times: ClassVar[int | None] = None
    composes: ClassVar[bool] = True

    by: Duration

    def check(self, route: RoutePattern) -> None:
        """Check that a route reads."""
        if route.method not in ("GET", "*"):
            raise ValueError(
                f"Stale is about reading, so {route} would never run into it. "
                f"The route that could: 'GET {route.template}'."
            )

    def is_met(self, request: FaultRequest, order: "FaultOrder") -> bool:
        """Tell whether a request reads."""
        return request.method == "GET"

    async def strike(self, struck: Struck, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as of that time."""
        with reading_as_of(struck.request.now - to_timedelta(self.by)):
            await app(scope, receive, send)


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
