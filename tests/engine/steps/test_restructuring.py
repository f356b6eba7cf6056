"""Dimensions and labels that are added, renamed, merged and so on; the values stay."""

import numpy as np
import pytest

from engine_cases.reflectances import JUNE, SMALL, UTM
from mock_backend.errors import OpenEOError
from validation_cases.building import BOX, FEATURE, RING, call, child, graph, load, par, reducer, ref

SOURCE = load(spatial_extent=SMALL, temporal_extent=JUNE)
ONE_DAY = load(spatial_extent=SMALL, temporal_extent=["2022-06-01", "2022-06-03"])


def labels(cube, name):
    (found,) = (each.labels for each in cube.dimensions if each.name == name)
    return list(found)


def test_drop_dimension(after):
    cube = after(call("drop_dimension", name="t"), source=ONE_DAY)

    assert cube.sizes == {"x": 10, "y": 10, "bands": 2}
    assert cube.bands == after(source=ONE_DAY).bands


def test_dimensions_with_several_labels_cannot_be_dropped(after):
    with pytest.raises(OpenEOError, match="'t' has 6") as raised:
        after(call("drop_dimension", name="t"), source=SOURCE)
    assert raised.value.openeo_code == "DimensionLabelCountMismatch"


@pytest.mark.parametrize(("label", "found"), [("a", "a"), (7, 7), (None, 0)])
def test_add_dimension(after, label, found):
    cube = after(call("add_dimension", name="new", label=label), source=SOURCE)

    assert (cube.dimensions[-1].name, cube.dimensions[-1].kind) == ("new", "other")
    assert labels(cube, "new") == [found]


def test_rename_dimension(after):
    cube = after(
        call("rename_dimension", source="x", target="lon"),
        call("rename_dimension", source="bands", target="b"),
        source=SOURCE,
    )

    assert cube.sizes == {"lon": 10, "y": 10, "t": 6, "b": 2}
    assert cube.grid == after(source=SOURCE).grid


@pytest.mark.parametrize(
    ("dimension", "arguments", "found"),
    [
        ("bands", {"source": ["B08"], "target": ["nir"]}, ["B04", "nir"]),
        ("bands", {"source": ["red"], "target": ["a"]}, ["a", "B08"]),
        ("bands", {"target": ["a", "b"]}, ["a", "b"]),
        ("bands", {"target": [1, 2]}, [1, 2]),
        ("t", {"source": ["2022-06-01T00:00:00Z"], "target": ["first"]}, ["first"]),
        ("t", {"source": {"from_node": "d"}, "target": ["first"]}, ["first"]),
    ],
)
def test_rename_labels(content, dimension, arguments, found):
    nodes = {"l": ONE_DAY, "d": call("dimension_labels", data=ref("l"), dimension="t")}
    cube = content(graph(**nodes, r=call("rename_labels", data=ref("l"), dimension=dimension, **arguments)))

    assert labels(cube, dimension) == found
    assert [each.name for each in cube.bands] == list(map(str, labels(cube, "bands")))
    assert [each.common_name for each in cube.bands] == ["red", "nir"]


@pytest.mark.parametrize(
    ("dimension", "found"),
    [
        ("bands", ["B04", "B08"]),
        ("t", ["2022-06-01T00:00:00Z"]),
        ("x", [680005.0 + 10 * each for each in range(10)]),
        ("y", [5151595.0 - 10 * each for each in range(10)]),
    ],
)
def test_dimension_labels(content, dimension, found):
    assert (
        content(graph(l=ONE_DAY, d=call("dimension_labels", data=ref("l"), dimension=dimension))).value
        == found
    )


def test_flatten_and_unflatten(after):
    flat = call("flatten_dimensions", dimensions=["t", "bands"], target_dimension="tb")
    back = call("unflatten_dimension", dimension="tb", target_dimensions=["t", "bands"])

    cube = after(flat, source=ONE_DAY)
    assert labels(cube, "tb") == ["2022-06-01T00:00:00Z~B04", "2022-06-01T00:00:00Z~B08"]
    assert len(cube.bands) == 1

    cube = after(flat, back, source=ONE_DAY)
    assert labels(cube, "t") == ["2022-06-01T00:00:00Z"]
    assert labels(cube, "bands") == ["B04", "B08"]


