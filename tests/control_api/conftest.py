"""A back-end with its control API and page behind a socket."""

from datetime import UTC, datetime

import pytest
import requests

from mock_backend import Clock, JobPlan, MockBackend
from mock_backend.control_api import Front
from mock_backend.control_api.guard import Guard

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


class Control:
    """A program that uses the control API."""

    def __init__(self, backend, root, session):
        self.backend = backend
        self.root = root
        self.session = session

    def ask(self, path, expected=200, **options):
        return self._send("GET", path, expected, **options)

    def order(self, path, expected=200, **arguments):
        return self._send("POST", path, expected, json=arguments)

    def set(self, path, expected=200, **values):
        return self._send("PATCH", path, expected, json=values)

    def _send(self, method, path, expected, **options):
        answer = self.session.request(method, f"{self.root}/mock{path}", timeout=20, **options)
        assert answer.status_code == expected, answer.text
        return answer.json()


@pytest.fixture
def make_control():
    """Serve a back-end; keywords are those of the back-end, and ``secret``."""
    opened = []

    def make(secret=None, after_reset=lambda: None, **settings):
        settings = {"clock": Clock(datetime.now(UTC)), "plan": JobPlan(queued="1m", running="10m")} | settings
        backend = MockBackend("https://control.test/openeo/1.2", **settings).open()
        front = Front(backend, Guard(secret), after_reset=after_reset)
        live = backend.live(front=front.around)
        session = requests.Session()
        opened.append((backend, front, session))
        return Control(backend, live.url, session)

    yield make
    for backend, front, session in opened:
        session.close()
        front.close()
        backend.close()


@pytest.fixture
def control(make_control):
    return make_control()


@pytest.fixture
def start(control):
    """Create a job of a title and start it; returns its id."""

    def start(title="a job", *, is_started=True):
        job = control.backend.connect().create_job(GRAPH, title=title)
        if is_started:
            job.start()
        return job.job_id

    return start
