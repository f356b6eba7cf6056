"""Orders of tests, and the journal of requests."""

from mock_backend.control.capacity import Capacity
from mock_backend.control.faults import Delay, Fault, FaultBook, FaultOrder
from mock_backend.control.job_orders import JobConditions
from mock_backend.control.journal import Exchange, Journal
from mock_backend.control.orders import Order
from mock_backend.control.plans import PlanBook, PlanOrder
from mock_backend.control.poll_guard import PollGuard

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
