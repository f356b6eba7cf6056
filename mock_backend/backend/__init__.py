"""``MockBackend``: a back-end, put together from its parts."""

from mock_backend.backend.backend import MockBackend

__all__ = ["MockBackend"]
