"""Metadata of GeoTIFFs: their coordinate systems, bands, statistics and colours."""

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid

from .conftest import LARGE, array, bands_of, write


def test_it_is_as_the_data_cube_says(single):
    with MemoryFile(write(single)) as file, file.open() as dataset:
        assert (dataset.width, dataset.height, dataset.count) == (9, 7, 2)
        assert dataset.crs.to_epsg() == 32632
        assert dataset.transform[:6] == single.grid.transform
        assert tuple(dataset.bounds) == single.grid.bounds
        assert dataset.dtypes == ("int16", "int16")
        assert dataset.nodata == 32767
        assert dataset.descriptions == ("B04", "B08")
        assert dataset.tags()["TIFFTAG_DATETIME"] == "2024:06:01 10:20:30"
        assert dataset.tags()["AREA_OR_POINT"] == "Area"
        assert (dataset.read() == array(single)[0]).all()


@pytest.mark.parametrize(
    "name", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "float32", "float64"]
)
def test_data_types(name):
    cube = bands_of(Band("a", data_type=name, minimum=1, maximum=100, nodata=-1 if name[0] == "i" else None))
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        assert dataset.dtypes == (name,)
        assert (dataset.read() == array(cube)).all()
        if name.startswith("float"):
            assert np.isnan(dataset.nodata)
        else:
            assert dataset.nodata == (-1 if name[0] == "i" else None)


@pytest.mark.parametrize(
    ("crs", "size"),
    [
        ("EPSG:4326", 0.001),
        ("EPSG:3857", 10.0),
        ("EPSG:3035", 25.0),
        ("EPSG:4258", 0.01),
        ("EPSG:32756", 10.0),
    ],
)
def test_coordinate_systems_of_the_register(make_cube, crs, size):
    grid = Grid(crs, 100 * size, 50 * size, size, size / 2, 12, 11)
    with MemoryFile(write(make_cube("y", "x", grid=grid))) as file, file.open() as dataset:
        assert dataset.crs == rasterio.crs.CRS.from_user_input(crs)
        assert dataset.transform[:6] == grid.transform


@pytest.mark.parametrize(
    "text",
    [
        "+proj=laea +lat_0=47 +lon_0=11.5 +x_0=1000 +y_0=2000 +ellps=GRS80",
        "+proj=lcc +lat_1=40 +lat_2=50 +lon_0=10 +datum=WGS84",
        "+proj=sinu +R=6371007.181",
        "+proj=longlat +a=6378137 +b=6356000 +no_defs",
        "+proj=ob_tran +o_proj=longlat +o_lon_p=0 +o_lat_p=39.25 +lon_0=18 +R=6367470",
    ],
)
def test_coordinate_systems_that_have_no_number(make_cube, text):
    from pyproj import CRS, Transformer

    from mock_backend.engine.cubes.projection import crs_name

    crs = crs_name(text)
    assert not crs.startswith("EPSG")
    grid = Grid(crs, 10, 20, 1, 1, 12, 11)
    with MemoryFile(write(make_cube("y", "x", grid=grid))) as file, file.open() as dataset:
        read = CRS.from_wkt(dataset.crs.to_wkt())
    assert read.is_geographic == CRS.from_wkt(crs).is_geographic
    # What it says is where it is, whatever the names.
    meant, found = (
        Transformer.from_crs(each, CRS("EPSG:4326"), always_xy=True).transform(10, 20)
        for each in (CRS.from_wkt(crs), read)
    )
    assert found == pytest.approx(meant, abs=1e-9)


def test_bands_say_what_they_are():
    cube = bands_of(
        Band("B04", "red", data_type="int16", scale=0.0001, offset=-0.1, unit="1", minimum=0, maximum=9),
        Band("B<&>", "nir", data_type="int16", minimum=0, maximum=9),
        Band("B02", "blue", data_type="int16", minimum=0, maximum=9),
    )
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        assert dataset.descriptions == ("B04", "B<&>", "B02")
        assert dataset.scales == (0.0001, 1, 1)
        assert dataset.offsets == (-0.1, 0, 0)
        assert dataset.units[0] == "1"
        assert [dataset.colorinterp[place] for place in (0, 2)] == [ColorInterp.red, ColorInterp.blue]


