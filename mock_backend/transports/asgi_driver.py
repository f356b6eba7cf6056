"""Drive an ASGI application by hand, without an event loop.

Our endpoints never truly wait, so a coroutine can be resumed until it ends. This works in any
thread, with or without a running loop, and costs less than a loop. Two things suspend it: our
own ``send``, on purpose, after each part of a streamed body; and code that needs a loop, which
is then called again on a loop in a helper thread.
"""

import asyncio
import io
import logging
import os
import sys
import threading
import traceback
import warnings
from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from starlette.types import ASGIApp, Message, Scope

from mock_backend.clock.members import OwnThread
from mock_backend.control.faults import WAIT, ConnectionLost
from mock_backend.http.app import NeedsLoop

logger = logging.getLogger("mock_backend")

Headers = list[tuple[bytes, bytes]]

#: Returns status, headers and body of an answer to a scope and a body; None if ASGI is needed.
AtOnce = Callable[[Scope, bytes], tuple[int, Headers, bytes] | None]


class _Pause(Awaitable[None]):
    """Suspend a hand-driven coroutine."""

    def __await__(self) -> Generator[Any, None, None]:
        yield self


_PAUSE = _Pause()


class _NoLoop:
    """Stand-in for the event loop while a call is driven by hand: any use of it needs a real one.

    Without any loop, ``asyncio.gather`` would make one, or take that of the thread, and leave tasks
    in it.
    """

    def create_task(self, coroutine: Any, **_: Any) -> Any:
        coroutine.close()
        raise NeedsLoop

    def __getattr__(self, name: str) -> Any:
        raise NeedsLoop


_NO_LOOP: Any = _NoLoop()


