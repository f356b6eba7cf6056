"""Notice pollers that would poll a frozen clock for ever."""

import warnings
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from mock_backend.clock import Clock, FrozenClockWarning
from mock_backend.clock.virtual import real_seconds
from mock_backend.errors import Internal

WARN_AFTER = 100
# A poller that sleeps for real is slow: it is warned after so many reads within so many real seconds.
SLOW_READS = 5
SLOW_SECONDS = 30.0
REFUSE_AFTER = 1000


class Patience:
    """Count identical reads of a job at one frozen instant; warn first, then refuse.

    Args:
        source: The real time source, in seconds.
    """

    def __init__(self, source: Callable[[], float] = real_seconds) -> None:
        self._source = source
        self._at: datetime | None = None
        self._since = 0.0
        self._reads: Counter[str] = Counter()
        self._warned: set[str] = set()

    def note(self, job_id: str, clock: Clock) -> None:
        """Note that somebody saw a job still going on.

        Raises:
            Internal: When it has been seen so too often for the poller to mean anything else.
        """
        if clock.rate:
            return
        now = clock.now()
        if now != self._at:
            self._at, self._since = now, self._source()
            self._reads.clear()
            self._warned.clear()
        self._reads[job_id] += 1
        reads = self._reads[job_id]
        is_slow = reads >= SLOW_READS and self._source() - self._since >= SLOW_SECONDS
        if (is_slow or reads == WARN_AFTER) and job_id not in self._warned:
            self._warned.add(job_id)
            # Deep in the app no stack level is the poller's own code.
            warnings.warn(self._advice(job_id, now), FrozenClockWarning, stacklevel=2)
        if reads > REFUSE_AFTER:
            raise Internal(message=self._advice(job_id, now))

    def _advice(self, job_id: str, now: datetime) -> str:
        return (
            f"The status of job {job_id!r} was asked for {self._reads[job_id]} times while the clock stood "
            f"still at {now.isoformat()}: it will never change by itself. Move it with "
            "clock.advance(minutes=10), let it run with clock.rate = 60, or put the poller's waits on the "
            "clock with clock.patch('its.module')."
        )
