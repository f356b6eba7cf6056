"""Hosts that are ours: the back-ends that are open in this process, by scheme, host and port."""

import os
import threading
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol
from urllib.parse import urlsplit

from starlette.types import ASGIApp

from mock_backend.clock import Clock
from mock_backend.clock import thread_clock as world
from mock_backend.dataclass import dataclass

Origin = tuple[str, str, int]

PORTS = {"http": 80, "https": 443}


class Reachable(Protocol):
    """Host that answers in this process: a back-end, or one of the hosts beside it."""

    @property
    def url(self) -> str: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def asgi(self) -> ASGIApp: ...


@dataclass(frozen=True)
class Elsewhere:
    """A back-end of this process behind a socket: its callers' waits run on its clock."""

    clock: Clock


#: Held while back-ends become reachable or unreachable, and it is noted which threads have lost one.
changing = threading.RLock()

_open: dict[Origin, Reachable | Elsewhere] = {}
#: Back-ends at hosts that several may have; of these the latest answers.
_shared: dict[Origin, list[Reachable]] = {}
#: Contents of hosts for which tests have registered some; of several the latest answers.
_contents: dict[Origin, list[Reachable]] = {}


@lru_cache(maxsize=256)
def origin_of(url: str) -> Origin:
    """Return scheme, host and port of a URL; raise ``ValueError`` if it is not an absolute http(s) URL."""
    parts = urlsplit(url)
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError(f"A back-end's URL must be absolute, e.g. 'https://openeo.test', got {url!r}.")
    return parts.scheme, parts.hostname, parts.port or PORTS[parts.scheme]


@lru_cache(maxsize=256)
def origin_if_any(url: str) -> Origin | None:
    """Return scheme, host and port of a URL; None if it is not an absolute http(s) URL."""
    try:
        return origin_of(url)
    except ValueError:
        return None


def add_host(url: str, backend: Reachable | Elsewhere) -> None:
    """Make a back-end reachable; raise ``ValueError`` if another open one has the same origin."""
    origin = origin_of(url)
    if origin in _open:
        raise ValueError(
            f"Another back-end is open at {url}. Close it first, or give this one a host of its own: "
            "MockBackend(url='https://openeo-2.test')."
        )
    _open[origin] = backend


def add_shared(url: str, backend: Reachable) -> None:
    """Make something reachable at a host, unless a back-end has that host for its own."""
    _shared.setdefault(origin_of(url), []).append(backend)


def remove(url: str) -> None:
    """Make a back-end unreachable; from now on its host is as if it had never been."""
    _open.pop(origin_of(url), None)


def remove_shared(url: str, backend: Reachable) -> None:
    """Make something unreachable at a host."""
    _take_away(backend, origin_of(url), _shared)


def _take_away(one: Reachable, origin: Origin, places: dict[Origin, list[Reachable]]) -> None:
    left = [each for each in places.get(origin, ()) if each is not one]
    if left:
        places[origin] = left
    else:
        places.pop(origin, None)


def show(contents: Reachable, urls: Iterable[str]) -> None:
    """Let registered content be found at some hosts, and at no others any more.

    Args:
        contents: The host that answers.
    """
    for origin in list(_contents):
        _take_away(contents, origin, _contents)
    for url in urls:
        _contents.setdefault(origin_of(url), []).append(contents)


def find_host(origin: Origin) -> Reachable | Elsewhere | None:
    """Return what is open at an origin; None if that is nothing of ours."""
    found = _open.get(origin)
    if found is None and (others := _shared.get(origin) or _contents.get(origin)):
        return others[-1]
    return found


def find_here(origin: Origin) -> Reachable | None:
    """Return the back-end in this process that is open at an origin; None if there is none."""
    found = find_host(origin)
    return None if isinstance(found, Elsewhere) else found


def is_lost(origin: Origin) -> bool:
    """Tell whether another thread has closed the back-end that this one talked to at an origin."""
    # While it is being closed, it is gone before that is noted.
    with changing:
        return world.has_lost(origin)


def note_foreign(found: Elsewhere | None, origin: Origin) -> None:
    """Note that a request of this thread leaves the process, perhaps for a socket of ours."""
    world.note_request(None if found is None else found.clock)
    if found is not None:
        found.clock.note_origin(origin)


def is_shared(origin: Origin) -> bool:
    """Tell whether something of ours is open at an origin that exists outside of tests, too."""
    return origin in _shared


def any_shared() -> bool:
    """Tell whether something of ours is open at any origin that exists outside of tests, too."""
    return bool(_shared)


def uses(clock: Clock) -> bool:
    """Tell whether an open back-end lives by a clock."""
    return any(backend.clock is clock for backend in _open.values())


def any_open() -> bool:
    """Tell whether any back-end is open."""
    return bool(_open)


if hasattr(os, "register_at_fork"):  # where processes fork: none begins with what another thread holds
    os.register_at_fork(
        before=changing.acquire, after_in_parent=changing.release, after_in_child=changing.release
    )
