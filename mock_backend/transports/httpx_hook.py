"""Start respx when an httpx client sends its first request while a back-end is open.

Starting respx takes half a millisecond, and importing it or httpx much more; most tests use neither. So
nothing here imports httpx: where it is not there yet, the hook goes in at its first import.
"""

import sys
import threading
from collections.abc import Sequence
from functools import wraps
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mock_backend.transports import hosts

if TYPE_CHECKING:
    import httpx


class _Hook:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._installed = False
        self._router: Any = None
        self._waiting = _AfterImport()

    def install(self) -> None:
        """Put the hook into httpx, now or once it is imported. In httpx it stays, and does nothing
        where no back-end is open.
        """
        if self._installed:
            return
        if "httpx" in sys.modules:
            self.put_in()
        elif self._waiting not in sys.meta_path:
            sys.meta_path.insert(0, self._waiting)

    def put_in(self) -> None:
        """Put the hook into httpx."""
        import httpx

        self._installed = True
        send, send_async = httpx.Client.send, httpx.AsyncClient.send

        @wraps(send)
        def hooked(client: "httpx.Client", *args: Any, **kwargs: Any) -> "httpx.Response":
            self.start_respx()
            return send(client, *args, **kwargs)

        @wraps(send_async)
        async def hooked_async(client: "httpx.AsyncClient", *args: Any, **kwargs: Any) -> "httpx.Response":
            self.start_respx()
            return await send_async(client, *args, **kwargs)

        httpx.Client.send = hooked  # type: ignore[method-assign,assignment]  # this is the hook
        httpx.AsyncClient.send = hooked_async  # type: ignore[method-assign,assignment]  # this is the hook

    def start_respx(self) -> None:
        """Let our router answer, if a back-end is open and it does not do so already."""
        if self._router is None and hosts.any_open():
            with self._lock:
                if self._router is None:
                    from mock_backend.transports.httpx_router import make_router

                    router = make_router()
                    router.start_answering()
                    # From now on other threads rely on it.
                    self._router = router

    def rest(self) -> None:
        """Let our router answer no more, and wait for httpx no longer."""
        with self._lock:
            if self._waiting in sys.meta_path:
                sys.meta_path.remove(self._waiting)
            if self._router is not None:
                self._router.stop_answering()
                self._router = None


class _AfterImport(MetaPathFinder):
    """Put the hook in right after httpx has been imported."""

    def find_spec(
        self,
        name: str,
        path: Sequence[str] | None,  # noqa: ARG002  # Python's interface
        target: ModuleType | None = None,  # noqa: ARG002  # Python's interface
    ) -> ModuleSpec | None:
        if name != "httpx" or self not in sys.meta_path:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Hooking(spec, spec.loader)
        return spec


class _Hooking(Loader):
    def __init__(self, spec: ModuleSpec, loader: Loader) -> None:
        self._spec, self._loader = spec, loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._spec.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        hook.put_in()


hook = _Hook()
