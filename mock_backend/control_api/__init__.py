"""The control API and the page of a served back-end: what a test orders and asks, over HTTP."""

from mock_backend.control_api.front import Front
from mock_backend.control_api.guard import Guard

__all__ = ["Front", "Guard"]
