"""Coverage of collections by items, compared with counting one by one."""

from datetime import UTC, datetime, timedelta

import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mock_backend.catalog.coverage import Coverage, Visit
from mock_backend.catalog.stac.geometry import pieces_of_geometry

START = datetime(2024, 1, 1, tzinfo=UTC)
ALWAYS = START + timedelta(days=10_000)

degrees = st.integers(-360, 360).map(lambda half: half / 2)
latitudes = st.integers(-180, 180).map(lambda half: half / 2)


@st.composite
def boxes(draw):
    south, north = sorted((draw(latitudes), draw(latitudes)))
    return draw(degrees), south, draw(degrees), north


@st.composite
def coverages(draw):
    west, south, east, north = draw(boxes())
    # From 180 to -180 degrees there is nothing: both are the antimeridian.
    assume(west != east and (west, east) != (180, -180) and south != north)
    until = draw(st.none() | st.integers(0, 500).map(lambda minutes: START + timedelta(minutes=minutes)))
    revisit = draw(st.none() | st.integers(5, 300).map(lambda minutes: timedelta(minutes=minutes)))
    return Coverage(
        (west, south, east, north), draw(st.sampled_from([40.0, 90.0, 360.0])), START, until, revisit
    )


def unwrapped(box):
    """Return a box as one or two boxes that do not cross the antimeridian."""
    west, south, east, north = box
    if west <= east:
        return [box]
    return [(west, south, 180.0, north), (-180.0, south, east, north)]


def overlap(one, other):
    """Tell whether the insides of two boxes overlap."""
    return any(
        a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
        for a in unwrapped(one)
        for b in unwrapped(other)
    )


def flat(runs):
    numbers = [number for run in runs for number in run]
    assert numbers == sorted(set(numbers))
    return set(numbers)


@settings(deadline=None)
@given(coverages())
def test_tiles_fill_the_box(coverage):
    west, south, east, north = coverage.bbox
    width = east - west if west <= east else east - west + 360
    area = sum(
        (each[2] - each[0]) * (each[3] - each[1])
        for tile in range(coverage.tiles)
        for each in unwrapped(coverage.footprint(tile))
    )

    assert abs(area - width * (north - south)) < 1e-6


@settings(deadline=None)
@given(coverages(), boxes())
def test_tiles_in_a_box_are_those_that_overlap_it(coverage, box):
    found = flat(coverage.tiles_in(box))

    for tile in range(coverage.tiles):
        if overlap(coverage.footprint(tile), box):
            assert tile in found
        elif tile in found:
            # It touches; or the box is a line or a point, which has no inside.
            assert any(
                a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
                for turn in (-360, 0, 360)
                for a in unwrapped(coverage.footprint(tile))
                for b in [(each[0] + turn, each[1], each[2] + turn, each[3]) for each in unwrapped(box)]
            )


@settings(deadline=None)
@given(coverages(), st.data())
def test_a_place_is_in_one_tile(coverage, data):
    west, south, east, north = coverage.bbox
    assume(west < east)
    x = data.draw(st.floats(west, east, exclude_max=True))
    y = data.draw(st.floats(south, north))

    assert len(flat(coverage.tiles_in((x, y, x, y)))) == 1


@settings(deadline=None)
@given(coverages(), st.lists(st.tuples(degrees, latitudes), min_size=3, max_size=5))
def test_tiles_that_a_geometry_meets(coverage, positions):
    geometry = {"type": "Polygon", "coordinates": [[*positions, positions[0]]]}
    shape = shapely.geometry.shape(geometry)
    shapely.prepare(shape)

    def meets(box):
        return shapely.intersects(shape, shapely.box(*box))

    def expected(tile):
        return any(map(meets, unwrapped(coverage.footprint(tile))))

    found = flat(coverage.tiles_meeting(pieces_of_geometry(geometry)))
    for tile in range(coverage.tiles):
        if expected(tile):
            assert tile in found
    # Rounding may bring a tile or two more that the border just touches.
    for tile in found:
        assert expected(tile) or any(
            meets((box[0] - 1e-6, box[1] - 1e-6, box[2] + 1e-6, box[3] + 1e-6))
            for turn in (-360, 0, 360)
            for box in [
                (each[0] + turn, each[1], each[2] + turn, each[3])
                for each in unwrapped(coverage.footprint(tile))
            ]
        )


@settings(deadline=None)
@given(
    coverages(),
    st.none() | st.integers(-100, 600),
    st.none() | st.integers(-100, 600),
    st.integers(0, 600),
    boxes(),
)
def test_a_selection_is_what_filtering_all_items_gives(coverage, low, high, elapsed, box):
    start = None if low is None else START + timedelta(minutes=low, seconds=0.5)
    end = None if high is None else START + timedelta(minutes=high, seconds=0.5)
    now = START + timedelta(minutes=elapsed)
    tiles = coverage.tiles_in(box)
    chosen = coverage.select(tiles, start, end, now)
    rounds = 1 if coverage.revisit is None else elapsed * 60 // int(coverage.revisit.total_seconds()) + 2

    def wanted(visit):
        first, last = coverage.seen(visit)
        there = first <= now and (
            coverage.revisit is None or coverage.until is None or first <= coverage.until
        )
        return there and (start is None or last >= start) and (end is None or first <= end)

    assume(rounds * coverage.tiles < 2_000)
    expected = [
        visit
        for number in reversed(range(rounds))
        for tile in sorted(flat(tiles), reverse=True)
        if wanted(visit := Visit(number, tile))
    ]
    found = list(chosen.visits())
    assert found == expected
    assert len(chosen) == len(found)
    assert all(visit in chosen for visit in found)
    starts = [coverage.seen(visit)[0] for visit in found]
    assert starts == sorted(starts, reverse=True)
    if found:
        middle = len(found) // 2
        assert list(chosen.visits(before=found[middle])) == found[middle + 1 :]


@settings(deadline=None)
@given(coverages(), st.integers(0, 50), st.data())
def test_a_visit_is_found_by_its_time(coverage, number, data):
    tile = data.draw(st.integers(0, coverage.tiles - 1))
    visit = Visit(0 if coverage.revisit is None else number, tile)
    instant = coverage.seen(visit)[0]
    there = visit in coverage.select([range(coverage.tiles)], None, None, ALWAYS)

    assert coverage.visit_at(instant, tile, ALWAYS) == (visit if there else None)
    assert coverage.visit_at(instant, coverage.tiles, ALWAYS) is None
    assert coverage.visit_at(START - timedelta(seconds=1), tile, ALWAYS) is None
    assert coverage.visit_at(instant, tile, START - timedelta(seconds=1)) is None
