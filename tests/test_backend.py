"""``MockBackend`` without pytest."""

import unittest
from datetime import timedelta

import pytest
import requests

from mock_backend import Clock, Fault, JobPlan, MockBackend
from mock_backend.stores import MemoryStore, StoreError


def test_it_is_reachable_inside_its_block_only(api_of):
    # A port that nothing listens on.
    backend = MockBackend("http://127.0.0.1:1")
    with backend:
        assert requests.get(backend.url, timeout=5).status_code == 200
    with pytest.raises(requests.ConnectionError, match="refused"):
        requests.get(backend.url, timeout=5)


def test_opening_and_closing_by_hand():
    backend = MockBackend("https://hand.test").open()
    assert backend.open() is backend
    assert "open" in repr(backend)
    backend.close()
    backend.close()
    assert "closed" in repr(backend)
    with pytest.raises(RuntimeError, match="closed for good"):
        backend.open()


def test_in_unittest():
    class TestJobs(unittest.TestCase):
        def setUp(self):
            self.backend = self.enterContext(MockBackend("https://unit.test"))

        def test_job(self):
            job = self.backend.connect().load_collection("SENTINEL2_L2A").create_job()
            job.start_and_wait(print=lambda _: None)
            assert self.backend.jobs[0].status == "finished"

    result = unittest.TestResult()
    TestJobs("test_job").run(result)
    assert result.wasSuccessful(), result.errors


def test_reset_forgets_everything(api_of):
    with MockBackend("https://wide.test") as backend:
        api = api_of(backend)
        backend.plan(JobPlan.immediate())
        first = api.create()
        api.start(first)
        backend.clock.advance("1h")
        backend.reset()

        assert (len(backend.jobs), len(backend.requests), backend.clock.elapsed) == (0, 0, timedelta(0))
        assert api.create() == first
        api.start(first)
        assert api.status(first) == "queued"


def test_back_ends_made_elsewhere_have_their_own_clocks():
    with MockBackend("https://a.test") as first, MockBackend("https://b.test") as second:
        first.clock.advance("1h")
        assert second.clock.elapsed == timedelta(0)
        with MockBackend("https://c.test", clock=first.clock) as third:
            assert third.clock.elapsed == timedelta(hours=1)


def test_a_store_keeps_jobs_and_time(tmp_path, api_of):
    path = tmp_path / "jobs.json"
    with MockBackend("https://kept.test", store=path) as backend:
        api = api_of(backend)
        backend.plan(JobPlan(queued="1h", running="1h"))
        job_id = api.create(title="kept")
        api.start(job_id)
        backend.clock.advance("90m")
    with MockBackend("https://kept.test", store=path) as backend:
        api = api_of(backend)
        assert backend.clock.elapsed == timedelta(minutes=90)
        assert api.status(job_id) == "running"
        backend.clock.advance("30m")
        assert api.status(job_id) == "finished"
        assert api.create() != job_id


def test_a_clock_that_is_ahead_of_the_store_stays_there(tmp_path):
    path = tmp_path / "jobs.json"
    with MockBackend("https://kept.test", store=path) as backend:
        backend.clock.advance("1h")
    ahead = Clock("2040-01-01T00:00:00Z")
    with MockBackend("https://kept.test", store=path, clock=ahead):
        assert ahead.elapsed == timedelta(0)


def test_a_running_clock_is_kept_too(tmp_path):
    path = tmp_path / "jobs.json"
    source = [0.0]
    with MockBackend(
        "https://kept.test", store=path, clock=Clock(rate=60, source=lambda: source[0])
    ) as backend:
        source[0] += 60
        assert backend.clock.elapsed == timedelta(hours=1)
    with MockBackend("https://kept.test", store=path) as backend:
        assert backend.clock.elapsed == timedelta(hours=1)


