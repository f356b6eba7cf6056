"""Stand-ins for stubs of the openeo client, for tests that move to ``MockBackend`` step by step."""

from mock_backend.compat.dummy import DummyBackend

__all__ = ["DummyBackend"]
