"""An openEO back-end inside your test process: real API, virtual time."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from mock_backend import former_names
from mock_backend.backend import MockBackend
from mock_backend.clock import Clock, EndlessWait, FrozenClockWarning
from mock_backend.control import Exchange
from mock_backend.errors import OpenEOError
from mock_backend.http.app import create_app
from mock_backend.jobs import JobView
from mock_backend.late_imports import LateImports
from mock_backend.lifecycle import JobPlan

if TYPE_CHECKING:
    from mock_backend.control import Delay, Fault
    from mock_backend.transports.live import LiveServer

former_names.install()

#: Type of the fixture ``mock_backend_factory``: takes settings, returns an open back-end.
MockBackendFactory = Callable[..., MockBackend]

__all__ = [
    "Clock",
    "Delay",
    "EndlessWait",
    "Exchange",
    "Fault",
    "FrozenClockWarning",
    "JobPlan",
    "JobView",
    "LiveServer",
    "MockBackend",
    "MockBackendFactory",
    "OpenEOError",
    "create_app",
]


__getattr__ = LateImports[Any](
    __name__,
    {"Delay": "control.Delay", "Fault": "control.Fault", "LiveServer": "transports.live.LiveServer"},
).attribute
