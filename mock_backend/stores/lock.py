"""The lock that keeps a store's file to one store at a time."""

import os
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout

from mock_backend.stores.base import StoreError

try:
    import fcntl
except (
    ImportError
):  # Windows, where a file that is locked cannot be deleted, nor one that is open be replaced
    fcntl = None  # type: ignore[assignment]  # mypy checks for the platform that it runs on


class StoreLock:
    """Lock a file, which need not exist, and one beside it: that can be deleted, and follows the name."""

    def __init__(self, path: Path, beside: Path) -> None:
        self._path = path
        self._beside = beside
        self._was_there = False
        # Not per thread: any thread may close the store.
        self._lock = FileLock(beside, timeout=0, thread_local=False)
        self._held: tuple[int, Callable[[], object]] | None = None

    def acquire(self) -> None:
        """Lock the file; raise ``StoreError`` if another store has it."""
        self._was_there = self._beside.exists()
        try:
            self._lock.acquire()
            if self._path.exists():
                self._hold_as_it_is()
        except (Timeout, BlockingIOError):
            self.discard()
            raise StoreError(
                f"{self._path} is open in another process, or a second time in this one. Close the other "
                "store, or give each worker a file of its own, e.g. jobs-{PYTEST_XDIST_WORKER}.json."
            ) from None

    def hold(self, descriptor: int) -> None:
        """Lock what is going to be the file, take charge of its descriptor, and let go of what has been.

        Raises ``BlockingIOError`` if another store has it.
        """
        try:
            if fcntl is not None:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise
        except OSError:
            pass  # a file system without such locks
        self._let_go()
        # A store that is forgotten without being closed lets go, too.
        self._held = descriptor, weakref.finalize(self, os.close, descriptor)
        if fcntl is None:
            self._let_go()

    def release(self) -> None:
        """Let other stores have the file."""
        self._let_go()
        self._lock.release()

    def discard(self) -> None:
        """Let other stores have the file, and leave nothing beside it that has not been there."""
        if self._lock.is_locked and not self._was_there:
            with suppress(OSError):  # Windows deletes it by itself, on release
                self._beside.unlink()
        self.release()

    def _hold_as_it_is(self) -> None:
        descriptor = os.open(self._path, os.O_RDONLY)
        self.hold(descriptor)
        if fcntl is not None and not os.path.samestat(os.fstat(descriptor), self._path.stat()):
            raise BlockingIOError("another store has just replaced it")

    def _let_go(self) -> None:
        if self._held is not None:
            descriptor, close = self._held
            self._held = None
            if fcntl is not None:
                # By hand: a child process may have inherited the descriptor.
                with suppress(OSError):
                    fcntl.flock(descriptor, fcntl.LOCK_UN)
            close()
