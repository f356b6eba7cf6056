"""GeoTIFFs as rasterio reads them."""

import hashlib
import struct
import warnings
from itertools import pairwise

import numpy as np
import pytest
import rasterio
from rasterio.enums import ColorInterp
from rasterio.io import MemoryFile

from mock_backend.catalog import Band
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.steps import Plain
from mock_backend.engine.steps.inputs.loading import painted
from mock_backend.errors import OpenEOError
from mock_backend.results.formats.geotiff import FORMAT

SEED = 7
LARGE = Grid("EPSG:32632", west=679720.0, north=5151920.0, x_size=10.0, y_size=10.0, columns=1300, rows=700)


def write(cube, **options):
    (part,) = FORMAT.parts(cube, options)
    content = FORMAT.write(part, options)
    return content if isinstance(content, bytes) else b"".join(content.read(0, content.size))


def array(cube):
    return Values(cube).array()


@pytest.fixture(scope="module")
def single(make_cube):
    """Two bands, one date."""
    return make_cube("t", "bands", "y", "x", times=("2024-06-01T10:20:30Z",))


@pytest.fixture(scope="module")
def large(make_cube):
    return make_cube("bands", "y", "x", grid=LARGE)


def bands_of(*bands, grid=LARGE.window(0, 0, 20, 30)):
    dimensions = (
        Dimension("bands", "bands", tuple(each.name for each in bands)),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
    )
    return painted(DataCube(dimensions, bands, grid), SEED)


def directories(content):
    """Return the directories of a TIFF: where each is, and its tags."""
    big = content[2:4] == struct.pack("<H", 43)
    count_of, entry_of, sizes = ("<Q", "<HHQ", 20) if big else ("<H", "<HHI", 12)
    letter, room = ("Q", 8) if big else ("I", 4)
    (place,) = struct.unpack_from(f"<{letter}", content, 8 if big else 4)
    found = []
    while place:
        (count,) = struct.unpack_from(count_of, content, place)
        first = place + struct.calcsize(count_of)
        tags = {}
        for entry in range(first, first + count * sizes, sizes):
            number, kind, values = struct.unpack_from(entry_of, content, entry)
            width, code = {2: (1, "s"), 3: (2, "H"), 4: (4, "I"), 12: (8, "d"), 16: (8, "Q")}[kind]
            at = entry + struct.calcsize(entry_of)
            if width * values > room:
                (at,) = struct.unpack_from(f"<{letter}", content, at)
            tags[number] = struct.unpack_from(f"<{values}{code}", content, at)
        assert list(tags) == sorted(tags)
        found.append((place, tags))
        (place,) = struct.unpack_from(f"<{letter}", content, first + count * sizes)
    return found


def check_layout(content):
    """Check that whoever reads from the front meets the directories, then small overviews, then the image."""
    found = directories(content)
    places = [place for place, _ in found]
    assert places == sorted(places)
    assert places[0] == (16 if content[2] == 43 else 8)
    edges = []
    for _, tags in found:
        offsets, counts = (tags[324], tags[325]) if 324 in tags else (tags[273], tags[279])
        blocks = sorted(zip(offsets, counts, strict=True))
        for (start, count), (after, _) in pairwise(blocks):
            assert start + count == after
        edges.append((offsets[0], sum(blocks[-1])))
    assert edges[0][1] == len(content)
    assert edges[-1][0] >= places[-1]
    for (start, _), (_, end) in pairwise(edges):
        assert end == start
    widths = [tags[256][0] for _, tags in found]
    assert widths == sorted(widths, reverse=True)
    assert [tags[254] for _, tags in found] == [(0,), *[(1,)] * (len(found) - 1)]


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
    "options",
    [
        {},
        {"tiled": False},
        {"compress": "DEFLATE"},
        {"compress": "DEFLATE", "zlevel": 1},
        {"compress": "DEFLATE", "zlevel": "nonsense"},
        {"bigtiff": "YES"},
        {"bigtiff": "YES", "compress": "DEFLATE"},
        {"bigtiff": "IF_SAFER"},
        {"bigtiff": "NO"},
        {"overviews": "OFF"},
        {"overviews": "ALL"},
        {"overviews": "ALL", "overview_method": "average"},
    ],
    ids=str,
)
def test_options_change_no_values(large, options):
    content = write(large, **options)
    check_layout(content)

    assert (content[2] == 43) == (options.get("bigtiff") == "YES")
    with MemoryFile(content) as file, file.open() as dataset:
        assert (dataset.read() == array(large)).all()
        assert dataset.profile.get("compress", "none") == options.get("compress", "none").lower()
        assert dataset.profile["tiled"]
        factors = {"OFF": [], "ALL": [2, 4, 8, 16, 32]}.get(options.get("overviews"), [2, 4])
        assert dataset.overviews(1) == factors


@pytest.mark.parametrize("options", [{}, {"overviews": "ALL"}, {"bigtiff": "YES"}])
def test_the_size_is_known_beforehand(large, single, options):
    for cube in (large, single):
        (part,) = FORMAT.parts(cube, options)

        assert FORMAT.size(part, options) == len(write(cube, **options))


