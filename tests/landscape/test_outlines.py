"""Pixels within geometries, against shapely, and geometries that shapely takes long for."""

import time
import tracemalloc
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from mock_backend.engine.cubes import Grid
from mock_backend.errors import ProcessGraphComplexity
from mock_backend.landscape.sensors.lattice import Lattice
from mock_backend.landscape.sensors.strokes import outlines_of

DEGREES = Grid("EPSG:4326", 5.0, 51.0, 0.01, 0.01, 40, 30)
UTM = Grid("EPSG:32631", 640_000.0, 5_655_000.0, 10.0, 10.0, 40, 30)
# None of these is where a pixel's centre may be.
x, y = (
    st.floats(low, high).map(lambda each: round(each, 3) + 0.0003) for low, high in ((4.9, 5.5), (50.6, 51.1))
)
corners = st.tuples(x, y).map(list)


def lattice_of(grid):
    return Lattice(grid, np.arange(grid.rows), np.arange(grid.columns))


def mask_of(geometries, grid=DEGREES):
    return outlines_of(geometries, grid).mask(lattice_of(grid))


def polygon(*rings):
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]] for ring in rings]}


def shapely_mask(geometry, grid=DEGREES):
    return shapely.contains_xy(shapely.geometry.shape(geometry), *np.meshgrid(grid.xs, grid.ys))


@given(st.lists(corners, min_size=3, max_size=8), st.booleans())
def test_pixels_within_polygons_are_those_that_shapely_finds(ring, is_multi):
    """Those that cross themselves, too: what is surrounded twice is outside."""
    geometry = polygon(ring)
    given_one = {"type": "MultiPolygon", "coordinates": [geometry["coordinates"]]} if is_multi else geometry
    if shapely.geometry.shape(geometry).area > 1e-6:
        # A centre on a slope, but for what rounding makes of it, may be on either side.
        border, centres = shapely.geometry.shape(geometry).boundary, np.meshgrid(DEGREES.xs, DEGREES.ys)
        is_clear = shapely.distance(border, shapely.points(*centres)) > 1e-9
        assert (mask_of([given_one]) == shapely_mask(geometry))[is_clear].all()


@given(st.lists(st.tuples(corners, st.floats(0.011, 0.2)), min_size=1, max_size=6))
def test_pixels_are_within_one_of_many_squares(squares):
    """Pixels are within where squares meet, or two of them overlap."""
    boxes = [shapely.box(west, south, west + size, south + size) for (west, south), size in squares]
    multi = shapely.geometry.mapping(shapely.MultiPolygon(boxes))
    collection = shapely.geometry.mapping(shapely.GeometryCollection(boxes))
    expected = shapely_mask(shapely.geometry.mapping(shapely.union_all(boxes)))

    for geometries in ([multi], [collection], list(map(shapely.geometry.mapping, boxes))):
        assert (mask_of(geometries) == expected).all()


def test_pixels_within_holes_are_outside():
    outer = [[5.02, 50.72], [5.38, 50.72], [5.38, 50.98], [5.02, 50.98]]
    inner = [[5.1, 50.8], [5.2, 50.8], [5.2, 50.9], [5.1, 50.9]]

    found = mask_of([polygon(outer, inner)])

    assert (found == shapely_mask(polygon(outer, inner))).all()
    assert found.sum() == 36 * 26 - 100


def test_each_pixel_is_in_one_part_of_what_is_cut_in_two():
    """Centres on a common border are in one of both: none is counted twice, none gets lost."""
    cut = 5.205  # through the centres of a column
    left, right = (shapely.box(west, 50.7, east, 51.0) for west, east in ((5.0, cut), (cut, 5.4)))
    either = [mask_of([shapely.geometry.mapping(each)]) for each in (left, right)]

    assert (either[0] ^ either[1]).all()


@given(
    st.lists(st.tuples(st.floats(5.0, 5.012), st.floats(51.02, 51.035)).map(list), min_size=3, max_size=20)
)
def test_polygons_are_projected(ring):
    """A straight line in degrees is nearly straight within a kilometre: some pixels may differ.

    Those that cross themselves are the same in all coordinate systems.
    """
    to_degrees = Transformer.from_crs(UTM.crs, "EPSG:4326", always_xy=True)
    longitudes, latitudes = to_degrees.transform(*np.meshgrid(UTM.xs, UTM.ys))
    shape = shapely.geometry.shape(polygon(ring))
    if shape.area > 1e-8:
        expected = shapely.contains_xy(shape, longitudes, latitudes)
        assert (mask_of([polygon(ring)], UTM) != expected).mean() < 0.02


@given(st.integers(0, 3), st.floats(60, 1e9))
def test_corners_far_away_are_as_good_as_others(corner, far):
    """Beyond the surroundings of a grid only what they go round counts."""
    west, south, east, north = UTM.bbox
    ring = [[west - 1, south - 1], [east + 1, south - 1], [east + 1, north + 1], [west - 1, north + 1]]
    middle = [(west + east) / 2, (south + north) / 2]
    sign = [(-1, -1), (1, -1), (1, 1), (-1, 1)][corner]
    ring[corner] = [middle[0] + sign[0] * far, middle[1] + sign[1] * far]

    assert mask_of([polygon(ring)], UTM).all()
    # The three others are as far away as they are from one another: without this one, a half is left.
    ring[corner] = middle
    assert 0.45 < mask_of([polygon(ring)], UTM).mean() < 0.55


