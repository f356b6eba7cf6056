"""The stream of events of the control API: what has changed since a page last looked."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from mock_backend.clock.time_stand_ins import real_asyncio_sleep
from mock_backend.control import Exchange
from mock_backend.control.capacity import Capacity
from mock_backend.control_api.bodies import to_json
from mock_backend.control_api.json_values import clock_shown, exchange_shown, job_shown, jobs_of, order_shown
from mock_backend.jobs import JobsRegister

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend
    from mock_backend.control_api.control import Control

#: Seconds between two looks for news.
_PAUSE = 0.2
#: The numbers of jobs in the first event and in each later one: other requests have their turn in between.
_FIRST, _CHUNK = 40, 250
#: The number of exchanges that a page shows.
_MAX_REQUESTS = 50
#: Seconds without a move of the clock after which its time is told all the same.
_HEARTBEAT = 5.0

News = tuple[str, Any]


class Feed:
    """The news about a back-end for one listener."""

    def __init__(self, backend: "MockBackend") -> None:
        self._backend = backend
        self._jobs: dict[int, bytes] = {}
        self._unanswered: list[Exchange] = []
        self._latest: Exchange | None = None
        self._orders: list[Any] = []
        self._clock: tuple[float, datetime, float] | None = None
        self._is_ready = False
        self._capacity: Capacity | None = None
        #: The jobs that are waiting or running, as far as they were told.
        self._active: set[int] = set()

    def news(self) -> Iterator[News]:
        """Yield what has changed: names and data of events; everything the first time."""
        yield from self._of_clock()
        yield from self._of_orders()
        yield from self._of_requests()
        yield from self._of_jobs()

    def _of_clock(self) -> Iterator[News]:
        clock, real = self._backend.clock, perf_counter()
        now, rate = clock.now(), clock.rate
        if self._clock is not None:
            then, shown, known = self._clock
            ahead = abs((now - shown).total_seconds() - (real - then) * known)
            if rate == known and real - then < _HEARTBEAT and ahead <= 0.2 * rate:
                return
        self._clock = real, now, rate
        yield "clock", clock_shown(clock)

    def _of_orders(self) -> Iterator[News]:
        orders = [order_shown(each) for each in self._backend.orders]
        if orders != self._orders or not self._is_ready:
            self._orders = orders
            yield "orders", orders

    def _of_requests(self) -> Iterator[News]:
        journal = self._backend.requests
        recent = list(journal[-_MAX_REQUESTS:])
        latest, self._latest = self._latest, recent[-1] if recent else None
        places = [place for place, each in enumerate(recent) if each is latest]
        if latest is not None and not places and len(journal) < _MAX_REQUESTS:
            yield "cleared", {}
            self._unanswered = []
        new = recent[places[0] + 1 :] if places else recent
        answered = [each for each in self._unanswered if each.status is not None]
        self._unanswered = [each for each in (*self._unanswered, *new) if each.status is None][
            -_MAX_REQUESTS:
        ]
        if shown := [{"id": id(each), **exchange_shown(each)} for each in (*answered, *new)]:
            yield "requests", {"total": len(journal), "requests": shown}

    def _of_jobs(self) -> Iterator[News]:
        register = self._backend.registers.one(JobsRegister)
        found = register.store.versions()
        if gone := [number for number in self._jobs if number not in found]:
            yield "gone", gone
        known, self._jobs = self._jobs, found
        changed = [number for number, raw in found.items() if known.get(number) is not raw][::-1]
        now = self._backend.clock.now()
        capacity = None if register.queue is None else register.queue.capacity
        if capacity is not None and (gone or changed or capacity is not self._capacity):
            # When one begins follows from all of them.
            told = self._active.union(changed)
            changed = [number for number in found if number in told][::-1]
        self._capacity = capacity
        # The first ones are those that a page shows at once.
        for start in (0, *range(_FIRST, len(changed), _CHUNK)):
            part = changed[start : start + _CHUNK] if start else changed[:_FIRST]
            if not part:
                break
            shown = [job_shown(each, now) for each in jobs_of(register, part)]
            self._active -= set(part)
            self._active |= {job["number"] for job in shown if job["status"] in ("queued", "running")}
            yield "jobs", shown
        if not self._is_ready:
            self._is_ready = True
            yield "ready", {"jobs": len(found)}


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
