"""The grants of an issuer: which tokens it has given out, for a test to look at."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from mock_backend.auth.oidc.clients import DEVICE, GRANT_TYPES
from mock_backend.control.view import View
from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

_MOST = 10_000
#: The short name of a grant type.
_DEVICE = "device_code"


@dataclass(frozen=True)
class Grant:
    """Tokens that were given out."""

    selectable = ("grant_type", "client_id", "user", "scope", "at")

    grant_type: str  #: The grant, e.g. ``refresh_token``.
    client_id: str
    user: str
    scope: tuple[str, ...]  #: The scopes of the tokens
    at: datetime


class Grants(View[Grant]):
    """All grants, oldest first; very old ones are forgotten."""

    kind, noun, counted_by = Grant, "grant", "grant_type"

    def __init__(self) -> None:
        self._grants: deque[Grant] = deque(maxlen=_MOST)
        self.clear = self._grants.clear
        self.note = self._grants.append

    def __iter__(self) -> Iterator[Grant]:
        return iter(list(self._grants))

    def select(  # type: ignore[override]  # a grant type may go without its name
        self, grant_type: str | None = None, *, client_id: str | None = None, user: str | None = None
    ) -> list[Grant]:
        """Return the grants of a type, to a client, for a user.

        Args:
            grant_type: E.g. ``refresh_token``, ``device_code``; None for any.

        Raises:
            ValueError: If there is no such grant type: nothing could ever be selected by it.
        """
        if grant_type is not None and grant_type not in (_DEVICE, *GRANT_TYPES):
            raise ValueError(
                f"Unknown grant type {grant_type!r}. Available: {', '.join(GRANT_TYPES)}."
                f"{did_you_mean(grant_type, GRANT_TYPES)}"
            )
        wanted = {"grant_type": grant_type, "client_id": client_id, "user": user}
        return self._chosen(self, {name: each for name, each in wanted.items() if each is not None})

    def _chosen(self, items: Iterable[Grant], conditions: Mapping[str, object]) -> list[Grant]:
        is_short = conditions.get("grant_type") == _DEVICE
        return super()._chosen(items, {**conditions, "grant_type": DEVICE} if is_short else conditions)
