"""Make back-ends reachable in this process, and let waits for them run on their clock."""

import threading
from weakref import WeakSet

from mock_backend.clock import thread_clock as world
from mock_backend.http.app import ServedBackEnd
from mock_backend.transports import hosts, httpx_hook, plain_requests, refresh_tokens, urllib3_pools
from mock_backend.transports.client_waits import kept_tokens, waits
from mock_backend.transports.hosts import Reachable

#: Threads whose back-end another thread has closed: they must not come to wait for real.
_left: "WeakSet[threading.Thread]" = WeakSet()


def attach(backend: ServedBackEnd) -> None:
    """Make a back-end reachable at its URL.

    Raises:
        ValueError: If another one is open there.
        RuntimeError: If a library has moved something this relies on; names it and its version.
    """
    with hosts.changing:
        first, first_shared = not hosts.any_open(), not hosts.any_shared()
        added: list[str] = []
        try:
            for each in _hosts_of(backend):
                hosts.add_host(each.url, each)
                added.append(each.url)
        except ValueError:
            for url in added:
                hosts.remove(url)
            raise
        for url, each in _shared_hosts_of(backend):
            hosts.add_shared(url, each)
        backend.oidc_providers.open()
        world.add_clock(backend.clock)
        try:
            if first:
                urllib3_pools.check_urllib3()
                waits.install()
            if first_shared and hosts.any_shared():
                kept_tokens.install()
        except RuntimeError:
            _remove(backend)
            if first:
                waits.uninstall()
            raise
        if first:
            urllib3_pools.install()
            plain_requests.install()


def _hosts_of(backend: ServedBackEnd) -> list[Reachable]:
    assets = backend.asset_host
    return [backend, backend.issuer_host, *([] if assets is None else [assets])]


def _shared_hosts_of(backend: ServedBackEnd) -> list[tuple[str, Reachable]]:
    """Return what answers at hosts that exist outside of tests, too, by URL."""
    return [*((url, backend) for url in backend.aliases), *backend.issuer_host.foreign.items()]


def _remove(backend: ServedBackEnd) -> list[str]:
    """Make all hosts of a back-end unreachable, and return their URLs."""
    own = [each.url for each in _hosts_of(backend)]
    for url in own:
        hosts.remove(url)
    shared = _shared_hosts_of(backend)
    for url, each in shared:
        hosts.remove_shared(url, each)
    backend.oidc_providers.close()
    return [*own, *(url for url, _ in shared)]


def detach(backend: ServedBackEnd) -> None:
    """Make a back-end unreachable; with the last one, everything is put back as it was."""
    with hosts.changing:
        shared = hosts.any_shared()
        origins = [hosts.origin_of(url) for url in _remove(backend)]
        is_last = not hosts.uses(backend.clock)
        if is_last:
            # A thread that lived by this clock belongs nowhere until its next request. This comes first:
            # a request that begins meanwhile finds out by it, or counts as left below.
            world.discard_clock(backend.clock)
        if left := backend.clock.leave_others(origins, for_good=is_last):
            _left.update(left)
        if shared and not hosts.any_shared():
            kept_tokens.uninstall()
            refresh_tokens.forget_refresh_tokens()
        if not hosts.any_open():
            if not (len(_left) and any(thread.is_alive() for thread in _left)):
                waits.uninstall()
            httpx_hook.rest()