def test_flattened_pixels(after):
    cube = after(call("flatten_dimensions", dimensions=["y", "x"], target_dimension="pixels"), source=ONE_DAY)

    assert (cube.sizes["pixels"], cube.grid) == (100, None)
    assert labels(cube, "pixels")[1] == "5151595.0~680015.0"


def test_too_many_labels_are_refused(after):
    whole = load(spatial_extent=BOX)
    with pytest.raises(OpenEOError, match="'pixels'") as raised:
        after(call("flatten_dimensions", dimensions=["x", "y", "t"], target_dimension="pixels"), source=whole)
    assert raised.value.openeo_code == "ProcessGraphComplexity"


def merged(content, one, other, **arguments):
    return content(graph(a=one, b=other, m=call("merge_cubes", cube1=ref("a"), cube2=ref("b"), **arguments)))


def test_merged_bands(content):
    other = load(
        "AGERA5", spatial_extent=UTM, temporal_extent=["2022-06-28", "2022-07-02"], bands=["wind-speed"]
    )

    cube = merged(content, SOURCE, other)

    assert cube.grid == content(graph(n=SOURCE)).grid
    assert labels(cube, "bands") == ["B04", "B08", "wind-speed"]
    assert [each.data_type for each in cube.bands] == ["int16", "int16", "uint16"]
    # Instants are sorted.
    assert list(cube.times) == sorted({*cube.times})
    assert {"2022-06-05T00:00:00Z", "2022-06-28T00:00:00Z", "2022-07-01T00:00:00Z"} < set(cube.times)
    assert cube.period == ("2022-06-01T00:00:00Z", "2022-07-02T00:00:00Z")


def test_merged_times(content):
    later = load(spatial_extent=SMALL, temporal_extent=["2022-07-01", "2022-08-01"])

    assert merged(content, later, SOURCE).times == merged(content, SOURCE, later).times
    assert len(merged(content, SOURCE, later).times) == 12


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        (call("subtract", x=par("x"), y=par("y")), np.subtract),
        (call("add", x=par("x"), y=par("y")), np.add),
        (call("max", data=[par("x"), par("y")]), np.maximum),
    ],
)
def test_overlapping_values_are_resolved(content, numbers, step, expected):
    nodes = {"a": SOURCE, "b": SOURCE, "d": call("apply", data=ref("b"), process=child(r=_doubled()))}
    merge = call("merge_cubes", cube1=ref("a"), cube2=ref("d"), overlap_resolver=child(r=step))
    cube = content(graph(**nodes, m=merge))
    values = numbers(content(graph(a=SOURCE)))

    assert np.array_equal(numbers(cube), expected(values, 2 * values))


def _doubled():
    return call("multiply", x=par("x"), y=2)


def test_merging_with_a_cube_without_bands(content, numbers):
    cube = content(
        graph(
            l=SOURCE,
            n=call("ndvi", data=ref("l")),
            m=call(
                "merge_cubes",
                cube1=ref("l"),
                cube2=ref("n"),
                overlap_resolver=child(r=call("multiply", x=par("x"), y=par("y"))),
            ),
        )
    )

    assert labels(cube, "bands") == ["B04", "B08"]
    red, near = np.moveaxis(numbers(content(graph(l=SOURCE))), -1, 0)
    index = ((near - red) / (near + red)).astype(np.float32)
    expected = np.stack([red * index, near * index], axis=-1)
    assert numbers(cube) == pytest.approx(expected, rel=1e-6)


def test_merging_without_bands(content, numbers):
    largest = child(r=call("max", data=[par("x"), par("y")]))
    cube = content(
        graph(
            l=SOURCE,
            n=call("ndvi", data=ref("l")),
            o=call("reduce_dimension", data=ref("l"), dimension="bands", reducer=reducer("max")),
            m=call("merge_cubes", cube1=ref("n"), cube2=ref("o"), overlap_resolver=largest),
        )
    )

    assert (len(cube.bands), cube.bands[0].name) == (1, "NDVI")
    assert np.array_equal(numbers(cube), numbers(content(graph(l=SOURCE))).max(axis=-1))


