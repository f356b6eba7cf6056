"""``backend.set_capacity``: jobs that wait for a place, and those that are refused."""

from datetime import timedelta

import pytest
import requests
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend import Delay, JobPlan, MockBackend
from mock_backend.control.capacity import Capacity
from mock_backend.lifecycle.places import Demand, begins, most_at_once
from validation_cases.building import call, child, graph, load, par, ref

ADD = {
    "process": {
        "process_graph": {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
    }
}
PLAN = JobPlan(queued=0, running="10m")
MINUTE = timedelta(minutes=1)

pytestmark = pytest.mark.mock_backend(plan=PLAN, users={"alice": "secret", "bob": "secret"})


@pytest.fixture
def start(api_of, mock_backend):
    """Create and start a job of a user; return its id."""

    def start(user="alice", **members):
        api = api_of(mock_backend, user)
        job_id = api.create(**members)
        api.start(job_id)
        return job_id

    return start


@pytest.fixture
def states(mock_backend):
    def states():
        return "".join(
            {"running": "r", "queued": "q", "finished": "f", "canceled": "c", "created": "-"}[job.status]
            for job in mock_backend.jobs
        )

    return states


class TestWaiting:
    def test_the_others_wait_for_a_place(self, mock_backend, start, states):
        mock_backend.set_capacity(running=2)
        for _ in range(5):
            start()
        seen = [states()]
        for _ in range(3):
            mock_backend.clock.advance("10m")
            seen.append(states())

        assert seen == ["rrqqq", "ffrrq", "ffffr", "fffff"]
        assert mock_backend.stats.most_running == 2
        assert [each // MINUTE for each in mock_backend.stats.waits.values()] == [0, 0, 10, 10, 20]
        assert mock_backend.stats.longest_wait == 20 * MINUTE

    def test_a_cancellation_frees_a_place_at_once(self, mock_backend, start, states, api):
        mock_backend.set_capacity(running=1)
        first, second, third = start(), start(), start()
        mock_backend.clock.advance("4m")
        api(f"DELETE /jobs/{first}/results")
        assert states() == "crq"
        mock_backend.clock.advance("10m")
        assert states() == "cfr"
        assert mock_backend.stats.waits == {first: 0 * MINUTE, second: 4 * MINUTE, third: 14 * MINUTE}

    def test_one_that_waits_can_be_cancelled(self, mock_backend, start, states, api):
        mock_backend.set_capacity(running=1)
        _, second, _ = start(), start(), start()
        api(f"DELETE /jobs/{second}/results")
        assert states() == "r-q"
        mock_backend.clock.advance("10m")
        assert states() == "f-r"

    def test_a_deletion_frees_a_place(self, mock_backend, start, states, api):
        mock_backend.set_capacity(running=1)
        first, _ = start(), start()
        mock_backend.clock.advance("1m")
        api(f"DELETE /jobs/{first}")
        assert states() == "r"

    def test_a_job_that_runs_again_queues_again(self, mock_backend, start, states, api):
        mock_backend.set_capacity(running=1)
        first, _ = start(), start()
        mock_backend.clock.advance("10m")
        api.start(first)
        assert states() == "qr"
        mock_backend.clock.advance("10m")
        assert states() == "rf"

    def test_the_plan_says_how_long_it_takes_to_be_ready(self, mock_backend, start, states):
        mock_backend.set_capacity(running=1)
        mock_backend.plan(JobPlan(queued="5m", running="10m"), title="slow")
        start(title="slow")
        start(title="fast")
        assert states() == "qr"
        mock_backend.clock.advance("9m")
        assert states() == "qr"
        mock_backend.clock.advance("1m")
        assert states() == "rf"

    def test_who_never_ends_is_waited_for_for_ever(self, mock_backend, start, states):
        mock_backend.set_capacity(running=1)
        mock_backend.plan(JobPlan(queued=0, running=None), title="stuck")
        start(title="stuck")
        start()
        mock_backend.clock.advance("52w")
        assert states() == "rq"
        mock_backend.set_capacity(running=2)
        assert states() == "rr"

    def test_one_that_waits_can_fail_although_it_would_never_end(self, mock_backend, start, states):
        mock_backend.set_capacity(running=1)
        mock_backend.plan(JobPlan(queued=0, running=None))
        start(), start()
        mock_backend.jobs[1].fail("no more")
        assert [job.status for job in mock_backend.jobs] == ["running", "error"]
        assert mock_backend.jobs[1].logs[-1].message == "no more"

    def test_each_user_has_a_share(self, mock_backend, start, states):
        mock_backend.set_capacity(running=3, per_user=2)
        for user in ("alice", "alice", "alice", "bob", "bob"):
            start(user)
        assert states() == "rrqrq"
        assert mock_backend.stats.most_running_by_user == {"alice": 2, "bob": 1}

    def test_priority(self, mock_backend, start, states):
        mock_backend.set_capacity(running=1, order="priority")
        start()
        start(job_options={"priority": 1})
        start(priority=5)
        start(priority="high")
        assert states() == "rqqq"
        mock_backend.clock.advance("10m")
        assert states() == "fqrq"
        mock_backend.clock.advance("10m")
        assert states() == "frfq"

    def test_it_can_change(self, mock_backend, start, states):
        mock_backend.set_capacity(running=2)
        for _ in range(4):
            start()
        mock_backend.set_capacity(running=1)
        assert states() == "rrqq"
        mock_backend.clock.advance("10m")
        assert states() == "ffrq"
        mock_backend.set_capacity()
        assert states() == "ffrr"

    def test_jobs_from_before_need_no_place(self, mock_backend, start, states):
        for _ in range(3):
            start()
        mock_backend.set_capacity(running=1)
        start()
        assert states() == "rrrq"
        mock_backend.clock.advance("10m")
        assert states() == "fffr"
        assert list(mock_backend.stats.waits.values()) == [10 * MINUTE]

    def test_a_store_that_is_opened_again_goes_on(self, tmp_path, api_of):
        with MockBackend(store=tmp_path / "jobs.json", plan=PLAN) as backend:
            backend.set_capacity(running=1)
            api = api_of(backend)
            for _ in range(3):
                api.start(api.create())
            backend.clock.advance("15m")
            before = [(job.status, job.logs[-1].time) for job in backend.jobs]
            now = backend.clock.now()
        with MockBackend(store=tmp_path / "jobs.json") as backend:
            backend.clock.travel_to(now)
            backend.set_capacity(running=1)
            assert [(job.status, job.logs[-1].time) for job in backend.jobs] == before

    def test_without_a_limit_there_are_statistics_too(self, mock_backend, start):
        for _ in range(3):
            start()
        assert (mock_backend.stats.most_running, mock_backend.stats.waits) == (3, {})


class TestRefusing:
    def test_the_queue_has_an_end(self, mock_backend, api, start, assert_error):
        mock_backend.set_capacity(running=1, queue=1)
        start(), start()
        job_id = api.create()

        assert_error(api(f"POST /jobs/{job_id}/results"), 400, "ConcurrentJobLimit", "1 running and 1 queued")
        assert api.status(job_id) == "created"
        assert mock_backend.stats.refused == 1
        mock_backend.clock.advance("10m")
        api.start(job_id)

    def test_no_queue_for_a_user(self, mock_backend, api, api_of, start, assert_error):
        mock_backend.set_capacity(per_user=1, queue=0)
        start("alice")

        start("bob")
        assert_error(api(f"POST /jobs/{api.create()}/results"), 400, "ConcurrentJobLimit", "of yours")

    @pytest.mark.parametrize(
        ("arguments", "error", "words"),
        [
            ({"running": 0}, ValueError, "running must be at least 1, got 0"),
            ({"queue": -1}, ValueError, "queue must be at least 0, got -1"),
            ({"per_user": "2"}, TypeError, "per_user must be a whole number or None, got '2'"),
            ({"order": "lifo"}, ValueError, "order must be 'fifo' or 'priority', got 'lifo'"),
            ({"synchronous": "soon"}, ValueError, "synchronous: .*'soon'"),
        ],
    )
    def test_a_capacity_that_makes_no_sense(self, mock_backend, arguments, error, words):
        with pytest.raises(error, match=words):
            mock_backend.set_capacity(**arguments)

    def test_plain_data(self):
        capacity = Capacity(running=2, queue=0, synchronous="30s")

        assert capacity.to_dict() == {"running": 2, "queue": 0, "synchronous": "PT30S"}
        assert Capacity.from_dict(capacity.to_dict()) == capacity
        with pytest.raises(ValueError, match=r"no member 'runing'\. Did you mean 'running'"):
            Capacity.from_dict({"runing": 2})


class TestSynchronous:
    def test_it_waits_for_a_place(self, mock_backend, api, start):
        mock_backend.set_capacity(running=1)
        start()
        mock_backend.clock.advance("4m")

        assert api("POST /result", json=ADD).json() == 3
        assert mock_backend.clock.elapsed == 10 * MINUTE
        assert mock_backend.stats.longest_wait == 6 * MINUTE

    def test_it_takes_a_place(self, mock_backend, api, start, states):
        mock_backend.set_capacity(running=1, synchronous="2m")
        with pytest.raises(requests.ReadTimeout):
            api("POST /result", json=ADD, timeout=60)
        start()

        assert states() == "q"
        mock_backend.clock.advance("1m")
        assert states() == "r"
        assert mock_backend.stats.most_running == 1

    def test_it_is_refused_without_a_queue(self, mock_backend, api, start, assert_error):
        mock_backend.set_capacity(running=1, queue=0)
        start()

        assert_error(api("POST /result", json=ADD), 400, "ConcurrentJobLimit")

    def test_a_wrong_dimension_takes_no_place_and_runs_no_function(
        self, mock_backend, api, assert_error, tmp_path
    ):
        mock_backend.set_capacity(running=1, synchronous="2m")
        ran = tmp_path / "ran"
        function = "def apply_datacube(cube, context):\n    return cube\n"
        code = f"from pathlib import Path\nPath({str(ran)!r}).touch()\n{function}"
        made = child(udf=call("run_udf", data=par("x"), udf=code, runtime="Python"))
        nodes = graph(
            load=load(),
            made=call("apply", data=ref("load"), process=made),
            fewer=call("drop_dimension", data=ref("load"), name="time"),
            both=call("merge_cubes", cube1=ref("made"), cube2=ref("fewer")),
        )

        refused = api("POST /result", json={"process": {"process_graph": nodes}})

        assert_error(refused, 400, "DimensionNotAvailable", "'time'")
        assert not ran.exists()
        assert mock_backend.stats.most_running == 0

    def test_it_is_late_besides(self, mock_backend, api):
        mock_backend.set_capacity(running=1, synchronous="2m")
        mock_backend.inject(Delay("1m"), "POST /result")

        api("POST /result", json=ADD)

        assert mock_backend.clock.elapsed == 3 * MINUTE


class TestPlaces:
    """The pure core."""

    demands = st.lists(
        st.builds(
            lambda user, since, lasts, leaves: (user, since, lasts, leaves),
            st.sampled_from("ab"),
            st.integers(0, 20),
            st.none() | st.integers(0, 10),
            st.none() | st.integers(0, 30),
        ),
        max_size=12,
    )

    @settings(max_examples=4 * settings.default.max_examples)
    @given(demands, st.integers(1, 3), st.none() | st.integers(1, 2))
    def test_never_more_than_there_are_places(self, given, running, per_user):
        from mock_backend.clock.clock import DEFAULT_START as START

        known = {
            number: Demand(
                user=user,
                rank=(0.0, float(since), float(number)),
                since=START + since * MINUTE,
                lasts=None if lasts is None else lasts * MINUTE,
                leaves=None if leaves is None else START + leaves * MINUTE,
            )
            for number, (user, since, lasts, leaves) in enumerate(given)
        }
        found = begins(known, {}, running=running, per_user=per_user, since=START)
        spans = {number: (at, known[number].end(at)) for number, at in found.items()}

        assert all(at >= known[number].since for number, at in found.items())
        assert most_at_once(spans.values()) <= running
        for user in "ab":
            own = [span for number, span in spans.items() if known[number].user == user]
            assert per_user is None or most_at_once(own) <= per_user
        # A prediction is what comes: whatever has begun by an instant does not change what is left.
        for instant in sorted({at for at, _ in spans.values()}):
            begun = {number: at for number, at in found.items() if at <= instant}
            assert begins(known, begun, running=running, per_user=per_user, since=instant) == found
