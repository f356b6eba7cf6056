"""Orders of tests, and the journal of requests."""

from typing import TYPE_CHECKING, Any

from mock_backend.control.capacity import Capacity
from mock_backend.control.faults import FaultBook, FaultOrder
from mock_backend.control.job_orders import JobConditions, PlanBook, PlanOrder
from mock_backend.control.journal import Exchange, Journal
from mock_backend.control.orders import Order
from mock_backend.control.poll_guard import PollGuard
from mock_backend.late_imports import LateImports

if TYPE_CHECKING:
    from mock_backend.control.faults import Delay, Fault

__all__ = [
    "Capacity",
    "Delay",
    "Exchange",
    "Fault",
    "FaultBook",
    "FaultOrder",
    "JobConditions",
    "Journal",
    "Order",
    "PlanBook",
    "PlanOrder",
    "PollGuard",
]

__getattr__ = LateImports[Any](__name__, {"Delay": "faults.Delay", "Fault": "faults.Fault"}).attribute
