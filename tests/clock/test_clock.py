"""Reading and moving a clock."""

import re
import threading
from datetime import UTC, date, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_backend.clock import Clock

MICROSECOND = timedelta(microseconds=1)

# Sums of these are exact in binary, so that the model can say to the microsecond what comes out.
real_seconds = st.integers(0, 4096).map(lambda n: n / 1024)
rates = st.integers(0, 4000).map(lambda n: n / 4) | st.just(0.0)
starts = st.integers(0, 4 * 10**15).map(lambda n: datetime(1970, 1, 1, tzinfo=UTC) + n * MICROSECOND)
steps = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


class AnyClock(RuleBasedStateMachine):
    """A clock against a model of it: a count of microseconds and the instant of the last order."""

    @initialize(rate=rates, start=starts)
    def open(self, rate, start):
        self.real = Fraction(1000)
        self.clock = Clock(start, rate=rate, source=lambda: float(self.real))
        self.rate, self.ordered, self.base = Fraction(rate), self.real, 0
        self.latest = self.clock.now()
        self.heard = []
        self.unregister = self.clock.on_move(self.heard.append)

    def model(self) -> int:
        return self.base + (self.real - self.ordered) * self.rate * 1_000_000 // 1

    def settle(self, elapsed: int) -> None:
        self.base, self.ordered = elapsed, self.real

    @rule(seconds=real_seconds)
    def real_time_passes(self, seconds):
        self.real += Fraction(seconds)

    @rule(step=steps)
    def advance(self, step):
        self.settle(self.model() + step // MICROSECOND)
        assert self.clock.advance(step) == self.clock.now()

    @rule(minutes=st.integers(0, 90), hours=st.integers(0, 5), text=st.sampled_from(["0s", "10m", "PT1H"]))
    def advance_by_units(self, minutes, hours, text):
        seconds = {"0s": 0, "10m": 600, "PT1H": 3600}[text] + 60 * minutes + 3600 * hours
        self.settle(self.model() + seconds * 1_000_000)
        self.clock.advance(text, minutes=minutes, hours=hours)

    @rule(step=steps, as_text=st.booleans(), offset=st.integers(-12, 12))
    def travel_ahead(self, step, as_text, offset):
        target = (self.clock.now() + step).astimezone(timezone(timedelta(hours=offset)))
        self.settle((target - self.clock.start) // MICROSECOND)
        assert self.clock.travel_to(target.isoformat() if as_text else target) == target

    @rule(back=st.timedeltas(min_value=MICROSECOND, max_value=timedelta(days=3)))
    def travel_back(self, back):
        with pytest.raises(ValueError, match="cannot go backwards"):
            self.clock.travel_to(self.clock.now() - back)

    @rule(back=st.timedeltas(max_value=-MICROSECOND, min_value=timedelta(days=-3)))
    def advance_back(self, back):
        with pytest.raises(ValueError, match="cannot go backwards"):
            self.clock.advance(back)

    @rule()
    def go_beyond_all_years(self):
        with pytest.raises(ValueError, match="year 9999"):
            self.clock.advance(days=365 * 9000)

    @rule(rate=rates)
    def set_rate(self, rate):
        self.settle(self.model())
        self.clock.rate = rate
        self.rate = Fraction(rate)

    @precondition(lambda self: not self.rate)
    @rule(step=steps)
    def sleep(self, step):
        self.settle(self.model() + step // MICROSECOND)
        self.clock.sleep(step)

    @rule()
    def restart(self):
        self.settle(0)
        self.clock.restart()
        self.latest = self.clock.start
        self.heard.clear()

    @invariant()
    def it_is_what_the_model_says(self):
        if not hasattr(self, "clock"):
            return
        now = self.clock.now()
        assert now == self.clock.start + self.model() * MICROSECOND
        assert self.clock.elapsed == now - self.clock.start
        assert self.clock.rate == self.rate
        assert now.utcoffset() == timedelta(0)

    @invariant()
    def it_never_goes_backwards(self):
        if not hasattr(self, "clock"):
            return
        assert self.clock.now() >= self.latest
        self.latest = self.clock.now()
        assert self.heard == sorted(self.heard)
        assert all(instant <= self.latest for instant in self.heard)


TestAnyClock = AnyClock.TestCase
TestAnyClock.settings = settings(
    max_examples=2 * settings.default.max_examples, stateful_step_count=30, deadline=None
)


def test_a_frozen_clock_ignores_real_time(source):
    clock = Clock(source=source)
    source.seconds += 1e6
    assert clock.now() == clock.start
    assert clock.elapsed == timedelta(0)


def test_a_running_clock_follows_real_time_at_its_rate(source):
    clock = Clock(rate=60, source=source)
    source.seconds += 2
    assert clock.elapsed == timedelta(minutes=2)


def test_a_new_rate_holds_from_now_on(source):
    clock = Clock(rate=60, source=source)
    source.seconds += 1
    clock.rate = 1
    source.seconds += 1
    assert clock.elapsed == timedelta(seconds=61)
    clock.rate = 0
    source.seconds += 1
    assert clock.elapsed == timedelta(seconds=61)


def test_every_plain_clock_starts_at_the_same_instant():
    assert Clock().now() == Clock().now()
    assert Clock().now().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "start",
    [
        "2025-01-31T23:30:00Z",
        "2025-02-01T01:30:00+02:00",
        datetime(2025, 1, 31, 23, 30, tzinfo=UTC),
        datetime(2025, 1, 31, 13, 30, tzinfo=timezone(timedelta(hours=-10))),
    ],
)
def test_any_time_zone_is_read_and_utc_is_told(start):
    clock = Clock(start)
    assert clock.now() == datetime(2025, 1, 31, 23, 30, tzinfo=UTC)
    assert clock.now().tzinfo is UTC


def test_advance_adds_a_duration_and_units(clock):
    assert clock.advance("1h", minutes=30, seconds=5) == clock.start + timedelta(
        hours=1, minutes=30, seconds=5
    )


def test_travelling_to_the_present_is_no_way_back(clock):
    clock.advance(hours=1)
    assert clock.travel_to(clock.now()) == clock.now()


def test_a_refused_order_leaves_the_clock_as_it_was(clock):
    clock.advance(hours=1)
    before = clock.now()
    for order in (
        lambda: clock.advance(days=365 * 9000),
        lambda: clock.advance(-1),
        lambda: clock.travel_to("2020-01-01T00:00:00Z"),
        lambda: clock.sleep("3000000d"),
        lambda: setattr(clock, "rate", -1),
    ):
        with pytest.raises(ValueError, match=r"\w"):
            order()
    assert (clock.now(), clock.elapsed, clock.rate) == (before, timedelta(hours=1), 0)
    clock.advance(seconds=1)
    assert clock.now() == before + timedelta(seconds=1)


@pytest.mark.parametrize("naive", [datetime(2025, 6, 1), "2025-06-01T12:00:00", "2025-06-01"])  # noqa: DTZ001  # that is the mistake
def test_an_instant_without_a_time_zone_is_refused(naive):
    with pytest.raises(ValueError, match="needs a time zone.*" + re.escape(repr(naive))):
        Clock(naive)
    with pytest.raises(ValueError, match="needs a time zone.*" + re.escape(repr(naive))):
        Clock().travel_to(naive)


def test_a_text_that_is_no_instant_is_refused():
    with pytest.raises(ValueError, match="tomorrow"):
        Clock("tomorrow")


@pytest.mark.parametrize("value", [None, 1_750_000_000, date(2025, 6, 1)])
def test_something_else_than_an_instant_is_refused(value):
    with pytest.raises(TypeError, match="An instant must be a datetime or an ISO 8601 str"):
        Clock(value)


@pytest.mark.parametrize("rate", [-1, -1e-9, float("inf"), float("nan"), float("-inf")])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(ValueError, match=re.escape(repr(rate))):
        Clock(rate=rate)
    clock = Clock()
    with pytest.raises(ValueError, match=re.escape(repr(rate))):
        clock.rate = rate


@pytest.mark.parametrize("duration", ["soon", float("nan"), float("inf"), -1, "-5m", 1e300])
def test_an_impossible_duration_is_refused(clock, duration):
    for order in (clock.advance, clock.sleep):
        with pytest.raises(ValueError, match=re.escape(repr(duration))):
            order(duration)
    assert clock.elapsed == timedelta(0)


@pytest.mark.parametrize("duration", [None, True, []])
def test_something_else_than_a_duration_is_refused(clock, duration):
    for order in (clock.advance, clock.sleep):
        with pytest.raises(TypeError, match="A duration must be"):
            order(duration)


def test_an_unknown_unit_is_refused(clock):
    with pytest.raises(TypeError, match="fortnights"):
        clock.advance(fortnights=1)


def test_its_text_says_when_it_is_and_how_fast_it_runs(clock):
    clock.advance(hours=1)
    assert repr(clock) == f"<Clock {clock.now().isoformat()} elapsed=1:00:00 rate=0>"


class TestListeners:
    @pytest.fixture
    def heard(self):
        return []

    def test_each_move_is_told(self, clock, heard):
        clock.on_move(heard.append)
        moves = [clock.advance(minutes=1), clock.travel_to(clock.start + timedelta(hours=1))]
        clock.sleep(10)
        assert heard == [*moves, clock.now()]

    def test_standing_still_is_no_move(self, clock, heard):
        clock.on_move(heard.append)
        clock.advance(0)
        clock.travel_to(clock.now())
        clock.sleep(0)
        assert heard == []

    def test_an_unregistered_listener_hears_nothing_more(self, clock, heard):
        unregister = clock.on_move(heard.append)
        clock.advance(1)
        unregister()
        unregister()  # twice does no harm
        clock.advance(1)
        assert len(heard) == 1

    def test_each_registration_stands_for_itself(self, clock, heard):
        first = clock.on_move(heard.append)
        clock.on_move(heard.append)
        first()
        clock.advance(1)
        assert len(heard) == 1

    def test_a_listener_may_unregister_itself(self, clock, heard):
        def once(instant):
            heard.append(instant)
            unregister()

        unregister = clock.on_move(once)
        clock.on_move(heard.append)
        clock.advance(1)
        assert len(heard) == 2, "the other one is still told"
        clock.advance(1)
        assert len(heard) == 3

    def test_a_listener_sees_the_new_time(self, clock, heard):
        clock.on_move(lambda instant: heard.append(clock.now() == instant))
        clock.advance(1)
        assert heard == [True]


def test_no_reader_ever_sees_time_go_backwards(run):
    clock, done = Clock(rate=1000), threading.Event()

    def read():
        latest, count = clock.now(), 0
        while not done.is_set() or not count:
            now = clock.now()
            assert now >= latest
            latest, count = now, count + 1
        return count

    readers = [run(read) for _ in range(3)]
    for number in range(300):
        clock.advance(microseconds=number)
        clock.rate = (0, 1000, 1)[number % 3]
    done.set()
    assert all(reader.result() for reader in readers)
