"""Check of access tokens by the API."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.auth.accounts import User
from mock_backend.auth.oidc.tokens import ENTITLEMENTS, Token, subject_of
from mock_backend.auth.oidc.tokens.signing import SignatureInvalid, WrongKind
from mock_backend.errors import PermissionsInsufficient, TokenInvalid

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer


def user_of_token(provider: "Issuer", token: str, now: datetime) -> User:
    """Return the user of an access token.

    Args:
        provider: The provider that is said to have given it out.
        now: The back-end's time, which the issuer's may differ from.

    Raises:
        TokenInvalid: If it is not one of this provider's, not for this back-end, or not good now.
        PermissionsInsufficient: If the user lacks an entitlement.
    """
    claims = _claims_of(provider, token)
    audience = claims.get("aud")
    if provider.audience not in (audience if isinstance(audience, list) else [audience]):
        raise refuse(f"is not for this back-end, whose audience is {provider.audience!r}.")
    end = _check_time(claims, now, provider)
    known = provider.book.access(claims)
    if known is None:
        raise refuse("is unknown to its issuer.")
    _check_fate(known, now, end)
    user = known.login.user
    if not provider.is_known(user) or claims.get("sub") != subject_of(user):
        raise refuse("belongs to an account that is gone.")
    _check_entitlements(claims, provider, user)
    return user


def refuse(reason: str) -> TokenInvalid:
    """Return the API's error for an access token that it does not take."""
    return TokenInvalid(f"The access token {reason} Please authenticate again.")


def _claims_of(provider: "Issuer", token: str) -> dict[str, Any]:
    try:
        claims = provider.book.claims(token)
    except WrongKind:
        raise refuse(f"is a token of the provider {provider.id!r}, but no access token.") from None
    except SignatureInvalid:
        raise refuse(f"is not signed by the provider {provider.id!r}.") from None
    issuer = claims.get("iss")
    if not (isinstance(issuer, str) and provider.has_answered_as(issuer)):
        raise refuse(f"is from another issuer than that of the provider {provider.id!r}.")
    return claims


def _check_time(claims: dict[str, Any], now: datetime, provider: "Issuer") -> datetime:
    """Check what the claims say about time; returns when the token expires."""
    start, end = _instant(claims.get("nbf"), now), _instant(claims.get("exp"), now)
    if end is None:
        raise refuse("does not say when it expires: its exp is a number of seconds.")
    if now - provider.leeway >= end:
        raise refuse(f"expired at {end.isoformat()}.")
    if start is None and "nbf" in claims:
        raise refuse("does not say from when on it is valid: its nbf is a number of seconds.")
    if start is not None and now + provider.leeway < start:
        raise refuse(f"is not valid before {start.isoformat()}.")
    return end


def _check_fate(known: Token, now: datetime, end: datetime) -> None:
    """Check what has become of a token since it was given out."""
    if known.expires <= now and known.expires < end:
        raise refuse(f"expired at {known.expires.isoformat()}.")
    if known.is_revoked or known.login.is_revoked:
        raise refuse("has been revoked.")


def _check_entitlements(claims: dict[str, Any], provider: "Issuer", user: User) -> None:
    given = claims.get(ENTITLEMENTS)
    granted = [each for each in given if isinstance(each, str)] if isinstance(given, list) else []
    if missing := sorted(provider.required_entitlements.difference(granted)):
        raise PermissionsInsufficient(
            f"The account {user.user_id!r} lacks the entitlement {missing[0]!r}, or its token was asked for "
            f"without the scope {ENTITLEMENTS!r}."
        )


def _instant(seconds: Any, like: datetime) -> datetime | None:
    """Return the instant of a claim; None if it is no number of seconds that a date can have."""
    if isinstance(seconds, bool) or not isinstance(seconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(seconds, like.tzinfo)
    except (OverflowError, OSError, ValueError):
        return None
