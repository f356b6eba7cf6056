"""Stories in any order: whatever happens to jobs under a capacity, their states stay possible."""

from contextlib import suppress
from datetime import timedelta

import requests
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mock_backend import JobPlan, MockBackend

GRAPH = {"process_graph": {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}}
#: From each status, those that can come next without any request.
BY_TIME = {
    "created": {"created"},
    "queued": {"queued", "running", "finished", "error"},
    "running": {"running", "finished", "error"},
    "finished": {"finished"},
    "error": {"error"},
    "canceled": {"canceled"},
}

numbers = st.integers(0, 20)
minutes = st.integers(0, 12).map(lambda number: timedelta(minutes=number))


class JobStories(RuleBasedStateMachine):
    """A back-end, and what is known of its jobs."""

    @initialize(in_a_file=st.booleans())
    def begin(self, in_a_file):
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory() if in_a_file else None
        store = Path(self.folder.name) / "jobs.json" if self.folder else None
        self.backend = MockBackend("https://stories.test", store=store, users={"a": "a", "b": "b"}).open()
        self.tokens = {user: self.backend.token(user) for user in ("a", "b")}
        self.seen: dict[str, str] = {}
        self.alive: dict[str, str] = {}
        self.before = set()
        self.capacity = self.backend.set_capacity(running=2)
        for user in "aaabbb":
            self.create(user)

    def teardown(self):
        self.backend.close()
        if self.folder:
            self.folder.cleanup()

    def ask(self, user, method, path, **options):
        headers = {"Authorization": f"Bearer {self.tokens[user]}"}
        return requests.request(method, self.backend.url + path, headers=headers, **options)

    @rule(user=st.sampled_from("ab"))
    def create(self, user):
        job_id = self.ask(user, "POST", "/jobs", json={"process": GRAPH}).headers["OpenEO-Identifier"]
        self.alive[job_id] = user

    def any_of(self, number):
        """Return a job and its user; a new one if there is none."""
        if not self.alive:
            self.create("a")
        return [*self.alive.items()][number % len(self.alive)]

    @rule(
        numbers=st.sets(numbers, min_size=1, max_size=6),
        queued=minutes,
        running=minutes | st.none(),
        fails=st.booleans(),
    )
    def start(self, numbers, queued, running, fails):
        plan = JobPlan(queued=queued, running=running, error="no" if fails else None)
        for number in numbers:
            job, user = self.any_of(number)
            with self.backend.plan(plan):
                answer = self.ask(user, "POST", f"/jobs/{job}/results")
            assert answer.status_code == 202 or answer.json()["code"] == "ConcurrentJobLimit"
            self.seen.pop(job, None)

    @rule(number=numbers)
    def cancel(self, number):
        job, user = self.any_of(number)
        assert self.ask(user, "DELETE", f"/jobs/{job}/results").status_code == 204
        self.seen.pop(job, None)

    @rule(number=numbers)
    def delete(self, number):
        job, user = self.any_of(number)
        assert self.ask(user, "DELETE", f"/jobs/{job}").status_code == 204
        self.seen.pop(job, None)
        del self.alive[job]

    @rule(number=numbers, title=st.text(max_size=3))
    def patch(self, number, title):
        job, user = self.any_of(number)
        answer = self.ask(user, "PATCH", f"/jobs/{job}", json={"title": title})
        assert answer.status_code == 204 or answer.json()["code"] == "JobLocked"

    @rule(number=numbers, how=st.sampled_from(["finish", "fail", "set_progress", "replan"]), running=minutes)
    def move(self, number, how, running):
        job, _ = self.any_of(number)
        arguments = {"set_progress": (50,), "replan": (JobPlan(queued=0, running=running),)}.get(how, ())
        with suppress(ValueError):  # of jobs that are not active, or do not run yet
            getattr(self.backend.jobs.one(job_id=job), how)(*arguments)
            self.seen.pop(job, None)

    @rule(by=minutes)
    def advance(self, by):
        self.backend.clock.advance(by)

    @rule(
        running=st.none() | st.integers(1, 2),
        per_user=st.none() | st.integers(1, 2),
        queue=st.none() | st.integers(0, 2),
    )
    def limit(self, running, per_user, queue):
        # Those that run go on, however many there are.
        self.before = {job for job in self.alive if self.backend.jobs.one(job_id=job).status == "running"}
        self.capacity = self.backend.set_capacity(running=running, per_user=per_user, queue=queue)

    @invariant()
    def no_job_is_lost_and_all_states_are_possible(self):
        if not hasattr(self, "backend"):
            return
        states = {job.job_id: job.status.value for job in self.backend.jobs}
        assert states.keys() == self.alive.keys()
        # Nothing changes at one instant.
        assert states == {job.job_id: job.status.value for job in self.backend.jobs}
        for job, status in self.seen.items():
            assert states[job] in BY_TIME[status]
        self.seen = states

    @invariant()
    def no_more_run_than_there_are_places(self):
        if not hasattr(self, "backend"):
            return
        running = {job.job_id for job in self.backend.jobs if job.status == "running"}
        new = running - self.before
        most, of_user = self.capacity.running, self.capacity.per_user
        assert most is None or not new or len(running) <= max(most, len(running & self.before))
        for user in "ab":
            own = {job for job in running if self.alive[job] == user}
            assert (
                of_user is None or not own - self.before or len(own) <= max(of_user, len(own & self.before))
            )


JobStories.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, suppress_health_check=[HealthCheck.too_slow]
)
TestJobStories = JobStories.TestCase
