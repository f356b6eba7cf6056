"""Identity providers that back-ends name, with their issuers in production."""

import json
from functools import lru_cache
from pathlib import Path

from mock_backend.dataclass import dataclass

_FILE = Path(__file__).parent / "providers.json"


@dataclass(frozen=True)
class IdentityProvider:
    """An OpenID Connect provider."""

    id: str  #: Its id in ``GET /credentials/oidc``
    title: str
    issuer: str | None = None  #: The URL of its issuer in production; None if it exists in tests only
    client: str = "openeo-default"  #: The id of the client that people log in through
    keycloak: bool = False  #: True if its endpoints are at the paths of a Keycloak server


@lru_cache(maxsize=1)
def _known() -> dict[str, IdentityProvider]:
    entries = json.loads(_FILE.read_bytes())
    return {name: IdentityProvider(name, **facts) for name, facts in entries.items()}


def identity_provider(name: str) -> IdentityProvider:
    """Return what is known of a provider, by the id that back-ends give it."""
    return _known().get(name) or IdentityProvider(name, name)
