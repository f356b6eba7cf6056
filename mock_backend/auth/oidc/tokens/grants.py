"""The grants of an issuer: which tokens it has given out, for a test to look at."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import overload

from mock_backend.auth.oidc.clients import DEVICE, GRANT_TYPES
from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

_MOST = 10_000


@dataclass(frozen=True)
class Grant:
    """Tokens that were given out."""

    grant_type: str  #: The grant, e.g. ``refresh_token``.
    client_id: str
    user: str
    scope: tuple[str, ...]  #: The scopes of the tokens
    at: datetime


class Grants(Sequence[Grant]):
    """All grants, oldest first; very old ones are forgotten."""

    def __init__(self) -> None:
        self._grants: list[Grant] = []
        self.clear = self._grants.clear

    def note(self, grant: Grant) -> None:
        """Add a grant."""
        self._grants.append(grant)
        if len(self._grants) > _MOST:
            del self._grants[: _MOST // 10]

    @overload
    def __getitem__(self, index: int) -> Grant: ...
    @overload
    def __getitem__(self, index: slice) -> list[Grant]: ...
    def __getitem__(self, index: int | slice) -> Grant | list[Grant]:
        return self._grants[index]

    def __len__(self) -> int:
        return len(self._grants)

    def __iter__(self) -> Iterator[Grant]:
        return iter(list(self._grants))

    def __repr__(self) -> str:
        return f"<{len(self)} grants{': ' if self else ''}{', '.join(map(repr, self._grants[-5:]))}>"

    def select(
        self, grant_type: str | None = None, *, client_id: str | None = None, user: str | None = None
    ) -> list[Grant]:
        """Return the grants of a type, to a client, for a user.

        Args:
            grant_type: E.g. ``refresh_token``, ``device_code``; None for any.

        Raises:
            ValueError: If there is no such grant type: nothing could ever be selected by it.
        """
        wanted = DEVICE if grant_type == "device_code" else grant_type
        if wanted is not None and wanted not in GRANT_TYPES:
            raise ValueError(
                f"Unknown grant type {wanted!r}. Available: {', '.join(GRANT_TYPES)}."
                f"{did_you_mean(wanted, GRANT_TYPES)}"
            )
        return [
            grant
            for grant in self
            if wanted in (None, grant.grant_type)
            and client_id in (None, grant.client_id)
            and user in (None, grant.user)
        ]
