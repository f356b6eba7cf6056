"""``Issuer``: what a provider knows, what its endpoints and the API ask of it."""

import re
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.auth.accounts import User
from mock_backend.auth.accounts.users import account_name_like
from mock_backend.auth.oidc.clients import CODE, DEVICE, PASSWORD, REFRESH, SERVICE, Client, as_texts
from mock_backend.auth.oidc.endpoints import OPERATIONS
from mock_backend.auth.oidc.errors import OAuthError
from mock_backend.auth.oidc.flows.authorization_code import Authorization
from mock_backend.auth.oidc.flows.device import Devices
from mock_backend.auth.oidc.settings import ProviderSettings
from mock_backend.auth.oidc.tokens import (
    EMAIL,
    ENTITLEMENTS,
    OFFLINE,
    OPENID,
    PROFILE,
    SCOPES,
    Login,
    TokenBook,
)
from mock_backend.auth.oidc.tokens.grants import Grant, Grants
from mock_backend.auth.oidc.tokens.signing import KeyRing
from mock_backend.auth.oidc.tokens.token_check import user_of_token
from mock_backend.cache import forget_oldest
from mock_backend.control import FaultBook, Journal, PollGuard
from mock_backend.profiles.identity import IdentityProvider

if TYPE_CHECKING:
    from mock_backend.auth.oidc.providers import Providers

_ID = re.compile(r"\w{1,20}", re.ASCII)

#: Maximum number of URLs to remember under which tokens were issued.
_MOST_ISSUERS = 1000

#: The client for programs that is there from the beginning.
SERVICE_CLIENT, SERVICE_SECRET = "openeo-service", "secret"

#: URLs to which the default client may send people back.
_REDIRECT_URLS = (
    "https://editor.openeo.org/",
    "http://localhost/",
    "http://localhost/callback",
    "http://127.0.0.1/",
    "http://127.0.0.1/callback",
)


