"""The base URL that links in an answer start with.

Links follow the host a request came in by: the same back-end may be reached in-process and
over a loopback socket at once. The gateway sets the base for the time of an exchange.
"""

from contextvars import ContextVar
from functools import lru_cache
from urllib.parse import urlsplit

#: The base URL, whether the request was made in this process, and the base URL of assets if it is another.
_base: ContextVar[tuple[str, bool, str | None] | None] = ContextVar("mock_backend_base_url", default=None)

set_base = _base.set
reset_base = _base.reset


def current_base(default: str) -> str:
    """Return the base URL of the exchange that is being answered, without a trailing slash."""
    base = _base.get()
    return default if base is None else base[0]


def asset_base(default: str) -> str:
    """Return the base URL of the assets that the answer names, without a trailing slash."""
    base = _base.get()
    return default if base is None else base[2] or base[0]


def is_in_process() -> bool:
    """Tell whether the request that is being answered was made in this process, and not over a socket."""
    base = _base.get()
    return base is None or base[1]


def host_of(base: str) -> str:
    """Return scheme and host of a base URL."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{parts.netloc}"


@lru_cache(maxsize=256)
def path_of(base: str) -> str:
    """Return the path of a base URL without a trailing slash; empty for a host's root."""
    return urlsplit(base).path.rstrip("/")