@pytest.mark.parametrize(
    ("bands", "period", "overlap"),
    [
        (["B04", "B08"], ["2024-06-01", "2024-07-01"], True),
        (["B08", "B02"], ["2024-06-20", "2024-08-01"], True),
        (["B02"], ["2024-06-01", "2024-07-01"], False),
        (["B04", "B08"], ["2024-08-01", "2024-09-01"], False),
    ],
)
def test_cubes_that_overlap_need_a_resolver(content, bands, period, overlap):
    one = load(bands=["B04", "B08"], temporal_extent=["2024-06-01", "2024-07-01"])
    cubes = {"l": one, "o": load(bands=bands, temporal_extent=period)}

    if overlap:
        with pytest.raises(OpenEOError, match="overlap_resolver") as refused:
            content(graph(**cubes, m=call("merge_cubes", cube1=ref("l"), cube2=ref("o"))))
        assert refused.value.openeo_code == "OverlapResolverMissing"
    else:
        content(graph(**cubes, m=call("merge_cubes", cube1=ref("l"), cube2=ref("o"))))


def test_without_a_resolver_production_puts_bands_side_by_side(content, numbers):
    """NetCDFRDDWriter of openeo-geotrellis-extensions calls those without a name ``unkown_band_…``."""
    nodes = {"l": SOURCE, "n": call("ndvi", data=ref("l"))}
    later = load(spatial_extent=SMALL, temporal_extent=["2022-07-01", "2022-08-01"], bands=["B04", "B08"])
    nodes |= {"s": later, "o": call("ndvi", data=ref("s"))}
    both = {"relaxed": ["overlap-resolver"]}

    cube = content(graph(**nodes, m=call("merge_cubes", cube1=ref("l"), cube2=ref("n"))), **both)
    index, bands = numbers(content(graph(l=SOURCE, n=nodes["n"]))), numbers(content(graph(l=SOURCE)))
    assert labels(cube, "bands") == ["B04", "B08", "unkown_band_2"]
    assert np.array_equal(numbers(cube), np.concatenate([bands, index[..., None]], -1), equal_nan=True)

    cube = content(graph(**nodes, m=call("merge_cubes", cube1=ref("n"), cube2=ref("o"))), **both)
    assert labels(cube, "bands") == ["var", "unkown_band_1"]
    assert np.array_equal(np.isnan(numbers(cube)).all(axis=(0, 1)), [[False, True]] * 6 + [[True, False]] * 6)


@pytest.mark.parametrize("first", [True, False])
def test_what_is_everywhere_takes_the_area_of_the_other_cube(content, first):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)
    cubes = (everywhere, SOURCE) if first else (SOURCE, everywhere)

    cube = merged(content, *cubes)

    assert cube.grid.crs == ("EPSG:4326" if first else "EPSG:32632")
    assert cube.grid.pixels < 200


def test_merged_geometries(content):
    several = FEATURE | {"geometry": {"type": "MultiPolygon", "coordinates": [[RING], [RING]]}}
    cube = merged(content, call("load_geojson", data=FEATURE), call("load_geojson", data=several))

    assert cube.geometries == (FEATURE, several)
    assert cube.sizes == {"geometry": 2}


def test_merging_a_raster_with_what_has_lost_a_horizontal_dimension(content, numbers):
    line = call("reduce_dimension", data=ref("l"), dimension="y", reducer=reducer())
    other = call("add_dimension", data=ref("n"), name="y", label="all")
    nodes = {"l": SOURCE, "n": line, "o": other}

    cube = content(graph(**nodes, m=call("merge_cubes", cube1=ref("o"), cube2=ref("l"))))

    assert cube.grid is None
    assert cube.sizes == {"x": 10, "t": 6, "bands": 2, "y": 11}
    values = numbers(content(graph(l=SOURCE)))
    expected = np.concatenate([values.mean(axis=1, keepdims=True), values], axis=1)
    assert numbers(cube) == pytest.approx(np.moveaxis(expected, 1, -1), rel=1e-6)
