"""Values follow from place, time, band and seed, whatever the grid is."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import Grid

from .conftest import TRIANGLE

BANDS = {
    band.name: band
    for each in CollectionsRegister().collections().values()
    if each.id == "SENTINEL2_L2A"
    for band in each.bands
}


def array(cube):
    return Values(cube).array()


SIZES = {"EPSG:32632": (10.0, 60.0), "EPSG:4326": (0.0001, 1 / 3600, 0.05), "EPSG:3035": (20.0,)}
PLACES = {"EPSG:32632": (680_000, 5_151_000), "EPSG:4326": (11.3, 46.5), "EPSG:3035": (4_400_000, 2_600_000)}


@settings(deadline=None, max_examples=50)
@given(st.data())
def test_grids_that_overlap_agree(scene, data):
    crs = data.draw(st.sampled_from(sorted(SIZES)))
    size = data.draw(st.sampled_from(SIZES[crs]))
    # Grids that share pixels need not begin at multiples of their resolution.
    share = data.draw(st.sampled_from((0.0, 0.5, 0.25)))
    first = [round(each / size) for each in PLACES[crs]]
    band = data.draw(st.sampled_from(("B08", "SCL")))
    parts = []
    for _ in range(2):
        column, row = data.draw(st.integers(0, 20)), data.draw(st.integers(0, 20))
        columns, rows = data.draw(st.integers(21, 40)), data.draw(st.integers(21, 40))
        west, north = (first[0] + column + share) * size, (first[1] - row + share) * size
        grid = Grid(crs, west, north, size, size, columns, rows)
        values = array(scene(band, grid=grid))[0, 0]
        parts.append((row, column, values))

    top, left = max(row for row, _, _ in parts), max(column for _, column, _ in parts)
    bottom = min(row + len(values) for row, _, values in parts)
    right = min(column + values.shape[1] for _, column, values in parts)
    one, other = (
        values[top - row : bottom - row, left - column : right - column] for row, column, values in parts
    )

    assert one.size
    assert (one == other).all()


def test_other_resolutions_show_the_same_place(scene, ndvi):
    fine = array(scene(bands=[ndvi], size=10.0))[0, 0]
    coarse = array(scene(bands=[ndvi], size=20.0))[0, 0]
    averaged = fine.reshape(100, 2, 100, 2).mean(axis=(1, 3))

    assert np.corrcoef(averaged.ravel(), coarse.ravel())[0, 1] > 0.9


def test_other_coordinate_systems_show_the_same_place(scene, ndvi):
    from pyproj import Transformer

    metres = scene(bands=[ndvi])
    there = Transformer.from_crs(metres.grid.crs, "EPSG:4326", always_xy=True)
    longitudes, latitudes = there.transform(*np.meshgrid(metres.grid.xs, metres.grid.ys))
    box = longitudes.min(), latitudes.min(), longitudes.max(), latitudes.max()
    degrees = scene(bands=[ndvi], box=box, crs="EPSG:4326", size=0.0001)
    columns = ((longitudes - degrees.grid.west) / 0.0001).astype(int)
    rows = ((degrees.grid.north - latitudes) / 0.0001).astype(int)
    seen = array(degrees)[0, 0][rows, columns]

    assert np.corrcoef(seen.ravel(), array(metres).ravel())[0, 1] > 0.9


def test_landscapes_are_smooth(scene, ndvi):
    values = array(scene(bands=[ndvi], collection="x"))[0, 0]
    land = values > 0
    steps = np.abs(np.diff(values, axis=1))[land[:, 1:] & land[:, :-1]]

    assert values.std() > 0.05
    assert steps.max() < 0.1


def test_places_where_a_coordinate_system_ends_have_values(scene):
    cube = scene("B04", box=(-2e7, -2e7, 2e7, 2e7), crs="EPSG:3035", size=5e5)

    assert (array(cube) >= 0).all()


def test_seasons_change_what_grows(scene, ndvi):
    times = ("2024-01-15T00:00:00Z", "2024-07-15T00:00:00Z")
    north = array(scene(bands=[ndvi], times=times)).mean(axis=(1, 2, 3))
    south = array(
        scene(bands=[ndvi], times=times, box=(300_000, 6_250_000, 302_000, 6_252_000), crs="EPSG:32756")
    ).mean(axis=(1, 2, 3))

    assert north[1] > north[0] + 0.1
    assert south[0] > south[1] + 0.1


def test_the_period_is_the_season_of_a_cube_without_time(scene, ndvi):
    winter, summer = (
        array(scene(bands=[ndvi], times=None, period=period)).mean()
        for period in (("2024-01-01", "2024-02-01"), ("2024-07-01", "2024-08-01"))
    )

    assert summer > winter + 0.1


def test_spans_are_the_seasons_of_labels_that_are_no_dates(scene, ndvi):
    spans = {"first": ("2024-01-01", "2024-02-01"), "second": ("2024-07-01", "2024-08-01")}
    winter, summer = array(scene(bands=[ndvi], times=("first", "second"), spans=spans)).mean(axis=(1, 2, 3))

    assert summer > winter + 0.1


@pytest.mark.parametrize("other", [{"times": ("2024-06-02T00:00:00Z",)}, {"bands": [BANDS["B05"]]}])
def test_values_follow_from_time_and_band(scene, other):
    values, others = array(scene("B04")), array(scene("B04", **other))

    assert (values != others).mean() > 0.5
    assert np.corrcoef(values.ravel(), others.ravel())[0, 1] > 0.8


def test_bands_keep_their_values_under_other_names(scene):
    renamed = scene(bands=[replace(BANDS["B04"], name="red")])

    assert (array(renamed) == array(scene("B04"))).all()


def test_another_seed_is_another_earth(scene):
    values, others = array(scene("B04", seed=1)), array(scene("B04", seed=2))

    assert (values != others).mean() > 0.9
    assert abs(np.corrcoef(values.ravel(), others.ravel())[0, 1]) < 0.9


def test_the_same_values_are_made_everywhere(scene, ndvi):
    """These sums come from one machine; any other has to find the same."""
    import hashlib

    times = ("2024-06-01T00:00:00Z", "2024-12")
    cubes = {
        "reflectance": scene("B02", "B08", "SCL", times=times, seed=3),
        "index": scene(bands=[ndvi], times=times, within=TRIANGLE, seed=3),
        "height": scene(
            "DEM", collection="COPERNICUS_30", crs="EPSG:4326", box=(11, 46, 11.1, 46.1), size=1 / 3600
        ),
        "radar": scene("VV", "VH", collection="SENTINEL1_GRD", seed=3),
        "decibels": scene(bands=[Band("VV", data_type="float32", minimum=-40, maximum=10)]),
        "weather": scene(
            "temperature-max",
            "precipitation-flux",
            collection="AGERA5",
            crs="EPSG:4326",
            box=(0, 40, 9, 49),
            size=0.1,
        ),
        "pole": scene(bands=[ndvi], crs="EPSG:3413", box=(-1e5, -1e5, 1e5, 1e5), size=500.0),
    }
    sums = {name: hashlib.sha256(array(cube).tobytes()).hexdigest()[:16] for name, cube in cubes.items()}

    assert sums == {
        "reflectance": "8a72d3850ae3c18f",
        "index": "e8202403a2210641",
        "height": "0ab87ab6c9e7f3b2",
        "radar": "ce42aeb6c58412c3",
        "decibels": "f301af19cc6d2a74",
        "weather": "530a8049198979e9",
        "pole": "ae7c32f99e994c93",
    }
