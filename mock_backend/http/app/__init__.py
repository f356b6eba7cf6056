"""The ASGI application of a back-end."""

from typing import TYPE_CHECKING

from starlette.types import ASGIApp

from mock_backend.http.app.gateway import Gateway
from mock_backend.http.app.other_hosts import AssetHost, IssuerHost
from mock_backend.http.app.protocol import ServedBackEnd
from mock_backend.http.app.rendering import NeedsLoop
from mock_backend.http.app.routes import compiled_routes

if TYPE_CHECKING:
    from mock_backend.http.app.fastapi_app import MockBackendApp

__all__ = [
    "AssetHost",
    "Gateway",
    "IssuerHost",
    "NeedsLoop",
    "ServedBackEnd",
    "compiled_routes",
    "create_app",
    "shared_app",
]


def create_app(backend: ServedBackEnd) -> "MockBackendApp":
    """Create a FastAPI application of its own for a back-end.

    Only the compiled routes are shared with other applications; what you add to this one stays
    in this one.
    """
    # Imported here: FastAPI takes longer to import than most tests take.
    from mock_backend.http.app.fastapi_app import MockBackendApp

    return MockBackendApp(backend)


def shared_app(backend: ServedBackEnd) -> ASGIApp:
    """Return the lightest application for a back-end: its gateway straight to the compiled routes."""
    return Gateway(backend, compiled_routes(backend.registers, backend.authenticate))
