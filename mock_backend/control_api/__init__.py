"""The control API and the page of a served back-end: what a test orders and asks, over HTTP."""

from mock_backend.control_api.front import Front

__all__ = ["Front"]
