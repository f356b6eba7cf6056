"""The one clock that drives everything in a back-end that has a time."""

from mock_backend.clock.clock import Clock, FrozenClockWarning

__all__ = ["Clock", "FrozenClockWarning"]
