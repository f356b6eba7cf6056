"""GeoJSON geometries."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.catalog.stac.geometry import pieces_of_geometry
from mock_backend.catalog.stac.scanning import TooManyCrossings, tiles_met

SQUARE = [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]]
HOLE = [[1, 1], [1, 3], [3, 3], [3, 1], [1, 1]]

numbers = st.floats(-10, 10)


def in_box(geometry, box):
    west, south, east, north = box
    return tiles_met(*pieces_of_geometry(geometry), np.array([west, east]), np.array([south, north])) == [
        range(1)
    ]


def line(start, end):
    return {"type": "LineString", "coordinates": [start, end]}


@pytest.mark.parametrize(
    ("box", "expected"),
    [
        ((1.5, 1.5, 2.5, 2.5), False),  # in the hole
        ((0.2, 0.2, 0.8, 0.8), True),  # inside
        ((3.5, 3.5, 5, 5), True),  # a corner
        ((-5, -5, 9, 9), True),  # around
        ((4, 4, 5, 5), True),  # touching
        ((4.1, 0, 5, 4), False),  # beside
        ((2.5, 2.5, 3.5, 3.5), True),  # across the hole's border
        ((-1, 1.9, 5, 2.1), True),  # through the middle, no corner inside
    ],
)
def test_polygons_with_holes(box, expected):
    assert in_box({"type": "Polygon", "coordinates": [SQUARE, HOLE]}, box) is expected
    assert in_box({"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE]]}, box) is expected


def test_a_polygon_that_crosses_itself_has_an_inside():
    bow = {"type": "Polygon", "coordinates": [[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]]}

    assert in_box(bow, (3, 1.9, 3.5, 2.1))
    assert not in_box(bow, (1.9, 3, 2.1, 3.5))


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [1, 2]},
        {"type": "Point", "coordinates": [1, 2, 300]},
        {"type": "MultiPoint", "coordinates": [[1, 2], [90, 0]]},
        {"type": "LineString", "coordinates": [[0, 1], [2, 3]]},
        {"type": "MultiLineString", "coordinates": [[[0, 1], [2, 3]], [[9, 9], [8, 8]]]},
        {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": [1, 2]}]},
    ],
)
def test_geometries_of_all_types(geometry):
    assert in_box(geometry, (0.9, 1.9, 1.1, 2.1))
    assert in_box(geometry, (1, 2, 1, 2))
    assert not in_box(geometry, (0.9, 2.5, 1.1, 3.5))


@pytest.mark.parametrize(
    "geometry",
    [
        None,
        [],
        {},
        {"type": "Circle"},
        {"type": "Point"},
        {"type": "Point", "coordinates": [1]},
        {"type": "Point", "coordinates": ["1", "2"]},
        {"type": "Point", "coordinates": [float("nan"), 1]},
        {"type": "Point", "coordinates": [True, False]},
        {"type": "MultiPoint", "coordinates": []},
        {"type": "LineString", "coordinates": [[0, 0]]},
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1]]]},
        {"type": "Polygon", "coordinates": [SQUARE[:3]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}},
    ],
)
def test_what_is_no_geometry(geometry):
    with pytest.raises(ValueError, match=r"geometry|position|line|ring"):
        pieces_of_geometry(geometry)


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.floats(0, 1), st.floats(0, 3))
def test_a_box_around_a_point_of_a_segment_meets_it(start, end, share, margin):
    x, y = (a + (b - a) * share for a, b in zip(start, end, strict=True))
    grown = margin + 1e-9  # rounding

    assert in_box(line(start, end), (x - grown, y - grown, x + grown, y + grown))


@given(st.tuples(numbers, numbers), st.tuples(numbers, numbers), st.floats(0.001, 5))
def test_a_box_beyond_a_segment_does_not(start, end, away):
    east, north = max(start[0], end[0]), max(start[1], end[1])

    assert not in_box(line(start, end), (east + away, -99, east + away + 1, 99))
    assert not in_box(line(start, end), (-99, north + away, 99, north + away + 1))


@st.composite
def geometries(draw):
    """Draw GeoJSON of some kind whose coordinates are mostly round ones."""
    some = st.integers(-4, 9) | numbers.map(lambda each: round(each, 3))
    places = st.tuples(some, some).map(list)
    points = draw(st.lists(places, min_size=3, max_size=7))
    return draw(
        st.sampled_from(
            [
                {"type": "Polygon", "coordinates": [[*points, points[0]]]},
                {"type": "LineString", "coordinates": points},
                {"type": "MultiPoint", "coordinates": points},
                {
                    "type": "GeometryCollection",
                    "geometries": [
                        {"type": "Polygon", "coordinates": [[*points, points[0]]]},
                        {"type": "MultiPolygon", "coordinates": [[SQUARE, HOLE], [points * 2 + points[:1]]]},
                    ],
                },
            ]
        )
    )


@given(geometries(), st.integers(1, 4), st.integers(1, 4))
def test_tiles_met_are_those_that_shapely_finds(geometry, columns, rows):
    xs, ys = np.linspace(-1.0, 7.0, columns + 1), np.linspace(-2.0, 5.5, rows + 1)
    found = {each for run in tiles_met(*pieces_of_geometry(geometry), xs, ys) for each in run}
    shape = shapely.geometry.shape(geometry)
    parts = shapely.get_parts(shapely.get_parts([shape]))
    shapely.prepare(parts)

    for row in range(rows):
        for column in range(columns):
            box = shapely.box(xs[column], ys[row], xs[column + 1], ys[row + 1])
            met = any(shapely.intersects(each, box) for each in parts)
            nearly = any(shapely.distance(each.boundary or each, box) < 1e-6 for each in parts)
            assert met == (row * columns + column in found) or nearly


@pytest.mark.parametrize("noise", [0.0, -4.4e-16, 4.4e-16, 8.8e-16])
def test_tiles_that_are_all_but_touched_are_met_from_end_to_end(noise):
    """Borders differ by what rounding makes of them, and so may the tiles beyond, but no others."""
    borders = np.arange(11.0)
    line = {"type": "LineString", "coordinates": [[5.2, 3 + noise], [6.8, 3 + 2 * noise]]}
    ring = [[2.5, 2.5], [7.5, 2.5], [7.5, 3 + noise], [2.5, 3 + noise], [2.5, 2.5]]
    box = {"type": "Polygon", "coordinates": [ring]}

    assert tiles_met(*pieces_of_geometry(line), borders, borders) == [range(25, 27), range(35, 37)]
    assert tiles_met(*pieces_of_geometry(box), borders, borders) == [range(22, 28), range(32, 38)]


def test_tiles_met_are_told_as_runs():
    pieces = pieces_of_geometry({"type": "LineString", "coordinates": [[0.5, 0.5], [2.5, 0.5], [0.5, 1.5]]})

    assert tiles_met(*pieces, np.arange(4.0), np.arange(4.0)) == [range(5)]


def test_what_crosses_very_many_rows_is_refused():
    line = {"type": "LineString", "coordinates": [[0, 0], [1, 9]] * 600}

    with pytest.raises(TooManyCrossings, match=r"cross rows 2,[0-9,]+ times, and 2,097,152 is the most"):
        tiles_met(*pieces_of_geometry(line), np.arange(2.0), np.linspace(0, 9, 2001))
