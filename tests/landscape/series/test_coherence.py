"""Bands, collections and items tell the same story of one landscape."""

import numpy as np
import pytest

from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.cubes import Grid
from mock_backend.landscape.nature.sky import cloud_covers
from mock_backend.landscape.sensors.landscape_view import LandscapeView
from mock_backend.landscape.sensors.lattice import Lattice, Places
from mock_backend.landscape.sensors.sensor import Sensor

COLLECTIONS = CollectionsRegister().collections()
#: Ten kilometres in the Alps, with a river and clouds on some of the days.
GRID = Grid("EPSG:32632", 679_720.0, 5_161_080.0, 20.0, 20.0, 500, 500)
DAYS = [f"2024-06-{day:02}T00:00:00Z" for day in range(1, 29, 3)]
SHADOW, VEGETATION, SOIL, WATER, SNOW = 3, 4, 5, 6, 11
CLOUDS = (8, 9, 10)


@pytest.fixture(scope="module")
def seen():
    """Return the values of a band in the ten kilometres, without those of no data."""
    view = LandscapeView(0, Lattice(GRID, np.arange(500), np.arange(500)))
    return lambda *asked: painted(view, *asked)


def painted(view, collection, name, time=None):
    found = COLLECTIONS[collection]
    (band,) = [each for each in found.bands if each.name == name]
    return view.values(band, Sensor.of(found), time)


def at(longitude, latitude, collection, name, time):
    """Return the value of a band at a place."""
    view = LandscapeView(0, Places(np.array([float(longitude)]), np.array([float(latitude)])))
    return painted(view, collection, name, time).item()


def days_with(seen, wanted, least=0.05):
    """Yield the days of which some pixels are of a class, the classes, and which pixels."""
    for day in DAYS:
        classes = seen("SENTINEL2_L2A", "SCL", day)
        found = np.isin(classes, wanted)
        if least < found.mean() < 1 - least:
            yield day, classes, found


def test_clouds_of_the_scene_classes_are_bright_in_the_bands_of_the_day(seen):
    days = list(days_with(seen, CLOUDS))
    assert len(days) >= 3
    for day, classes, cloudy in days:
        land = np.isin(classes, (VEGETATION, SOIL))
        for name in ("B02", "B03", "B04"):
            values = seen("SENTINEL2_L2A", name, day)
            assert np.median(values[cloudy]) > 1.5 * np.median(values[land])
        blue = seen("SENTINEL2_L2A", "B02", day)
        assert blue[cloudy].min() > np.quantile(blue[land], 0.9)


def test_all_sensors_see_the_clouds_of_a_day(seen):
    for day, _, cloudy in days_with(seen, CLOUDS):
        assert (seen("SENTINEL2_L1C", "CLM", day) == cloudy).all()
        probability = seen("SENTINEL2_L1C", "CLP", day)
        assert probability[cloudy].min() >= probability[~cloudy].max()
        # Bits of Landsat's quality: clouds, or cirrus.
        bits = seen("LANDSAT8-9_C2_L2", "BQA", day).astype(int)
        assert ((bits & 0b1100 > 0) == cloudy).all()
        warmth = seen("LANDSAT8-9_C2_L2", "B10", day)
        assert np.median(warmth[cloudy]) < np.median(warmth[~cloudy]) - 1000
        assert (np.isnan(seen("SENTINEL3_SLSTR_L2_LST", "LST", day)) == cloudy).all()


def test_radar_sees_no_clouds(seen):
    for day, _, cloudy in days_with(seen, CLOUDS):
        values = seen("SENTINEL1_GRD", "VV", day)
        assert np.median(values[cloudy]) == pytest.approx(np.median(values[~cloudy]), rel=0.3)


def test_shadows_are_dark_and_next_to_clouds(seen):
    days = list(days_with(seen, (SHADOW,), 0.01))
    assert days
    for day, classes, shaded in days:
        near = seen("SENTINEL2_L2A", "B08", day)
        assert np.median(near[shaded]) < 0.6 * np.median(near[np.isin(classes, (VEGETATION, SOIL))])
        assert np.isin(classes, CLOUDS).any()


def test_waters_are_dark_in_near_infrared_and_lie_low(seen):
    heights = seen("COPERNICUS_30", "DEM")
    (day,) = [day for day, classes, _ in days_with(seen, (WATER,), 0.001) if (classes == WATER).sum() > 500][
        :1
    ]
    water = seen("SENTINEL2_L2A", "SCL", day) == WATER
    near = seen("SENTINEL2_L2A", "B08", day)

    assert np.quantile(near[water], 0.95) < np.quantile(near[~water], 0.05)
    assert np.median(heights[water]) < np.median(heights)


