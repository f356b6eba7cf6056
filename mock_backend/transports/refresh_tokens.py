"""Refresh tokens of issuers that exist in production, kept apart from those that the user of the client has.

The openeo client keeps them in a file by issuer. Ours would take the place of real ones there.
"""

from collections.abc import Callable
from typing import Any

from mock_backend.transports import hosts

#: By issuer and client.
_kept: dict[tuple[str, str], str] = {}


def _is_ours(issuer: str) -> bool:
    origin = hosts.origin_if_any(issuer)
    return origin is not None and hosts.is_shared(origin)


def reading(original: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for ``RefreshTokenStore.get_refresh_token``."""

    def get_refresh_token(store: Any, issuer: str, client_id: str) -> Any:
        if _is_ours(issuer):
            return _kept.get((issuer.rstrip("/"), client_id))
        return original(store, issuer=issuer, client_id=client_id)

    return get_refresh_token


def writing(original: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for ``RefreshTokenStore.set_refresh_token``."""

    def set_refresh_token(store: Any, issuer: str, client_id: str, refresh_token: str) -> None:
        if _is_ours(issuer):
            _kept[issuer.rstrip("/"), client_id] = refresh_token
        else:
            original(store, issuer=issuer, client_id=client_id, refresh_token=refresh_token)

    return set_refresh_token


def forget_refresh_tokens() -> None:
    """Forget all that were kept here."""
    _kept.clear()
