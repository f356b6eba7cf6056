"""Results that a test gives: in the place of what follows from process graphs."""

from typing import TYPE_CHECKING, Any

from mock_backend.late_imports import LateImports, by_module
from mock_backend.results.given.result_orders import ResultBook, ResultOrder

if TYPE_CHECKING:
    from mock_backend.results.given.defects import empty, missing, no_results, truncated, wrong_type
    from mock_backend.results.given.file import File
    from mock_backend.results.given.item import Item

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

__getattr__ = LateImports[Any](
    __name__,
    by_module({"file": "File", "item": "Item", "defects": "empty missing no_results truncated wrong_type"}),
).attribute
