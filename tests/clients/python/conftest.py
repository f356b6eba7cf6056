"""Tests by the openeo client, each marked with the methods it calls; the marks are checked."""

import functools
import inspect
import sys
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import openeo
import pytest
from client_methods import Method, talking_methods
from method_table import SOME_VERSIONS, STOPS

_MARK_HELP = (
    "calls(*methods, later=False): this test calls these methods of the openeo client, which send requests; "
    "with later=True after they have returned, in a thread or while they are iterated over"
)


@functools.cache
def _methods() -> dict[str, Method]:
    return talking_methods(Path(openeo.__file__).parent, STOPS)


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line("markers", _MARK_HELP)


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Check that a test calls what it is marked with, and that this asks its back-end something."""
    marks = {name: mark for mark in pyfuncitem.iter_markers("calls") for name in mark.args}
    for name in sorted(marks.keys() - _methods().keys()):
        if name not in SOME_VERSIONS:
            pytest.fail(f"openeo {openeo.__version__} has no {name} that sends requests")
        pytest.skip(f"openeo {openeo.__version__} has no {name}; {SOME_VERSIONS[name]} have it")
    if not marks:
        return (yield)
    watch = _Watch(pyfuncitem.funcargs["mock_backend"])
    with pytest.MonkeyPatch.context() as monkeypatch:
        for name, mark in marks.items():
            watch.put_on(_methods()[name], monkeypatch, later=mark.kwargs.get("later", False))
        result = yield
    if silent := sorted(name for name in marks if not watch.has_talked(name)):
        pytest.fail(f"marked as called, but has asked the back-end nothing: {', '.join(silent)}")
    return result


class _Watch:
    """Notes which methods send requests, to a back-end or to its identity providers.

    Args:
        backend: The back-end.
    """

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._talked: set[str] = set()
        #: The number of requests before the call of a method that sends its requests later.
        self._pending: dict[str, int] = {}

    def put_on(self, method: Method, monkeypatch: pytest.MonkeyPatch, *, later: bool) -> None:
        """Replace a method by one that is watched."""
        owner, attribute = method.place()
        original = inspect.getattr_static(owner, attribute)
        if isinstance(original, classmethod | staticmethod):
            stand_in: Any = type(original)(self._watched(str(method), original.__func__, later))
        else:
            stand_in = self._watched(str(method), original, later)
        # Other modules may have imported a function by its name.
        places = [owner] if method.owner else list(sys.modules.values())
        for place in places:
            if place is owner or vars(place).get(attribute) is original:
                monkeypatch.setattr(place, attribute, stand_in)

    def has_talked(self, name: str) -> bool:
        """Tell whether a method has been called and, by now, sent a request."""
        return name in self._talked or self._pending.get(name, sys.maxsize) < self._count()

    def _watched(self, name: str, original: Callable[..., Any], later: bool) -> Callable[..., Any]:
        @functools.wraps(original)
        def call(*args: Any, **kwargs: Any) -> Any:
            before = self._count()
            if later:
                self._pending.setdefault(name, before)
            try:
                return original(*args, **kwargs)
            finally:
                if self._count() > before:
                    self._talked.add(name)

        return call

    def _count(self) -> int:
        providers = self._backend.oidc_providers
        return sum(map(len, (self._backend.requests, *(each.requests for each in providers))))


@pytest.fixture(scope="session")
def client_methods() -> dict[str, Method]:
    """The public methods of the installed client that may send requests."""
    return _methods()


@pytest.fixture
def connection(mock_backend_connection) -> openeo.Connection:
    return mock_backend_connection


@pytest.fixture
def cube(connection) -> openeo.DataCube:
    return connection.load_collection(
        "SENTINEL2_L2A",
        bands=["B04", "B08"],
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.01, "north": 51.21},
        # Data of one day, which are one file.
        temporal_extent=["2024-06-01", "2024-06-06"],
    )


@pytest.fixture
def job(cube) -> openeo.BatchJob:
    return cube.create_job(title="monthly", log_level="debug")


@pytest.fixture
def finished(mock_backend, job) -> openeo.BatchJob:
    job.start()
    mock_backend.clock.advance("1h")
    return job


@pytest.fixture
def forget(mock_backend):
    """Make a connection forget the capabilities and formats that it keeps: a log-in does that."""

    def log_in_again(connection: openeo.Connection) -> None:
        connection.authenticate_bearer_token(mock_backend.token())

    return log_in_again


@pytest.fixture
def quiet() -> dict[str, Any]:
    """Options for methods that would print what they do."""
    return {"print": lambda *_: None}


@pytest.fixture
def refused():
    """Expect the back-end to refuse: ``with refused("JobNotFound"):``."""

    def expect(code: str, status: int | None = None):
        pattern = rf"^\[{status or '[45]..'}\] {code}: "
        return pytest.raises(openeo.rest.OpenEoApiError, match=pattern)

    return expect
