"""Durations as people write them."""

import re
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.durations import to_iso, to_timedelta

positive = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=40_000))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("90", 90),
        ("1.5", 1.5),
        ("90s", 90),
        ("0.25s", 0.25),
        ("10m", 600),
        ("2h", 7200),
        ("1d", 86_400),
        ("1w", 604_800),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("1 h 30 m", 5400),
        (" 10 m ", 600),
        ("2H", 7200),
        ("PT10M", 600),
        ("pt10m", 600),
        ("PT0S", 0),
        ("PT2H5M7.5S", 7507.5),
        ("P1DT2H", 93_600),
        ("P1D", 86_400),
        ("P2W", 1_209_600),
    ],
)
def test_texts(text, seconds):
    assert to_timedelta(text) == timedelta(seconds=seconds)


def test_numbers_are_seconds():
    assert to_timedelta(90) == timedelta(seconds=90)
    assert to_timedelta(0.5) == timedelta(milliseconds=500)


@given(positive)
def test_a_timedelta_stays_what_it_is(value):
    assert to_timedelta(value) == value


@pytest.mark.parametrize(
    "text",
    ["", " ", "soon", "10 parsecs", "PT", "P", "PT5", "P1H", "10m later", "m", "1 2", "1 0m", "--5", "1h-5m"],
)
def test_an_unreadable_text_is_refused_with_the_text_and_an_example(text):
    with pytest.raises(ValueError, match=re.escape(repr(text)) + r".*'90s'"):
        to_timedelta(text)


@pytest.mark.parametrize("value", [-1, -0.5, "-5", timedelta(seconds=-1), timedelta(microseconds=-1)])
def test_a_negative_duration_is_refused(value):
    with pytest.raises(ValueError, match=re.escape(repr(value))):
        to_timedelta(value)


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan"), "inf", "nan", "1e999"])
def test_a_duration_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        to_timedelta(value)


@pytest.mark.parametrize("value", [1e300, 10**20, "1e300", "999999999999d"])
def test_a_duration_that_no_timedelta_can_hold_is_refused(value):
    with pytest.raises(ValueError, match="at most 999999999 days"):
        to_timedelta(value)


@pytest.mark.parametrize("value", [None, True, [], {}, b"10m", object])
def test_another_type_is_refused(value):
    with pytest.raises(TypeError, match="A duration must be a timedelta"):
        to_timedelta(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(seconds=30), "PT30S"),
        (timedelta(minutes=10), "PT10M"),
        (timedelta(hours=2, minutes=5), "PT2H5M"),
        (timedelta(hours=2, seconds=5), "PT2H5S"),
        (timedelta(seconds=10), "PT10S"),
        (timedelta(milliseconds=1500), "PT1.5S"),
        (timedelta(microseconds=1), "PT0.000001S"),
        (timedelta(seconds=59, microseconds=123_456), "PT59.123456S"),
        (timedelta(days=2), "PT48H"),
        (timedelta(hours=1_234_567), "PT1234567H"),
    ],
)
def test_written_as_iso(value, text):
    assert to_iso(value) == text


def test_a_negative_timedelta_has_no_iso_form():
    with pytest.raises(ValueError, match="negative"):
        to_iso(timedelta(seconds=-1))


@given(positive)
def test_iso_form_reads_back_to_the_microsecond(value):
    assert to_timedelta(to_iso(value)) == value


@given(positive)
def test_iso_form_has_no_exponent_and_no_empty_part(value):
    assert re.fullmatch(r"PT(?=\d)(\d+H)?(\d+M)?(\d+(\.\d*[1-9])?S)?", to_iso(value))


@given(
    st.integers(0, 100),
    st.integers(0, 23),
    st.integers(0, 59),
    st.integers(0, 59),
    st.sampled_from(["", " "]),
)
def test_short_and_iso_texts_agree(days, hours, minutes, seconds, gap):
    short = gap.join([f"{days}d", f"{hours}h", f"{minutes}m", f"{seconds}s"])
    iso = f"P{days}DT{hours}H{minutes}M{seconds}S"
    expected = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    assert to_timedelta(short) == to_timedelta(iso) == expected
