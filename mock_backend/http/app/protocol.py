"""Protocols of back-ends for the app."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from starlette.types import ASGIApp

from mock_backend.api.register import EndpointRegister
from mock_backend.auth.accounts import Users
from mock_backend.auth.oidc import Providers
from mock_backend.clock import Clock
from mock_backend.control import FaultBook, Journal
from mock_backend.profiles.mounts import Mounts
from mock_backend.settings import AppSettings
from mock_backend.stores.time_keeper import TimeKeeper

if TYPE_CHECKING:
    from mock_backend.http.app.other_hosts import AssetHost, IssuerHost


class ServedBackEnd(Protocol):
    """The back-end behind an app: its state, which travels with each request, and where it is."""

    settings: AppSettings
    #: Paths of its API on its host, the default place first.
    mounts: Mounts
    users: Users
    clock: Clock
    faults: FaultBook
    #: Notes the time in a store that outlives this process; None where there is none.
    time_keeper: TimeKeeper | None
    #: Dependency in place of ``Authenticator.validate``; None for that itself.
    authenticate: Callable[..., Any] | None
    #: The URLs of other hosts at which it answers, unless another back-end is open there.
    aliases: tuple[str, ...]

    @property
    def url(self) -> str:
        """The API's URL, without a trailing slash."""

    @property
    def asgi(self) -> ASGIApp:
        """Application that answers requests."""

    @property
    def journal(self) -> Journal:
        """Exchanges with its clients, oldest first."""

    @property
    def asset_host(self) -> "AssetHost | None":
        """Host of its assets; None if the API serves them."""

    @property
    def issuer_host(self) -> "IssuerHost":
        """Host of its OpenID Connect issuers."""

    @property
    def oidc_providers(self) -> Providers:
        """The OpenID Connect providers."""

    @property
    def registers(self) -> Sequence[EndpointRegister]:
        """The registers in service; one is found by its place."""
