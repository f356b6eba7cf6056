"""Ways of waiting that could last for ever: each works, or ends with an error that tells why."""

import contextlib
import socket
import threading
import time
import urllib.request
from datetime import timedelta

import freezegun
import httpx
import openeo.rest.job
import pytest
import requests
import time_machine
import trio

from mock_backend import Clock, Delay, EndlessWait, JobPlan, MockBackend
from mock_backend.clock import stalls, time_stand_ins
from mock_backend.control import poll_guard
from mock_backend.transports import hosts, live
from mock_backend.transports.urllib3_pools import BackEndConnection

#: Real seconds after which something counts as hanging.
PATIENCE = 20


@pytest.fixture
def impatient(monkeypatch):
    """Let a wait count as stuck after a moment, whatever else this process does."""
    monkeypatch.setattr(stalls, "IDLE_SECONDS", 0.1)
    monkeypatch.setattr(stalls, "BUSY_SECONDS", 0.1)


@pytest.fixture
def in_thread():
    """Run a function in a thread; returns what waits for its end, and returns or raises what it did."""
    threads = []

    def start(function):
        outcome = []

        def work():
            try:
                outcome.append((function(), None))
            except BaseException as error:
                outcome.append((None, error))

        thread = threading.Thread(target=work, daemon=True)
        threads.append(thread)
        thread.start()

        def end():
            thread.join(PATIENCE)
            assert not thread.is_alive(), "the thread hangs"
            value, error = outcome[0]
            if error is not None:
                raise error
            return value

        return end

    yield start
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), "the thread outlives its test"


def test_a_half_sent_request_holds_the_clock_for_a_moment_only(in_thread, monkeypatch):
    monkeypatch.setattr(live, "_MAX_SILENCE", 0.02)
    with MockBackend() as backend:
        server = backend.live()
        with socket.create_connection((server.host, server.port)) as client:
            head = f"POST /validation HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {backend.token()}\r\n"
            client.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{".encode())
            while not backend.requests:
                time.sleep(0.001)
            in_thread(lambda: backend.clock.sleep(60))()
            assert backend.clock.elapsed == timedelta(minutes=1)
            # The rest may come all the same.
            client.sendall(b"}")
            assert client.recv(100).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "frozen",
    [freezegun.freeze_time, lambda at: time_machine.travel(at, tick=False)],
    ids=["freezegun", "time_machine"],
)
def test_a_live_server_stops_although_time_is_frozen(frozen, in_thread):
    def serve():
        with (
            frozen("2024-01-01"),
            MockBackend() as backend,
            urllib.request.urlopen(backend.live().url + "/conformance", timeout=PATIENCE) as answer,
        ):
            return answer.status

    assert in_thread(serve)() == 200


def test_a_result_that_waits_for_a_thread_on_the_clock(mock_backend, graph, in_thread, impatient):
    connection = mock_backend.connect()
    told = []

    def result(_):
        def wait():
            connection.list_jobs()
            mock_backend.clock.sleep(60)

        with pytest.raises(EndlessWait) as caught:
            in_thread(wait)()
        told.append(str(caught.value))
        return {"value": 1}

    mock_backend.set_result(result)

    assert connection.execute({"process_graph": graph}) == {"value": 1}
    assert "thread 'MainThread' answers a request" in told[0]
    assert "waits until 12:01:00" in told[0]
    assert __file__ in told[0]


