"""The stream of events of the control API."""

from collections.abc import AsyncIterator
from time import perf_counter
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_backend.clock.time_stand_ins import real_asyncio_sleep
from mock_backend.control_api.bodies import to_json
from mock_backend.control_api.feed import Feed

if TYPE_CHECKING:
    from mock_backend.control_api.control import Control

#: Seconds between two looks for news.
_PAUSE = 0.2


async def events(control: "Control", _: Request) -> Response:
    """Stream what changes, as server-sent events."""
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_stream(control), media_type="text/event-stream", headers=headers)


async def _stream(control: "Control") -> AsyncIterator[bytes]:
    feed = Feed(control.backend)
    while not control.is_closing():
        began = perf_counter()
        for name, data in feed.news():
            yield b"event: %s\ndata: %s\n\n" % (name.encode(), to_json(data))
            await real_asyncio_sleep(0)
        yield b":\n\n"
        # Others have their turn where looking takes long.
        await real_asyncio_sleep(max(_PAUSE, 3 * (perf_counter() - began)))
