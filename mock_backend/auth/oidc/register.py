"""``/credentials/oidc``: whose tokens the back-end takes."""

from typing import Any

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import Header
from mock_backend.api.register import EndpointRegister, Parts
from mock_backend.auth.oidc.providers import Providers

_ENDPOINTS = (Endpoint(path="/credentials/oidc", methods=("GET",), handler="list_providers"),)


class OidcRegister(EndpointRegister):
    """Serve ``/credentials/oidc``."""

    oidc_providers: Providers | None = None

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def connect(self, parts: Parts) -> None:
        """Take over the providers."""
        self.oidc_providers = parts.find(Providers)

    def list_providers(self, origin: str | None = Header(None)) -> dict[str, Any]:
        """List the OpenID Connect providers, the default one first."""
        return {"providers": [] if self.oidc_providers is None else self.oidc_providers.listed(origin)}
