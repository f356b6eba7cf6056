"""Stand-ins for stubs of the openeo client, for tests that move to ``MockBackend`` step by step."""

from mock_backend.compat.dummy import DummyBackend
from mock_backend.compat.oidc import OidcMock
from mock_backend.compat.result_mocker import JobResultCollectionMocker

__all__ = ["DummyBackend", "JobResultCollectionMocker", "OidcMock"]
