"""``Providers``: the OpenID Connect providers of a back-end."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_backend.api.models import Endpoint
from mock_backend.api.parameters import Header
from mock_backend.api.register import EndpointRegister, optional
from mock_backend.api.urls import current_base, host_of, is_in_process
from mock_backend.auth.accounts import User, Users
from mock_backend.clock import Clock
from mock_backend.errors import OpenEOError, TokenInvalid
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.profiles.identity import IdentityProvider, identity_provider

if TYPE_CHECKING:
    from mock_backend.auth.oidc.provider import Provider
    from mock_backend.auth.oidc.trusted import TrustedIssuer


#: Below this path of a server are the issuers of its back-end.
ISSUERS = "/oidc"

#: The providers of all open back-ends that are in the place of ones in production. Several may stand for the
#: same issuer; one of them answers at its URL, and its tokens count at all of their back-ends.
_shared: "list[Providers]" = []


class Providers:
    """The providers of a back-end, the default one first.

    Nothing is made before it is used: most tests do not log in.

    Args:
        ids: The ids of those that are there from the beginning.
        in_place: True if they replace those in production, at the URLs of their issuers.
    """

    def __init__(
        self, url: str, users: Users, clock: Clock, ids: Sequence[str] = ("mock",), *, in_place: bool = False
    ) -> None:
        #: The audience of access tokens: the back-end.
        self.audience = url
        self.users = users
        self.clock = clock
        self._ids = ids
        self.in_place = in_place
        self._made: list[Provider] = []
        self._first: list[Provider] = []
        self._trusted: dict[str, TrustedIssuer] = {}
        self._count = 0

    # -- hosts --------------------------------------------------------------------------------------

    @cached_property
    def url(self) -> str:
        """URL of the issuers in this process: on a host of their own."""
        return host_of(self.audience, "oidc.")

    @property
    def foreign_hosts(self) -> Iterable[str]:
        """URLs of the hosts in production whose place is taken."""
        if not self.in_place:
            return ()
        known = map(identity_provider, self._ids)
        return {host_of(each.issuer) for each in known if each.issuer is not None}

    def open(self) -> None:
        """Let the other open back-ends take the tokens of issuers that theirs have the URLs of."""
        if self.in_place:
            _shared.append(self)

    def close(self) -> None:
        """Let no other back-end take these tokens any more."""
        if self.in_place and self in _shared:
            _shared.remove(self)

    # -- the providers ------------------------------------------------------------------------------

    @property
    def default(self) -> "Provider":
        """The first one."""
        return self._all[0]

    def add(
        self,
        id: str,  # noqa: A002  # the API's word
        *,
        title: str | None = None,
        description: str | None = None,
    ) -> "Provider":
        """Add a provider behind the others, until the back-end is reset.

        Args:
            id: Its id: up to 20 letters, digits and underscores.
            description: Instructions for logging in there.

        Returns:
            The provider.

        Raises:
            ValueError: If the id is taken or cannot be one.
        """
        from mock_backend.auth.oidc.endpoints import ROUTES

        if id in (taken := {path.split("/")[1] for path in ROUTES}):
            raise ValueError(f"A provider's id is none of {', '.join(sorted(taken))}: its URL ends with it.")
        self._check_free(id)
        if any(each.path == f"/{id}" for each in self):
            raise ValueError(
                f"There is a provider whose URL still ends with {id!r}, though it has another id."
            )
        return self._add(IdentityProvider(id, title if title is not None else id), description)

    def trust(self, id: str, issuer: str) -> None:  # noqa: A002  # the API's word
        """Take the tokens of an issuer elsewhere, too, until the back-end is reset.

        The issuer is asked whose a token is; the account is the one of that subject, and is added if there is
        none. So may several back-ends share the issuer of one of them.

        Args:
            id: The id of the provider at this back-end.

        Raises:
            ValueError: If the id is taken.
        """
        from mock_backend.auth.oidc.trusted import TrustedIssuer

        self._check_free(id)
        self._trusted[id] = TrustedIssuer(id, issuer.rstrip("/"), self.users)

    @property
    def made(self) -> "list[Provider]":
        """Providers used so far."""
        return list(self._made)

    def remove(self, id: str) -> None:  # noqa: A002  # the API's word
        """Remove a provider; its tokens are invalid from now on.

        Raises:
            ValueError: If there is no such provider, or if it is the default one, whose ``id`` and
                ``title`` can be changed instead.
        """
        provider = self[id]
        if provider is self.default:
            raise ValueError(f"{id!r} is the default provider and stays; set its `id` and `title` instead.")
        self._made.remove(provider)

    def __getitem__(self, id: str) -> "Provider":  # noqa: A002  # the API's word
        for provider in self._all:
            if provider.id == id:
                return provider
        ids = [provider.id for provider in self._all]
        raise ValueError(f"Unknown provider {id!r}. Available: {', '.join(ids)}.{did_you_mean(str(id), ids)}")

    def __iter__(self) -> "Iterator[Provider]":
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, id: object) -> bool:  # noqa: A002  # the API's word
        return any(provider.id == id for provider in self._all)

    def reset(self) -> None:
        """Go back to the providers that are there from the beginning, as they were made."""
        self._trusted.clear()
        self._made[:] = self._first
        self._count = len(self._made)
        for provider in self._made:
            provider.reset()

    # -- what the API asks --------------------------------------------------------------------------

    def user_of(self, id: str | None, token: str) -> User:  # noqa: A002  # the API's word
        """Return the user of an access token.

        Args:
            id: The provider; None if the token itself tells its issuer.

        Raises:
            TokenInvalid: If the token is not good.
            PermissionsInsufficient: If the user lacks an entitlement.
        """
        from mock_backend.auth.oidc.tokens.token_check import refuse

        if id in self._trusted:
            return self._trusted[id].user_of(token)
        if id is not None and id not in self:
            raise refuse(
                f"names the unknown provider {id[:30]!r}. Available: {', '.join(each.id for each in self)}."
            )
        try:
            return (self._signer_of(token) if id is None else self[id]).user_of(token)
        except TokenInvalid:
            candidates = list(self) if id is None else [self[id]]
            user = next(filter(None, (self._user_elsewhere(each, token) for each in candidates)), None)
            if user is None:
                raise
            return user

    def _user_elsewhere(self, provider: "Provider", token: str) -> User | None:
        """Return the user of a token that another back-end has given out as the same issuer."""
        for others in _shared:
            for other in others.made if others is not self and self in _shared else ():
                with suppress(OpenEOError):  # the API of the other back-end would refuse it
                    if other.url == provider.url:
                        return self.users.ensure(other.user_of(token).user_id)
        return None

    def listed(self, origin: str | None = None) -> list[dict[str, object]]:
        """Return the providers as ``GET /credentials/oidc`` lists them."""
        base = None if is_in_process() else host_of(current_base(self.audience)) + ISSUERS
        own = (each.listed(each.url if base is None else base + each.path, origin) for each in self)
        return [*own, *(each.listed() for each in self._trusted.values())]

    # -- what the app asks --------------------------------------------------------------------------

    def at(self, path: str) -> "tuple[Provider, str]":
        """Return the provider at a path below the issuers, and the path below the provider."""
        first, slash, rest = path[1:].partition("/")
        for provider in self._all[1:]:
            if provider.path == f"/{first}":
                return provider, slash + rest
        return self.default, path

    def at_url(self, url: str) -> "tuple[Provider, str] | None":
        """Return the provider whose issuer's URL is the beginning of a URL, and the path below it."""
        for provider in self._all:
            if url == provider.url or url.startswith(provider.url + "/"):
                return provider, url[len(provider.url) :]
        return None

    def _check_free(self, provider_id: str) -> None:
        if provider_id in self or provider_id in self._trusted:
            raise ValueError(f"There is a provider with the id {provider_id!r} already.")

    def _signer_of(self, token: str) -> "Provider":
        for provider in self._all:
            if provider.book.has_signed(token):
                return provider
        from mock_backend.auth.oidc.tokens.token_check import refuse

        raise refuse("is not signed by any provider of this back-end.")

    @property
    def _all(self) -> "list[Provider]":
        if not self._made:
            for name in self._ids:
                known = _MOCK if name == _MOCK.id else identity_provider(name)
                self._add(known, _DESCRIPTION if known is _MOCK else None)
            self._first = list(self._made)
        return self._made

    def _add(self, known: IdentityProvider, description: str | None) -> "Provider":
        from mock_backend.auth.oidc.provider import Provider

        provider = Provider(known, self, description=description, place=self._count)
        self._made.append(provider)
        self._count += 1
        return provider


_MOCK = IdentityProvider("mock", "Mock identity provider")
_DESCRIPTION = (
    "The back-end's own identity provider, for tests. Its accounts are those of the back-end. "
    "The default client needs no registration."
)


class OidcRegister(EndpointRegister):
    """Serve ``/credentials/oidc``."""

    oidc_providers = optional(Providers)

    served = (Endpoint(path="/credentials/oidc", methods=("GET",), handler="list_providers"),)

    def list_providers(self, origin: str | None = Header(None)) -> dict[str, Any]:
        """List the OpenID Connect providers, the default one first."""
        return {"providers": [] if self.oidc_providers is None else self.oidc_providers.listed(origin)}