def test_a_file_that_is_no_store_is_left_alone(tmp_path):
    path = tmp_path / "notes.json"
    path.write_text("not jobs")

    with pytest.raises(StoreError, match=r"notes\.json"):
        MockBackend(store=path)
    assert path.read_text() == "not jobs"


def test_public_names_are_these():
    import mock_backend

    assert sorted(mock_backend.__all__) == [
        "Clock",
        "Delay",
        "EndlessWait",
        "Exchange",
        "Fault",
        "FrozenClockWarning",
        "JobPlan",
        "JobView",
        "LiveServer",
        "MockBackend",
        "MockBackendFactory",
        "OpenEOError",
        "create_app",
    ]


def test_a_closed_back_ends_clock_is_no_back_ends_any_more(tmp_path):
    """A module on the clock of a later back-end must not wait on that of an earlier one."""
    import importlib.util

    (tmp_path / "poller.py").write_text("import time\n\ndef wait():\n    time.sleep(3600)\n")
    spec = importlib.util.spec_from_file_location("poller", tmp_path / "poller.py")
    poller = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(poller)
    with MockBackend("https://first.test") as first:
        requests.get(first.url, timeout=5)
    with MockBackend("https://second.test") as second, second.clock.patch(poller):
        poller.wait()

    assert (first.clock.elapsed, second.clock.elapsed) == (timedelta(0), timedelta(hours=1))


def test_a_killed_back_end_has_kept_a_running_clocks_time(tmp_path, api_of):
    """Check that answers of before are still true: neither jobs nor time go back."""
    import shutil

    path, source = tmp_path / "jobs.json", [0.0]
    clock = Clock(rate=60, source=lambda: source[0])
    with MockBackend("https://kept.test", store=path, clock=clock) as backend:
        backend.plan(JobPlan(queued=0, running="10m"))
        api = api_of(backend)
        job_id = api.create()
        api.start(job_id)
        source[0] += 11
        assert api.status(job_id) == "finished"
        shutil.copytree(tmp_path, tmp_path / "killed")
    with MockBackend("https://kept.test", store=tmp_path / "killed" / "jobs.json") as backend:
        # It is noted up to a real second ahead, which is a minute here.
        assert timedelta(minutes=11) <= backend.clock.elapsed <= timedelta(minutes=12)
        assert api_of(backend).status(job_id) == "finished"


def test_jobs_can_be_looked_at_after_the_block(api_of):
    with MockBackend("https://after.test") as backend:
        api_of(backend).create(title="kept")

    assert backend.jobs.one(title="kept").status == "created"


def test_a_block_in_a_block_is_refused():
    with MockBackend("https://twice.test") as backend:
        with pytest.raises(RuntimeError, match="in use by a `with` block already"), backend:
            pass
        assert requests.get(backend.url, timeout=5).status_code == 200


def test_a_back_end_that_cannot_open_lets_go_of_its_file(tmp_path):
    path = tmp_path / "jobs.json"
    with MockBackend("https://same.test"):
        with (
            pytest.raises(ValueError, match="Another back-end is open"),
            MockBackend("https://same.test", store=path),
        ):
            pass
        with MockBackend("https://other.test", store=path) as backend:
            assert len(backend.jobs) == 0


def test_a_store_of_ones_own_is_not_closed():
    store = MemoryStore()
    for count in range(2):
        with MockBackend("https://own.test", store=store) as backend:
            assert len(backend.jobs) == count
            backend.connect().load_collection("SENTINEL2_L2A").create_job()
    assert len(store) == 2


def test_a_default_plan_must_be_one():
    with pytest.raises(TypeError, match="plan must be a JobPlan"):
        MockBackend(plan={"running": 3})


def test_a_closed_back_end_takes_no_orders():
    with MockBackend("https://late.test") as backend:
        pass
    with pytest.raises(RuntimeError, match="closed for good"):
        backend.inject(Fault(500), "GET /")
    with pytest.raises(RuntimeError, match="closed for good"):
        backend.connect()