def test_rivers_and_lakes_are_the_lowest_of_their_neighbourhood():
    """Of 40 areas all over the Earth: waters lie lower than the land within a kilometre."""
    lower = []
    for number in range(40):
        grid = Grid("EPSG:32632", 300_000.0 + 20_000 * number, 5.2e6 - 37_000 * number, 20.0, 20.0, 400, 400)
        view = LandscapeView(3, Lattice(grid, np.arange(400), np.arange(400)))
        heights = painted(view, "COPERNICUS_30", "DEM")
        water = painted(view, "ESA_WORLDCOVER_10M_2021_V2", "MAP") == 80
        if water[50:-50, 50:-50].sum() < 200:
            continue
        rows, columns = np.nonzero(water[50:-50, 50:-50])
        own = heights[rows + 50, columns + 50]
        around = [
            heights[rows + 50 + down, columns + 50 + right]
            for down, right in ((-50, 0), (50, 0), (0, -50), (0, 50))
        ]
        lower.append((own <= np.mean(around, axis=0)).mean())

    assert len(lower) > 5
    assert np.mean(lower) > 0.8


def test_the_vegetation_index_of_a_collection_is_that_of_its_bands():
    collection = CollectionsRegister().collections()["SENTINEL2_L2A"]
    from mock_backend.catalog import Band

    view = LandscapeView(0, Lattice(GRID, np.arange(100), np.arange(100)))
    index = Band("NDVI", data_type="float32", minimum=-1, maximum=1)
    for day in DAYS:
        red, near = (painted(view, "SENTINEL2_L2A", name, day).astype(float) for name in ("B04", "B08"))
        found = view.values(index, Sensor.of(collection), day)

        # Bands are rounded to a ten-thousandth.
        assert found == pytest.approx((near - red) / (near + red), abs=0.01)


def test_an_index_that_a_collection_has_beside_its_bands_is_theirs():
    bands = {each.name: each for each in COLLECTIONS["PROBAV_L3_S1_TOC_333M"].bands}
    view = LandscapeView(0, Lattice(GRID, np.arange(100), np.arange(100)))
    for day in DAYS[:3]:
        red, near, index = (
            painted(view, "PROBAV_L3_S1_TOC_333M", name, day) * bands[name].scale + (bands[name].offset or 0)
            for name in ("RED", "NIR", "NDVI")
        )

        # Bands are rounded to a two-thousandth, the index to four thousandths from -0.08 on.
        assert index == pytest.approx(np.maximum((near - red) / (near + red), -0.08), abs=0.02)


@pytest.mark.parametrize(("latitude", "summer", "winter"), [(50, "07", "01"), (-35, "01", "07")])
def test_plants_and_warmth_have_their_season(latitude, summer, winter):
    grid = Grid("EPSG:4326", 12.0, float(latitude), 0.01, 0.01, 40, 40)
    view = LandscapeView(0, Lattice(grid, np.arange(40), np.arange(40)))

    def mean(collection, name, month):
        return np.nanmean(painted(view, collection, name, f"2024-{month}-15T00:00:00Z"))

    assert mean("AGERA5", "temperature-mean", summer) > mean("AGERA5", "temperature-mean", winter) + 1000
    assert mean("COPERNICUS_PLANT_PHENOLOGY_INDEX", "PPI", summer) > 1.3 * mean(
        "COPERNICUS_PLANT_PHENOLOGY_INDEX", "PPI", winter
    )


def test_it_is_colder_towards_the_poles_and_on_mountains(seen):
    days = [f"2024-{month:02}-15T00:00:00Z" for month in range(1, 13)]

    def mean(latitude):
        return np.mean([at(20, latitude, "AGERA5", "temperature-mean", day) for day in days])

    assert mean(5) > mean(45) > mean(75)
    heights = seen("COPERNICUS_30", "DEM")
    warmth = seen("AGERA5", "temperature-mean", DAYS[0])
    assert np.corrcoef(heights.ravel(), warmth.ravel())[0, 1] < -0.5


def test_rain_falls_on_some_days_from_clouds_and_rarely_much():
    grid = Grid("EPSG:4326", -20.0, 60.0, 0.5, 0.5, 100, 100)
    view = LandscapeView(0, Lattice(grid, np.arange(100), np.arange(100)))
    rain = np.array([painted(view, "AGERA5", "precipitation-flux", day) for day in DAYS]) * 0.01
    clouds = np.array([painted(view, "SENTINEL2_L1C", "CLM", day) for day in DAYS])

    assert 0.55 < (rain == 0).mean() < 0.9
    wet = rain[rain > 0]
    assert np.mean(wet) > 1.2 * np.median(wet)
    assert 20 < rain.max() < 300
    assert 0.5 < rain.mean() < 6
    assert (clouds[rain > 0] == 1).all()


