"""Hosts of OpenID Connect issuers."""

from collections.abc import Mapping

from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from mock_backend.auth.oidc import ISSUERS
from mock_backend.clock import Clock
from mock_backend.http.app.protocol import ServedBackEnd


class IssuerHost:
    """Serve the OpenID Connect providers of a back-end.

    Args:
        foreign: The URL of a host in production that some of its providers stand for; by default they have a
            host of their own in this process.
    """

    def __init__(self, backend: ServedBackEnd, foreign: str | None = None) -> None:
        self._backend = backend
        self._foreign = foreign
        self._hosts: Mapping[str, IssuerHost] | None = None

    @property
    def url(self) -> str:
        """URL of the host."""
        return self._foreign or self._backend.oidc_providers.url

    @property
    def clock(self) -> Clock:
        """The clock of the back-end."""
        return self._backend.clock

    @property
    def foreign(self) -> Mapping[str, "IssuerHost"]:
        """Hosts in the place of those in production, by URL."""
        if self._hosts is None:
            self._hosts = {
                url: IssuerHost(self._backend, url) for url in self._backend.oidc_providers.foreign_hosts
            }
        return self._hosts

    async def asgi(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request to ``url``."""
        from mock_backend.http.app.issuer_gateway import IssuerGateway

        providers, path = self._backend.oidc_providers, scope["path"]
        if self._foreign is None:
            provider, path = providers.at(path)
            issuer = self.url + provider.path
        elif (found := providers.at_url(self._foreign + path)) is not None:
            provider, path = found
            issuer = provider.url
        else:
            await JSONResponse({"error": "not_found"}, status_code=404)(scope, receive, send)
            return
        await IssuerGateway(self._backend, provider, issuer, path)(scope, receive, send)

    async def below(self, origin: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below ``/oidc`` of a host with other things.

        Args:
            origin: The URL of that host.
        """
        from mock_backend.http.app.issuer_gateway import IssuerGateway

        provider, path = self._backend.oidc_providers.at(scope["path"][len(ISSUERS) :])
        issuer = origin + ISSUERS + provider.path
        await IssuerGateway(self._backend, provider, issuer, path)(scope, receive, send)
