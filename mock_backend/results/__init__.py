"""Results of jobs: documents, files in their formats, and results that a test gives."""

from typing import TYPE_CHECKING, Any

from mock_backend.late_imports import LateImports

if TYPE_CHECKING:
    from mock_backend.results.given import File, Item, empty, missing, no_results, truncated, wrong_type

__all__ = ["File", "Item", "empty", "missing", "no_results", "truncated", "wrong_type"]

__getattr__ = LateImports[Any](__name__, {name: f"given.{name}" for name in __all__}).attribute