class Issuer(ProviderSettings):
    """Clients, log-ins and tokens of a provider; see ``Provider``."""

    def __init__(
        self,
        known: IdentityProvider,
        providers: "Providers",
        *,
        description: str | None = None,
        place: int = 0,
        url: str | None = None,
    ) -> None:
        in_production = known.issuer if providers.in_place else None
        self._providers = providers
        self._made_as = known.id, known.title, description, providers.audience, in_production is not None
        self.known = known
        self.path = f"/{known.id}" if place else ""
        self.url = url or in_production or providers.url + self.path
        self.lock = threading.RLock()
        self._place = place
        self._users, self._clock = providers.users, providers.clock
        self._poll_guard = PollGuard()
        #: All exchanges with its endpoints, oldest first; those of the API are not among them.
        self.requests = Journal(lambda: OPERATIONS)
        self.faults = FaultBook(self._clock, place)
        self.grants = Grants()
        self.reset()
        self._is_settled = True

    def __setattr__(self, name: str, value: object) -> None:
        if name == "id" and not (isinstance(value, str) and _ID.fullmatch(value)):
            raise ValueError(
                f"A provider's id must have up to 20 letters, digits and underscores, got {value!r}."
            )
        if name == "id" and any(each.id == value for each in self._providers.made if each is not self):
            raise ValueError(f"There is a provider with the id {value!r} already.")
        super().__setattr__(name, value)

    @property
    def default_user(self) -> str | None:
        """User who logs in by default; None for the back-end's default account."""
        return self._default_user

    @default_user.setter
    def default_user(self, name: str | None) -> None:
        self._default_user = None if name is None else self.account(name).user_id

    def reset(self) -> None:
        """Go back to how it was made: settings, clients, tokens, orders."""
        self.settle()
        self.id, self.title, self.description, self.audience, self.trusting = self._made_as
        self.default_user = None
        self.clients: dict[str, Client] = {client.id: client for client in _clients(self.known.client)}
        self.keys = KeyRing(self._place)
        self.book = TokenBook(self)
        self.authorization = Authorization(self)
        self.devices = Devices(self)
        self._issuers: dict[str, None] = {}
        self.requests.clear()
        self.faults.clear()
        self.grants.clear()

    # -- clients and devices -------------------------------------------------------------------------

    def client(self, id: str, secret: str | None = None, redirect_url: str | None = None) -> Client | None:  # noqa: A002  # OAuth's word
        """Return a client; None if there is none.

        Args:
            secret: The secret that it has, if it is one that a trusting provider has never heard of.
            redirect_url: The URL to send people back to, in that case.
        """
        if self.trusting and id not in self.clients:
            with suppress(ValueError):  # an id or a URL that can be none
                self.add_client(id, secret, redirect_urls=() if redirect_url is None else (redirect_url,))
        return self.clients.get(id)

    def add_client(
        self,
        id: str,  # noqa: A002  # the API's word
        secret: str | None = None,
        *,
        grant_types: Iterable[str] | None = None,
        redirect_urls: Iterable[str] = (),
        account: str | None = None,
        audience: str | None = None,
        title: str | None = None,
        is_default: bool = False,
    ) -> Client:
        """Register a client, or register one anew, until the back-end is reset.

        Args:
            id: Its client id.
            secret: Its secret; None for a public client.
            grant_types: The grants it may use: ``authorization_code``, ``device_code``,
                ``refresh_token``, ``client_credentials``, ``password``. By default all that make sense
                with or without a secret.
            redirect_urls: The URLs to send people back to; at a loopback address any port will do.
            account: The account of its own tokens (client credentials); one of its id by default.
            audience: Whom its access tokens are for; the back-end by default.
            is_default: True if ``GET /credentials/oidc`` lists it as a default client.

        Returns:
            The client.

        Raises:
            ValueError: If that makes no sense.
        """
        if grant_types is None:
            grant_types = (CODE, DEVICE, REFRESH, PASSWORD, *(() if secret is None else (SERVICE,)))
        client = Client(
            id,
            secret,
            grant_types=tuple(as_texts(grant_types)),
            redirect_urls=tuple(as_texts(redirect_urls)),
            account=account,
            audience=audience,
            title=title,
            is_default=is_default,
        )
        self.clients[id] = client
        return client

    def confirm(self, user_code: str, user: str | None = None) -> None:
        """Confirm the code that a device shows.

        Args:
            user: The user who confirms it; the default user by default.

        Raises:
            ValueError: If no device is waiting with this code, or there is no such account.
        """
        self.devices.decide(user_code, "confirmed", self.account(user).user_id)

    def deny(self, user_code: str) -> None:
        """Refuse the code that a device shows.

        Raises:
            ValueError: If no device is waiting with this code.
        """
        self.devices.decide(user_code, "denied", None)

    # -- what the API asks --------------------------------------------------------------------------

    def user_of(self, token: str) -> User:
        """Return the user of an access token.

        Raises:
            TokenInvalid: If the token is not one of this provider's, not for this back-end, or not
                good now.
            PermissionsInsufficient: If the user lacks an entitlement.
        """
        return user_of_token(self, token, self._clock.outside())

    def has_answered_as(self, issuer: str) -> bool:
        """Tell whether this is a URL under which tokens were given out."""
        return issuer == self.url or issuer in self._issuers

    def listed(self, issuer: str, origin: str | None = None) -> dict[str, Any]:
        """Return the provider as ``GET /credentials/oidc`` lists it.

        Args:
            issuer: The issuer's URL as the client can reach it.
        """
        defaults = [client.listed(origin) for client in self.clients.values() if client.is_default]
        return {
            "id": self.id,
            "issuer": issuer,
            "title": self.title,
            **({} if self.description is None else {"description": self.description}),
            "scopes": [OPENID, PROFILE, EMAIL, *([ENTITLEMENTS] if self.required_entitlements else [])],
            **({"default_clients": defaults} if defaults else {}),
            **({"authorization_parameters": dict(more)} if (more := self.authorization_parameters) else {}),
        }

    # -- what its endpoints ask ---------------------------------------------------------------------

    def now(self) -> datetime:
        """Return the issuer's time."""
        return self._clock.outside() + self.clock_skew

    def paced(self) -> datetime:
        """Return the time by which clients wait between their requests, which may run faster."""
        return self._clock.now()

    def note_vain_poll(self) -> None:
        """Note that a device has asked for tokens in vain."""
        self._poll_guard.note("The token of a device", self._clock)

    def give(
        self,
        grant_type: str | None,
        login: Login,
        *,
        scope: tuple[str, ...] | None = None,
        refresh_token: str | None = None,
        id_token: bool = True,
    ) -> dict[str, Any]:
        """Return new tokens for a log-in, and note that they were given.

        Args:
            grant_type: The grant that they are given for; None if no request has asked for them.
            scope: Their scopes; all of the log-in by default.
            refresh_token: The refresh token they were given for; a new one is made by default, if the
                log-in has a right to one.
            id_token: True to include an id token.
        """
        scope = login.scope if scope is None else scope
        self._issuers[login.issuer] = None
        forget_oldest(self._issuers, _MOST_ISSUERS)
        answer = self.book.answer(login, scope, grant_type)
        if id_token and OPENID in scope:
            answer["id_token"] = self.book.id_token(login, answer["access_token"])
        if refresh_token is None and OFFLINE in scope and REFRESH in login.client.grant_types:
            refresh_token = self.book.refresh_token(login)
        if grant_type is not None:
            grant = Grant(grant_type, login.client.id, login.user.user_id, scope, self._clock.now())
            self.grants.note(grant)
        return answer if refresh_token is None else answer | {"refresh_token": refresh_token}

    def scope_of(self, given: Mapping[str, str]) -> tuple[str, ...]:
        """Return what a request asks for, as far as there is such a thing.

        Raises:
            OAuthError: If nothing is left of it.
        """
        asked_for = given.get("scope", OPENID).split()
        scope = tuple(each for each in SCOPES if each in asked_for)
        if not scope:
            raise OAuthError("invalid_scope", f"The scopes are: {' '.join(SCOPES)}.")
        return scope

    def account_of(self, client: Client) -> User:
        """Return who a client acts as when it acts for itself.

        Raises:
            OAuthError: If there cannot be such an account.
        """
        try:
            return self._users.ensure(client.account or account_name_like(client.id))
        except ValueError as error:
            raise OAuthError("unauthorized_client", str(error)) from None

    def authenticate(self, name: str, password: str) -> User | None:
        """Return the account of a name and a password; None if there is none."""
        if self.trusting and name not in self._users:
            return self._users.ensure(account_name_like(name))
        return self._users.authenticate(name, password)

    def is_known(self, user: User) -> bool:
        """Tell whether an account still exists."""
        return self._users.get(user.user_id) is user

    def account(self, name: str | None) -> User:
        """Return an account; the default one if that is None. Raise ``ValueError`` if there is none."""
        return self._users[name if name is not None else self.default_user or self._users.default]


def _clients(default: str) -> tuple[Client, ...]:
    """Return the clients that are there from the beginning: one for people, one for programs."""
    return (
        Client(
            default,
            grant_types=(CODE, DEVICE, REFRESH, PASSWORD),
            redirect_urls=_REDIRECT_URLS,
            title="openEO client",
            is_default=True,
        ),
        Client(SERVICE_CLIENT, SERVICE_SECRET, grant_types=(SERVICE,), title="openEO service"),
    )
