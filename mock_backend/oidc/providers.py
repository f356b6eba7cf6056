"""``Providers``: the OpenID Connect providers of a back-end."""

from collections.abc import Iterator
from functools import cached_property
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from mock_backend.auth import User, Users
from mock_backend.clock import Clock
from mock_backend.hints import did_you_mean
from mock_backend.oidc.app import IssuersApp
from mock_backend.oidc.judging import refuse
from mock_backend.oidc.provider import Provider
from mock_backend.oidc.routes import ROUTES
from mock_backend.urls import current_base, host_of, is_in_process

#: Below this path of a server are the issuers of its back-end.
ISSUERS = "/oidc"

_TAKEN = {path.split("/")[1] for path in ROUTES}


class Providers:
    """The providers of a back-end, the default one first.

    Nothing is made before somebody asks for it: most tests log nobody in.

    Args:
        url: The back-end's URL.
        users: Its accounts.
        clock: Its clock.
    """

    def __init__(self, url: str, users: Users, clock: Clock) -> None:
        self._back_end = url
        self._users = users
        self.clock = clock
        self._made: list[Provider] = []
        self._count = 0

    @cached_property
    def url(self) -> str:
        """Where the issuers are in this process: on a host of their own."""
        return issuer_of(self._back_end)

    @property
    def default(self) -> Provider:
        """The first one."""
        return self._all[0]

    @cached_property
    def asgi(self) -> ASGIApp:
        """What answers at ``url``."""
        return IssuersApp(self, self.url)

    @cached_property
    def asgi_below(self) -> ASGIApp:
        """What answers below a path of the back-end's own host."""
        return IssuersApp(self, path=ISSUERS)

    def add(
        self,
        id: str,  # noqa: A002  # the API's word
        *,
        title: str | None = None,
        description: str | None = None,
    ) -> Provider:
        """Add a provider behind the others, until the back-end is reset.

        Args:
            id: Its id: up to 20 letters, digits and underscores.
            title: What people see it called; its id by default.
            description: How to log in there.

        Returns:
            The provider.

        Raises:
            ValueError: If the id is taken or cannot be one.
        """
        if id in _TAKEN:
            raise ValueError(f"A provider's id is none of {', '.join(sorted(_TAKEN))}: its URL ends with it.")
        if id in self:
            raise ValueError(f"There is a provider with the id {id!r} already.")
        if any(self.path_of(each) == f"/{id}" for each in self):
            raise ValueError(
                f"There is a provider whose URL still ends with {id!r}, though it has another id."
            )
        return self._add(id, title if title is not None else id, description)

    @property
    def made(self) -> list[Provider]:
        """Those that somebody has asked for already."""
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

    def __getitem__(self, id: str) -> Provider:  # noqa: A002  # the API's word
        for provider in self._all:
            if provider.id == id:
                return provider
        ids = [provider.id for provider in self._all]
        raise ValueError(
            f"There is no provider {id!r}; there are: {', '.join(ids)}.{did_you_mean(str(id), ids)}"
        )

    def __iter__(self) -> Iterator[Provider]:
        return iter(list(self._all))

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, id: object) -> bool:  # noqa: A002  # the API's word
        return any(provider.id == id for provider in self._all)

    def reset(self) -> None:
        """Go back to the default provider, as it was made."""
        del self._made[1:]
        self._count = len(self._made)
        for provider in self._made:
            provider.reset()

    # -- what the API asks --------------------------------------------------------------------------

    def user_of(self, id: str | None, token: str) -> User:  # noqa: A002  # the API's word
        """Return the user of an access token.

        Args:
            id: The provider; None if the token itself tells its issuer.
            token: The token.

        Raises:
            TokenInvalid: If the token is not good.
            PermissionsInsufficient: If the user lacks an entitlement.
        """
        if id is None:
            return self._signer_of(token).user_of(token)
        if id not in self:
            raise refuse(f"names the provider {id[:30]!r}; there are: {', '.join(each.id for each in self)}.")
        return self[id].user_of(token)

    def listed(self, origin: str | None = None) -> list[dict[str, object]]:
        """Return the providers as ``GET /credentials/oidc`` lists them.

        Args:
            origin: The web page that asks.
        """
        base = self.url if is_in_process() else host_of(current_base(self._back_end)) + ISSUERS
        return [provider.listed(base + self.path_of(provider), origin) for provider in self]

    # -- what the app asks --------------------------------------------------------------------------

    def at(self, path: str) -> tuple[Provider, str]:
        """Return the provider at a path below the issuers, and the path below the provider."""
        first, slash, rest = path[1:].partition("/")
        for provider in self._made[1:]:
            if self.path_of(provider) == f"/{first}":
                return provider, slash + rest
        return self.default, path

    def path_of(self, provider: Provider) -> str:
        """Return the path of a provider below the issuers; the default one has none."""
        return provider.url.removeprefix(self.url)

    def _signer_of(self, token: str) -> Provider:
        for provider in self._all:
            if provider.has_signed(token):
                return provider
        raise refuse("is not signed by any provider of this back-end.")

    @property
    def _all(self) -> list[Provider]:
        if not self._made:
            self._add("mock", "Mock identity provider", _DESCRIPTION)
        return self._made

    def _add(self, id: str, title: str, description: str | None) -> Provider:  # noqa: A002  # the API's word
        provider = Provider(
            id,
            title=title,
            description=description,
            place=self._count,
            url=self.url + (f"/{id}" if self._count else ""),
            users=self._users,
            clock=self.clock,
            audience=self._back_end,
            siblings=self._made,
        )
        self._made.append(provider)
        self._count += 1
        return provider


def issuer_of(url: str) -> str:
    """Return where the issuers of a back-end at this URL are in this process."""
    parts = urlsplit(url)
    return f"{parts.scheme}://oidc.{parts.netloc}"


_DESCRIPTION = (
    "The back-end's own identity provider, for tests. Its accounts are those of the back-end. "
    "The default client needs no registration."
)
