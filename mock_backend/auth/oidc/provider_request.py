"""A request to an issuer, as its endpoints see it."""

import base64
import binascii
from functools import cached_property
from urllib.parse import parse_qsl, unquote_plus

from starlette.datastructures import Headers
from starlette.types import Scope

from mock_backend.auth.oidc.errors import InvalidClient, OAuthError
from mock_backend.control.journal import is_form

_FORM = "application/x-www-form-urlencoded"


class ProviderRequest:
    """A request.

    Args:
        issuer: The issuer's URL as the client knows it.
    """

    def __init__(self, scope: Scope, issuer: str, body: bytes) -> None:
        self.method: str = scope["method"]
        self.issuer = issuer
        self.headers = Headers(scope=scope)
        self._query: bytes = scope["query_string"]
        self._body = body

    @cached_property
    def query(self) -> dict[str, str]:
        """The parameters in the URL; what is empty counts as left out (RFC 6749, section 3.1).

        Raises:
            OAuthError: If one is there twice.
        """
        return _parameters(self._query)

    @cached_property
    def form(self) -> dict[str, str]:
        """The parameters in the body.

        Raises:
            OAuthError: If the body is no form, or a parameter is there twice.
        """
        if not self.is_form:
            raise OAuthError("invalid_request", f"Send the parameters in the body, as {_FORM}.")
        return _parameters(self._body)

    @property
    def is_form(self) -> bool:
        """True if the body is a form."""
        return is_form(self._header("content-type") or "")

    @property
    def parameters(self) -> dict[str, str]:
        """The parameters, from wherever the method puts them."""
        return self.form if self.method == "POST" else self.query

    def cookies(self, name: str) -> list[str]:
        """Return the values of all cookies of a name: those of issuers below each other share theirs."""
        # Whatever else is on the same host may have cookies that no strict parser takes.
        pairs = [each.strip().partition("=") for each in (self._header("cookie", "; ") or "").split(";")]
        return [value for found, _, value in pairs if found == name]

    def bearer(self) -> str | None:
        """Return the bearer token of the request; None if it brings none (RFC 6750, section 2).

        Raises:
            OAuthError: If it brings one in two ways at once.
        """
        scheme, _, token = (self._header("authorization") or "").partition(" ")
        by_header = token.strip() if scheme.lower() == "bearer" else None
        by_form = self.form.get("access_token") if self.method == "POST" and self.is_form else None
        if by_header is not None and by_form is not None:
            raise OAuthError(
                "invalid_request", "Send the access token in the header or in the body, not both."
            )
        return by_form if by_header is None else by_header

    def credentials(self) -> list[tuple[str, str | None]]:
        """Return the client's id and secret (RFC 6749, section 2.3), in all ways to read them.

        Raises:
            InvalidClient: If the header cannot be read, or no client is named.
            OAuthError: If the client authenticates in two ways at once.
        """
        header, form = self._header("authorization"), self.form
        if header is None:
            if "client_id" not in form:
                raise InvalidClient(
                    "Name the client: by client_id in the body, or by HTTP Basic authentication."
                )
            return [(form["client_id"], form.get("client_secret"))]
        scheme, _, encoded = header.partition(" ")
        if scheme.lower() != "basic":
            raise InvalidClient("Authenticate the client by HTTP Basic authentication.", by_header=True)
        if "client_secret" in form:
            raise OAuthError(
                "invalid_request", "Send the client's secret in the header or in the body, not both."
            )
        try:
            text = base64.b64decode(encoded.strip(), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidClient(
                "The Basic credentials are not base64-encoded UTF-8.", by_header=True
            ) from None
        client, _, secret = text.partition(":")
        # Both should be form-encoded before they go into the header, and many clients do not do that.
        readings = [(unquote_plus(client), unquote_plus(secret) or None), (client, secret or None)]
        if form.get("client_id", client) not in [name for name, _ in readings]:
            raise OAuthError("invalid_request", "The header and the body name different clients.")
        return readings

    def _header(self, name: str, between: str = ", ") -> str | None:
        """Return a header; what is there several times becomes one (RFC 9110, section 5.3).

        Two credentials at once are refused, so that none has to take precedence.
        """
        given = self.headers.getlist(name)
        return between.join(given) if given else None


def _parameters(encoded: bytes) -> dict[str, str]:
    try:
        pairs = parse_qsl(encoded.decode(), keep_blank_values=True, max_num_fields=100, errors="strict")
    except ValueError:
        raise OAuthError(
            "invalid_request", "The parameters cannot be read: form-encoded UTF-8 is right."
        ) from None
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            # Its name comes from the client, so it goes into no header.
            raise OAuthError("invalid_request", f"The parameter {name[:50]!r} is there twice.")
        found[name] = value
    return {name: value for name, value in found.items() if value}
