"""Truths of computed values of the landscape, whatever they are."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from engine_cases.cubes import result, values_of
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.window import PixelIndex, Window, WindowReader, span
from validation_cases.building import call, child, flow, graph, load, par, reducer, ref

UTM = "EPSG:32632"
WHOLE = {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": UTM}
PART = {"west": 680000, "south": 5151500, "east": 680400, "north": 5151740, "crs": UTM}
#: Its place in the whole: rows and columns.
ROWS, COLUMNS = slice(18, 42), slice(28, 68)
SEASON = ["2022-06-01", "2022-08-01"]
BANDS = ["B04", "B08", "SCL"]
ORDER = ("t", "bands", "y", "x")
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[11.341, 46.488], [11.352, 46.4885], [11.346, 46.4945], [11.341, 46.488]]],
}


def loaded(area=WHOLE, bands=BANDS):
    return load(spatial_extent=area, temporal_extent=SEASON, bands=bands)


NDVI = call("ndvi")
COMPOSITE = call("reduce_dimension", dimension="t", reducer=reducer("median"))
CLOUDY = {
    "process": child(c=call("gte", x=par("x"), y=8)),
}


def clear(area=WHOLE):
    """Return the nodes of a composite without clouds; the last one is the result."""
    return {
        "l": loaded(area),
        "s": call("filter_bands", data=ref("l"), bands=["SCL"]),
        "c": call("apply", data=ref("s"), **CLOUDY),
        "m": call("mask", data=ref("l"), mask=ref("c")),
        "i": call("ndvi", data=ref("m")),
        "r": call("reduce_dimension", data=ref("i"), dimension="t", reducer=reducer("median")),
    }


def statistic(name, source=None):
    steps = [call("reduce_dimension", dimension="t", reducer=reducer(name))]
    return values_of(result(flow(*steps, source=source or loaded(bands=["B08"]))), "bands", "y", "x")


def test_statistics_are_in_their_order():
    low, first, middle, mean, high = map(statistic, ("min", "first", "median", "mean", "max"))

    assert (low <= middle).all()
    assert (low <= first).all()
    assert (middle <= high).all()
    assert (low <= mean).all()
    assert (mean <= high).all()
    assert (low < high).mean() > 0.9
    sd, count = statistic("sd"), statistic("count")
    assert (sd <= high - low).all()
    assert (sd * (low < high) >= 0).all()
    assert (count == len(result(graph(l=loaded())).times)).all()


def test_statistics_are_those_of_the_dates():
    values = values_of(result(graph(l=loaded(bands=["B08"]))), *ORDER)

    for name, compute in (("mean", np.mean), ("median", np.median), ("max", np.max)):
        assert np.array_equal(statistic(name), compute(values, axis=0).astype(np.float32))


def test_an_index_is_the_arithmetic_of_its_bands():
    values = values_of(result(graph(l=loaded())), *ORDER)
    index = values_of(result(flow(NDVI, source=loaded())), "t", "y", "x")
    red, near = values[:, 0], values[:, 1]

    assert np.array_equal(index, ((near - red) / (near + red)).astype(np.float32))


def test_masks_mask():
    nodes = clear()
    whole = values_of(result(graph(l=nodes["l"])), *ORDER)
    masked = values_of(result(graph(**{name: nodes[name] for name in "lscm"})), *ORDER)
    hidden = whole[:, 2:] >= 8

    assert 0.01 < hidden.mean() < 0.99
    assert np.array_equal(masked, np.where(hidden, np.nan, whole), equal_nan=True)


def test_a_composite_without_clouds_has_values_where_some_date_is_clear():
    nodes = clear()
    whole = values_of(result(graph(l=nodes["l"])), *ORDER)
    found = values_of(result(graph(**nodes)), "y", "x")

    red, near = (np.where(whole[:, 2] >= 8, np.nan, whole[:, band]) for band in (0, 1))
    index = (near - red) / (near + red)
    is_seen = ~np.isnan(index).all(axis=0)
    assert np.array_equal(~np.isnan(found), is_seen)
    expected = np.nanmedian(index[:, is_seen].astype(np.float64), axis=0)
    assert found[is_seen] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("name", ["mean", "max", "count", "sd"])
def test_zonal_statistics_are_those_of_the_pixels(name):
    cube = result(graph(l=loaded(bands=["B04", "B08"])))
    zonal = result(
        flow(
            call("aggregate_spatial", geometries=TRIANGLE, reducer=reducer(name)),
            source=loaded(bands=["B04", "B08"]),
        )
    )
    there = Transformer.from_crs(UTM, "EPSG:4326", always_xy=True)
    xs, ys = there.transform(*np.meshgrid(cube.grid.xs, cube.grid.ys))
    inside = shapely.contains_xy(shapely.geometry.shape(TRIANGLE), xs, ys)
    pixels = values_of(cube, *ORDER)[..., inside]
    expected = {
        "mean": pixels.mean(axis=-1),
        "max": pixels.max(axis=-1),
        "count": np.full(pixels.shape[:2], inside.sum()),
        "sd": pixels.std(axis=-1, ddof=1),
    }[name]

    assert inside.sum() > 500
    assert values_of(zonal, "t", "bands", "geometry")[..., 0] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize(
    "step",
    [
        call("reduce_spatial", reducer=reducer("count")),
        call("aggregate_spatial_window", size=[300, 300], reducer=reducer("count")),
    ],
)
def test_more_pixels_are_counted_than_numbers_of_16_bits_can(step):
    area = WHOLE | {"east": WHOLE["west"] + 3000, "south": WHOLE["north"] - 3000}

    assert (Values(result(flow(step, source=loaded(area)))).array() == 300 * 300).all()


#: Steps whose values depend on the pixel alone.
OF_PIXELS = {
    "bands": [],
    "index": [NDVI],
    "composite": [NDVI, COMPOSITE],
    "months": [call("aggregate_temporal_period", period="month", reducer=reducer("mean"))],
    "series": [call("apply_dimension", dimension="t", process=child(p=call("cummax", data=par("data"))))],
    "triangle": [call("mask_polygon", mask=TRIANGLE)],
}


@pytest.mark.parametrize("steps", OF_PIXELS.values(), ids=OF_PIXELS)
def test_a_part_has_the_values_of_the_whole(steps):
    whole, part = (result(flow(*steps, source=loaded(area))) for area in (WHOLE, PART))
    names = [each.name for each in part.dimensions if each.axis is None]
    expected = values_of(whole, *names, "y", "x")[..., ROWS, COLUMNS]

    assert np.array_equal(values_of(part, *names, "y", "x"), expected, equal_nan=True)


@pytest.mark.parametrize("name", sorted(OF_PIXELS.keys() - {"triangle"}))
def test_an_area_that_is_chosen_late_has_the_same_values(name):
    steps = OF_PIXELS[name]
    late = result(flow(*steps, call("filter_bbox", extent=PART), source=loaded(None)))
    early = result(flow(*steps, source=loaded(PART)))

    assert late.grid == early.grid
    names = [each.name for each in early.dimensions]
    assert np.array_equal(values_of(late, *names), values_of(early, *names), equal_nan=True)


#: Steps whose values depend on neighbours, too, or on what is read for all.
CHAINS = OF_PIXELS | {
    "kernel": [NDVI, call("apply_kernel", kernel=[[1, 2, 1], [2, 4, 2], [1, 2, 1]], factor=1 / 16)],
    "means": [NDVI, call("apply_kernel", kernel=[[1] * 11] * 29, factor=1 / 319)],
    "blocks": [NDVI, call("aggregate_spatial_window", size=[3, 5], reducer=reducer("mean"))],
    "coarser": [call("resample_spatial", resolution=30, method="average")],
    "projected": [NDVI, call("resample_spatial", projection=3857, resolution=17, method="bilinear")],
    "finer": [call("resample_spatial", resolution=7, method="cubic")],
    "overall": [call("filter_bands", bands=["B04", "B08"]), NDVI, COMPOSITE],
}


@pytest.fixture(params=[*CHAINS, "clear"])
def cube(request):
    """A data cube of two dates or so, of each kind of computation."""
    if request.param == "clear":
        return result(graph(**clear()))
    found = result(flow(*CHAINS[request.param], source=loaded()))
    return found if "t" not in found.sizes else found.at("t", *found.named("t").labels[:2])


def read(source, cube, rows, columns):
    others = tuple(span(cube.sizes[each.name]) for each in cube.others)
    return WindowReader().read(source, Window(others, PixelIndex(cube.grid, rows, columns)))


@pytest.mark.parametrize("size", [1, 13, 64, 1024])
def test_pieces_have_the_bytes_of_the_whole(cube, size):
    rows, columns = span(cube.grid.rows), span(cube.grid.columns)
    whole = read(cube.source, cube, rows, columns)
    parts = [
        (top, left)
        for top in range(0, len(rows), size)
        for left in range(0, len(columns), size)
        # Of many small pieces some will do.
        if size > 60 or (top * 7 + left) // size % (311 if size == 1 else 5) == 0
    ]

    assert parts
    for top, left in parts:
        there = slice(top, top + size), slice(left, left + size)
        found = read(cube.source, cube, rows[there[0]], columns[there[1]])
        assert found.astype(np.float64).tobytes() == whole[(..., *there)].astype(np.float64).tobytes()


def test_values_that_are_encoded_do_not_depend_on_windows(cube):
    whole = Values(cube).array()
    names = [each.name for each in cube.dimensions]
    order = [names.index(each.name) for each in cube.others] + [names.index("y"), names.index("x")]

    window = Values(cube).window({}, slice(3, 40, 3), slice(5, 90, 7))

    first = whole.transpose(order)[(0,) * len(cube.others)]
    assert window.tobytes() == first[3:40:3, 5:90:7].tobytes()


def test_sources_that_were_pickled_have_the_same_bytes(cube):
    again = pickle.loads(pickle.dumps(cube.source))

    assert Values(replace(cube, source=again)).array().tobytes() == Values(cube).array().tobytes()


def test_sources_are_small(cube):
    assert len(pickle.dumps(cube.source)) < 50_000
