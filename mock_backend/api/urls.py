"""The base URL that links in an answer start with.

Links follow the host a request came in by: the same back-end may be reached in-process and
over a loopback socket at once. The gateway sets the base for the time of an exchange.
"""

import re
from contextvars import ContextVar
from functools import lru_cache
from ipaddress import ip_address
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

from mock_backend.profiles.api_version import API_VERSIONS, ApiVersion

#: The path of the document that leads to the API, at the root of its host.
WELL_KNOWN = "/.well-known/openeo"

#: A ``Host`` header that names a host.
HOST = re.compile(r"[A-Za-z0-9.\-_]+(:\d{1,5})?|\[[0-9A-Fa-f:.]+\](:\d{1,5})?")


#: Origins of requests: this process, a socket from this machine, or elsewhere.
Origin = Literal["process", "machine", "elsewhere"]


class Base(NamedTuple):
    """URL by which the request that is being answered came in."""

    url: str  #: The base URL of the API, without a trailing slash
    in_process: bool  #: True if the request was made in this process, and not over a socket
    assets: str | None  #: The base URL of assets if it is another one
    version: str  #: The short name of the API's version there
    origin: Origin = "process"  #: The origin of the first of the requests that this one is made for


_base: ContextVar[Base | None] = ContextVar("mock_backend_base_url", default=None)

set_base = _base.set
reset_base = _base.reset


def current_base(default: str) -> str:
    """Return the base URL of the exchange that is being answered, without a trailing slash."""
    base = _base.get()
    return default if base is None else base.url


def asset_base(default: str) -> str:
    """Return the base URL of the assets that the answer names, without a trailing slash."""
    base = _base.get()
    return default if base is None else base.assets or base.url


def current_version(default: str) -> ApiVersion:
    """Return the version of the API that the request that is being answered was made for.

    Args:
        default: The short name of the version that counts outside of exchanges.
    """
    base = _base.get()
    return API_VERSIONS[default if base is None else base.version]


def is_in_process() -> bool:
    """Tell whether the request that is being answered was made in this process, and not over a socket."""
    base = _base.get()
    return base is None or base.in_process


def current_origin() -> Origin:
    """Return where the request that is being answered comes from, or the one that it is made for."""
    base = _base.get()
    return "process" if base is None else base.origin


def may_run_udfs(allowed: bool | None) -> bool | None:
    """Return whether user-defined functions of the request that is being answered run.

    Args:
        allowed: True if those of requests in this process run, False if not; None means those that can.
    """
    origin = current_origin()
    return allowed if origin == "process" else allowed is True and origin == "machine"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is that of this machine for itself alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def host_of(base: str, beside: str = "") -> str:
    """Return scheme and host of a base URL; or those of a host beside it, e.g. ``assets.``."""
    parts = urlsplit(base)
    return f"{parts.scheme}://{beside}{parts.netloc}"


@lru_cache(maxsize=256)
def base_path(base: str) -> str:
    """Return the path of a base URL without a trailing slash; empty for a host's root."""
    return urlsplit(base).path.rstrip("/")
