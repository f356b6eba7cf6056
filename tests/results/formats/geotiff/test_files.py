"""Files of dates and bands, and cubes that make no GeoTIFF."""

import pytest
from rasterio.io import MemoryFile

from mock_backend.engine.steps import Plain
from mock_backend.errors import OpenEOError
from mock_backend.results.formats.geotiff import FORMAT

from .conftest import LARGE, array, write


def test_files_are_named_by_date(make_cube):
    cube = make_cube("x", "y", "t", "bands")
    parts = FORMAT.parts(cube, {})

    assert [(part.name, part.when) for part in parts] == [
        ("openEO_2024-06-01Z.tif", "2024-06-01T00:00:00Z"),
        ("openEO_2024-06-11Z.tif", "2024-06-11T00:00:00Z"),
    ]
    assert {part.media_type for part in parts} == {"image/tiff; application=geotiff; profile=cloud-optimized"}
    for place, part in enumerate(parts):
        with MemoryFile(FORMAT.write(part, {})) as file, file.open() as dataset:
            assert (dataset.read() == array(cube)[:, :, place].T).all()


@pytest.mark.parametrize(
    ("times", "names"),
    [
        (("2024-06-01T00:00:00Z",), ["2024-06-01Z"]),
        (("2024-06-01",), ["2024-06-01Z"]),
        (
            ("2024-06-01T10:00:00Z", "2024-06-01T11:00:00Z", "2024-06-02T11:00:00Z"),
            ["2024-06-01T100000Z", "2024-06-01T110000Z", "2024-06-02T110000Z"],
        ),
        (("2024-06", "2024-07"), ["2024-06", "2024-07"]),
        (("a/b", "a:b", "A b"), ["a_b", "a_b-2", "A_b-3"]),
        ((), []),
    ],
)
def test_names_are_as_short_as_dates_differ(make_cube, times, names):
    parts = FORMAT.parts(make_cube("t", "bands", "y", "x", times=times), {})

    assert [part.name for part in parts] == [f"openEO_{name}.tif" for name in names]
    assert [part.when for part in parts] == list(times)


@pytest.mark.parametrize(
    ("prefix", "name"),
    [("mine", "mine.tif"), ("../a b", "a_b.tif"), ("", "openEO.tif"), ("...", "openEO.tif")],
)
def test_names_begin_as_the_options_say(make_cube, prefix, name):
    (part,) = FORMAT.parts(make_cube("bands", "y", "x"), {"filename_prefix": prefix})

    assert (part.name, part.when) == (name, None)


def test_bands_can_have_files_of_their_own(make_cube):
    cube = make_cube("t", "bands", "y", "x")
    parts = FORMAT.parts(cube, {"separate_asset_per_band": True})

    assert [part.name for part in parts] == [
        f"openEO_2024-06-{day}Z_{band}.tif" for day in ("01", "11") for band in ("B04", "B08")
    ]
    with MemoryFile(FORMAT.write(parts[3], {})) as file, file.open() as dataset:
        assert dataset.descriptions == ("B08",)
        assert (dataset.read(1) == array(cube)[1, 1]).all()


def test_other_dimensions_become_bands(make_cube):
    cube = make_cube("z", "y", "x", "bands", others={"z": ("low", "high")})
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        assert dataset.descriptions == ("low_B04", "low_B08", "high_B04", "high_B08")
        assert (dataset.read() == array(cube).transpose(0, 3, 1, 2).reshape(4, 7, 9)).all()


def test_a_cube_without_bands_has_one(make_cube):
    cube = make_cube("y", "x")
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        assert dataset.descriptions == ("one",)
        assert (dataset.read(1) == array(cube)).all()


def test_a_value_is_no_raster():
    with pytest.raises(OpenEOError, match="JSON holds values") as refused:
        FORMAT.parts(Plain(5), {})

    assert (refused.value.openeo_code, refused.value.status_code) == ("FormatUnsuitable", 400)


@pytest.mark.parametrize(
    "dimensions", [("geometry", "t", "bands"), ("t", "bands"), ("x", "bands"), ("t", "y")]
)
def test_what_has_no_pixels_is_no_raster(make_cube, dimensions):
    with pytest.raises(OpenEOError, match="netCDF, JSON and CSV") as refused:
        FORMAT.parts(make_cube(*dimensions), {})

    assert refused.value.openeo_code == "FormatUnsuitable"


def test_what_has_no_bands_is_no_raster(make_cube):
    with pytest.raises(OpenEOError, match="none"):
        FORMAT.parts(make_cube("bands", "y", "x", bands=()), {})


def test_bands_are_counted(make_cube):
    cube = make_cube(
        "z", "bands", "y", "x", others={"z": tuple(range(40_000))}, grid=LARGE.window(0, 0, 1, 1)
    )
    with pytest.raises(OpenEOError, match="at most 65,535 bands"):
        FORMAT.parts(cube, {})
