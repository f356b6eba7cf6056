"""A source of time under control, and threads that cannot hang or fail unseen."""

import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from mock_backend.clock import Clock

#: Real seconds after which a thread that should have ended counts as hanging.
PATIENCE = 20
#: Real seconds after which a thread that is held counts as held for good.
HELD = 0.12


class FakeSource:
    """A real time source that stands still until told."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


class Running:
    """A function on its way in a thread of its own."""

    def __init__(self, function: Callable[[], Any]) -> None:
        self._function = function
        self._value: Any = None
        self._error: BaseException | None = None
        # A daemon, so that a test which fails because it hangs does not stop the others.
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._value = self._function()
        except BaseException as error:
            self._error = error

    @property
    def is_held(self) -> bool:
        """True if it is still on its way although it had time to end."""
        self._thread.join(HELD)
        return self._thread.is_alive()

    def result(self) -> Any:
        """Wait for the end and return what the function returned, or raise what it raised."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive(), "the thread hangs"
        if self._error is not None:
            raise self._error
        return self._value


@pytest.fixture
def source() -> FakeSource:
    return FakeSource()


@pytest.fixture
def clock() -> Clock:
    """A frozen clock, as in a plain back-end."""
    return Clock()


@pytest.fixture
def run():
    """Start functions, each in a thread of its own; none of them outlives the test."""
    started: list[Running] = []

    def start(function: Callable[[], Any], *arguments: Any) -> Running:
        started.append(Running(lambda: function(*arguments)))
        return started[-1]

    yield start
    for running in started:
        running._thread.join(PATIENCE)
        assert not running._thread.is_alive(), "a thread outlives its test"


@pytest.fixture
def request_on():
    """Send a request to a back-end on a clock, as far as the clock is concerned."""

    def send(clock: Clock, real_seconds: float = 0) -> None:
        member = clock.begin_request()
        try:
            if real_seconds:
                time.sleep(real_seconds)
        finally:
            clock.end_request(member)

    return send


@pytest.fixture
def slept():
    """Sleep on a clock; return how long after its start the sleeper woke."""

    def sleep(clock: Clock, seconds: float) -> timedelta:
        clock.sleep(seconds)
        return clock.elapsed

    return sleep


@pytest.fixture
def play(request_on):
    """Do what a script says, and see to it that each wait ends at its exact instant."""

    def follow(clock: Clock, script) -> timedelta:
        expected = clock.elapsed
        for step in script:
            if step == "request":
                request_on(clock, real_seconds=0.001)
            else:
                expected += timedelta(seconds=step)
                clock.sleep(step)
                assert clock.elapsed == expected
        return clock.elapsed

    return follow


@pytest.fixture
def make_module(tmp_path, monkeypatch) -> Callable[[str], ModuleType]:
    """Write a module of another project and import it."""
    monkeypatch.syspath_prepend(tmp_path)
    names: list[str] = []

    def make(text: str) -> ModuleType:
        name = f"another_projects_{len(names)}_{tmp_path.name}"
        names.append(name)
        (tmp_path / f"{name}.py").write_text(text)
        return import_module(name)

    yield make
    for name in names:
        sys.modules.pop(name, None)
