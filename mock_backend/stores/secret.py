"""The secret of a back-end, which its tokens and signatures follow from."""

import secrets

from mock_backend.settings import RANDOM, AppSettings
from mock_backend.stores.base import JobStore

_PLACE = "secrets", "", "secret"


def secret_of(settings: AppSettings, store: JobStore) -> str:
    """Return the secret of a back-end: the one that is set, one that was drawn, or else its seed.

    One that was drawn is kept in the store, so that tokens and signed URLs outlive a restart.
    """
    if settings.secret != RANDOM:
        return str(settings.seed) if settings.secret is None else settings.secret
    known = store.resources.get(*_PLACE)
    if known is not None:
        return str(known["secret"])
    secret = secrets.token_hex(32)
    keep(secret, settings, store)
    return secret


def keep(secret: str, settings: AppSettings, store: JobStore) -> None:
    """Keep a secret that was drawn, e.g. in a store that has been cleared."""
    if settings.secret == RANDOM:
        store.resources.put(*_PLACE, {"secret": secret})
