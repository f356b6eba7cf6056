"""Other pixels and other instants."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine_cases.reflectances import JUNE, UTM
from mock_backend.engine.sources.computing import nearest_places
from mock_backend.errors import OpenEOError
from validation_cases.building import call, graph, load, reducer, ref

SOURCE = load(spatial_extent=UTM, temporal_extent=JUNE)


@pytest.mark.parametrize(
    ("arguments", "bounds", "size"),
    [
        ({"resolution": 20}, (679720, 5151080, 680680, 5151920), (48, 42)),
        ({"resolution": [20, 40]}, (679720, 5151080, 680680, 5151920), (48, 21)),
        ({"resolution": 100}, (679720, 5151020, 680720, 5151920), (10, 9)),
        ({"resolution": 100, "align": "upper-right"}, (679680, 5151020, 680680, 5151920), (10, 9)),
        ({"resolution": 100, "align": "lower-left"}, (679720, 5151080, 680720, 5151980), (10, 9)),
        ({"resolution": 100, "align": "lower-right"}, (679680, 5151080, 680680, 5151980), (10, 9)),
        ({"resolution": 0}, (679720, 5151080, 680680, 5151920), (96, 84)),
        ({"resolution": 0, "projection": 32632}, (679720, 5151080, 680680, 5151920), (96, 84)),
    ],
)
def test_resample_spatial(after, arguments, bounds, size):
    grid = after(call("resample_spatial", **arguments), source=SOURCE).grid

    assert grid.crs == "EPSG:32632"
    assert grid.bounds == bounds
    assert (grid.columns, grid.rows) == size


def test_another_projection(after):
    grid = after(call("resample_spatial", projection=4326, resolution=0.001), source=SOURCE).grid
    plain = after(source=SOURCE).grid

    assert (grid.crs, grid.x_size, grid.y_size) == ("EPSG:4326", 0.001, 0.001)
    assert (grid.west, grid.north) == (plain.bbox[0], plain.bbox[3])
    assert (grid.columns, grid.rows) == (13, 8)


@pytest.mark.parametrize("projection", [3857, "EPSG:3035", 32633])
def test_metres_stay_metres(after, projection):
    grid = after(call("resample_spatial", projection=projection), source=SOURCE).grid

    assert grid.epsg == int(str(projection).removeprefix("EPSG:"))
    assert (grid.x_size, grid.y_size) == (10, 10)


def test_degrees_for_metres_keep_the_number_of_pixels(after):
    grid = after(call("resample_spatial", projection=4326), source=SOURCE).grid

    assert grid.pixels == pytest.approx(96 * 84, rel=0.05)


@pytest.mark.parametrize("projection", [32767, 'GEOGCRS["…"]'])
def test_unknown_coordinate_systems_are_refused(after, projection):
    with pytest.raises(OpenEOError, match="'projection' in process 'resample_spatial'") as raised:
        after(call("resample_spatial", projection=projection), source=SOURCE)
    assert raised.value.openeo_code == "ProcessParameterInvalid"


@pytest.mark.parametrize("area", [UTM, None])
@pytest.mark.parametrize("size", [1e-320, 1e-101, math.inf, -math.inf])
def test_pixels_that_numbers_cannot_count_are_refused(after, area, size):
    source = load(spatial_extent=area, temporal_extent=JUNE)

    with pytest.raises(OpenEOError, match="'resolution' in process 'resample_spatial'") as raised:
        after(call("resample_spatial", resolution=[10, size]), source=source)
    assert raised.value.openeo_code == "ProcessParameterInvalid"


def test_the_area_may_be_chosen_after_resampling(after):
    everywhere = load(spatial_extent=None, temporal_extent=JUNE)

    cube = after(
        call("resample_spatial", resolution=60),
        call("filter_bbox", extent=UTM),
        source=everywhere,
    )

    assert (cube.grid.crs, cube.grid.x_size) == ("EPSG:32632", 60)
    assert (cube.grid.columns, cube.grid.rows) == (17, 15)


@pytest.mark.parametrize("projection", [4326, 3857, 3035])
def test_the_area_may_be_chosen_after_projecting(after, projection):
    everywhere = load(spatial_extent=None, temporal_extent=JUNE)

    cube = after(
        call("resample_spatial", projection=projection),
        call("filter_bbox", extent=UTM),
        source=everywhere,
    )

    assert cube.grid.epsg == projection
    assert cube.grid.pixels < 50_000


def test_degrees_become_metres(after):
    everywhere = load("COPERNICUS_30", spatial_extent=None, bands=None)

    grid = after(
        call("resample_spatial", projection=32632), call("filter_bbox", extent=UTM), source=everywhere
    ).grid

    assert (grid.crs, grid.x_size) == ("EPSG:32632", pytest.approx(31.1, abs=0.1))


def test_averages_are_no_integers(after):
    near, mean = (
        after(call("resample_spatial", resolution=20, method=method), source=SOURCE)
        for method in ("near", "average")
    )

    assert (near.data_type, mean.data_type) == ("int16", "float32")


def test_resample_cube_spatial(content):
    coarse = load("COPERNICUS_30", spatial_extent=UTM, bands=None)
    cube = content(
        graph(fine=SOURCE, dem=coarse, r=call("resample_cube_spatial", data=ref("dem"), target=ref("fine")))
    )

    assert cube.grid == content(graph(fine=SOURCE)).grid
    assert [each.name for each in cube.dimensions] == ["x", "y", "bands"]


def test_what_is_everywhere_takes_the_area_of_the_other_cube(content):
    dem = load("COPERNICUS_30", spatial_extent=None, bands=None)
    to_fine = graph(
        fine=SOURCE, dem=dem, r=call("resample_cube_spatial", data=ref("dem"), target=ref("fine"))
    )
    to_dem = graph(fine=SOURCE, dem=dem, r=call("resample_cube_spatial", data=ref("fine"), target=ref("dem")))

    assert content(to_fine).grid == content(graph(fine=SOURCE)).grid
    assert content(to_dem).grid.crs == "EPSG:4326"
    assert content(to_dem).grid.pixels < 5000


@pytest.mark.parametrize(
    ("arguments", "bounds", "size"),
    [
        ({"size": [2, 4]}, (679720, 5151080, 680680, 5151920), (48, 21)),
        ({"size": [10, 10]}, (679720, 5151020, 680720, 5151920), (10, 9)),
        ({"size": [10, 10], "boundary": "trim"}, (679720, 5151120, 680620, 5151920), (9, 8)),
        (
            {"size": [10, 10], "boundary": "trim", "align": "lower-right"},
            (679780, 5151080, 680680, 5151880),
            (9, 8),
        ),
    ],
)
def test_aggregate_spatial_window(after, numbers, arguments, bounds, size):
    cube = after(call("aggregate_spatial_window", reducer=reducer("sum"), **arguments), source=SOURCE)
    whole = after(source=SOURCE)

    assert cube.grid.bounds == bounds
    assert (cube.grid.columns, cube.grid.rows) == size
    across, down = arguments["size"]
    values = numbers(whole)
    # Blocks that reach beyond the edge have fewer values; what is trimmed away is in none.
    left, top = round((bounds[0] - whole.grid.west) / 10), round((whole.grid.north - bounds[3]) / 10)
    wide, high = across * size[0], down * size[1]
    values = values[max(left, 0) :, max(top, 0) :][:wide, :high]
    values = np.pad(values, ((0, wide - values.shape[0]), (0, high - values.shape[1]), (0, 0), (0, 0)))
    blocks = values.reshape(size[0], across, size[1], down, *values.shape[2:]).sum(axis=(1, 3))
    assert numbers(cube) == pytest.approx(blocks, rel=1e-6)


def test_resample_cube_temporal(content):
    weather = load("AGERA5", spatial_extent=UTM, temporal_extent=JUNE, bands=["wind-speed"])
    cube = content(
        graph(s=SOURCE, w=weather, r=call("resample_cube_temporal", data=ref("w"), target=ref("s")))
    )

    assert cube.times == content(graph(s=SOURCE)).times


@given(
    st.lists(st.integers(0, 20).map(float), max_size=8),
    st.integers(-5, 25).map(float),
    st.none() | st.integers(0, 9).map(float),
)
def test_the_nearest_labels_are_those_of_all(starts, instant, reach):
    every = sorted((abs(start - instant), start, place) for place, start in enumerate(starts))
    found = nearest_places(sorted((start, place) for place, start in enumerate(starts)), instant, reach)

    if reach is None:
        assert found[:1] == [place for *_, place in every[:1]]
    else:
        assert found == [place for distance, _, place in every if distance <= reach]
