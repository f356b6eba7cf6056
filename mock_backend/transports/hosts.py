"""Which hosts are ours: the back-ends that are open in this process, by scheme, host and port."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from mock_backend.clock import Clock

Origin = tuple[str, str, int]

PORTS = {"http": 80, "https": 443}

#: So many closed hosts are remembered, for a clear error.
_MAX_CLOSED = 1000


class Reachable(Protocol):
    """What answers in this process: a back-end, or one of the hosts beside it."""

    @property
    def url(self) -> str: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def asgi(self) -> ASGIApp: ...


class BackEnd(Reachable, Protocol):
    """A back-end with what has hosts of its own: its OpenID Connect issuers, perhaps its assets."""

    @property
    def asset_host(self) -> Reachable | None: ...

    @property
    def oidc_providers(self) -> Reachable: ...


@dataclass(frozen=True)
class Elsewhere:
    """A back-end of this process behind a socket: its callers' waits run on its clock."""

    clock: Clock


_open: dict[Origin, Reachable | Elsewhere] = {}
_closed: dict[Origin, str] = {}


@lru_cache(maxsize=256)
def origin_of(url: str) -> Origin:
    """Return scheme, host and port of a URL.

    Raises:
        ValueError: If it is not an absolute http(s) URL.
    """
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"A back-end's URL is absolute, e.g. 'https://openeo.test', not {url!r}.")
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]


def add(url: str, backend: Reachable | Elsewhere) -> None:
    """Make a back-end reachable.

    Raises:
        ValueError: If another open back-end has the same origin.
    """
    origin = origin_of(url)
    if origin in _open:
        raise ValueError(
            f"Another back-end is open at {url}. Close it first, or give this one a host of its own: "
            "MockBackend(url='https://openeo-2.test')."
        )
    _closed.pop(origin, None)
    _open[origin] = backend


def remove(url: str) -> None:
    """Make a back-end unreachable; its callers are told so."""
    origin = origin_of(url)
    found = _open.pop(origin, None)
    # A closed loopback port may soon be somebody else's.
    if found is not None and not isinstance(found, Elsewhere):
        _closed[origin] = url
        if len(_closed) > _MAX_CLOSED:
            del _closed[next(iter(_closed))]


def find(origin: Origin) -> Reachable | Elsewhere | None:
    """Return the open back-end at an origin.

    Raises:
        ConnectionError: If there was one and it has been closed.
    """
    found = _open.get(origin)
    if found is None and origin in _closed:
        raise ConnectionError(
            f"The mock back-end at {_closed[origin]} has been closed. Use it inside its `with` block or "
            "test, or open another one."
        )
    return found


def uses(clock: Clock) -> bool:
    """Tell whether an open back-end lives by a clock."""
    return any(backend.clock is clock for backend in _open.values())


def any_open() -> bool:
    """Tell whether any back-end is open."""
    return bool(_open)
