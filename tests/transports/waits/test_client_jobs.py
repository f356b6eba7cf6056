"""Waits of the openeo client for jobs: on the clock for our back-ends, really for all others."""

import time
from datetime import timedelta
from itertools import pairwise

from mock_backend import Clock, Fault, JobPlan, MockBackend

#: The longest wait of the client between two looks at a job.
POLL = timedelta(seconds=60)


class TestOneJob:
    def test_a_job_of_two_hours(self, mock_backend, create_job):
        lines = []
        began = time.monotonic()
        mock_backend.plan(JobPlan(queued="5m", running="2h"))

        create_job(mock_backend, title="long").start_and_wait(print=lines.append)

        # 5 s, then a quarter longer each time, up to a minute.
        assert len(mock_backend.requests.select("GET /jobs/{job_id}")) == 134
        assert (
            timedelta(hours=2, minutes=5)
            <= mock_backend.clock.elapsed
            <= timedelta(hours=2, minutes=5) + POLL
        )
        assert mock_backend.jobs.one(title="long").status == "finished"
        assert time.monotonic() - began < 7200
        told = [line.split(" ")[0] for line in lines]
        assert told[:4] == ["0:00:00", "0:00:00", "0:00:05", "0:00:11"]
        assert told[-1] == "2:05:31"

    def test_the_client_may_choose_its_interval(self, mock_backend, create_job):
        mock_backend.plan(JobPlan(queued=0, running="1h"))

        create_job(mock_backend).start_and_wait(max_poll_interval=1000)

        assert timedelta(hours=1) <= mock_backend.clock.elapsed <= timedelta(hours=1, seconds=1000)

    def test_on_a_running_clock_the_client_waits_for_its_share(self, create_job):
        with MockBackend(clock=Clock(rate=1000)) as backend:
            backend.plan(JobPlan(queued=0, running="100s"))
            began = time.monotonic()

            create_job(backend).start_and_wait()

        assert 0.1 <= time.monotonic() - began < 100


class TestManyJobs:
    def test_parallel_waits_overlap(self, in_threads, create_job):
        """Eight jobs of half an hour take no four hours; repeated, for threads differ in each run."""
        for _ in range(3):
            with MockBackend() as backend:
                backend.plan(JobPlan(queued="5m", running="30m"))
                jobs = [create_job(backend, title=str(number)) for number in range(8)]

                in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

                assert {job.status for job in backend.jobs} == {"finished"}
                true = timedelta(minutes=35)
                assert true <= backend.clock.elapsed <= true + POLL

    def test_jobs_of_different_length_end_when_they_should(self, mock_backend, in_threads, create_job):
        for hours in (1, 2, 3):
            mock_backend.plan(JobPlan(queued=0, running=f"{hours}h"), title=str(hours))
        jobs = [create_job(mock_backend, title=str(hours)) for hours in (1, 2, 3)]

        def wait(job):
            job.start_and_wait(print=lambda _: None)
            return mock_backend.clock.elapsed

        for hours, ended in zip(
            (1, 2, 3), in_threads([lambda job=job: wait(job) for job in jobs]), strict=True
        ):
            assert timedelta(hours=hours) <= ended <= timedelta(hours=hours) + POLL

    def test_back_ends_with_clocks_of_their_own_do_not_mix(self, in_threads, create_job):
        with MockBackend() as short, MockBackend("https://openeo-2.test") as long:
            short.plan(JobPlan(queued=0, running="10m"))
            long.plan(JobPlan(queued=0, running="10h"))
            jobs = [create_job(short), create_job(long)]

            in_threads([lambda job=job: job.start_and_wait(print=lambda _: None) for job in jobs])

            assert timedelta(minutes=10) <= short.clock.elapsed <= timedelta(minutes=10) + POLL
            assert timedelta(hours=10) <= long.clock.elapsed <= timedelta(hours=10) + POLL


class TestAnotherProjectsBackEnd:
    def test_polling_it_takes_real_time(self, mock_backend, create_job, foreign, connect_to):
        create_job(mock_backend).start_and_wait()
        virtual = mock_backend.clock.elapsed
        foreign.polls = 4
        job = connect_to(foreign).create_job({"process_graph": {}}, validate=False)

        began = time.monotonic()
        job.start_and_wait(max_poll_interval=0.1)

        assert foreign.count("GET /jobs/foreign-job") == 4
        assert time.monotonic() - began >= 0.3
        assert mock_backend.clock.elapsed == virtual

    def test_its_elapsed_times_are_real(self, mock_backend, create_job, foreign, connect_to):
        """The client reads the time before its first request, and subtracts that after it."""
        lines = []
        job = connect_to(foreign).create_job({"process_graph": {}}, validate=False)
        create_job(mock_backend).start_and_wait()

        job.start_and_wait(max_poll_interval=0.05, print=lines.append)

        assert {line.split(" ")[0] for line in lines} <= {"0:00:00", "0:00:01", "0:00:02"}

    def test_a_glitch_is_waited_out_for_real(self, mock_backend, foreign, connect_to):
        mock_backend.connect().list_jobs()
        job = connect_to(foreign, retry=False).create_job({"process_graph": {}}, validate=False)
        job.start()
        foreign.polls = 1
        # A plain error without openEO's JSON is what the client takes for a glitch.
        foreign.moods += [(202, {}), (502, {"Content-Type": "text/plain"})]

        began = time.monotonic()
        job.start_and_wait(max_poll_interval=0.01, connection_retry_interval=0.3)

        assert time.monotonic() - began >= 0.3
        assert not mock_backend.clock.elapsed

    def test_retry_after_takes_real_time_between_waits_on_the_clock(
        self, mock_backend, create_job, foreign, connect_to
    ):
        connection = connect_to(foreign)
        ours = create_job(mock_backend)

        for turn in (1, 2):
            mock_backend.inject(Fault(status=429, retry_after=50), "GET /jobs/{job_id}")
            began = time.monotonic()
            ours.status()
            assert time.monotonic() - began < 50
            assert mock_backend.clock.elapsed == timedelta(seconds=50) * turn

            foreign.moods.append((503 if turn == 1 else 429, {"Retry-After": "1"}))
            foreign.asked.clear()
            began = time.monotonic()
            connection.job("foreign-job").status()
            assert foreign.asked == ["GET /jobs/foreign-job"] * 2
            assert time.monotonic() - began >= 0.9
            assert mock_backend.clock.elapsed == timedelta(seconds=50) * turn

    def test_it_does_not_hold_up_our_waits(self, mock_backend, create_job, foreign, connect_to, in_threads):
        """A thread that waits for real elsewhere, and one whose two hours cost nothing."""
        mock_backend.plan(JobPlan(queued=0, running="2h"))
        foreign.polls = 3
        theirs = connect_to(foreign).create_job({"process_graph": {}}, validate=False)
        ours = create_job(mock_backend)

        in_threads(
            [
                lambda: theirs.start_and_wait(max_poll_interval=0.2, print=lambda _: None),
                lambda: ours.start_and_wait(print=lambda _: None),
            ]
        )

        assert timedelta(hours=2) <= mock_backend.clock.elapsed <= timedelta(hours=2) + POLL
        polled = [
            at for line, at in zip(foreign.asked, foreign.at, strict=True) if line == "GET /jobs/foreign-job"
        ]
        assert all(later - earlier >= 0.19 for earlier, later in pairwise(polled))
