"""Blot out what is secret in a request that is going to be shown."""

import re
from urllib.parse import unquote_plus

BLOT = "***"

#: Names of secrets in OAuth 2.0 and OpenID Connect, in queries and in forms.
_SECRET_MEMBERS = frozenset(
    {
        "access_token",
        "actor_token",
        "assertion",
        "client_assertion",
        "client_secret",
        "code",
        "code_verifier",
        "device_code",
        "id_token",
        "id_token_hint",
        "password",
        "refresh_token",
        "signature",
        "subject_token",
        "token",
    }
)

#: Headers that are nothing but secrets.
_SECRET_HEADERS = frozenset({"cookie", "set-cookie"})
_AUTHORIZATIONS = frozenset({"authorization", "proxy-authorization"})
#: Headers that hold the address of a page.
_ADDRESSES = frozenset({"referer", "location"})

#: No secrets in an ``Authorization`` header: names of schemes that we know, and what openEO puts
#: in front of a token. Any other word may be a token that came without a scheme.
_PUBLIC = re.compile(
    r"\s*(?:(?:Basic|Digest|DPoP|Negotiate|NTLM)\s|Bearer\s+(?:basic//|oidc/[\w.-]{1,20}/)?)", re.IGNORECASE
)


#: The part of a path that signs it, where that is not in the query.
_SIGNED = re.compile(r"(/results/(?:[^/]+/){1,2})[0-9a-f]{40}(?![^/])")


def redact_header(name: str, value: str) -> str:
    """Return what may be shown of a header.

    Args:
        name: Its name in lower case.
    """
    if name in _AUTHORIZATIONS:
        public = _PUBLIC.match(value)
        return (public[0] if public else "") + BLOT
    if name in _SECRET_HEADERS:
        return BLOT
    if name in _ADDRESSES:
        return redact_address(value)
    return value


def redact_address(address: str) -> str:
    """Return what may be shown of a URL."""
    before, mark, fragment = address.partition("#")
    path, question, query = before.partition("?")
    return redact_path(path) + question + redact_members(query) + mark + redact_members(fragment)


def redact_path(path: str) -> str:
    """Return what may be shown of the path of a URL."""
    return _SIGNED.sub(rf"\1{BLOT}", path) if "/results/" in path else path


def redact_members(text: str) -> str:
    """Return what may be shown of a query, or of a form that is encoded like one."""
    return "&".join([_redact_member(member) for member in text.split("&")]) if "=" in text else text


def _redact_member(member: str) -> str:
    name, equals, value = member.partition("=")
    is_secret = value and unquote_plus(name).strip().lower() in _SECRET_MEMBERS
    return f"{name}{equals}{BLOT}" if is_secret else member
