"""Hosts of issuers that exist in production: they answer while a back-end stands for one that people know."""

from functools import cached_property
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.auth.oidc.app import IssuersApp
from mock_backend.clock import Clock

if TYPE_CHECKING:
    from mock_backend.auth.oidc.provider import Provider
    from mock_backend.auth.oidc.providers import Providers

#: The providers of all open back-ends that are in the place of ones in production. Several may stand for the
#: same issuer; one of them answers at its URL, and its tokens count at all of their back-ends.
shared: "list[Providers]" = []


class ForeignHost:
    """A host at which some providers of a back-end are.

    Args:
        providers: The providers of the back-end.
        url: The URL of the host.
    """

    def __init__(self, providers: "Providers", url: str) -> None:
        self._providers = providers
        self.url = url

    @property
    def clock(self) -> Clock:
        """The clock of the back-end."""
        return self._providers.clock

    @cached_property
    def asgi(self) -> ASGIApp:
        """Application that answers at ``url``."""
        return _ForeignApp(self._providers, self.url)


class _ForeignApp(IssuersApp):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._providers.at_url(f"{self._base}{scope['path']}") is None:
            answer = JSONResponse({"error": "not_found"}, status_code=404)
            await answer(scope, receive, send)
            return
        await super().__call__(scope, receive, send)

    def _locate(self, scope: Scope) -> "tuple[Provider, str]":
        found = self._providers.at_url(f"{self._base}{scope['path']}")
        assert found is not None  # else it has been answered
        return found

    def _issuer_of(self, provider: "Provider", base: str) -> str:  # noqa: ARG002  # it is where it is in production
        return provider.url
