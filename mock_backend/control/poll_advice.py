"""The line to write for a poller whose waits move no clock."""

import sys
import time
from types import FrameType, ModuleType
from typing import Any

from mock_backend.clock.stalls import innermost_own
from mock_backend.clock.time_stand_ins import VirtualTime, real_sleep


def advice() -> str:
    """Return what the caller of the request that is being answered should write."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and not str(frame.f_globals.get("__name__")).startswith(
        "mock_backend.transports."
    ):
        frame = frame.f_back
    replaced = _replaced_in_client(frame)
    if replaced is not None:
        return (
            f"The sleep of the openeo client is replaced by {replaced!r}, so that its waits move no clock. "
            "Remove that patch: without it they move the clock, and take no real time"
        )
    own = innermost_own(frame)
    if own is None:
        return "Move it with clock.advance(minutes=10)"
    module = str(own.f_globals.get("__name__"))
    place = f"{own.f_code.co_filename}:{own.f_lineno}"
    if time.sleep is not real_sleep and not _is_ours(time.sleep):
        line = "clock.advance(minutes=10)" if not _sleeps(own.f_globals) else f"with clock.patch({module!r}):"
        return (
            f"time.sleep is replaced by {time.sleep!r}, so that no time passes for the poller at {place}. "
            f"Remove that patch, and write `{line}` there"
        )
    if _sleeps(own.f_globals):
        return f"Put the waits of the poller at {place} on it: `with clock.patch({module!r}):`"
    return f"Write `clock.advance(minutes=10)` between the looks at {place}"


def _replaced_in_client(frame: FrameType | None) -> Any:
    """Return the replacement of the sleep of a module of the client that is polling."""
    while frame is not None:
        module = frame.f_globals
        if str(module.get("__name__")).startswith("openeo.") and isinstance(module.get("time"), VirtualTime):
            return vars(module["time"]).get("sleep")
        frame = frame.f_back
    return None


def _sleeps(names: dict[str, Any]) -> bool:
    """Tell whether a module has something to wait with that ``Clock.patch`` would find."""
    return any(
        (isinstance(each, ModuleType) and each.__name__ in ("time", "asyncio")) or each is real_sleep
        for each in names.values()
    )


def _is_ours(function: Any) -> bool:
    return isinstance(getattr(function, "__self__", None), VirtualTime)
