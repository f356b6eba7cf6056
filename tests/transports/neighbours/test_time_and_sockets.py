"""Beside tools that freeze the time or forbid sockets."""

import datetime
import time
from datetime import timedelta

import freezegun
import httpx
import pytest
import requests
import time_machine
import urllib3

from mock_backend import JobPlan, MockBackend


class TestFrozenTime:
    """Nothing is needed: our clock is another one than the process's."""

    @pytest.fixture(params=["freezegun", "time-machine", "time-machine, ticking"])
    def frozen(self, request):
        return {
            "freezegun": lambda: freezegun.freeze_time("2030-01-01"),
            "time-machine": lambda: time_machine.travel("2030-01-01", tick=False),
            "time-machine, ticking": lambda: time_machine.travel("2030-01-01", tick=True),
        }[request.param]

    @pytest.mark.parametrize("order", ["ours first", "theirs first"])
    def test_both_keep_their_time(self, frozen, use, order):
        def look(backend):
            # The client reads the time, too, and gets that of our clock.
            use(backend)
            assert datetime.datetime.now(datetime.UTC).year == 2030
            assert time.gmtime().tm_year == 2030
            assert backend.clock.now().year == 2025
            assert backend.jobs[-1].created.year == 2025

        if order == "ours first":
            with MockBackend() as backend, frozen():
                look(backend)
        else:
            with frozen(), MockBackend() as backend:
                look(backend)

    def test_threads_still_wait_for_each_other(self, frozen, mock_backend, in_threads, graph):
        """The silence of a thread is measured in real time, which must not stand still."""
        mock_backend.plan(JobPlan(queued=0, running="2h"))
        jobs = [mock_backend.connect().create_job({"process_graph": graph}) for _ in range(3)]

        with frozen():
            in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

        assert timedelta(hours=2) <= mock_backend.clock.elapsed <= timedelta(hours=2, minutes=1)

    def test_a_running_clock_runs_on(self, frozen):
        with frozen(), MockBackend() as backend:
            backend.clock.rate = 1000
            backend.connect().list_jobs()

            backend.clock.sleep(50)

            assert backend.clock.elapsed >= timedelta(seconds=50)


class TestPytestSocket:
    """Nothing is needed: there is no socket. (Routes of your own that need an event loop need
    ``--allow-unix-socket``: a loop makes a pair of those.)"""

    def test_without_sockets(self, socket_disabled, mock_backend, use):
        use(mock_backend)

        assert httpx.get(mock_backend.url).json()["api_version"]
        assert urllib3.PoolManager().request("GET", mock_backend.url).json()["api_version"]
        # A RuntimeError, with a warning that would be an error here.
        with pytest.raises((RuntimeError, UserWarning), match="tried to use socket"):
            requests.get("http://127.0.0.1:9/", timeout=5)

    @pytest.mark.allow_hosts(["127.0.0.1"])
    def test_with_loopback_only(self, mock_backend_live, mock_backend):
        assert requests.get(mock_backend_live.url, timeout=5).json()["api_version"]
        assert requests.get(mock_backend.url, timeout=5).json()["api_version"]
