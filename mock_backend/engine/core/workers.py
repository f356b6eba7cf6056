"""Workers that compute windows: this thread, others, or other processes, here or elsewhere."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


class Workers(Protocol):
    """Workers that compute windows."""

    #: Number of windows computed at a time.
    count: int

    def map(self, compute: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterable[_Result]:
        """Return what is computed of some items, in their order.

        Args:
            compute: The function to call; it can be pickled.
            items: Its arguments, one for each call.
        """


class ThisThread:
    """The thread that asks."""

    count = 1

    def map(self, compute: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterator[_Result]:
        """Return what is computed of some items, when they are asked for."""
        return map(compute, items)


class Threads:
    """Threads of this process."""

    def __init__(self, count: int) -> None:
        self.count = count

    def map(self, compute: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterable[_Result]:
        """Return what is computed of some items."""
        dask: Any = import_module("dask")  # heavy, and only for whoever wants it
        delayed = [dask.delayed(compute)(item) for item in items]
        found: Iterable[_Result] = dask.compute(*delayed, scheduler="threads", num_workers=self.count)
        return found


class Cluster:
    """The processes of a scheduler of ``dask.distributed``; they need this package, too.

    Args:
        address: The address of the scheduler, e.g. ``tcp://127.0.0.1:8786``.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self.count = 8

    def map(self, compute: Callable[[_Item], _Result], items: Iterable[_Item]) -> Iterable[_Result]:
        """Return what is computed of some items."""
        client = _client(self.address)
        found: Iterable[_Result] = client.gather(client.map(compute, list(items), pure=False))
        return found


@lru_cache(maxsize=4)
def _client(address: str) -> Any:
    distributed: Any = import_module("distributed")
    return distributed.Client(address, set_as_default=False)


def workers_of(count: int = 1, scheduler: str | None = None) -> Workers:
    """Return who computes windows.

    Args:
        scheduler: The address of a scheduler; None for this process.

    Raises:
        ModuleNotFoundError: If what they need is not installed; the message says how to install it.
        ValueError: If there is no such number of threads.
    """
    if count < 1:
        raise ValueError(f"workers must be ≥ 1, got {count}.")
    if scheduler is None and count == 1:
        return ThisThread()
    needed = "dask" if scheduler is None else "distributed"
    if find_spec(needed) is None:
        raise ModuleNotFoundError(
            f"More than one thread to compute with needs {needed}, which is not installed: "
            "pip install 'openeo-mock-backend[dask]'"
        )
    return Threads(count) if scheduler is None else Cluster(scheduler)


_current: ContextVar[Workers | None] = ContextVar("workers", default=None)


def current_workers() -> Workers:
    """Return who computes the windows of what is read now."""
    return _current.get() or ThisThread()


@contextmanager
def computed_by(workers: Workers) -> Iterator[None]:
    """Let some workers compute the windows of what is read within the context."""
    token = _current.set(workers)
    try:
        yield
    finally:
        _current.reset(token)
