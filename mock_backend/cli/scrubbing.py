"""Take secrets out of documents that are going to be kept."""

import re
from collections.abc import Iterable
from typing import Any

from mock_backend.control.redaction import BLOT

_NAMES = (
    r"[\w.-]*(?:token|secret|passw(?:or)?d|api[_-]?key|access[_-]?key|credential|signature|session)[\w.-]*"
)
#: Members whose texts are secrets.
_MEMBER = re.compile(rf"(?:{_NAMES}|authorization|cookie|sig)", re.IGNORECASE)
#: Secrets in texts, each with what takes their place.
_IN_TEXTS: tuple[tuple[re.Pattern[str], str], ...] = (
    # The whole query: each storage has other names for what signs.
    (re.compile(r"(https?://[^\s\"'<>?#]+)\?[^\s\"'<>]*"), r"\1"),
    (re.compile(r"(https?://)[^\s\"'<>/@]+@"), r"\1"),
    # openeo-python-driver signs in the path: the user in base64, and a digest.
    (re.compile(r"/[\w%+=-]+/[0-9a-f]{32,}(?![^/\s\"'<>])"), f"/{BLOT}/{BLOT}"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*"), BLOT),
    (re.compile(r"\b(Bearer|Basic)\s+[\w./+=~-]+", re.IGNORECASE), rf"\1 {BLOT}"),
    (re.compile(r"\b(basic//|oidc/[\w.-]+/)[\w./+=~-]+"), rf"\1{BLOT}"),
    (re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"), BLOT),
    (
        re.compile(
            rf"\b({_NAMES}[\"']?\s*[=:]\s*[\"']?)(?!{re.escape(BLOT)})[^\s\"',;&)}}\]]+", re.IGNORECASE
        ),
        rf"\1{BLOT}",
    ),
    (re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b"), "user@example.org"),
)


def scrubbed(document: Any, private: Iterable[str] = ()) -> Any:
    """Return a JSON document without secrets, e-mail addresses and private texts.

    Secrets are tokens, passwords, and the queries and signatures of URLs.

    Args:
        private: Texts to take out as well, e.g. the id of the user.
    """
    own = [re.compile(rf"(?<!\w){re.escape(each)}(?!\w)") for each in sorted(private, key=len, reverse=True)]
    return _scrubbed(document, own)


def _scrubbed(value: Any, private: list[re.Pattern[str]]) -> Any:
    if isinstance(value, dict):
        return {
            name: BLOT if isinstance(each, str) and _MEMBER.fullmatch(name) else _scrubbed(each, private)
            for name, each in value.items()
        }
    if isinstance(value, list):
        return [_scrubbed(each, private) for each in value]
    if isinstance(value, str):
        for pattern, replacement in _IN_TEXTS:
            value = pattern.sub(replacement, value)
        for pattern in private:
            value = pattern.sub("user", value)
    return value
