"""Workers that compute windows: this thread, others, or other processes, here or elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from mock_backend.dataclass import dataclass

#: The number of windows that clusters compute at a time.
_AT_ONCE = 8


@dataclass(frozen=True)
class Workers:
    """Workers that compute windows; by default, the thread that asks."""

    count: int = 1  #: The number of windows computed at a time
    #: Returns what a function, which can be pickled, makes of each of some items
    map: Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]] = map


def _in_threads(count: int, compute: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
    dask: Any = import_module("dask")  # heavy, and only for whoever wants it
    delayed = [dask.delayed(compute)(item) for item in items]
    found: Iterable[Any] = dask.compute(*delayed, scheduler="threads", num_workers=count)
    return found


def _in_cluster(address: str, compute: Callable[[Any], Any], items: Iterable[Any]) -> Iterable[Any]:
    """Let the processes of a scheduler of ``dask.distributed`` compute; they need this package, too."""
    client = _client(address)
    found: Iterable[Any] = client.gather(client.map(compute, list(items), pure=False))
    return found


@lru_cache(maxsize=4)
def _client(address: str) -> Any:
    distributed: Any = import_module("distributed")
    return distributed.Client(address, set_as_default=False)


def workers_of(count: int = 1, scheduler: str | None = None) -> Workers:
    """Return who computes windows.

    Args:
        scheduler: The address of a scheduler, e.g. ``tcp://127.0.0.1:8786``; None for this process.

    Raises:
        ModuleNotFoundError: If what they need is not installed; the message says how to install it.
        ValueError: If there is no such number of threads.
    """
    if count < 1:
        raise ValueError(f"workers must be ≥ 1, got {count}.")
    if scheduler is None and count == 1:
        return Workers()
    needed = "dask" if scheduler is None else "distributed"
    if find_spec(needed) is None:
        raise ModuleNotFoundError(
            f"More than one thread to compute with needs {needed}, which is not installed: "
            "pip install 'openeo-mock-backend[dask]'"
        )
    if scheduler is None:
        return Workers(count, partial(_in_threads, count))
    return Workers(_AT_ONCE, partial(_in_cluster, scheduler))


_current: ContextVar[Workers | None] = ContextVar("workers", default=None)


def current_workers() -> Workers:
    """Return who computes the windows of what is read now."""
    return _current.get() or Workers()


@contextmanager
def computed_by(workers: Workers) -> Iterator[None]:
    """Let some workers compute the windows of what is read within the context."""
    token = _current.set(workers)
    try:
        yield
    finally:
        _current.reset(token)
