"""Orbits: items of satellites are at their local solar time, and selected as those of all collections are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.catalog import CollectionsRegister
from mock_backend.catalog.coverage import Visit
from mock_backend.catalog.orbit import Orbit, hours_of

START = datetime(2024, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
COLLECTIONS = CollectionsRegister().collections()
#: The earliest and the latest local solar time at which the mission of a collection passes.
HOURS = {
    "SENTINEL2_L2A": [(9.5, 11.5)],
    "SENTINEL1_GRD": [(5, 6.1), (17, 18.1)],
    "LANDSAT8-9_C2_L2": [(9.5, 11)],
    "SENTINEL3_OLCI_L1B": [(9, 11.5)],
}


@st.composite
def orbits(draw):
    west, width = draw(st.integers(-180, 179)), draw(st.integers(1, 360))
    south = draw(st.integers(-90, 60))
    east = west + width - (360 if west + width > 180 else 0)
    hours = draw(st.sampled_from([(10.5,), (17.8, 5.8), (0.0,), (23.9,)]))
    return Orbit(
        (float(west), float(south), float(180 if east == west else east), south + 30.0),
        draw(st.sampled_from([10.0, 45.0])),
        START + draw(st.sampled_from([timedelta(0), timedelta(hours=7)])),
        draw(st.none() | st.integers(0, 30).map(lambda hours: START + timedelta(hours=hours))),
        DAY * draw(st.integers(len(hours), 4)),
        hours=hours,
    )


@settings(deadline=None, max_examples=60)
@given(orbits(), st.data())
def test_a_selection_is_what_filtering_all_items_gives(orbit, data):
    hours = st.none() | st.integers(-20, 300)
    low, high, elapsed = data.draw(hours), data.draw(hours), data.draw(st.integers(0, 300))
    start, end = (None if each is None else START + timedelta(hours=each) for each in (low, high))
    now = START + timedelta(hours=elapsed)
    tiles = orbit.tiles_in((-30.0, -20.0, 100.0, 80.0))
    chosen = orbit.select(tiles, start, end, now)
    until = now if orbit.until is None else min(now, orbit.until)

    expected = [
        visit
        for number in range(15)
        for run in tiles
        for tile in run
        if (instant := orbit.seen(visit := Visit(number, tile))[0]) <= until
        and (start is None or start <= instant)
        and (end is None or instant <= end)
    ]
    assert list(chosen.rising()) == expected
    assert list(chosen.visits()) == expected[::-1]
    assert len(chosen) == len(expected)
    assert all(visit in chosen for visit in expected)
    instants = [orbit.seen(visit)[0] for visit in expected]
    assert instants == sorted(instants)


@settings(deadline=None)
@given(orbits(), st.integers(0, 9), st.data())
def test_a_visit_is_found_by_its_time(orbit, number, data):
    tile = data.draw(st.integers(0, orbit.tiles - 1))
    instant = orbit.seen(Visit(number, tile))[0]
    is_there = orbit.until is None or instant <= orbit.until
    later = instant + timedelta(days=1)

    assert orbit.visit_at(instant, tile, later) == (Visit(number, tile) if is_there else None)
    assert orbit.visit_at(instant + timedelta(seconds=1), tile, later) is None
    assert orbit.visit_at(instant, tile, instant - timedelta(seconds=1)) is None
    assert orbit.visit_at(instant, orbit.tiles, later) is None
    assert instant >= orbit.since


@settings(deadline=None)
@given(orbits())
def test_tiles_fill_the_box(orbit):
    west, south, east, north = orbit.bbox
    width = east - west if west < east else east - west + 360
    boxes = {orbit.footprint(tile) for tile in range(orbit.tiles)}
    widths = [(box[2] - box[0]) % 360 or 360 for box in boxes]

    assert len(boxes) == orbit.tiles
    assert sum(wide * (box[3] - box[1]) for wide, box in zip(widths, boxes, strict=True)) == pytest.approx(
        width * (north - south)
    )
    assert [number for run in orbit.tiles_in(orbit.bbox) for number in run] == list(range(orbit.tiles))


@pytest.mark.parametrize("name", HOURS)
@given(st.integers(0, 20), st.floats(-180, 179), st.floats(-50, 80))
def test_satellites_pass_at_their_local_solar_time(name, number, longitude, latitude):
    coverage = COLLECTIONS[name].coverage
    (run,) = coverage.tiles_in((longitude, latitude, longitude, latitude))
    west, _, east, _ = coverage.footprint(run.start)
    instant = coverage.seen(Visit(number, run.start))[0]
    middle = (west + (east - west) % 360 / 2) / 15
    local = (instant.hour + instant.minute / 60 + middle) % 24

    assert any(low <= local <= high for low, high in HOURS[name])


def test_radar_passes_in_the_morning_southwards_and_in_the_evening_northwards(anonymous):
    found = anonymous("GET /collections/SENTINEL1_GRD/items?bbox=0,51,0.1,51.1&limit=6").json()["features"]
    evening = {each["properties"]["datetime"][11:13] > "12": each["properties"] for each in found}

    assert {key: each["sat:orbit_state"] for key, each in evening.items()} == {
        False: "descending",
        True: "ascending",
    }


@pytest.mark.parametrize(
    ("names", "hours"),
    [
        (("SENTINEL2_L2A",), (10.5,)),
        (("COPERNICUS/S2_SR_HARMONIZED",), (10.5,)),
        (("S1_GRD_SIGMA0_ASCENDING", "sentinel-1"), (17.8,)),
        (("S1_GRD_SIGMA0_DESCENDING", "sentinel-1"), (5.8,)),
        (("MINE",), ()),
    ],
)
def test_missions_are_known_by_their_names(names, hours):
    assert hours_of(*names) == hours
