"""Rasters of pixels: aligned, cut, and where they are on the Earth."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.engine.cubes import Grid

UTM = Grid("EPSG:32632", 679720, 5151920, 10, 10, 96, 84)
DEGREES = Grid("EPSG:4326", 11.0, 47.0, 0.1, 0.2, 10, 5)


def around(*bounds, size=10.0, crs="EPSG:32632"):
    return Grid.around(bounds, crs=crs, x_size=size, y_size=size)


@pytest.mark.parametrize(
    ("bounds", "size", "edges"),
    [
        ((679720, 5151080, 680680, 5151920), 10, (679720, 5151080, 680680, 5151920)),
        ((679721, 5151081, 680679, 5151919), 10, (679720, 5151080, 680680, 5151920)),
        ((679721, 5151081, 680679, 5151919), 60, (679680, 5151060, 680700, 5151960)),
        ((-5, -5, 5, 5), 10, (-10, -10, 10, 10)),
        # What has no area is a pixel.
        ((15, 25, 15, 25), 10, (10, 20, 20, 30)),
        ((20, 20, 20, 20), 10, (20, 20, 30, 30)),
        # Projected coordinates miss what is meant by their last digits.
        ((679720.000000001, 5151080, 680679.999999999, 5151920), 10, (679720, 5151080, 680680, 5151920)),
    ],
)
def test_the_smallest_aligned_grid_around_a_box(bounds, size, edges):
    grid = around(*bounds, size=size)

    assert grid.bounds == edges
    assert grid.columns * size == edges[2] - edges[0]
    assert grid.rows * size == edges[3] - edges[1]


_SIDE = st.floats(-1e6, 1e6)


@given(_SIDE, _SIDE, st.floats(0, 1e4), st.floats(0, 1e4), st.sampled_from([0.1, 1 / 3600, 1.0, 10.0, 60.0]))
def test_grids_cover_what_they_are_around(west, south, width, height, size):
    east, north = west + width, south + height
    grid = around(west, south, east, north, size=size)

    near = 2e-6 * size + 1e-8
    assert grid.west <= west + near
    assert grid.east >= east - near
    assert grid.south <= south + near
    assert grid.north >= north - near
    assert grid.columns <= width / size + 2
    assert grid.rows <= height / size + 2


def test_grids_of_one_resolution_meet():
    one, other = around(0.3, 0, 0.7, 1, size=0.1), around(0.7, 0, 1, 1, size=0.1)

    assert one.east == pytest.approx(other.west, abs=1e-12)


@pytest.mark.parametrize(
    ("bounds", "edges"),
    [
        ((680000, 5151500, 680100, 5151600), (680000, 5151500, 680100, 5151600)),
        ((680004, 5151505, 680096, 5151591), (680000, 5151500, 680100, 5151600)),
        # What reaches beyond is cut off.
        ((0, 0, 679725, 5151085), (679720, 5151080, 679730, 5151090)),
        ((0, 0, 1e7, 1e7), UTM.bounds),
        # A point is in a pixel, one on an edge in that to its east and south.
        ((680004, 5151505, 680004, 5151505), (680000, 5151500, 680010, 5151510)),
        ((680000, 5151510, 680000, 5151510), (680000, 5151500, 680010, 5151510)),
    ],
)
def test_the_pixels_that_a_box_touches(bounds, edges):
    assert UTM.clipped(bounds).bounds == edges


@pytest.mark.parametrize(
    "bounds",
    [
        (0, 5151500, 679720, 5151600),
        (680680, 5151500, 680700, 5151600),
        (680000, 0, 680100, 5151080),
        (680000, 5151920, 680100, 5152000),
    ],
)
def test_a_box_elsewhere_touches_none(bounds):
    assert UTM.clipped(bounds) is None


def test_windows():
    window = UTM.window(first_row=2, first_column=3, rows=4, columns=5)

    assert window.bounds == (679750, 5151860, 679800, 5151900)
    assert (window.crs, window.x_size, window.y_size, window.pixels) == ("EPSG:32632", 10, 10, 20)


def test_coordinates_are_those_of_centres():
    assert (UTM.xs[0], UTM.xs[-1], len(UTM.xs)) == (679725, 680675, 96)
    assert (UTM.ys[0], UTM.ys[-1], len(UTM.ys)) == (5151915, 5151085, 84)
    assert UTM.transform == (10, 0, 679720, 0, -10, 5151920)


def test_where_it_is():
    assert DEGREES.bbox == DEGREES.bounds == (11.0, 46.0, 12.0, 47.0)
    assert UTM.bbox == pytest.approx((11.3417556, 46.4890545, 11.3545798, 46.4968645), abs=1e-6)
    assert (UTM.epsg, Grid('PROJCS["mine"]', 0, 0, 1, 1, 1, 1).epsg) == (32632, None)


@pytest.mark.parametrize(
    ("crs", "west", "size", "columns", "expected"),
    [
        ("EPSG:4326", 179.5, 0.1, 10, (179.5, -179.5)),
        ("EPSG:4326", 190.0, 0.1, 10, (-170.0, -169.0)),
        ("EPSG:4326", -180.0, 1.0, 360, (-180.0, 180.0)),
        ("EPSG:4326", 0.0, 1.0, 360, (-180.0, 180.0)),
        ("EPSG:32760", 800_000.0, 1000.0, 100, (179.8, -179.2)),
    ],
)
def test_boxes_stay_on_the_earth(crs, west, size, columns, expected):
    north = 10.0 if crs == "EPSG:4326" else 8_000_000.0
    left, _, right, _ = Grid(crs, west, north, size, size, columns, 1).bbox

    assert (left, right) == pytest.approx(expected, abs=0.15)


@pytest.mark.parametrize(
    ("crs", "edge", "size"),
    [
        ("EPSG:3857", 20_037_508.342789244, 200_000.0),
        ("EPSG:3857", 20_037_508.342789244, 10_000.0),
        ("EPSG:6933", 17_367_530.445161372, 200_000.0),
        ("EPSG:4326", 180.0, 7.0),
    ],
)
def test_what_goes_round_the_earth_does_not_cross_the_antimeridian(crs, edge, size):
    # The last column is beyond the edge of the world, in part.
    columns = int(2 * edge / size) + 1
    grid = Grid(crs, -edge, 10 * size, size, size, columns, 20)

    assert (grid.bbox[0], grid.bbox[2]) == (-180.0, 180.0)


def test_what_goes_nearly_round_the_earth_crosses_it_or_not():
    grid = Grid("EPSG:3857", -20_000_000.0, 1e6, 1e4, 1e4, 4000, 100)

    assert -180 < grid.bbox[0] < grid.bbox[2] < 180
    assert replace(grid, west=-19_000_000.0).bbox[0] > replace(grid, west=-19_000_000.0).bbox[2]
