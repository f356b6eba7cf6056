"""Masks, and parts of data cubes that geometries choose."""

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from engine_cases.reflectances import JUNE, UTM
from validation_cases.building import POLYGON, call, child, graph, load, par, ref

#: A small area, a triangle that is half of it, and one that overlaps that.
PLOT = {"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.205}
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.0049, 51.2001], [5.0048, 51.2047], [5.0, 51.2]]],
}
OTHER = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2047], [5.0047, 51.2], [5.005, 51.205], [5.0, 51.2047]]],
}
IN_PLOT = load(spatial_extent=PLOT, temporal_extent=JUNE)


def feature(geometry):
    return {"type": "Feature", "properties": {}, "geometry": geometry}


def features(*geometries):
    return {"type": "FeatureCollection", "features": list(map(feature, geometries))}


def inside(cube, geometry):
    """Return which pixels have their centres within a geometry: columns by rows, as cubes have them here."""
    there = Transformer.from_crs(cube.grid.crs, "EPSG:4326", always_xy=True)
    xs, ys = there.transform(*np.meshgrid(cube.grid.xs, cube.grid.ys))
    return shapely.contains_xy(shapely.geometry.shape(geometry), xs, ys).T


def kept(cube, numbers, whole, there):
    """Tell whether a cube has the values of another one in some pixels, and none elsewhere."""
    left = round((cube.grid.west - whole.grid.west) / whole.grid.x_size)
    top = round((whole.grid.north - cube.grid.north) / whole.grid.y_size)
    part = numbers(whole)[left : left + cube.grid.columns, top : top + cube.grid.rows]
    expected = np.where(there.reshape(*there.shape, *(1,) * (part.ndim - 2)), part, np.nan)
    return np.array_equal(numbers(cube), expected, equal_nan=True)


def test_filter_spatial(after, numbers):
    source = load("COPERNICUS_30", spatial_extent=None, bands=None)
    cube = after(call("filter_spatial", geometries=feature(TRIANGLE)), source=source)
    whole = after(call("filter_bbox", extent=PLOT), source=source)

    assert cube.grid.bounds == pytest.approx((5.0, 51.2, 5.005, 51.205), abs=1e-3)
    assert 0.3 < inside(cube, TRIANGLE).mean() < 0.7
    assert kept(cube, numbers, whole, inside(cube, TRIANGLE))


def test_filter_spatial_by_a_vector_cube(content, numbers):
    nodes = {"v": call("load_geojson", data=feature(TRIANGLE)), "l": IN_PLOT}
    cube = content(graph(**nodes, f=call("filter_spatial", data=ref("l"), geometries=ref("v"))))

    assert kept(cube, numbers, content(graph(l=IN_PLOT)), inside(cube, TRIANGLE))


@pytest.mark.parametrize("replacement", [None, 7, -40_000])
def test_mask(content, numbers, replacement):
    over = child(c=call("gt", x=par("x"), y=4))
    bands = load(spatial_extent=UTM, temporal_extent=JUNE)
    classes = load(bands=["SCL"], spatial_extent=UTM, temporal_extent=JUNE)
    cube = content(
        graph(
            l=bands,
            s=classes,
            m=call("apply", data=ref("s"), process=over),
            r=call("mask", data=ref("l"), mask=ref("m"), replacement=replacement),
        )
    )
    plain = content(graph(l=bands))
    # Pixels of classes are twice as wide.
    hidden = (numbers(content(graph(s=classes))) > 4).repeat(2, axis=0).repeat(2, axis=1)

    assert cube.dimensions == plain.dimensions
    # A data type that holds what is put there.
    assert cube.data_type == ("int32" if replacement == -40_000 else "int16")
    assert 0 < hidden.mean() < 1
    other = np.nan if replacement is None else replacement
    assert np.array_equal(numbers(cube), np.where(hidden, other, numbers(plain)), equal_nan=True)


def test_mask_polygon(after, numbers):
    whole = after(source=IN_PLOT)
    cube = after(call("mask_polygon", mask=TRIANGLE), source=IN_PLOT)
    other = after(call("mask_polygon", mask=TRIANGLE, inside=True), source=IN_PLOT)

    assert cube.grid == other.grid == whole.grid
    assert kept(cube, numbers, whole, inside(whole, TRIANGLE))
    assert kept(other, numbers, whole, ~inside(whole, TRIANGLE))


def test_masks_add_up(after, numbers):
    cube = after(
        call("mask_polygon", mask=TRIANGLE), call("filter_spatial", geometries=OTHER), source=IN_PLOT
    )
    there = inside(cube, TRIANGLE) & inside(cube, OTHER)

    assert 0.1 < there.mean() < 0.4
    assert kept(cube, numbers, after(source=IN_PLOT), there)


def test_a_replacement_is_data(after, numbers):
    whole = after(source=IN_PLOT)
    cube = after(call("mask_polygon", mask=TRIANGLE, replacement=0), source=IN_PLOT)

    there = inside(whole, TRIANGLE)[:, :, None, None]
    assert np.array_equal(numbers(cube), np.where(there, numbers(whole), 0))


def test_several_polygons_are_one_mask(after, numbers):
    multi = {"type": "MultiPolygon", "coordinates": [OTHER["coordinates"]]}
    cube = after(call("filter_spatial", geometries=features(TRIANGLE, multi)), source=IN_PLOT)

    there = inside(cube, TRIANGLE) | inside(cube, OTHER)
    assert 0.6 < there.mean() < 0.9
    assert kept(cube, numbers, after(source=IN_PLOT), there)


def test_different_geometries_are_one_place(after, numbers):
    point = {"type": "Point", "coordinates": [5.004, 51.204]}

    cube = after(call("filter_spatial", geometries=features(TRIANGLE, point)), source=IN_PLOT)

    assert cube.grid.pixels > 100
    # Not just one of them is all there is.
    assert not np.isnan(numbers(cube)).any()


def test_areas_that_are_none(after):
    nowhere = {"type": "FeatureCollection", "features": []}

    assert after(call("filter_spatial", geometries=nowhere)) == after()
    assert after(call("mask_polygon", mask=nowhere)) == after()


def test_a_mask_everywhere_is_the_area(after):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)

    cube = after(call("mask_polygon", mask=POLYGON), source=everywhere)

    assert cube.grid.bounds == pytest.approx((5.0, 51.2, 5.1, 51.3))
