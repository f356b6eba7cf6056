"""Made-up values of bands: of the right type and range, and the same whatever window they are read in."""

import math

import numpy as np
import pytest

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.cubes import Grid
from mock_backend.landscape.sensors.landscape_view import NARROW, LandscapeView
from mock_backend.landscape.sensors.lattice import Lattice, Places
from mock_backend.landscape.sensors.sensor import Sensor

COLLECTIONS = CollectionsRegister().collections()
DAY = "2024-06-06T00:00:00Z"
GRID = Grid("EPSG:32632", 679_720.0, 5_153_080.0, 10.0, 10.0, 200, 180)


def whole(grid=GRID, seed=0):
    return LandscapeView(seed, Lattice(grid, np.arange(grid.rows), np.arange(grid.columns)))


def bands_of(name):
    return {each.name: each for each in COLLECTIONS[name].bands}


def painted(view, collection, *names, time=DAY):
    """Return the values of bands of a collection."""
    found = COLLECTIONS[collection]
    bands, sensor = bands_of(collection), Sensor.of(found)
    values = [view.values(bands[name], sensor, time) for name in names]
    return values[0] if len(values) == 1 else values


@pytest.mark.parametrize("name", COLLECTIONS)
def test_values_have_the_type_and_range_of_their_band(name):
    grid = Grid("EPSG:4326", 11.0, 47.0, 0.01, 0.01, 40, 30)
    view = whole(grid)
    for band in COLLECTIONS[name].bands:
        values = view.values(band, Sensor.of(COLLECTIONS[name]), DAY)
        valid = values[~np.isnan(values)]
        nodata = math.nan if band.nodata is None else float(band.nodata)

        assert values.dtype == (np.float32 if band.data_type in NARROW else np.float64)
        assert values.shape == (30, 40)
        assert not (valid == nodata).any()
        assert valid.size == 0 or (band.minimum is None or valid.min() >= band.minimum)
        assert valid.size == 0 or (band.maximum is None or valid.max() <= band.maximum)
        if "int" in band.data_type:
            assert (valid == np.rint(valid)).all()


@pytest.mark.parametrize(
    ("collection", "names"),
    [
        ("SENTINEL2_L2A", ("B04", "B08", "B12", "SCL", "sunZenithAngles")),
        ("SENTINEL1_GRD", ("VV", "VH")),
        ("LANDSAT8-9_C2_L2", ("B10", "BQA")),
        ("COPERNICUS_30", ("DEM",)),
        ("AGERA5", ("precipitation-flux", "temperature-mean")),
        ("COPERNICUS_VEGETATION_INDICES", ("NDVI", "LAI")),
    ],
)
@pytest.mark.parametrize("step", [1, 3, 8])
def test_a_pixel_does_not_depend_on_the_window_that_it_is_read_in(collection, names, step):
    rows, columns = np.arange(11, 96, step), np.arange(37, 200, step)
    part = LandscapeView(0, Lattice(GRID, rows, columns))
    for name in names:
        found = painted(part, collection, name)
        expected = painted(whole(), collection, name)[np.ix_(rows, columns)]

        assert found.tobytes() == expected.tobytes()


def test_a_pixel_does_not_depend_on_the_grid_that_it_belongs_to():
    shifted = Grid("EPSG:32632", GRID.west + 170, GRID.north - 330, 10.0, 10.0, 64, 64)

    found = painted(whole(shifted), "SENTINEL2_L2A", "B08")

    assert found.tobytes() == painted(whole(), "SENTINEL2_L2A", "B08")[33:97, 17:81].tobytes()


def test_values_do_not_depend_on_what_was_asked_for_before():
    view = whole()
    painted(view, "SENTINEL2_L2A", "SCL", "B02", time="2024-01-06T00:00:00Z")
    painted(view, "SENTINEL1_GRD", "VV")

    assert (
        painted(view, "SENTINEL2_L2A", "B08").tobytes() == painted(whole(), "SENTINEL2_L2A", "B08").tobytes()
    )


def test_values_that_were_returned_may_be_changed():
    view = whole()
    expected = painted(view, "SENTINEL2_L1C", "CLP").copy()
    painted(view, "SENTINEL2_L1C", "CLP")[:] = 0

    assert (painted(view, "SENTINEL2_L1C", "CLP") == expected).all()


@pytest.mark.parametrize(("seed", "time"), [(1, DAY), (0, "2024-06-11T00:00:00Z")])
def test_seeds_and_dates_make_a_difference(seed, time):
    found = painted(whole(seed=seed), "SENTINEL2_L2A", "B08", time=time)

    assert (found != painted(whole(), "SENTINEL2_L2A", "B08")).mean() > 0.9


def test_places_show_what_pixels_of_their_neighbourhood_show():
    grid = Grid("EPSG:4326", 11.0, 47.0, 0.0001, 0.0001, 200, 200)
    pixels = painted(whole(grid), "COPERNICUS_30", "DEM")
    rows, columns = np.array([8, 100, 160]), np.array([16, 24, 120])

    heights = painted(LandscapeView(0, Places(grid.xs[columns], grid.ys[rows])), "COPERNICUS_30", "DEM")

    assert heights == pytest.approx(pixels[rows, columns], rel=0.1)


@pytest.mark.parametrize(
    "band",
    [
        Band("X"),
        Band("X", data_type="float32"),
        Band("X", data_type="uint8", minimum=-10, maximum=1000, nodata=255),
        Band("X", data_type="int16", minimum=-5, maximum=5, nodata=0),
        Band("NDVI", data_type="float32", minimum=-1, maximum=1),
        Band("NDVI", data_type="uint8", minimum=0, maximum=200),
        Band("SAVI", data_type="float64"),
        Band("EVI", data_type="int16", scale=0.0001, minimum=-2000, maximum=10000),
        Band("VV", data_type="float32", minimum=-60, maximum=20),
        Band("B1", common_name="red", data_type="float32", minimum=3, maximum=3),
        Band("T", unit="K", data_type="float32", minimum=0, maximum=1),
        Band("T", unit="°C", data_type="float32", minimum=-50, maximum=60),
        Band("t2m", data_type="float64", minimum=-1e30, maximum=1e30),
    ],
)
def test_any_band_has_values_in_its_range(band):
    low = 0 if band.minimum is None else band.minimum
    high = low + 1 if band.maximum is None else band.maximum

    values = whole().values(band, Sensor(sees_clouds=False), DAY)

    assert np.isfinite(values).all()
    assert low <= values.min() <= values.max() <= high
    assert band.nodata is None or not (values == band.nodata).any()


def test_windows_may_be_empty():
    view = LandscapeView(0, Lattice(GRID, np.arange(0), np.arange(4)))

    for collection in ("SENTINEL2_L2A", "AGERA5", "SENTINEL1_GRD"):
        for name in bands_of(collection):
            assert painted(view, collection, name).shape == (0, 4)


def test_bands_without_time_have_the_mean_season_of_a_period():
    bands, sensor = bands_of("SENTINEL2_L2A"), Sensor(sees_clouds=False)
    view = whole()

    summer = view.values(bands["B08"], sensor, period=("2024-06-01", "2024-08-31"))
    winter = view.values(bands["B08"], sensor, period=("2024-01-01", "2024-02-28"))

    assert summer.mean() > winter.mean()
