"""Which classes are where."""

import numpy as np
import pytest

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.computing import Values
from mock_backend.synthesis.classes import Classes

BANDS = {
    band.name: band
    for each in CollectionsRegister().collections().values()
    for band in each.bands
    if band.classes
}


def test_scenes_have_soil_plants_water_snow_and_clouds():
    found = Classes.of(BANDS["SCL"].classes, 0)

    assert found == Classes(land=(5, 4), water=6, snow=11, clouds=(3, 8, 9, 10))


def test_land_cover_is_ordered_from_bare_to_green():
    found = Classes.of(BANDS["MAP"].classes, 0)

    assert found.land == (60, 50, 100, 30, 90, 40, 20, 10)
    assert (found.water, found.snow, found.clouds) == (80, 70, ())


@pytest.mark.parametrize(
    ("names", "land"),
    [
        ({1: "a", 2: "b", 3: "c"}, (1, 2, 3)),
        ({0: "No data", 1: "a"}, (1,)),
        ({0: "No data", 255: "Fill"}, (0, 255)),
        ({0: "Cloud"}, (0,)),
        ({6: "Water"}, (6,)),
        ({0: "a", 1: "Forest"}, (1,)),
    ],
)
def test_any_classes_will_do(names, land):
    assert Classes.of(names).land == land


def test_classes_are_patches(scene):
    values = Values(scene("SCL"), 0).array()[0, 0]

    # Of neighbours nearly all are alike.
    assert (values[:, 1:] == values[:, :-1]).mean() > 0.95


def test_water_is_where_reflectance_says_so(scene):
    box = 679_720, 5_151_080, 689_720, 5_161_080
    land_cover = Band("cover", data_type="uint8", classes={1: "Forest", 2: "Water"}, minimum=1, maximum=2)
    water = Values(scene(bands=[land_cover], box=box), 0).array()[0, 0] == 2
    near = Values(scene("B08", box=box), 0).array()[0, 0]

    assert 0 < water.mean() < 0.2
    assert near[water].max() < np.quantile(near[~water], 0.1)


def test_high_mountains_have_snow(scene):
    snowy = Band("cover", data_type="uint8", classes={1: "Forest", 2: "Snow"}, minimum=1, maximum=2)
    world = scene(bands=[snowy], crs="EPSG:4326", box=(-180, -80, 180, 80), size=0.5, times=("2024-01-15",))

    assert 0 < (Values(world).array() == 2).mean() < 0.5
