"""Start respx when an httpx client sends its first request while a back-end is open.

Starting respx takes half a millisecond, and importing it or httpx much more; most tests use neither.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from mock_backend.transports import hosts

_changing = threading.Lock()
_router: Any = None


def starting(send: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for ``httpx.Client.send``."""

    @wraps(send)
    def hooked(*args: Any, **kwargs: Any) -> Any:
        _start_respx()
        return send(*args, **kwargs)

    return hooked


def starting_async(send: Callable[..., Any]) -> Callable[..., Any]:
    """Stand in for ``httpx.AsyncClient.send``."""

    @wraps(send)
    async def hooked(*args: Any, **kwargs: Any) -> Any:
        _start_respx()
        return await send(*args, **kwargs)

    return hooked


def _start_respx() -> None:
    """Let our router answer, if a back-end is open and it does not do so already."""
    global _router
    if _router is None and hosts.any_open():
        with _changing:
            if _router is None:
                from mock_backend.transports.httpx_router import make_router

                router = make_router()
                router.start_answering()
                # From now on other threads rely on it.
                _router = router


def rest() -> None:
    """Let our router answer no more."""
    global _router
    with _changing:
        if _router is not None:
            _router.stop_answering()
            _router = None
