"""Strategies for plans and runs. Tests get them by type: ``st.from_type(JobPlan)``."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st

from mock_backend.lifecycle import JobPlan, JobState, Run, state_at
from mock_backend.lifecycle.lines import Line
from mock_backend.lifecycle.logs import LEVELS

CREATED = datetime(2025, 6, 1, 12, tzinfo=UTC)

_phases = st.one_of(
    st.none(),
    st.just(timedelta(0)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(microseconds=9)),
    st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=400)),
)
_fractions = st.none() | st.floats(0, 1) | st.integers(0, 100).map(lambda percent: percent / 100)
_messages = st.none() | st.text(max_size=20)

_lines = st.builds(
    Line,
    level=st.sampled_from(LEVELS),
    message=st.text(max_size=20),
    data=st.none() | st.lists(st.integers() | st.text(max_size=3)),
    code=_messages,
)

st.register_type_strategy(
    JobPlan,
    st.builds(
        JobPlan,
        queued=_phases,
        running=_phases,
        fails_at=_fractions,
        error=_messages,
        partial_results=st.booleans(),
    )
    | st.builds(
        JobPlan.polls,
        queued=st.integers(0, 5),
        running=st.integers(0, 9),
        fails_at=_fractions,
        error=_messages,
    ),
)


@st.composite
def _runs(draw: st.DrawFn) -> Run:
    delays = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))
    instant = started = CREATED + draw(delays)
    run = Run(
        number=draw(st.integers(1, 9)),
        started=started,
        plan=draw(st.from_type(JobPlan)),
        lines=tuple(draw(st.lists(_lines, max_size=2))),
    )
    for delay in draw(st.lists(delays, max_size=12)):
        instant += delay
        run = run.polled(instant)
    if draw(st.booleans()):
        canceled = instant + draw(delays)
        if state_at(CREATED, run, canceled).status.is_active:
            run = run.cancel(canceled, draw(st.sampled_from([None, "created", "canceled"])))
    return run


st.register_type_strategy(Run, _runs())


@pytest.fixture
def created() -> datetime:
    return CREATED


@pytest.fixture
def run_of(created):
    """Start a job with a plan, at the instant it was created."""

    def start(plan: JobPlan) -> Run:
        return Run(number=1, started=created, plan=plan)

    return start


@pytest.fixture
def poll(created):
    """Ask for the status several times, a second apart; return the run and the states seen."""

    def ask(run: Run, times: int) -> tuple[Run, list[JobState]]:
        seen = []
        for number in range(times):
            now = run.started + timedelta(seconds=number + 1)
            run = run.polled(now)
            seen.append(state_at(created, run, now))
        return run, seen

    return ask
