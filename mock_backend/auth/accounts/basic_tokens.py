"""The tokens that HTTP Basic log-ins get: derived, not kept."""

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from mock_backend.auth.accounts.authorization_header import BASIC_TOKEN
from mock_backend.errors import TokenInvalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class _Series(NamedTuple):
    """The tokens of an account from one revocation to the next."""

    name: str
    number: int
    #: True if its tokens tell when they were issued.
    dated: bool


class BasicTokens:
    """Derive, read and end the tokens of accounts.

    A token is ``basic//SECRET``, or, while tokens have a lifetime, ``basic//TAG.INSTANT.SIGNATURE``.
    Both follow from the key, the account's name and how often its tokens have been ended, so that
    nothing has to be kept and a restarted server knows the tokens it handed out.

    Not for several threads at once: its owner has a lock.

    Args:
        key: The secret of the back-end.
    """

    def __init__(self, key: bytes, now: Callable[[], datetime]) -> None:
        self._key = key
        self._now = now
        self._lifetime: timedelta | None = None
        #: Time of issue of undated tokens: when they got a lifetime.
        self._since: datetime | None = None
        #: By name, why each earlier series has ended.
        self._endings: dict[str, list[str]] = {}
        self._series: dict[str, _Series] = {}
        self._derived: dict[str, tuple[int, tuple[str, str]]] = {}

    @property
    def lifetime(self) -> timedelta | None:
        """Lifetime of tokens; None for ever."""
        return self._lifetime

    @lifetime.setter
    def lifetime(self, lifetime: timedelta | None) -> None:
        if lifetime is None:
            self._since = None
        elif self._since is None:
            self._since = self._now()
        self._lifetime = lifetime

    def issue(self, name: str) -> str:
        """Return a token of an account, with its prefix."""
        secret, tag = self._derive(name)
        if self._lifetime is None:
            return BASIC_TOKEN + secret
        text = f"{tag}.{(self._now() - _EPOCH) // _MICROSECOND:x}"
        return f"{BASIC_TOKEN}{text}.{self._signature(text)}"

    def issue_jwt(self, name: str, base: str) -> str:
        """Return a token of an account as a JSON Web Token."""
        claims = {"iss": base + _ISSUER, "sub": name, "jti": self.issue(name).removeprefix(BASIC_TOKEN)}
        parts = ({"alg": "HS256", "typ": "JWT"}, claims)
        signed = ".".join(_base64(json.dumps(each, separators=(",", ":")).encode()) for each in parts)
        return f"{signed}.{self._jwt_signature(signed)}"

    def read(self, token: str, names: Iterable[str]) -> str:
        """Return the name of the account that a token, with its prefix, belongs to.

        Args:
            token: The token, which may be a JSON Web Token.

        Raises:
            TokenInvalid: If it belongs to none, or does not any more.
        """
        head, dot, rest = self._unwrapped(token.removeprefix(BASIC_TOKEN)).partition(".")
        if head not in self._series:
            # It was not issued in this process, but may have been before a restart.
            for name in names:
                self._derive(name)
        series = self._series.get(head)
        instant, _, signature = rest.partition(".")
        sound = not dot or hmac.compare_digest(
            signature.encode(), self._signature(f"{head}.{instant}").encode()
        )
        if series is None or series.dated != bool(dot) or not sound or not token.startswith(BASIC_TOKEN):
            raise TokenInvalid("This back-end has not issued this token. Please log in again.")
        endings = self._endings.get(series.name, ())
        if series.number < len(endings):
            raise TokenInvalid(endings[series.number])
        self._check_age(_EPOCH + int(instant, 16) * _MICROSECOND if dot else self._since)
        return series.name

    def _check_age(self, issued: datetime | None) -> None:
        # Not whether the sum of both has come: it may lie beyond the end of time.
        if self._lifetime is None or issued is None or self._now() - issued < self._lifetime:
            return
        raise TokenInvalid(_over("expired", issued + self._lifetime))

    def end(self, name: str, how: str) -> None:
        """End all tokens that an account has been given so far.

        Args:
            how: The fate of its tokens, e.g. ``"expired"``.
        """
        self._derive(name)  # else they could not be recognized later
        self._endings.setdefault(name, []).append(_over(how, self._now()))

    def _derive(self, name: str) -> tuple[str, str]:
        """Return what begins the undated tokens, and the dated ones, of an account's present series."""
        number = len(self._endings.get(name, ()))
        known = self._derived.get(name)
        if known is None or known[0] != number:
            # Names have no slash, so these texts are those of one series only.
            secret = self._hash(f"{name}/{number}" if number else name)
            tag = self._hash(f"{name}/{number}/dated")[:16]
            self._series[secret] = _Series(name, number, dated=False)
            self._series[tag] = _Series(name, number, dated=True)
            known = self._derived[name] = number, (secret, tag)
        return known[1]

    def _unwrapped(self, token: str) -> str:
        """Return the token in a JSON Web Token; one that is none of ours stays as it is."""
        claims = _claims(token)
        signed, _, signature = token.rpartition(".")
        if claims is None or not hmac.compare_digest(
            self._jwt_signature(signed).encode(), signature.encode()
        ):
            return token
        return str(claims.get("jti"))

    def _jwt_signature(self, signed: str) -> str:
        return _base64(hmac.digest(self._key, signed.encode(), "sha256"))

    def _signature(self, text: str) -> str:
        return self._hash(f"/{text}")

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()[:32]


def _over(how: str, when: datetime) -> str:
    return f"The access token {how} at {when:%Y-%m-%dT%H:%M:%SZ}. Please log in again."


#: The path of the issuer; basic tokens have none but the endpoint that hands them out.
_ISSUER = "/credentials/basic"


def is_basic_jwt(token: str) -> bool:
    """Tell whether a JSON Web Token says that it comes from a log-in with a password."""
    claims = _claims(token)
    return claims is not None and str(claims.get("iss")).endswith(_ISSUER)


def _base64(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def _claims(token: str) -> dict[str, Any] | None:
    parts = token.split(".")
    # A JSON object begins with these in base64.
    if len(parts) != 3 or not parts[0].startswith("eyJ"):
        return None
    try:
        claims = json.loads(urlsafe_b64decode(parts[1] + "=="))
    except (ValueError, RecursionError):
        return None
    return claims if isinstance(claims, dict) else None
