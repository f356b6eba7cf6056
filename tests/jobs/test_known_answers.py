"""Descriptions of jobs that are not made anew tell the same as those that are."""

import json

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.jobs import JobsRegister
from mock_backend.jobs.known_answers import KnownAnswers

GRAPH = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
PLAN = JobPlan(queued="1m", running="10m", usage={"cpu": {"value": 3, "unit": "cpu-seconds"}}, costs=4)


@pytest.fixture
def known(monkeypatch):
    """Collect the known answers, or None where there was none."""
    found, of = [], KnownAnswers.of
    monkeypatch.setattr(KnownAnswers, "of", lambda self, **a: found.append(of(self, **a)) or found[-1])
    return found


def _looks(backend, job, instants):
    """Return what a client sees at instants; each time the same as what the method returns."""
    register, user = backend.registers.one(JobsRegister), backend.users[job.describe() and "alice"]
    seen = []
    for instant in instants:
        backend.clock.advance(instant)
        for _ in range(2):
            made = json.loads(register.get_job(job.job_id, user).model_dump_json(exclude_none=True))
            assert job.describe() == made
            seen.append(made["status"])
    return seen


def test_a_job_is_described_as_it_is_at_each_instant(known):
    with MockBackend(plan=PLAN) as backend:
        job = backend.connect().create_job(GRAPH, title="a job")
        seen = _looks(backend, job, ["0s", "1m"])
        job.start()
        seen += _looks(backend, job, ["0s", "30s", "30s", "1s", "6s", "5m", "1h", "1d"])
        job.start()
        seen += _looks(backend, job, ["2m"])
        backend.jobs.one().set_progress(70)
        seen += _looks(backend, job, ["0s", "1m"])
        job.stop()
        seen += _looks(backend, job, ["0s", "1m"])
        job.start()
        backend.jobs.one().fail("no more")
        seen += _looks(backend, job, ["0s"])

    assert set(seen) >= {"created", "queued", "running", "finished", "canceled", "error"}
    assert known
    assert None not in known


def test_changes_of_a_job_show_at_once(known):
    with MockBackend(plan=PLAN) as backend:
        connection = backend.connect()
        job = connection.create_job(GRAPH, title="first")
        assert job.describe()["title"] == "first"
        connection.patch(f"/jobs/{job.job_id}", json={"title": "second", "description": "new"})

        assert (job.describe()["title"], job.describe()["description"]) == ("second", "new")
        job.delete_job()
        assert connection.get(f"/jobs/{job.job_id}", check_error=False).status_code == 404
    assert known[-1] is None


def test_a_job_of_another_user_is_not_known():
    with MockBackend(users={"alice": "a", "bob": "b"}) as backend:
        job = backend.connect("alice").create_job(GRAPH)
        job.describe()

        assert backend.connect("bob").get(f"/jobs/{job.job_id}", check_error=False).status_code == 404


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("where", ["class", "instance"])
def test_methods_that_a_test_changes_are_called(monkeypatch, where, first):
    with MockBackend() as backend:
        job = backend.connect().create_job(GRAPH, title="as it is")
        if first:
            job.describe()
        register = backend.registers.one(JobsRegister)
        original = register.metadata

        def metadata(*arguments):
            made = original(arguments[-1])
            made.title = "changed"
            return made

        monkeypatch.setattr(JobsRegister if where == "class" else register, "metadata", metadata)
        assert job.describe()["title"] == "changed"


def test_a_register_of_another_class_is_asked():
    class Register(JobsRegister):
        def own_job(self, job_id, user):
            job = super().own_job(job_id, user)
            job.title = f"for {user.user_id} at {self.clock.now():%H:%M}"
            return job

    with MockBackend(registers=[Register]) as backend:
        job = backend.connect().create_job(GRAPH, title="as it is")
        assert job.describe()["title"] == "for alice at 12:00"
        backend.clock.advance("1m")
        assert job.describe()["title"] == "for alice at 12:01"


def test_what_a_caller_does_to_an_answer_changes_no_other():
    with MockBackend() as backend:
        job = backend.connect().create_job(GRAPH)
        told, register = job.describe(), backend.registers.one(JobsRegister)
        register.get_job(job.job_id, backend.users["alice"]).process["process_graph"]["add"]["arguments"][
            "x"
        ] = 7
        register.find(job.job_id).process["process_graph"].clear()

        assert job.describe() == told


def test_polls_that_count_are_counted():
    with MockBackend(plan=JobPlan.polls(queued=1, running=2)) as backend:
        job = backend.connect().create_job(GRAPH).start()

        assert [job.status() for _ in range(5)] == ["queued", "running", "running", "finished", "finished"]
