"""Results of jobs: documents, files in their formats, and results that a test gives."""

from typing import TYPE_CHECKING, Any

from mock_backend.late_imports import LateImports, by_module

if TYPE_CHECKING:
    from mock_backend.results.given.file import File, empty, missing, no_results, truncated, wrong_type
    from mock_backend.results.given.item import Item

__all__ = ["File", "Item", "empty", "missing", "no_results", "truncated", "wrong_type"]

_DEFECTS = "empty missing no_results truncated wrong_type"
__getattr__ = LateImports[Any](
    __name__, by_module({"given.file": f"File {_DEFECTS}", "given.item": "Item"})
).attribute
