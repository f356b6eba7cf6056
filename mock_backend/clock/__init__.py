"""The one clock that drives everything in a back-end that has a time."""

from mock_backend.clock.clock import Clock, FrozenClockWarning
from mock_backend.clock.stalls import EndlessWait

__all__ = ["Clock", "EndlessWait", "FrozenClockWarning"]
