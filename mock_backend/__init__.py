"""An openEO back-end inside your test process: real API, virtual time."""

from mock_backend import former_names
from mock_backend.backend import MockBackend
from mock_backend.clock import Clock, EndlessWait, FrozenClockWarning
from mock_backend.control import Delay, Fault
from mock_backend.errors import OpenEOError
from mock_backend.http.app import create_app
from mock_backend.lifecycle import JobPlan

former_names.install()

__all__ = [
    "Clock",
    "Delay",
    "EndlessWait",
    "Fault",
    "FrozenClockWarning",
    "JobPlan",
    "MockBackend",
    "OpenEOError",
    "create_app",
]
