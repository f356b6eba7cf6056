"""The log tells the same story as the state, and only ever grows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.lifecycle import JobPlan, Run, log_entries, state_at
from mock_backend.lifecycle.lines import Line
from mock_backend.lifecycle.logs import LEVELS, Report

CREATED = datetime(2025, 6, 1, 12, tzinfo=UTC)

spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=500))


def log_at(run: Run | None, now: datetime, **options):
    return log_entries(CREATED, run, state_at(CREATED, run, now), **options)


def messages(entries):
    return [entry.message for entry in entries]


def latest_fact(run: Run) -> datetime:
    return max([run.started, *run.polls, *([run.canceled] if run.canceled else [])])


@given(run=st.from_type(Run), after=spans)
def test_entries_are_in_order_and_never_ahead_of_now(run, after):
    now = latest_fact(run) + after
    times = [entry.time for entry in log_at(run, now)]
    assert times == sorted(times)
    assert times[0] == CREATED
    assert times[-1] <= now


@given(run=st.from_type(Run), after=spans)
def test_ids_are_unique(run, after):
    ids = [entry.id for entry in log_at(run, latest_fact(run) + after)]
    assert len(set(ids)) == len(ids)


@given(run=st.from_type(Run), after=st.lists(spans, min_size=2, max_size=5))
def test_time_only_appends(run, after):
    logs = [log_at(run, latest_fact(run) + span) for span in sorted(after)]
    for earlier, later in pairwise(logs):
        assert later[: len(earlier)] == earlier


@given(st.from_type(Run))
def test_each_fact_only_appends(run):
    run = replace(run, number=1)
    story = [(None, CREATED), (replace(run, polls=(), canceled=None), run.started)]
    story += [
        (replace(run, polls=run.polls[:count], canceled=None), instant)
        for count, instant in enumerate(run.polls, start=1)
    ]
    if run.canceled:
        story.append((run, run.canceled))
    logs = [log_at(each, now) for each, now in story]
    for earlier, later in pairwise(logs):
        assert later[: len(earlier)] == earlier


def test_a_restart_begins_a_new_log(created):
    first = Run(number=1, started=created, plan=JobPlan.immediate())
    second = replace(first, number=2)
    assert not {entry.id for entry in log_at(first, created)} & {
        entry.id for entry in log_at(second, created)
    }


@given(run=st.from_type(Run), after=spans, level=st.sampled_from(LEVELS))
def test_a_level_hides_what_is_less_severe_and_nothing_else(run, after, level):
    now = latest_fact(run) + after
    severe = [entry for entry in log_at(run, now) if LEVELS.index(entry.level) >= LEVELS.index(level)]
    assert log_at(run, now, at_least=level) == severe


def test_a_job_that_was_never_started_says_only_that_it_was_created(created):
    (entry,) = log_at(None, created + timedelta(days=1))
    assert entry.time == created
    assert "created" in entry.message


def test_a_finished_job_tells_its_story(created, run_of):
    run = run_of(JobPlan(queued="30s", running="100s"))
    entries = log_at(run, created + timedelta(days=1))
    assert [(entry.time - created).total_seconds() for entry in entries] == [0, 0, 30, 55, 80, 105, 130]
    assert [entry.level for entry in entries] == ["info"] * 3 + ["debug"] * 3 + ["info"]
    assert "finished" in entries[-1].message


@pytest.mark.parametrize(("second", "count"), [(54.999999, 0), (55, 1), (79.999999, 1), (80, 2), (105, 3)])
def test_progress_is_logged_at_its_exact_instant(created, run_of, second, count):
    run = run_of(JobPlan(queued="30s", running="100s"))
    entries = log_at(run, created + timedelta(seconds=second))
    assert [entry.level for entry in entries].count("debug") == count


def test_a_failure_is_the_last_entry_with_the_message_of_the_plan(created, run_of):
    run = run_of(JobPlan(running="10m", fails_at=0.6, error="out of memory"))
    *before, last = log_at(run, created + timedelta(days=1))
    assert (last.level, last.message) == ("error", "out of memory")
    assert last.time == created + run.plan.lasts
    assert last.code
    assert "error" not in {entry.level for entry in before}
    assert "Progress: 75 %." not in messages(before)


@pytest.mark.parametrize("error", [None, ""])
def test_a_failure_without_a_message_has_one_nevertheless(created, run_of, error):
    run = run_of(JobPlan(fails_at=1.0, error=error))
    last = log_at(run, created + timedelta(days=1))[-1]
    assert last.level == "error"
    assert last.message


@pytest.mark.parametrize("seconds", [10, 60])
def test_a_cancellation_is_the_last_entry(created, run_of, seconds):
    canceled = created + timedelta(seconds=seconds)
    run = run_of(JobPlan(queued="30s", running="100s")).cancel(canceled)
    last = log_at(run, created + timedelta(days=1))[-1]
    assert (last.level, last.time) == ("warning", canceled)
    assert "canceled" in last.message


def test_a_job_that_counts_polls_tells_its_story(run_of, poll):
    run, _ = poll(run_of(JobPlan.polls(queued=1, running=2)), 9)
    entries = log_at(run, run.started + timedelta(days=1))
    assert [(entry.time - run.started).total_seconds() for entry in entries] == [0, 0, 2, 4]
    assert "finished" in entries[-1].message


def test_lines_of_functions_come_after_what_was_read_with_their_data():
    run = Run(number=1, started=CREATED, plan=JobPlan.immediate(error="no"))
    told = Report(
        read=(("info", "Reading."),),
        udfs=(Line("debug", "shape", data=[3, 4], code="User"), Line("error", "bad")),
    )
    found = [
        (each.level, each.message, each.code, each.data) for each in log_at(run, CREATED, report=told)[3:]
    ]
    assert found == [
        ("info", "Reading.", None, None),
        ("debug", "shape", "User", [3, 4]),
        ("error", "bad", None, None),
        ("error", "no", "Internal", None),
    ]
