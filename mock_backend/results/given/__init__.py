"""Results that a test gives: in the place of what follows from process graphs."""

from mock_backend.results.given.defects import empty, missing, no_results, truncated, wrong_type
from mock_backend.results.given.file import File
from mock_backend.results.given.item import Item
from mock_backend.results.given.orders import ResultBook, ResultOrder

__all__ = [
    "File",
    "Item",
    "ResultBook",
    "ResultOrder",
    "empty",
    "missing",
    "no_results",
    "truncated",
    "wrong_type",
]
