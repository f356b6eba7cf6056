"""Results of jobs: documents, files in their formats, and results that a test gives."""

from mock_backend.results.given import File, Item, empty, missing, no_results, truncated, wrong_type

__all__ = ["File", "Item", "empty", "missing", "no_results", "truncated", "wrong_type"]
