"""Values, overviews, sizes and layout of GeoTIFFs, as rasterio reads them."""

import hashlib
import struct
import warnings
from itertools import pairwise

import numpy as np
import pytest
from rasterio.io import MemoryFile

from mock_backend.catalog import Band
from mock_backend.engine.cubes import Grid
from mock_backend.errors import OpenEOError
from mock_backend.results.formats.geotiff import FORMAT

from .conftest import LARGE, array, bands_of, write


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


def test_the_same_bytes_are_made_everywhere(single):
    assert hashlib.sha256(write(single)).hexdigest()[:16] == "db7f8514983c984c"


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
