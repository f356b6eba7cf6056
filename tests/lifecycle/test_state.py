"""A job's state, from the facts about it and now."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mock_backend.lifecycle import JobPlan, Run, Status, state_at

CREATED = datetime(2025, 6, 1, 12, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)
ORDER = [Status.queued, Status.running, Status.finished, Status.error]
ENDS = {Status.finished, Status.error}

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=500))
timed_plans = st.from_type(JobPlan).filter(lambda plan: not plan.counts_polls)
lasting = st.timedeltas(min_value=INSTANT, max_value=timedelta(days=400))


def instants_of(plan: JobPlan, start: datetime) -> list[datetime]:
    """Return the instants around which something can go wrong."""
    spots = [start]
    if plan.queued_for is not None:
        spots.append(start + plan.queued_for)
        if plan.full_run is not None:
            spots += [start + plan.queued_for + plan.full_run * percent / 100 for percent in range(0, 101, 5)]
    if plan.lasts is not None:
        spots.append(start + plan.lasts)
    return [max(start, spot + shift) for spot in spots for shift in (-INSTANT, timedelta(0), INSTANT)]


def test_a_job_that_was_never_started_is_created_for_ever(created):
    state = state_at(created, None, created + timedelta(days=3650))
    assert (state.status, state.since, state.progress) == (Status.created, created, 0)
    assert not state.status.is_active
    assert not state.has_results


@given(plan=timed_plans, more=st.lists(spans, max_size=10))
def test_time_takes_a_job_only_onwards(plan, more):
    run = Run(number=1, started=CREATED, plan=plan)
    instants = sorted([*instants_of(plan, CREATED), *(CREATED + span for span in more)])
    states = [state_at(CREATED, run, now) for now in instants]

    ranks = [ORDER.index(state.status) for state in states]
    assert ranks == sorted(ranks)
    for past in ("progress", "ran", "since"):
        values = [getattr(state, past) for state in states]
        assert values == sorted(values), past


@given(plan=timed_plans, after=spans)
def test_what_a_state_says_fits_together(plan, after):
    run = Run(number=1, started=CREATED, plan=plan)
    for now in [*instants_of(plan, CREATED), CREATED + after]:
        state = state_at(CREATED, run, now)
        assert run.started <= state.since <= now
        assert state.has_results == (state.status is Status.finished)
        assert state.status.is_active == (state.status not in ENDS)
        match state.status:
            case Status.queued:
                assert (state.progress, state.ran) == (0, timedelta(0))
                assert state.running_since is state.ended is None
            case Status.running:
                assert 0 <= state.progress < 100
                assert state.since == state.running_since == now - state.ran
                assert state.ended is None
            case Status.finished | Status.error:
                assert state.since == state.ended == state.running_since + state.ran
                assert state.status is (Status.error if plan.fails else Status.finished)
                assert 0 <= state.progress <= 100
        if state.status is Status.finished:
            assert state.progress == 100


@given(queued=lasting, running=lasting, error=st.none() | st.just("no"))
def test_a_phase_ends_at_its_exact_instant(queued, running, error):
    run = Run(number=1, started=CREATED, plan=JobPlan(queued=queued, running=running, error=error))
    end = Status.error if error else Status.finished

    def status_after(span):
        return state_at(CREATED, run, CREATED + span).status

    assert status_after(timedelta(0)) is Status.queued
    assert status_after(queued - INSTANT) is Status.queued
    assert status_after(queued) is Status.running
    assert status_after(queued + running - INSTANT) is Status.running
    assert status_after(queued + running) is end


@given(plan=timed_plans, first=spans, second=spans)
def test_looking_at_a_job_changes_nothing(plan, first, second):
    run = Run(number=1, started=CREATED, plan=plan)
    fresh = state_at(CREATED, run, CREATED + second)
    state_at(CREATED, run, CREATED + first)
    assert state_at(CREATED, run, CREATED + second) == fresh


def test_a_job_without_duration_ends_when_it_starts(created, run_of):
    assert state_at(created, run_of(JobPlan.immediate()), created).status is Status.finished
    assert state_at(created, run_of(JobPlan.immediate(error="no")), created).status is Status.error


@pytest.mark.parametrize("phase", ["queued", "running"])
def test_a_stuck_job_stays_as_long_as_there_is_time(created, run_of, phase):
    state = state_at(created, run_of(JobPlan.stuck(phase)), datetime.max.replace(tzinfo=UTC))
    assert state.status is Status(phase)
    assert state.progress == 0


@pytest.mark.parametrize("phase", ["queued", "running"])
def test_a_phase_may_end_after_the_last_year_there_is(created, run_of, phase):
    run = run_of(JobPlan(**{"queued": 0, phase: timedelta.max}))
    assert state_at(created, run, created + timedelta(days=1)).status is Status(phase)


def test_progress_is_the_share_of_the_run_that_is_done(created, run_of, example):
    for percent in range(101):
        with example(percent):
            run = run_of(JobPlan(queued="30s", running="500s"))
            state = state_at(created, run, created + timedelta(seconds=30 + 5 * percent))
            assert state.progress == percent


def test_a_failing_job_stops_at_its_fraction(created, run_of, example):
    for percent in range(101):
        with example(percent):
            run = run_of(JobPlan(queued=0, running="500s", fails_at=percent / 100))
            failed = state_at(created, run, created + timedelta(seconds=5 * percent))
            assert (failed.status, failed.progress) == (Status.error, percent)
            assert failed.ran == timedelta(seconds=5 * percent)
            if percent:
                before = state_at(created, run, failed.ended - INSTANT)
                assert (before.status, before.progress) == (Status.running, percent - 1)


class TestCancel:
    @pytest.fixture
    def run(self, run_of):
        return run_of(JobPlan(queued="30s", running="100s"))

    def canceled_after(self, run, seconds):
        canceled = run.started + timedelta(seconds=seconds)
        run = run.cancel(canceled)
        state = state_at(CREATED, run, canceled)
        assert state_at(CREATED, run, canceled + timedelta(days=1)) == state, "a canceled job stands still"
        assert (state.since, state.ended) == (canceled, canceled)
        assert not state.status.is_active
        assert not state.has_results
        return state

    @pytest.mark.parametrize("partial_results", [True, False])
    @pytest.mark.parametrize("seconds", [0, 29.999999])
    def test_while_queued_leads_back_to_created(self, run, seconds, partial_results):
        run = replace(run, plan=replace(run.plan, partial_results=partial_results))
        state = self.canceled_after(run, seconds)
        assert (state.status, state.progress) == (Status.created, 0)
        assert state.running_since is None
        assert state.ran == timedelta(0)

    @pytest.mark.parametrize("seconds", [30, 55, 129.999999])
    def test_while_running_with_partial_results_leads_to_canceled(self, run, seconds):
        state = self.canceled_after(run, seconds)
        assert (state.status, state.progress) == (Status.canceled, int(seconds - 30))
        assert state.ran == timedelta(seconds=seconds - 30)

    @pytest.mark.parametrize("seconds", [30, 55, 129.999999])
    def test_while_running_without_partial_results_leads_back_to_created(self, run, seconds):
        run = replace(run, plan=replace(run.plan, partial_results=False))
        state = self.canceled_after(run, seconds)
        assert (state.status, state.progress) == (Status.created, 0)
        assert state.ran == timedelta(seconds=seconds - 30), "what was processed is still to be paid"

    @pytest.mark.parametrize(("polls", "status"), [(1, Status.created), (2, Status.canceled)])
    def test_a_job_that_counts_polls_is_judged_by_those_that_came(self, run_of, poll, polls, status):
        run, seen = poll(run_of(JobPlan.polls(queued=1, running=4)), polls)
        state = self.canceled_after(run, 60)
        assert state.status is status
        assert state.progress == seen[-1].progress

    @pytest.mark.parametrize("seconds", [0, 29.999999, 30, 129])
    @pytest.mark.parametrize("status", [Status.created, Status.canceled])
    def test_what_it_leads_to_can_be_told(self, run, seconds, status):
        canceled = run.started + timedelta(seconds=seconds)
        run = run.cancel(canceled, status)
        state = state_at(CREATED, run, canceled + timedelta(days=1))
        assert (state.status, state.since, state.ended) == (status, canceled, canceled)
        assert state.progress == (0 if status is Status.created else max(0, int(seconds - 30)))

    @given(plan=st.from_type(JobPlan), after=spans)
    def test_a_canceled_job_is_in_one_of_two_states(self, plan, after):
        run = Run(number=1, started=CREATED, plan=plan)
        before = state_at(CREATED, run, CREATED + after)
        assume(before.status.is_active)
        state = state_at(CREATED, run.cancel(CREATED + after), CREATED + after)
        keeps = before.status is Status.running and plan.partial_results
        assert state.status is (Status.canceled if keeps else Status.created)
        assert state.ran == before.ran


class TestLag:
    @given(plan=st.from_type(JobPlan), lag=spans, after=spans)
    def test_a_start_is_seen_after_it_and_nothing_else_changes(self, plan, lag, after):
        late = Run(number=1, started=CREATED, plan=replace(plan, lag=lag))
        state = state_at(CREATED, late, CREATED + after)
        if after < lag:
            assert (state.status, state.since) == (Status.created, CREATED)
        else:
            assert state == state_at(CREATED, replace(late, plan=plan), CREATED + after)


class TestPolls:
    def test_each_poll_sees_what_it_led_to(self, run_of, poll):
        _, seen = poll(run_of(JobPlan.polls(queued=2, running=3)), 7)
        assert [state.status for state in seen] == 2 * ["queued"] + 3 * ["running"] + 2 * ["finished"]

    def test_by_default_one_poll_sees_it_queued_and_four_running(self, run_of, poll):
        _, seen = poll(run_of(JobPlan.polls()), 6)
        assert [state.status for state in seen] == ["queued"] + 4 * ["running"] + ["finished"]

    def test_without_any_phase_the_first_poll_sees_the_end(self, run_of, poll, created):
        run = run_of(JobPlan.polls(queued=0, running=0))
        assert state_at(created, run, created).status is Status.queued
        _, seen = poll(run, 1)
        assert seen[0].status is Status.finished

    @given(
        queued=st.integers(0, 5),
        running=st.integers(0, 12),
        percent=st.none() | st.integers(0, 100),
    )
    def test_phases_are_as_many_polls_as_planned(self, queued, running, percent):
        plan = JobPlan.polls(
            queued=queued, running=running, fails_at=None if percent is None else percent / 100
        )
        run, seen = Run(number=1, started=CREATED, plan=plan), []
        for number in range(queued + running + 2):
            run = run.polled(CREATED + timedelta(seconds=number))
            seen.append(state_at(CREATED, run, CREATED + timedelta(seconds=number)))

        share = Fraction(100 if percent is None else percent, 100)
        runs = -((-running * share) // 1)
        end = Status.finished if percent is None else Status.error
        expected = queued * [Status.queued] + runs * [Status.running]
        expected += [end] * (len(seen) - len(expected))
        assert [state.status for state in seen] == expected

        progress = [state.progress for state in seen]
        assert progress == sorted(progress)
        assert progress[:queued] == [0] * queued
        assert all(0 <= each < 100 for each in progress[queued : queued + runs])
        assert progress[-1] == (100 if percent is None else percent)

    def test_time_does_not_move_it(self, run_of, poll, created):
        run, seen = poll(run_of(JobPlan.polls()), 3)
        later = state_at(created, run, created + timedelta(days=365))
        assert later.status is seen[-1].status is Status.running
        assert later.progress == seen[-1].progress
        assert later.since == seen[1].since

    def test_only_polls_move_it_not_other_looks(self, run_of, created):
        run = run_of(JobPlan.polls(queued=1))
        states = [state_at(created, run, created + timedelta(seconds=n)) for n in range(10)]
        assert {state.status for state in states} == {Status.queued}

    def test_it_ended_when_the_end_was_first_seen(self, run_of, poll):
        run, seen = poll(run_of(JobPlan.polls(queued=1, running=1)), 5)
        assert seen[-1].ended == run.started + timedelta(seconds=3)
        assert seen[-1].ran == timedelta(seconds=1)

    def test_polls_after_the_end_are_not_kept(self, run_of, poll):
        few, _ = poll(run_of(JobPlan.polls(queued=1, running=1)), 3)
        many, _ = poll(run_of(JobPlan.polls(queued=1, running=1)), 100)
        assert many == few

    def test_polls_are_not_kept_where_they_do_not_count(self, run_of, poll, created):
        by_time = run_of(JobPlan())
        assert poll(by_time, 3)[0] == by_time
        canceled = run_of(JobPlan.polls()).cancel(created)
        assert poll(canceled, 3)[0] == canceled


class TestStored:
    @given(st.from_type(Run))
    def test_a_run_survives_being_stored(self, run):
        assert Run.from_json(json.loads(json.dumps(run.to_json()))) == run

    @given(run=st.from_type(Run), after=spans)
    def test_a_stored_run_leads_to_the_same_state(self, run, after):
        now = max([run.started, *run.polls]) + after
        twin = Run.from_json(json.loads(json.dumps(run.to_json())))
        assert state_at(CREATED, twin, now) == state_at(CREATED, run, now)
