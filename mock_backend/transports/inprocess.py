"""Make back-ends reachable in this process, and let waits for them run on their clock."""

import threading

from mock_backend.clock import world
from mock_backend.transports import hosts, httpx_router, urllib3_pools
from mock_backend.transports.hosts import BackEnd, Reachable
from mock_backend.transports.waits import waits

_lock = threading.RLock()


def attach(backend: BackEnd) -> None:
    """Make a back-end reachable at its URL.

    Raises:
        ValueError: If another one is open there.
        RuntimeError: If a library has moved something this relies on; names it and its version.
    """
    with _lock:
        first = not hosts.any_open()
        added: list[str] = []
        try:
            for each in _hosts_of(backend):
                hosts.add(each.url, each)
                added.append(each.url)
        except ValueError:
            for url in added:
                hosts.remove(url)
            raise
        world.add(backend.clock)
        if first:
            try:
                urllib3_pools.check()
                waits.install()
            except RuntimeError:
                _remove(backend)
                raise
            urllib3_pools.install()
            httpx_router.hook.install()


def _hosts_of(backend: BackEnd) -> list[Reachable]:
    assets = backend.asset_host
    return [backend, backend.oidc_providers, *([] if assets is None else [assets])]


def _remove(backend: BackEnd) -> None:
    for each in _hosts_of(backend):
        hosts.remove(each.url)


def detach(backend: BackEnd) -> None:
    """Make a back-end unreachable; with the last one, everything is put back as it was."""
    with _lock:
        _remove(backend)
        if not hosts.uses(backend.clock):
            # A thread that lived by this clock belongs nowhere until its next request.
            world.discard(backend.clock)
        if not hosts.any_open():
            waits.uninstall()
            httpx_router.hook.stop_respx()
