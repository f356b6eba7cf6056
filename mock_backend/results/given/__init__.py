"""Results that a test gives: in the place of what follows from process graphs."""

from mock_backend.results.given.result_orders import ResultBook, ResultOrder

__all__ = ["ResultBook", "ResultOrder"]
