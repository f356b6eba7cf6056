"""Seasons that labels of dates name."""

import pytest

from mock_backend.landscape.nature.season import NO_SEASON, season_between, season_of

SUMMER, WINTER, MAY = season_of("2023-07-19"), season_of("2023-01-18"), season_of("2023-05-31")


@pytest.mark.parametrize(
    ("label", "same"),
    [
        ("2024-07-19T10:30:00Z", "2024-07-19"),
        ("2024-07-19", "1999-07-19"),
        ("2024-07-19T00:00:00Z/2024-07-20T00:00:00Z", "2024-07-19"),
        ("2024-07", "2024-07-15"),
        ("2024-29", "2024-07-18"),
        ("2024-201", "2024-07-19"),
        ("2024-jja", "2024-07-15"),
        ("2024-djf", "2024-01-15"),
        ("2024-mam", "2024-04-15"),
    ],
)
def test_dates_and_periods_of_the_year_have_seasons(label, same):
    found, expected = season_of(label), season_of(same)

    assert found.wild == pytest.approx(expected.wild, abs=0.06)
    assert found.crops == pytest.approx(expected.crops, abs=0.06)


def test_woods_are_greenest_in_july_and_crops_before():
    assert SUMMER.wild == pytest.approx(1, abs=0.01)
    assert WINTER.wild == pytest.approx(-1, abs=0.01)
    assert MAY.crops > SUMMER.crops


@pytest.mark.parametrize("label", ["2024", "1999"])
def test_whole_years_have_none(label):
    assert season_of(label) == NO_SEASON


@pytest.mark.parametrize("label", ["", "spring", "week 3", "2024-xyz", "0", "24-06-01"])
def test_other_labels_have_any_but_always_the_same(label):
    assert season_of(label) == season_of(label)
    assert -1 <= season_of(label).wild <= 1


def test_different_labels_have_different_seasons():
    assert len({season_of(f"label {number}") for number in range(20)}) > 15


@pytest.mark.parametrize(
    ("first", "last", "wild"),
    [
        ("2024-07-01T00:00:00Z", "2024-08-01T00:00:00Z", 1),
        ("2024-01-01", "2024-02-01", -1),
        ("2024-01-01", "2025-01-01", 0),
        ("2024-01-01", "2094-03-01", 0),
        ("2024-07-19", "2024-07-19", 1),
        ("2024-07-19", "2024-07-01", 1),
        (None, "2024-07-01", 0),
        ("2024-07-01", None, 0),
        (None, None, 0),
    ],
)
def test_periods_have_the_average_of_their_days(first, last, wild):
    assert season_between(first, last).wild == pytest.approx(wild, abs=0.06)


def test_periods_of_other_labels_have_that_of_the_first():
    assert season_between("early", "late") == season_of("early")
