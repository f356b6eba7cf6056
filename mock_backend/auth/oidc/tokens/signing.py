"""Keys and signatures. All cryptography is joserfc's, which is imported by the first signature."""

import threading
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from types import ModuleType

    from joserfc.jwk import RSAKey

#: Algorithm that every OpenID provider has to offer (OpenID Connect Discovery, section 3).
ALGORITHM = "RS256"

_BITS = 2048

# Generating a key takes far longer than anything else here, and which key it is does not matter.
_keys: dict[tuple[int, int], "RSAKey"] = {}
_making = threading.Lock()


@lru_cache(maxsize=1)
def _library() -> "ModuleType":
    """Return joserfc with its modules.

    It is kept: keys are good for the import that made them only, and a run of pytest inside a test forgets
    what was imported meanwhile.
    """
    for name in ("errors", "jwk", "jwt"):
        import_module(f"joserfc.{name}")
    return import_module("joserfc")


class SignatureInvalid(ValueError):
    """A text is no token that one of these keys has signed."""


class WrongKind(SignatureInvalid):
    """A token is signed by one of these keys, but it is not of the kind that is asked for."""


class KeyRing:
    """The keys of a provider: one signs, and older ones may still be published.

    Args:
        place: The provider's place among those of its back-end; providers of different places never
            share a key.
    """

    def __init__(self, place: int) -> None:
        self._place = place
        self._turn = 0
        self._oldest = 0

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with another key from now on.

        Args:
            keep_old: True to keep publishing the old keys, so that tokens they have signed stay good.
        """
        self._turn += 1
        if not keep_old:
            self._oldest = self._turn

    def sign(self, claims: dict[str, Any], kind: str) -> str:
        """Return claims as a signed token."""
        key = self.current
        token: str = _library().jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": kind}, claims, key)
        return token

    def verify(self, token: str, kind: str) -> dict[str, Any]:
        """Return the claims of a token that one of the published keys has signed.

        Args:
            kind: The required ``typ`` of its header.

        Raises:
            SignatureInvalid: If it is none.
            WrongKind: If it is a token of another kind (RFC 8725, section 3.11).
        """
        library = _library()
        try:
            # With the algorithm named, a token cannot choose its own: neither `none` nor an HMAC of
            # the public key.
            keys = library.jwk.KeySet(cast("Any", self.published))
            decoded = library.jwt.decode(token, keys, algorithms=[ALGORITHM])
        except (
            library.errors.JoseError,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            RecursionError,
        ) as error:
            # Its header and its payload come from the client.
            raise SignatureInvalid(str(error)) from None
        if not isinstance(decoded.claims, dict):
            # Later versions of the library say so themselves.
            raise SignatureInvalid("The token's payload is not a JSON object.")
        # RFC 7515, section 4.1.9: media types, so in any case, and perhaps with what they all begin with.
        typ = str(decoded.header.get("typ", "")).lower().removeprefix("application/")
        if typ != kind.lower():
            raise WrongKind(f"The typ of the token's header is {kind}, not {typ!r}.")
        return decoded.claims

    @property
    def current(self) -> "RSAKey":
        """The key that signs."""
        return _key(self._place, self._turn)

    @property
    def published(self) -> "list[RSAKey]":
        """The keys whose signatures count, the latest first."""
        return [_key(self._place, turn) for turn in range(self._turn, self._oldest - 1, -1)]

    @property
    def generation(self) -> tuple[int, int]:
        """Value that changes whenever the published keys do."""
        return self._turn, self._oldest

    def public(self) -> dict[str, Any]:
        """Return the published keys as a JWK set (RFC 7517), without what is private."""
        return {"keys": [key.as_dict(private=False) for key in self.published]}


def _key(place: int, turn: int) -> "RSAKey":
    with _making:
        key = _keys.get((place, turn))
        if key is None:
            parameters: Any = {"use": "sig", "alg": ALGORITHM}
            key = _keys[place, turn] = _library().jwk.RSAKey.generate_key(
                _BITS, parameters=parameters, private=True
            )
            key.ensure_kid()
        return key