@pytest.mark.parametrize(("latitude", "wet", "dry"), [(12, "07", "01"), (-12, "01", "07")])
def test_the_tropics_have_their_rain_in_summer(latitude, wet, dry):
    grid = Grid("EPSG:4326", -180.0, latitude + 6.0, 1.0, 1.0, 360, 12)
    view = LandscapeView(0, Lattice(grid, np.arange(12), np.arange(360)))

    def mean(month):
        days = [f"2024-{month}-{day:02}T00:00:00Z" for day in (4, 11, 18, 25)]
        return np.mean([painted(view, "AGERA5", "precipitation-flux", day) for day in days])

    assert mean(wet) > 1.3 * mean(dry)


def test_a_time_series_has_its_season_noise_and_gaps():
    days = [f"2024-{month:02}-{day:02}T00:00:00Z" for month in range(1, 13) for day in range(2, 28, 5)]
    scenes = np.array([at(11.34, 48.1, "SENTINEL2_L2A", "SCL", day) for day in days])
    red, near = (
        np.array([at(11.34, 48.1, "SENTINEL2_L2A", name, day) for day in days]) for name in ("B04", "B08")
    )
    index, clear = (near - red) / (near + red), np.isin(scenes, (VEGETATION, SOIL))
    months = np.array([int(day[5:7]) for day in days])

    assert 0.25 < clear.mean() < 0.9
    summer, winter = clear & np.isin(months, (6, 7, 8)), clear & np.isin(months, (11, 12, 1, 2))
    assert index[summer].mean() > index[winter].mean() + 0.1
    steps = np.abs(np.diff(index[summer]))
    assert 0 < np.median(steps) < 0.1
    # Clouds make an index small.
    assert index[np.isin(scenes, (8, 9))].max() < index[summer].min()


def test_the_cloud_cover_of_items_is_that_of_their_pixels(anonymous):
    found = anonymous("GET /collections/SENTINEL2_L2A/items?bbox=5.1,51.1,5.2,51.2&limit=12").json()[
        "features"
    ]
    grid = Grid("EPSG:4326", 5.0, 52.0, 0.0025, 0.0025, 400, 400)
    view = LandscapeView(0, Lattice(grid, np.arange(400), np.arange(400)))
    covers = [each["properties"]["eo:cloud_cover"] for each in found]
    shares = [
        100 * painted(view, "SENTINEL2_L1C", "CLM", each["properties"]["datetime"]).mean() for each in found
    ]

    assert covers == pytest.approx(shares, abs=5)
    assert max(covers) > 60
    assert min(covers) < 15


def test_cloud_cover_is_of_all_sizes():
    boxes = [(float(x), float(y), x + 1.0, y + 1.0) for x in range(-180, 180, 9) for y in range(-50, 70, 12)]
    covers = np.array(cloud_covers(0, boxes, ["2024-05-05"] * len(boxes)))

    assert 25 < covers.mean() < 50
    assert (covers < 10).mean() > 0.1
    assert (covers > 80).mean() > 0.05
    assert cloud_covers(0, boxes[7:9], ["2024-05-05"] * 2) == covers[7:9].tolist()
    assert cloud_covers(0, [(179.5, 0.0, -179.5, 1.0)], ["2024-05-05"])[0] <= 100


def test_the_earth_has_no_edge_at_the_antimeridian():
    grid = Grid("EPSG:4326", 179.9, -17.0, 0.001, 0.001, 200, 40)
    view = LandscapeView(0, Lattice(grid, np.arange(40), np.arange(200)))
    for collection, name in (("COPERNICUS_30", "DEM"), ("AGERA5", "temperature-mean")):
        steps = np.abs(np.diff(painted(view, collection, name, DAYS[0]), axis=1))

        assert steps[:, 99].max() <= np.delete(steps, 99, axis=1).max()
    world = Grid("EPSG:4326", -180.0, 90.0, 1.0, 1.0, 360, 180)
    heights = painted(
        LandscapeView(0, Lattice(world, np.arange(180), np.arange(360))), "COPERNICUS_30", "DEM"
    )
    around = np.abs(heights[:, 0] - heights[:, -1])
    assert around.mean() < 2 * np.abs(np.diff(heights, axis=1)).mean()