class Reply:
    """The answer to a request."""

    def __init__(self, app: ASGIApp, scope: Scope, body: bytes) -> None:
        self._app = app
        self._scope = scope
        self._used_scope = scope
        self._given = body
        self._body: bytes | None = body
        self._chunks: list[bytes | timedelta] = []
        #: Delay of the answer.
        self.late = timedelta(0)
        #: True if there are waits within its body.
        self.has_waits = False
        self._delivered = 0
        self._failure: Exception | None = None
        self._by_hand = True
        self._steps: Coroutine[Any, Any, None] | None = None
        # Its own: a body may be read while another is, and in another task or thread than it began in.
        self._context = copy_context()
        self.status = 0
        self.headers: Headers = []
        self.complete = False

    def begin(self) -> None:
        """Drive the call up to the end of the answer, or to the first part of a streamed body."""
        if (again := self._begun()) is not None:
            _run_on_a_loop(again)

    async def begin_on_loop(self) -> None:
        """Do the same as ``begin`` for callers that are on a loop themselves."""
        if (again := self._begun()) is not None:
            if asyncio._get_running_loop() is None:
                _run_on_a_loop(again)  # below another kind of event loop
            else:
                await again

    def body(self) -> bytes:
        """Return what is left of the body, without waiting."""
        if self.complete and not self.has_waits:
            chunks, self._chunks = self._chunks, []
            return b"".join(chunks)  # type: ignore[arg-type]  # only waits are something else
        return b"".join(part for part in self if isinstance(part, bytes))

    def __iter__(self) -> Iterator[bytes | timedelta]:
        """Yield the parts of the body, and the waits between them; drive the call on.

        Raises:
            ConnectionResetError: If the call fails half-way, when it is too late for another answer.
        """
        while True:
            chunks, self._chunks = self._chunks, []
            for chunk in chunks:
                if isinstance(chunk, bytes):
                    self._delivered += len(chunk)
                yield chunk
            if self.complete:
                return
            if isinstance(self._failure, ConnectionLost):
                missing = f"received {self._delivered} bytes, expected {self.length}"
                raise ConnectionLost(
                    # In the words of httpcore.
                    "peer closed connection without sending complete message body "
                    f"({'incomplete chunked read' if self.length is None else missing})"
                )
            if self._failure is not None:
                raise ConnectionResetError(f"The answer broke off: {self._failure!r}") from self._failure
            try:
                self._step()
            except NeedsLoop as error:
                delivered, self._delivered = self._delivered, 0
                _run_on_a_loop(self._again(error))
                told = b"".join(chunk for chunk in self._chunks if isinstance(chunk, bytes))
                self._chunks = [told[delivered:]]

    @property
    def length(self) -> int | None:
        """The length of the whole body as the answer tells it; None if it does not."""
        return next((int(value) for name, value in self.headers if name == b"content-length"), None)

    def close(self) -> None:
        """End a call that is not read to its end."""
        self.complete = True
        if self._steps is not None:
            self._without_loop(self._steps.close)

    def _begun(self) -> Coroutine[Any, Any, None] | None:
        """Begin by hand; return what does it all on a loop if it needs one."""
        self._used_scope = {**self._scope, "mock_backend.by_hand": True}
        at_once: AtOnce | None = getattr(self._app, "answer_at_once", None)
        try:
            answer = None if at_once is None else self._without_loop(at_once, self._used_scope, self._given)
            if answer is None:
                self._steps = self._call()
                self._step()
            else:
                self.status, self.headers, body = answer
                self._chunks, self.complete = [body], True
        except NeedsLoop as error:
            return self._again(error)
        return None

    def _call(self) -> Coroutine[Any, Any, None]:
        return self._app(self._used_scope, self._receive, self._send)  # type: ignore[return-value]  # ours are coroutines

    def _again(self, error: NeedsLoop) -> Coroutine[Any, Any, None]:
        """Return a call that goes on from the beginning to the end."""
        _forget(error)
        logger.debug(
            "%s %s needs an event loop, so it is called again on one",
            self._scope["method"],
            self._scope["path"],
        )
        # Both calls are one exchange.
        for name in ("mock_backend.exchange", "mock_backend.struck"):
            self._scope[name] = self._used_scope.get(name)
        # Apps write into their scope; a second call starts from a clean one.
        self._used_scope = {**self._scope, "mock_backend.by_hand": False}
        self._body, self._chunks, self.status, self._by_hand = self._given, [], 0, False
        self.late = timedelta(0)
        return self._call_to_the_end()

    async def _call_to_the_end(self) -> None:
        try:
            await self._call()
        except Exception as error:
            self._fail(error)
        else:
            self.complete = True

    def _fail(self, error: Exception) -> None:
        if not self.status:
            raise error
        # As over a socket: the client has the head of the answer, and its body breaks off.
        self._failure = error

    def _step(self) -> None:
        assert self._steps is not None  # begin() made it
        try:
            suspended = self._without_loop(self._steps.send, None)
        except StopIteration:
            self.complete = True
        except Exception as error:
            self._fail(error)
        else:
            if suspended is not _PAUSE:
                self._without_loop(self._steps.close)
                raise NeedsLoop

    def _without_loop(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """Call a function in the context of this reply, and without the loop it may be called in."""
        running, hooks = asyncio._get_running_loop(), sys.get_asyncgen_hooks()
        asyncio._set_running_loop(_NO_LOOP)
        # A running loop (Jupyter) must not take charge of closing our asynchronous generators.
        sys.set_asyncgen_hooks(None, None)
        try:
            return self._context.run(function, *arguments)
        finally:
            sys.set_asyncgen_hooks(*hooks)
            asyncio._set_running_loop(running)

    async def _receive(self) -> Message:
        body, self._body = self._body, None
        if body is None:
            return {"type": "http.disconnect"}
        return {"type": "http.request", "body": body, "more_body": False}

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
            return
        if message["type"] == WAIT:
            if self.status:
                self._chunks.append(message["duration"])
                self.has_waits = True
            else:
                self.late += message["duration"]
            return
        if chunk := message.get("body"):
            self._chunks.append(chunk)
        if message.get("more_body") and self._by_hand:
            await _PAUSE


def _forget(error: NeedsLoop) -> None:
    """Let go of what an abandoned call holds, e.g. coroutines that it has not come to await."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "coroutine .* was never awaited", RuntimeWarning)
        cause: BaseException | None = error
        while cause is not None:
            traceback.clear_frames(cause.__traceback__)
            cause.__traceback__, cause = None, cause.__context__


def limited_wait(timeout: float | None, wait: timedelta) -> tuple[timedelta, bool]:
    """Return how long a client waits, and whether it does so in vain.

    Args:
        timeout: The longest that it waits, in seconds; None for ever.
    """
    if timeout is not None and timeout < wait.total_seconds():
        return timedelta(seconds=timeout), True
    return wait, False


class ReplyStream(io.RawIOBase):
    """A reply's body as a file, for urllib3.

    Args:
        wait: Lets the client wait for the next part.
    """

    def __init__(self, reply: Reply, wait: Callable[[timedelta], None]) -> None:
        super().__init__()
        self._reply = reply
        self._wait = wait
        self._parts = iter(reply)
        #: True if it ends because the connection is lost.
        self.is_lost = False
        # A view, as clients take a large part little by little and what is left must not be copied each time.
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read some bytes; 0 at the end."""
        while not self._rest:
            try:
                part = next(self._parts, None)
            except ConnectionLost:
                if self._reply.length is None:
                    raise
                self.is_lost, part = True, None
            if part is None:
                return 0
            if isinstance(part, timedelta):
                self._wait(part)
                continue
            self._rest = memoryview(part)
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count

    def close(self) -> None:
        """End the call."""
        if not self.closed:
            self._reply.close()
        super().close()


def request_scope(method: str, scheme: str, host: str, port: int, target: str, headers: Headers) -> Scope:
    """Return the ASGI scope of a request.

    Args:
        target: Path and query, percent-encoded.
        headers: Header names in lower case, with values.
    """
    raw_path, _, query = target.partition("?")
    return {
        "type": "http",
        # 2.4: Starlette then streams without a task group, which would need a loop.
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": scheme,
        "path": unquote(raw_path) if "%" in raw_path else raw_path,
        "raw_path": raw_path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": headers,
        "client": ("127.0.0.1", 0),
        "server": (host, port),
    }


def _run_on_a_loop(call: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in another thread."""
    loop, thread = _helper()
    if threading.current_thread() is not thread:
        asyncio.run_coroutine_threadsafe(call, loop).result()
        return
    # A call made from a call on that loop, which is busy until this one is answered.
    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, call).result()


@lru_cache(maxsize=1)
def _helper() -> tuple[asyncio.AbstractEventLoop, threading.Thread]:
    """Return an event loop and the thread it runs in, for the few calls that need one."""
    loop = asyncio.new_event_loop()
    thread = OwnThread(loop.run_forever, name="loop")
    thread.start()
    return loop, thread


if hasattr(os, "register_at_fork"):  # where processes fork, and leave all threads but one behind
    os.register_at_fork(after_in_child=_helper.cache_clear)
