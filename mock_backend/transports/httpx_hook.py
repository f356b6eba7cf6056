"""Start respx when an httpx client sends its first request while a back-end is open.

Starting respx takes half a millisecond, and importing it or httpx much more; most tests use neither. So
nothing here imports httpx: where it is not there yet, the hook goes in at its first import.
"""

import sys
import threading
from functools import wraps
from typing import TYPE_CHECKING, Any

from mock_backend.transports import hosts
from mock_backend.transports.after_import import AfterImport

if TYPE_CHECKING:
    import httpx


class _Hook:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._installed = False
        self._router: Any = None
        self._waiting = AfterImport(("httpx",), lambda _: self.put_in())

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
        self._wait_no_longer()
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
            self._wait_no_longer()
            if self._router is not None:
                self._router.stop_answering()
                self._router = None

    def _wait_no_longer(self) -> None:
        if self._waiting in sys.meta_path:
            sys.meta_path.remove(self._waiting)


hook = _Hook()
