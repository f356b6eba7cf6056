"""Bands that tell what is in a pixel: by the names of their classes, by bits, by probabilities."""

import numpy as np
import pytest

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.cubes import Grid
from mock_backend.landscape.sensors.landscape_view import LandscapeView
from mock_backend.landscape.sensors.lattice import Lattice
from mock_backend.landscape.sensors.quality import Classes
from mock_backend.landscape.sensors.sensor import Sensor

COLLECTIONS = CollectionsRegister().collections()
BANDS = {band.name: band for each in COLLECTIONS.values() for band in each.bands if band.classes}
#: Snow, clouds and their shadows in Scandinavia, in February.
GRID = Grid("EPSG:32633", 500_000.0, 6_800_000.0, 60.0, 60.0, 200, 200)
DAYS = [f"2024-02-{day:02}" for day in range(1, 29, 3)]


def test_scenes_have_soil_plants_water_snow_clouds_and_shadows():
    found = Classes.of(BANDS["SCL"].classes, 0)

    assert found == Classes((5, 4), water=6, snow=11, clouds=(10, 8, 9), shadow=3, is_dated=True)


def test_land_cover_is_ordered_from_bare_to_green():
    found = Classes.of(COLLECTIONS["ESA_WORLDCOVER_10M_2021_V2"].bands[0].classes, 0)

    assert found.land == (60, 50, 100, 30, 90, 40, 20, 10)
    assert (found.water, found.snow, found.clouds, found.is_dated) == (80, 70, (), False)


@pytest.mark.parametrize(
    ("names", "land", "clouds"),
    [
        ({1: "a", 2: "b", 3: "c"}, (1, 2, 3), ()),
        ({0: "No data", 1: "a"}, (1,), ()),
        ({0: "No data", 255: "Fill"}, (0, 255), ()),
        ({0: "Cloud"}, (0,), (0,)),
        ({0: "No cloud", 1: "Cloud"}, (0,), (1,)),
        ({0: "Clear", 1: "Cloud, high", 2: "Cloud, low"}, (0,), (2, 1)),
        ({6: "Water"}, (6,), ()),
        ({0: "a", 1: "Forest"}, (1,), ()),
    ],
)
def test_any_classes_will_do(names, land, clouds):
    found = Classes.of(names)

    assert (found.land, found.clouds) == (land, clouds)


def values(band, day, sensor=None):
    view = LandscapeView(0, Lattice(GRID, np.arange(200), np.arange(200)))
    return view.values(band, sensor or Sensor(), day)


def test_classes_are_patches():
    found = values(BANDS["MAP"], DAYS[0])

    assert (found[:, 1:] == found[:, :-1]).mean() > 0.85


@pytest.mark.parametrize(
    ("name", "clear", "clouds", "shadow", "water", "snow"),
    [
        ("QA60", {0}, {1024, 2048}, 0, 0, 0),
        ("QA_PIXEL", {21824}, {22280, 54596}, 23888, 21952, 30048),
        ("Fmask", {0}, {1, 2}, 8, 32, 16),
    ],
)
def test_bits_tell_what_scene_classes_tell(name, clear, clouds, shadow, water, snow):
    maximum = {"QA60": 2048, "Fmask": 63}.get(name, 65535)
    band = Band(name, data_type="uint16", minimum=0, maximum=maximum)
    of_class = {4: clear, 5: clear, 8: clouds, 9: clouds, 10: clouds, 3: {shadow}, 6: {water}, 11: {snow}}
    told = set()
    for day in DAYS:
        classes, bits = values(BANDS["SCL"], day).astype(int), values(band, day).astype(int)
        for value in np.unique(classes):
            assert set(np.unique(bits[classes == value])) <= of_class[value]
            told.add(int(value))

    assert told >= {3, 4, 8, 10, 11}


def test_probabilities_scores_and_fractions_agree_with_the_classes():
    probability = Band("MSK_CLDPRB", data_type="uint8", minimum=0, maximum=100)
    score = Band("cs", data_type="float32", minimum=0, maximum=1)
    fraction = Band("cloud_fraction", data_type="float32", minimum=0, maximum=1)
    snow = Band("MSK_SNWPRB", data_type="uint8", minimum=0, maximum=100)
    for day in DAYS:
        classes = values(BANDS["SCL"], day)
        cloudy = np.isin(classes, (8, 9, 10))
        assert (values(probability, day)[cloudy] >= 50).all()
        assert (values(probability, day)[~cloudy] <= 50).all()
        assert (values(score, day)[cloudy] <= 0.5).all()
        assert ((values(fraction, day) > 0) == cloudy).all()
        assert (values(snow, day)[classes == 11] >= 50).all()


def test_snow_lies_high_and_is_bright_but_not_in_short_wave_infrared():
    bands = {each.name: each for each in CollectionsRegister().collections()["SENTINEL2_L2A"].bands}
    scenes = ((day, values(BANDS["SCL"], day)) for day in DAYS)
    both = ((day, classes == 11, np.isin(classes, (4, 5))) for day, classes in scenes)
    day, snow, land = next(each for each in both if min(each[1].mean(), each[2].mean()) > 0.02)
    green, short = values(bands["B03"], day), values(bands["B11"], day)
    heights = values(Band("DEM", data_type="float32", minimum=-430, maximum=8850), day)

    assert np.median(heights[snow]) > np.median(heights[land])
    assert np.median(green[snow]) > 1.5 * np.median(green[land])
    assert np.median(short[snow]) < 0.8 * np.median(short[land])
