"""Keep a clock's time in a store, so that a reopened back-end goes on where it stopped."""

import logging
from datetime import datetime, timedelta

from mock_backend.clock import Clock
from mock_backend.stores import JobStore, StoreError

logger = logging.getLogger("mock_backend")

#: Distance of the noted instant from the present, in real time.
_AHEAD = timedelta(seconds=1)


class TimeKeeper:
    """Move a clock to where a store's time stopped, and note in the store how time goes on.

    Time must never precede the events that are stored, nor what a client has been told: the clock
    starts at the later of its own start and the last instant that was noted. A frozen clock's
    instants are noted when it moves; those of a running one ahead of the answers that tell them.
    """

    def __init__(self, clock: Clock, store: JobStore) -> None:
        self._clock = clock
        self._store = store
        last = store.state.get("now")
        if last is not None and (instant := datetime.fromisoformat(last)) > clock.now():
            clock.travel_to(instant)
        self._noted: datetime | None = None
        self._unregister = clock.on_move(self._save)

    @property
    def is_due(self) -> bool:
        """True if the present is to be noted before a client is told of it."""
        return self._clock.rate != 0 and (self._noted is None or self._clock.now() > self._noted)

    def note(self) -> None:
        """Note an instant that the clock reaches in a second, so that until then there is nothing to note.

        Where the store cannot be written, reading goes on.
        """
        try:
            self._save(self._clock.now() + _AHEAD * self._clock.rate)
        except (StoreError, OverflowError) as error:  # after the last second of the year 9999
            logger.warning("The time was not noted: %s", error)

    def end(self) -> None:
        """Note the last instant; to be called once, before the store is closed."""
        self._unregister()
        self._save(self._clock.now())

    def _save(self, now: datetime) -> None:
        clock = self._clock
        state = {"now": now.isoformat(), "rate": clock.rate, "origin": clock.start.isoformat()}
        self._store.save_state(state)
        self._noted = now