def check_statistics(tags, values, **more):
    """Check the statistics of a band against its values."""
    valid = values.compressed().astype("float64")
    told = {name.removeprefix("STATISTICS_"): value for name, value in tags.items() if "STATISTICS" in name}
    assert told.pop("APPROXIMATE", None) == more.get("approximate")
    assert {name: float(value) for name, value in told.items()} == pytest.approx(
        {
            "MINIMUM": valid.min(),
            "MAXIMUM": valid.max(),
            "MEAN": valid.mean(),
            "STDDEV": valid.std(),
            "VALID_PERCENT": 100 * valid.size / values.size,
        }
    )


@pytest.mark.parametrize("options", [{}, {"compress": "DEFLATE", "overviews": "ALL"}], ids=str)
@pytest.mark.parametrize("name", ["uint8", "int16", "float32"])
def test_statistics_are_those_of_the_pixels(name, options):
    nodata = 90 if name == "uint8" else None
    cube = bands_of(*(Band(each, data_type=name, minimum=1, maximum=100, nodata=nodata) for each in "ab"))
    with MemoryFile(write(cube, **options)) as file, file.open() as dataset:
        for band in (1, 2):
            check_statistics(dataset.tags(band), dataset.read(band, masked=True))


def test_a_band_without_data_has_no_range(make_cube):
    beyond = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    with MemoryFile(write(make_cube("y", "x", within=beyond))) as file, file.open() as dataset:
        told = {name: value for name, value in dataset.tags(1).items() if "STATISTICS" in name}
        assert told == {"STATISTICS_VALID_PERCENT": "0.0"}


def test_large_files_tell_the_statistics_of_a_sample(make_cube):
    cube = make_cube("bands", "y", "x", grid=LARGE.window(0, 0, 3000, 3000))
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        for band in (1, 2):
            values, tags = dataset.read(band, masked=True), dataset.tags(band)
            sample = min(
                (values[row::8, column::8] for row in range(8) for column in range(8)),
                key=lambda each: abs(each.astype(float).mean() - float(tags["STATISTICS_MEAN"])),
            )
            check_statistics(tags, sample, approximate="YES")


def test_files_of_many_bands_tell_no_statistics(make_cube):
    labels = tuple(str(each) for each in range(1001))
    cube = make_cube("z", "y", "x", others={"z": labels}, grid=LARGE.window(0, 0, 1, 1))
    with MemoryFile(write(cube)) as file, file.open() as dataset:
        assert dataset.count == len(labels)
        assert "STATISTICS_MEAN" not in dataset.tags(1)


COLOURS = {
    "1": [1, 0, 0],
    "2": [0, 0.5, 0, 0.5],
    "nonsense": [0, 0, 0],
    "3": "red",
    "4": [2, 0, 0],
    "nan": [0, 0, 0],
}


def test_one_band_of_bytes_can_have_colours():
    cube = bands_of(Band("map", data_type="uint8", minimum=1, maximum=2, classes={1: "Bare", 2: "Forest"}))
    with MemoryFile(write(cube, colormap=COLOURS)) as file, file.open() as dataset:
        assert dataset.colorinterp == (ColorInterp.palette,)
        palette = dataset.colormap(1)
        assert [palette[value] for value in (0, 1, 2, 3)] == [
            (0, 0, 0, 255),
            (255, 0, 0, 255),
            (0, 128, 0, 255),
            (0, 128, 0, 255),
        ]


@pytest.mark.parametrize("colormap", [None, {}, [1], {"1": None}])
def test_no_colours_are_none(colormap):
    cube = bands_of(Band("map", data_type="uint8", minimum=1, maximum=2))
    with MemoryFile(write(cube, colormap=colormap)) as file, file.open() as dataset:
        assert dataset.colorinterp == (ColorInterp.gray,)
