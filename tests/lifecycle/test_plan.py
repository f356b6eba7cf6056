"""Plans: their promises, their refusals, their plain form."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.lifecycle import JobPlan


def test_durations_may_be_written_in_any_form():
    plan = JobPlan(queued="30s", running=600)
    assert plan == JobPlan(queued=timedelta(seconds=30), running="PT10M")
    assert (plan.queued_for, plan.full_run) == (timedelta(seconds=30), timedelta(minutes=10))


def test_by_default_a_job_is_seen_queued_running_and_finished_in_few_polls():
    plan = JobPlan()
    assert timedelta(0) < plan.queued < timedelta(seconds=5) < plan.lasts < timedelta(seconds=20)
    assert not plan.fails
    assert not plan.counts_polls


def test_a_failure_cuts_the_run_short():
    plan = JobPlan(queued="30s", running="10m", fails_at=0.6)
    assert plan.runs_for == timedelta(minutes=6)
    assert plan.lasts == timedelta(minutes=6, seconds=30)
    assert plan.fails


@pytest.mark.parametrize("fraction", [0, 0.0, 1, 1.0])
def test_a_job_may_fail_at_either_end_of_its_run(fraction):
    assert JobPlan(running="10m", fails_at=fraction).runs_for == timedelta(minutes=10 * fraction)


def test_an_error_alone_means_failing_at_the_end():
    plan = JobPlan(running="10m", error="out of memory")
    assert plan.fails
    assert plan.runs_for == timedelta(minutes=10)


@pytest.mark.parametrize("phase", ["queued", "running"])
def test_a_stuck_job_lasts_for_ever(phase):
    plan = JobPlan.stuck(phase)
    assert plan.lasts is None
    assert getattr(plan, phase) is None


def test_a_job_is_stuck_in_a_phase_that_exists():
    with pytest.raises(ValueError, match="'queued' or 'running', got 'finished'"):
        JobPlan.stuck("finished")


def test_an_immediate_job_takes_no_time():
    assert JobPlan.immediate().lasts == timedelta(0)
    assert JobPlan.immediate(error="no").fails


@pytest.mark.parametrize(
    ("percent", "polls"), [(7, 7), (28, 28), (29, 29), (57, 57), (58, 58), (7.5, 8), (0, 0), (100, 100)]
)
def test_a_fraction_of_the_polls_is_rounded_up_as_decimals_are(percent, polls):
    assert JobPlan.polls(queued=0, running=100, fails_at=percent / 100).polls_until_end == polls


@given(plan=st.from_type(JobPlan), lag=st.integers(0, 10))
def test_a_plan_survives_being_stored(plan, lag):
    plan = replace(plan, lag=lag)
    assert JobPlan.from_dict(json.loads(json.dumps(plan.to_dict()))) == plan


@given(st.from_type(JobPlan))
def test_a_plan_is_a_value(plan):
    twin = JobPlan.from_dict(plan.to_dict())
    assert hash(plan) == hash(twin)
    with pytest.raises(AttributeError):
        plan.error = "changed"


@pytest.mark.parametrize("name", ["queued", "running", "lag"])
@pytest.mark.parametrize("value", [-1, "-5", timedelta(seconds=-1), "soon", "inf", float("nan"), 1e300])
def test_a_bad_duration_is_refused_by_name(name, value):
    with pytest.raises(ValueError, match=f"JobPlan: {name}: "):
        JobPlan(**{name: value})


@pytest.mark.parametrize("name", ["queued", "running"])
@pytest.mark.parametrize("value", [True, [], {"minutes": 5}, b"5m"])
def test_something_else_than_a_duration_is_refused_by_name(name, value):
    with pytest.raises(TypeError, match=f"JobPlan: {name}: A duration must be "):
        JobPlan(**{name: value})


@pytest.mark.parametrize("value", [-0.1, 1.01, 60, float("nan"), float("inf")])
def test_a_fraction_out_of_range_is_refused_by_name(value):
    with pytest.raises(ValueError, match="JobPlan: fails_at must be a number from 0 to 1"):
        JobPlan(fails_at=value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"fails_at": "0.5"}, "fails_at must be a number from 0 to 1"),
        ({"fails_at": True}, "fails_at must be a number from 0 to 1"),
        ({"error": ValueError("no")}, "error must be a str"),
        ({"partial_results": "no"}, "partial_results must be True, False, or a number"),
        ({"queued_polls": 1.0, "running_polls": 2}, "queued_polls must be a number of requests"),
        ({"queued_polls": 1, "running_polls": "2"}, "running_polls must be a number of requests"),
        ({"queued_polls": True, "running_polls": 1}, "queued_polls must be a number of requests"),
    ],
)
def test_an_argument_of_the_wrong_type_is_refused_by_name(arguments, message):
    with pytest.raises(TypeError, match=f"JobPlan: {message}"):
        JobPlan(**arguments)


@pytest.mark.parametrize("name", ["queued", "running"])
def test_a_negative_number_of_polls_is_refused_by_name(name):
    with pytest.raises(ValueError, match=f"{name}_polls must be a number of requests ≥ 0, got -1"):
        JobPlan.polls(**{name: -1})


@pytest.mark.parametrize("name", ["queued_polls", "running_polls"])
def test_half_a_plan_by_polls_is_refused(name):
    # Otherwise it would silently be a plan by time.
    with pytest.raises(ValueError, match=r"go together; see JobPlan\.polls"):
        JobPlan(**{name: 1})


def test_a_misspelt_argument_is_refused():
    with pytest.raises(TypeError, match="runing"):
        JobPlan(runing="5m")


def test_a_plan_is_plain_data():
    plan = JobPlan(
        queued="1m",
        running=None,
        logs=[{"at": "30s", "message": "now"}, {"at": 0.5, "message": "half", "level": "error", "data": [1]}],
        progress=[(0.5, 10)],
        usage={"cpu": 5},
        costs=7,
        resumes_after="1h",
        estimate={"duration": "2h"},
    )
    assert plan.to_dict() == {
        "queued": "PT1M",
        "running": None,
        "resumes_after": "PT1H",
        "logs": [
            {"at": "PT30S", "message": "now"},
            {"at": 0.5, "message": "half", "level": "error", "data": [1]},
        ],
        "progress": [[0.5, 10]],
        "usage": {"cpu": {"value": 5, "unit": "cpu-seconds"}},
        "costs": 7,
        "estimate": {"duration": "PT2H"},
    }
    assert JobPlan.from_dict(plan.to_dict()) == plan
    assert JobPlan.from_dict({}) == JobPlan()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"canceled_at": 0.5, "error": "no"}, "fails_at and canceled_at exclude each other"),
        ({"progress": [(0.5, 60), (0.8, 40)]}, "progress cannot fall"),
        ({"progress": [(0.5, 160)]}, "progress must be a percentage from 0 to 100, got 160"),
        ({"usage": {"credits": 5}}, "'credits' needs a unit"),
        ({"costs": -1}, "costs must be a number ≥ 0, got -1"),
        ({"refused": 200, "error": "no"}, "refused must be an HTTP status from 400 to 599, got 200"),
        ({"estimate": {"cost": 5}}, "an estimate has no member 'cost'. Did you mean 'costs'"),
        ({"logs": [{"at": 2, "message": "no"}]}, "at must be a duration such as '30s', or a number"),
        ({"logs": [{"at": 0, "message": "no", "level": "fatal"}]}, "A log line has no level 'fatal'"),
        ({"jitter": 2}, "jitter must be a number from 0 to 1, the fraction of the run, got 2"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        JobPlan(**arguments)


def test_an_unknown_member_is_refused_with_the_nearest_one():
    with pytest.raises(ValueError, match=r"A job plan has no member 'runing'. Did you mean 'running'?"):
        JobPlan.from_dict({"runing": "1m"})
