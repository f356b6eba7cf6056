"""Errors of OAuth 2.0: what the endpoints of an issuer answer instead of openEO errors."""

import re
from collections.abc import Mapping

#: RFC 6749, section 5.2: what a description may not hold.
_UNFIT = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")


class OAuthError(Exception):
    """A request to an issuer that fails (RFC 6749, section 5.2).

    Args:
        error: The code, e.g. ``invalid_grant``.
        description: The problem and its remedy; characters that no description may hold are replaced.
    """

    def __init__(
        self,
        error: str,
        description: str = "",
        *,
        status: int = 400,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        description = _UNFIT.sub("?", description.replace('"', "'"))
        super().__init__(f"{error}: {description}" if description else error)
        self.error = error
        self.description = description
        self.status = status
        self.headers = dict(headers or {})

    @property
    def members(self) -> dict[str, str]:
        """The error as members of a JSON object, or parameters of a redirect."""
        return {"error": self.error} | ({"error_description": self.description} if self.description else {})


class InvalidClient(OAuthError):
    """The client is unknown, or has not proved who it is."""

    def __init__(self, description: str, *, by_header: bool = False) -> None:
        # RFC 6749, section 5.2: who came with a header is told which one would do.
        headers = {"WWW-Authenticate": 'Basic realm="token endpoint"'} if by_header else None
        super().__init__("invalid_client", description, status=401, headers=headers)


class BearerRefused(OAuthError):
    """An access token that an issuer's own endpoint does not take (RFC 6750, section 3)."""

    def __init__(self, error: str, description: str, status: int = 401) -> None:
        challenge = f'Bearer error="{error}"' if error != "invalid_request" else "Bearer"
        super().__init__(error, description, status=status, headers={"WWW-Authenticate": challenge})


def required(parameters: Mapping[str, str], name: str) -> str:
    """Return a parameter of a request; raise ``OAuthError`` if it is missing."""
    if name not in parameters:
        raise OAuthError("invalid_request", f"The {name} is missing.")
    return parameters[name]