@pytest.mark.parametrize("crs", ["EPSG:3413", "EPSG:3031"])
def test_polygons_around_a_pole_are_within(crs):
    grid = Grid(crs, -1e6, 1e6, 1e5, 1e5, 20, 20)
    pole = 90 if crs == "EPSG:3413" else -90
    cap = [
        [-180, pole],
        [-180, pole * 0.98],
        *([each, pole * 0.98] for each in range(-170, 181, 10)),
        [180, pole],
    ]
    y, x = np.meshgrid(grid.ys, grid.xs, indexing="ij")

    found = mask_of([polygon(cap)], grid)

    assert (found == (np.hypot(x, y) < 197_000)).mean() > 0.95


@given(st.data())
def test_no_pixel_is_lost_on_a_slope_between_two_areas(data):
    """Corners are centres of pixels, so that others lie on the slope but for what rounding makes of them."""
    pixel = st.tuples(st.integers(1, 38), st.integers(1, 28))
    a, b = data.draw(st.lists(pixel, min_size=2, max_size=2, unique=True))
    (x, y), (to_x, to_y) = ([float(DEGREES.xs[column]), float(DEGREES.ys[row])] for column, row in (a, b))
    aside = [to_y - y, x - to_x]
    apexes = [[(x + to_x) / 2 + sign * aside[0], (y + to_y) / 2 + sign * aside[1]] for sign in (-1, 1)]
    one = mask_of([polygon([[x, y], [to_x, to_y], apexes[0]])])
    other = mask_of([polygon([[to_x, to_y], [x, y], apexes[1]])])
    both = mask_of([polygon([[x, y], apexes[0], [to_x, to_y], apexes[1]])])

    assert not (one & other).any()
    assert ((one | other) == both).all()


@given(st.lists(st.tuples(st.floats(5, 5.02), st.floats(51, 51.02)), min_size=1, max_size=5))
def test_points_are_squares_as_wide_as_pixels(points):
    found = outlines_of([{"type": "Point", "coordinates": list(each)} for each in points], UTM)

    west, south, east, north = found.bounds.T
    assert np.allclose([east - west, north - south], 10.02)


@given(st.lists(corners, min_size=2, max_size=6), st.booleans())
def test_lines_touch_the_pixels_that_they_go_through(line, is_polygon):
    """A polygon without any area is a line, too."""
    geometry = {"type": "LineString", "coordinates": line}
    if is_polygon:
        line = [line[0], line[-1], line[0]]
        geometry = {"type": "Polygon", "coordinates": [[*line, line[0]]]}
    found = mask_of([geometry])
    near, far = (shapely.LineString(line).buffer(each) for each in (0.0045, 0.0075))
    centres = np.meshgrid(DEGREES.xs, DEGREES.ys)

    assert found[shapely.contains_xy(near, *centres)].all()
    assert not found[~shapely.contains_xy(far, *centres)].any()


@given(st.lists(st.lists(corners, min_size=3, max_size=5), min_size=1, max_size=6), st.data())
def test_some_outlines_are_those_of_some_geometries(rings, data):
    geometries = [None if len(ring) == 5 else polygon(ring) for ring in rings]
    chosen = sorted(data.draw(st.sets(st.integers(0, len(rings) - 1), min_size=1)))
    some = outlines_of(geometries, DEGREES).of(np.array(chosen))
    expected = outlines_of([geometries[each] for each in chosen], DEGREES)

    assert np.array_equal(some.bounds, expected.bounds)
    assert np.array_equal(some.runs(lattice_of(DEGREES)), expected.runs(lattice_of(DEGREES)))
    for owner, row, column in np.hstack([*some.pixels(lattice_of(DEGREES)), np.empty((3, 0), int)]).T:
        assert mask_of([geometries[chosen[owner]]])[row, column]


def test_windows_of_masks_are_parts_of_the_whole():
    grid = Grid("EPSG:4326", 5.0, 51.0, 0.0001, 0.0001, 900, 700)
    rng = np.random.default_rng(3)
    ring = (rng.random((60, 2)) * 0.08 + [5.0, 50.93]).tolist()
    outlines = outlines_of([polygon(ring)], grid)
    whole = outlines.mask(lattice_of(grid))

    assert (whole == shapely_mask(polygon(ring), grid)).all()
    for start, stop in pairwise(range(0, 701, 100)):
        rows = np.arange(start, stop)
        assert (outlines.mask(Lattice(grid, rows, np.arange(900))) == whole[start:stop]).all()


def test_costs_are_linear_however_often_an_outline_crosses_itself():
    """Three thousand random corners have a million crossings, which GEOS would find one after the other."""
    ring = (np.random.default_rng(1).random((3000, 2)) * [0.4, 0.3] + [5.0, 50.7]).tolist()
    begun = time.process_time()
    found = mask_of([polygon(ring)] * 3)

    assert time.process_time() - begun < 5
    assert (found == shapely_mask(polygon(ring))).all()


def test_edges_of_no_height_have_no_crossings():
    ring = [[0, 0], [100, 1e-310], [0, 1e-310]]

    assert not mask_of([polygon(ring)], UTM).any()


def test_memory_is_bounded_where_edges_are_in_few_of_the_rows():
    grid = Grid("EPSG:4326", 5.0, 51.0, 0.01, 0.0001, 10, 1000)
    zigzag = [[5 + each / 2_000_000, 50.99 + each % 2 * 0.005] for each in range(100_000)]
    outlines = outlines_of([polygon(zigzag)], grid)
    tracemalloc.start()
    outlines.runs(lattice_of(grid))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 120e6


def test_very_many_crossings_are_refused():
    grid = Grid("EPSG:4326", 5.0, 51.0, 1e-5, 1e-5, 10, 30_000)
    ring = (np.random.default_rng(1).random((5000, 2)) * [0.4, 0.3] + [5.0, 50.7]).tolist()

    with pytest.raises(ProcessGraphComplexity, match=r"cross rows [0-9,]+ times, and 33,554,432 is"):
        mask_of([polygon(ring)], grid)
