"""Keep a clock's time in a store, so that a reopened back-end goes on where it stopped."""

from collections.abc import Callable
from datetime import datetime

from mock_backend.clock import Clock
from mock_backend.stores import JobStore


def keep_time(clock: Clock, store: JobStore) -> Callable[[], None]:
    """Move a clock to where the store's time stopped, and note each later move in the store.

    Time must never precede the events that are stored: the clock starts at the later of its own
    start and the last instant that was noted.

    Returns:
        What ends it, noting the last instant; to be called once.
    """
    last = store.state.get("now")
    if last is not None and (instant := datetime.fromisoformat(last)) > clock.now():
        clock.travel_to(instant)

    def note(now: datetime) -> None:
        store.save_state({"now": now.isoformat(), "rate": clock.rate, "origin": clock.start.isoformat()})

    unregister = clock.on_move(note)

    def end() -> None:
        unregister()
        note(clock.now())

    return end
