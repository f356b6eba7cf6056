"""The news that a stream of events carries."""

import pytest
import requests

from mock_backend import Clock, Delay, MockBackend
from mock_backend.control_api.feed import Feed

GRAPH = {"pi": {"process_id": "pi", "arguments": {}, "result": True}}


@pytest.fixture
def backend():
    with MockBackend("https://feed.test") as backend:
        yield backend


@pytest.fixture
def news(backend):
    """Changes since the last look, by name."""
    feed = Feed(backend)
    list(feed.news())
    return lambda: dict(feed.news())


def test_nothing_is_no_news(news):
    assert news() == {}


def test_a_job_is_told_when_its_facts_change_and_not_as_time_passes(backend, news):
    job = backend.connect().create_job(GRAPH, title="one")
    (told,) = news()["jobs"]
    assert (told["title"], told["status"], told["ended"]) == ("one", "created", None)

    job.start()
    (told,) = news()["jobs"]
    assert (told["status"], told["outcome"], told["final"]) == ("queued", "finished", 100)

    backend.clock.advance("1m")
    assert news().keys() == {"clock"}

    job.delete()
    assert news()["gone"] == [told["number"]]


def test_many_jobs_come_in_parts(backend):
    connection = backend.connect()
    for _ in range(50):
        connection.create_job(GRAPH)
    parts = [data for name, data in Feed(backend).news() if name == "jobs"]

    assert [len(part) for part in parts] == [40, 10]
    assert [job["number"] for part in parts for job in part] == list(range(50, 0, -1))


def test_orders_are_told_when_they_change(backend, news):
    order = backend.inject(Delay("1s"), "GET /", times=3)
    assert [each["remaining"] for each in news()["orders"]] == [3]
    requests.get(backend.url)
    assert [each["remaining"] for each in news()["orders"]] == [2]
    order.remove()
    assert news()["orders"] == []


def test_requests_are_told_once(backend, news):
    requests.get(backend.url)
    assert [each["path"] for each in news()["requests"]["requests"]] == ["/"]
    for _ in range(60):
        requests.get(f"{backend.url}/conformance")
    assert len(news()["requests"]["requests"]) == 50
    assert news() == {}


def test_a_reset_is_told(backend, news):
    backend.connect().create_job(GRAPH)
    news()
    backend.reset()
    told = news()

    assert told["cleared"] == {}
    assert told["gone"] == [1]


def test_a_running_clock_is_told_when_it_is_moved():
    source = [0.0]
    with MockBackend("https://run.test", clock=Clock(rate=60, source=lambda: source[0])) as backend:
        feed = Feed(backend)
        assert "clock" in dict(feed.news())
        backend.clock.advance("1h")
        assert "clock" in dict(feed.news())
        backend.clock.rate = 1
        assert dict(feed.news())["clock"]["rate"] == 1


def test_a_cancellation_tells_of_those_that_begin_earlier(backend, news):
    backend.set_capacity(running=1)
    jobs = [backend.connect().create_job(GRAPH) for _ in range(3)]
    for job in jobs:
        job.start()
    before = {job["number"]: job["running"] for job in news()["jobs"]}
    jobs[0].stop()
    after = {job["number"]: job["running"] for job in news()["jobs"]}

    assert before[1] < before[2] < before[3]
    assert after[2] < before[2]
    assert after[3] < before[3]
    assert news() == {}
    backend.set_capacity(running=2)
    assert {job["number"] for job in news()["jobs"]} == {2, 3}