class TestClosing:
    """A thread that waits for a job of a back-end which another thread closes."""

    @pytest.fixture
    def polls_for_ever(self, create_job, in_thread):
        def start(backend):
            backend.plan(JobPlan.stuck())
            job = create_job(backend)
            end = in_thread(lambda: job.start_and_wait(print=lambda _: None))
            while len(backend.requests) < 10:
                time.sleep(0.001)
            return end

        return start

    def test_of_its_only_one(self, polls_for_ever):
        for _ in range(5):
            with MockBackend() as backend:
                end = polls_for_ever(backend)
            with pytest.raises((EndlessWait, requests.ConnectionError)):
                end()

    @pytest.mark.parametrize("library", [requests, httpx])
    def test_while_it_asks(self, in_thread, monkeypatch, library):
        with MockBackend() as backend:
            asked, closing, refused = threading.Event(), threading.Event(), threading.Event()

            def talk():
                library.get(backend.url)
                asked.set()
                assert closing.wait(PATIENCE)
                with pytest.raises((requests.ConnectionError, httpx.ConnectError)):
                    library.get(backend.url)
                refused.set()
                openeo.rest.job.time.sleep(3600)

            end = in_thread(talk)
            assert asked.wait(PATIENCE)
            leave_others = backend.clock.leave_others

            def leave_late(*origins, **options):
                closing.set()
                refused.wait(0.2)
                return leave_others(*origins, **options)

            monkeypatch.setattr(backend.clock, "leave_others", leave_late)
        with pytest.raises(EndlessWait):
            end()

    def test_of_one_whose_clock_goes_on(self, polls_for_ever):
        with MockBackend("https://other.test") as other:
            with MockBackend(clock=other.clock) as backend:
                end = polls_for_ever(backend)
            with pytest.raises(openeo.rest.OpenEoClientException, match="Excessive soft errors"):
                end()

    def test_of_one_whose_clock_runs(self, create_job, in_thread):
        with MockBackend(clock=Clock(rate=1)) as backend:
            job = create_job(backend)
            end = in_thread(lambda: job.start_and_wait(print=lambda _: None))
            while not backend.requests.select("GET /jobs/{job_id}"):
                time.sleep(0.001)
        with pytest.raises(EndlessWait, match="has been closed by another thread"):
            end()

    def test_between_finding_it_and_asking_it(self, in_thread, monkeypatch):
        """The request made it forget that it was left, and the client slept in real time."""
        monkeypatch.setattr(time_stand_ins, "real_sleep", pytest.fail)
        found, is_closed = threading.Event(), threading.Event()

        def ask():
            requests.get(backend.url, timeout=PATIENCE)
            origin = hosts.origin_of(backend.url)
            connection = BackEndConnection(hosts.find_host(origin), origin)
            found.set()
            is_closed.wait(PATIENCE)
            connection.request("GET", "/")
            openeo.rest.job.time.sleep(30)

        with MockBackend() as backend:
            end = in_thread(ask)
            found.wait(PATIENCE)
        is_closed.set()
        with pytest.raises(EndlessWait, match="has been closed by another thread"):
            end()

    def test_the_next_back_end_is_as_good_as_new(self, nothing_left_behind, polls_for_ever, create_job):
        with MockBackend() as backend:
            end = polls_for_ever(backend)
        with MockBackend() as backend:
            create_job(backend).start_and_wait(print=lambda _: None)
            assert backend.clock.elapsed >= timedelta(seconds=11)
        with contextlib.suppress(Exception):
            end()
        with MockBackend():
            pass
        assert openeo.rest.job.time is time

    def test_a_wait_of_another_thread_on_the_same_clock_goes_on(self, in_thread):
        clock = Clock()
        with MockBackend(clock=clock), clock.visitor():
            end = in_thread(lambda: clock.sleep(60))
            time.sleep(0.01)
        end()
        assert clock.elapsed == timedelta(minutes=1)


class TestJobsThatNeverEnd:
    @pytest.fixture(autouse=True)
    def _few(self, monkeypatch):
        monkeypatch.setattr(poll_guard, "ENDLESS_READS", 50)
        monkeypatch.setattr(poll_guard, "ENDLESS_TIME", timedelta(minutes=30))

    @pytest.mark.parametrize(("phase", "seconds"), [("queued", "00"), ("running", "05")])
    def test_the_client_is_told(self, mock_backend, create_job, phase, seconds):
        mock_backend.plan(JobPlan.stuck(phase))
        job = create_job(mock_backend)

        with pytest.raises(EndlessWait) as caught:
            job.start_and_wait(print=lambda _: None)

        assert str(caught.value) == (
            f"This wait can never end: the job {job.job_id!r} has been {phase} since "
            f"2025-06-01T12:00:{seconds}+00:00, in 51 looks at it, and no time leads to another status. "
            "Give it a plan that ends, e.g. "
            "JobPlan(running='10m'), start or cancel it, or let the client stop after a time."
        )

    def test_one_that_was_never_started(self, mock_backend, create_job):
        job = create_job(mock_backend)

        def wait():
            while job.status() == "created":
                openeo.rest.job.time.sleep(60)

        with pytest.raises(EndlessWait, match="has been created since"):
            wait()

    def test_one_that_takes_long_is_waited_for(self, mock_backend, create_job):
        mock_backend.plan(JobPlan(queued="2h", running="3h"))

        create_job(mock_backend).start_and_wait(print=lambda _: None)

        assert mock_backend.clock.elapsed >= timedelta(hours=5)

    def test_a_client_that_stops_by_itself_is_not(self, mock_backend, create_job):
        mock_backend.plan(JobPlan.stuck())
        job = create_job(mock_backend)
        job.start()
        for _ in range(28):
            job.status()
            openeo.rest.job.time.sleep(60)
        job.stop()
        assert job.status() == "canceled"

    def test_a_client_behind_a_socket_is_told_too(self, mock_backend, graph):
        mock_backend.plan(JobPlan.stuck())
        connection = openeo.connect(mock_backend.live().url).authenticate_basic("alice", "secret")
        job = connection.create_job({"process_graph": graph}, validate=False)

        with pytest.raises(EndlessWait, match="has been running since"):
            job.start_and_wait(print=lambda _: None)


class TestTrio:
    def test_late_answers(self, mock_backend):
        mock_backend.inject(Delay("30s"), "GET /conformance", times=2)

        async def ask(client):
            assert (await client.get(mock_backend.url + "/conformance")).status_code == 200

        async def main():
            async with httpx.AsyncClient(timeout=60) as client, trio.open_nursery() as nursery:
                nursery.start_soon(ask, client)
                nursery.start_soon(ask, client)

        trio.run(main)
        assert timedelta(seconds=30) <= mock_backend.clock.elapsed <= timedelta(seconds=60)

    def test_what_needs_a_loop_of_asyncio(self, mock_backend):
        import asyncio

        @mock_backend.app.get("/slow")
        async def slow():
            await asyncio.sleep(0.001)
            return "done"

        async def main():
            async with httpx.AsyncClient() as client:
                return (await client.get(mock_backend.url + "/slow")).json()

        assert trio.run(main) == "done"
