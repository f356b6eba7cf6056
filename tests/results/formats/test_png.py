"""Pictures, as Pillow reads them."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from mock_backend.catalog import Band
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.sources.memory import HeldValues
from mock_backend.engine.steps import Plain
from mock_backend.engine.steps.inputs.loading import painted
from mock_backend.errors import OpenEOError
from mock_backend.results.formats.png.png_file import FORMAT

SEED = 7
GRID = Grid("EPSG:32632", west=679720.0, north=5151920.0, x_size=10.0, y_size=10.0, columns=60, rows=40)
INSIDE = {
    "type": "Polygon",
    "coordinates": [[[11.3, 46.4], [11.4, 46.4], [11.4, 46.493], [11.34, 46.496], [11.3, 46.4]]],
}
AXES = (Dimension("y", "spatial", axis="y"), Dimension("x", "spatial", axis="x"))


def cube_of(*bands, within=None):
    dimension = Dimension("bands", "bands", tuple(each.name for each in bands))
    return painted(DataCube((dimension, *AXES), bands, GRID), SEED, within)


def reflectance(name, common_name=None, high=4000):
    return Band(name, common_name, data_type="int16", minimum=0, maximum=high, nodata=-1)


def picture(cube, **options):
    (part,) = FORMAT.parts(cube, options)
    image = Image.open(BytesIO(FORMAT.write(part, options)))
    image.load()
    return image


def array(cube):
    return Values(cube).array()


def shades(values, high=4000):
    return np.rint(values.astype(float) * 255 / high)


def test_one_band_is_grey():
    cube = cube_of(reflectance("B04"))
    image = picture(cube)

    assert (image.mode, image.size) == ("L", (60, 40))
    assert np.abs(np.asarray(image) - shades(array(cube)[0])).max() <= 1


def test_colours_are_those_that_bands_are_called():
    cube = cube_of(
        reflectance("B02", "blue"),
        reflectance("B03", "green"),
        reflectance("B8", "nir"),
        reflectance("B04", "red"),
    )
    image = picture(cube)

    assert image.mode == "RGB"
    assert np.abs(np.asarray(image) - shades(array(cube)[[3, 1, 0]]).transpose(1, 2, 0)).max() <= 1


def test_of_other_bands_the_first_three_are_shown():
    cube = cube_of(*map(reflectance, ("a", "b", "c", "d")))

    assert np.abs(np.asarray(picture(cube)) - shades(array(cube)[:3]).transpose(1, 2, 0)).max() <= 1


def test_of_two_bands_the_first_is_shown():
    cube = cube_of(reflectance("a"), reflectance("b"))

    assert np.abs(np.asarray(picture(cube)) - shades(array(cube)[0])).max() <= 1


@pytest.mark.parametrize(
    ("bands", "mode"), [([reflectance("a")], "LA"), ([reflectance(each) for each in "abc"], "RGBA")]
)
def test_what_has_no_data_is_transparent(bands, mode):
    cube = cube_of(*bands, within=INSIDE)
    image = picture(cube)
    nothing = array(cube)[0] == -1

    assert image.mode == mode
    assert 0 < nothing.mean() < 1
    assert (np.asarray(image)[..., -1] == np.where(nothing, 0, 255)).all()
    assert (np.asarray(image)[nothing] == 0).all()


def test_ndvi_is_grey():
    cube = cube_of(Band("NDVI", data_type="float32", minimum=-1, maximum=1), within=INSIDE)
    image = np.asarray(picture(cube))
    values = array(cube)[0]

    assert (image[..., 1] == np.where(np.isnan(values), 0, 255)).all()
    assert np.nanmax(np.abs(image[..., 0] - np.where(np.isnan(values), np.nan, (values + 1) * 127.5))) <= 1


@pytest.mark.parametrize(
    ("band", "white"),
    [
        (Band("B04", "red", data_type="int16", scale=0.0001, minimum=0, maximum=10_000), 3000),
        (
            Band("B4", "red", data_type="uint16", scale=2.75e-5, offset=-0.2, minimum=7273, maximum=43_636),
            (0.3 + 0.2) / 2.75e-5,
        ),
        (Band("S2", "red", data_type="float32", minimum=0, maximum=1), 0.3),
        # Values of thermal bands are no reflectances.
        (Band("S8", "lwir11", data_type="float32", minimum=0, maximum=1), 1),
    ],
)
def test_reflectances_have_the_contrast_of_a_picture(band, white):
    cube = cube_of(band)
    values, low = array(cube)[0], band.minimum
    expected = np.clip((values.astype(float) - low) / (white - low), 0, 1) * 255

    assert np.abs(np.asarray(picture(cube)) - expected).max() <= 1


@pytest.mark.parametrize(
    ("low", "high", "black", "white"), [(0, 255, 0, 255), (3, 200, 0, 255), (-0.4, 0.8, -0.4, 0.8)]
)
def test_computed_values_are_shades_or_stretched(low, high, black, white):
    values = np.linspace(low, high, 2400, dtype="float32").reshape(1, 40, 60)
    band = Band("computed", "red", data_type="float32")
    dimension = Dimension("bands", "bands", ("computed",))
    cube = DataCube((dimension, *AXES), (band,), GRID, source=HeldValues(values))
    expected = np.clip((values[0] - black) / (white - black), 0, 1) * 255

    # A hundredth at each end is left out.
    assert np.abs(np.asarray(picture(cube)) - expected).max() <= 4


def test_one_value_is_black():
    cube = cube_of(Band("one", data_type="float32", minimum=5, maximum=5))

    assert (np.asarray(picture(cube)) == 0).all()


def test_one_band_can_have_colours():
    classes = Band(
        "map", data_type="uint8", classes={1: "Bare", 4: "Grass", 9: "Forest"}, minimum=1, maximum=9
    )
    cube = cube_of(classes, within=INSIDE)
    colours = {"9": [0, 0.4, 0], "1": [1, 0.8, 0.6], "3": [0, 1, 0, 0.5]}
    image = np.asarray(picture(cube, colormap=colours).convert("RGBA"))
    expected = {0: (0, 0, 0, 0), 1: (255, 204, 153, 255), 4: (0, 255, 0, 128), 9: (0, 102, 0, 255)}
    values = array(cube)[0]

    assert len(np.unique(values)) > 2
    for value in np.unique(values):
        seen = image[values == value]
        assert (seen == np.array(expected[value])).all()


def test_colours_of_many_values_are_as_many_as_there_can_be():
    cube = cube_of(reflectance("B04"))
    image = picture(cube, colormap={str(value): [value / 400, 0, 0] for value in range(400)})

    assert image.mode == "P"


def test_there_is_a_picture_for_each_date():
    time = Dimension("t", "temporal", ("2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z"))
    cube = painted(DataCube((time, *AXES), (reflectance("B04"),), GRID), SEED)
    parts = FORMAT.parts(cube, {"filename_prefix": "look"})

    assert [(part.name, part.media_type) for part in parts] == [
        ("look_2024-06-01Z.png", "image/png"),
        ("look_2024-06-11Z.png", "image/png"),
    ]
    assert FORMAT.size(parts[0], {}) is None
    contents = [FORMAT.write(part, {}) for part in parts]
    assert contents[0] != contents[1]


def test_pictures_show_pixels():
    with pytest.raises(OpenEOError, match="JSON holds values"):
        FORMAT.parts(Plain("text"), {})
    with pytest.raises(OpenEOError, match="netCDF"):
        FORMAT.parts(DataCube((Dimension("t", "temporal", ("2024-06-01",)),), (reflectance("a"),)), {})


def test_pictures_of_too_many_pixels_are_refused():
    grid = Grid("EPSG:32632", 0.0, 5_000_000.0, 1.0, 1.0, 60_000, 60_000)
    [part] = FORMAT.parts(DataCube(AXES, (reflectance("a"),), grid), {})
    with pytest.raises(OpenEOError, match="too large for PNG"):
        FORMAT.write(part, {})