def test_that_of_compressed_files_is_not(single):
    (part,) = FORMAT.parts(single, {})

    assert FORMAT.size(part, {"compress": "DEFLATE"}) is None


def test_harder_compression_is_smaller(large):
    sizes = [len(write(large, compress="DEFLATE", zlevel=level)) for level in (1, 9)]

    assert sizes[1] < sizes[0] < len(write(large))


@pytest.mark.parametrize(("columns", "rows"), [(1, 1), (16, 16), (17, 300), (512, 512), (513, 2), (1, 700)])
def test_sizes_of_all_kinds(make_cube, columns, rows):
    cube = make_cube("bands", "y", "x", grid=LARGE.window(3, 5, rows, columns))
    content = write(cube)
    check_layout(content)

    with MemoryFile(content) as file, file.open() as dataset:
        assert (dataset.read() == array(cube)).all()
        assert bool(dataset.overviews(1)) == (max(columns, rows) > 512)


def test_small_files_are_small(single):
    # Two bands of one tile each: 16 by 16 pixels of two bytes.
    assert len(write(single)) < 3500


def test_overviews_show_pixels_of_the_image(large):
    values = array(large)
    with MemoryFile(write(large, overviews="ALL")) as file:
        for level, factor in enumerate((2, 4, 8, 16, 32)):
            with file.open(overview_level=level) as dataset:
                seen = dataset.read()
                assert seen.shape == (2, -(-700 // factor), -(-1300 // factor))
                # Each is one of those it stands for.
                for row, column in ((0, 0), (3, 5), (seen.shape[1] - 1, seen.shape[2] - 1)):
                    part = values[
                        :, row * factor : (row + 1) * factor, column * factor : (column + 1) * factor
                    ]
                    assert all(seen[band, row, column] in part[band] for band in range(2))


def test_overviews_can_be_averages(make_cube):
    inside = {"type": "Polygon", "coordinates": [[[11.3, 46.4], [11.4, 46.4], [11.4, 46.48], [11.3, 46.4]]]}
    cube = make_cube("bands", "y", "x", grid=LARGE, within=inside)
    values = array(cube)[:, :700, :1300].astype(float)
    values[values == 32767] = np.nan
    blocks = values.reshape(2, 350, 2, 650, 2)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of averages of nothing
        expected = np.rint(np.nanmean(blocks, axis=(2, 4)))
    with MemoryFile(write(cube, overview_method="average")) as file, file.open(overview_level=0) as dataset:
        seen = dataset.read()

    assert 0.1 < np.isnan(expected).mean() < 0.9
    assert (seen == np.where(np.isnan(expected), 32767, expected)).all()


def test_averages_of_averages_are_smoother(large):
    near, average = (write(large, overviews="ALL", overview_method=each) for each in ("near", "average"))
    spread = []
    for content in (near, average):
        with MemoryFile(content) as file, file.open(overview_level=4) as dataset:
            spread.append(dataset.read().std())

    assert spread[1] < spread[0]


def test_classes_have_no_average():
    classes = Band("SCL", data_type="uint8", classes={0: "Bare", 200: "Forest"}, minimum=0, maximum=200)
    content = write(bands_of(classes), overviews="ALL", overview_method="average")

    with MemoryFile(content) as file, file.open() as dataset:
        assert set(np.unique(dataset.read(out_shape=(1, 8, 8)))) <= {0, 200}


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


def test_the_same_bytes_are_made_everywhere(single):
    assert hashlib.sha256(write(single)).hexdigest()[:16] == "db7f8514983c984c"


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


HUGE = Grid("EPSG:32632", 0.0, 5_000_000.0, 1.0, 1.0, 60_000, 60_000)


def test_huge_files_are_bigtiffs_unless_they_must_not(make_cube):
    cube = make_cube("bands", "y", "x", grid=HUGE)
    (part,) = FORMAT.parts(cube, {})

    assert b"".join(FORMAT.write(part, {}).read(0, 4)) == b"II+\0"
    with pytest.raises(OpenEOError, match="bigtiff"):
        FORMAT.parts(cube, {"bigtiff": "NO"})


def test_files_beyond_two_gigabytes_are_bigtiffs_to_be_safer(make_cube):
    cube = make_cube("bands", "y", "x", grid=LARGE.window(0, 0, 25_000, 25_000))
    (part,) = FORMAT.parts(cube, {})
    begin = {
        option: b"".join(FORMAT.write(part, {"bigtiff": option}).read(0, 4))
        for option in ("IF_SAFER", "IF_NEEDED")
    }

    assert begin == {"IF_SAFER": b"II+\0", "IF_NEEDED": b"II*\0"}


def test_only_so_much_is_compressed(make_cube):
    options = {"compress": "DEFLATE"}
    (part,) = FORMAT.parts(make_cube("bands", "y", "x", grid=HUGE), options)
    with pytest.raises(OpenEOError, match="NONE") as refused:
        FORMAT.write(part, options)

    assert refused.value.openeo_code == "ProcessGraphComplexity"
