"""Large GeoTIFFs, whose bytes are computed where they are read."""

import tracemalloc
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.io import MemoryFile

from mock_backend.engine.cubes import Grid
from mock_backend.engine.sources.source import Derived
from mock_backend.results.formats.geotiff import FORMAT
from mock_backend.results.formats.geotiff.content import GeoTiffContent, whole_file
from mock_backend.results.formats.geotiff.file_plan import geotiff_plan

SEED = 7
GRID = Grid("EPSG:32632", west=679720.0, north=5151920.0, x_size=10.0, y_size=10.0, columns=600, rows=700)
INSIDE = {"type": "Polygon", "coordinates": [[[11.3, 46.4], [11.4, 46.4], [11.4, 46.48], [11.3, 46.4]]]}
OPTIONS = [
    {},
    {"overviews": "ALL", "overview_method": "average"},
    {"bigtiff": "YES", "overviews": "ALL"},
]


@pytest.fixture(scope="module")
def cube(make_cube):
    return make_cube("t", "bands", "y", "x", grid=GRID, times=("2024-06-01T00:00:00Z",), within=INSIDE)


@pytest.fixture(scope="module", params=OPTIONS, ids=str)
def both(request, cube):
    """A file that is held and the same that is computed."""
    plan = geotiff_plan(cube, request.param)
    return whole_file(plan, cube), GeoTiffContent(plan, cube)


def test_computed_bytes_are_those_of_the_whole(both):
    held, computed = both

    assert computed.size == len(held)
    assert b"".join(computed.read(0, computed.size)) == held


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_part_can_be_read(both, data):
    held, computed = both
    start = data.draw(st.integers(0, len(held)))
    # Most parts that are read are short.
    length = data.draw(st.integers(0, 3000) | st.integers(0, len(held)))
    stop = min(start + length, len(held))

    assert b"".join(computed.read(start, stop)) == held[start:stop]


@dataclass(frozen=True, eq=False)
class Composite(Derived):
    """Values of another source, all of whose bands each of them is made of."""

    windows: list = field(default_factory=list)

    def needs(self, sizes):  # all of them
        return ((self.source, (3,), 1),)

    def read(self, window, reader):
        self.windows.append(window)
        return reader.read(self.source, window)


def test_bands_that_are_made_of_the_same_values_are_computed_together(make_cube):
    cube = make_cube("bands", "y", "x", grid=GRID, bands=("B02", "B04", "B08"))
    source = Composite(cube.source)
    shared = replace(cube, source=source)
    plan = geotiff_plan(cube, {})
    computed = GeoTiffContent(plan, shared)

    assert b"".join(computed.read(0, computed.size)) == whole_file(plan, cube)
    assert {window.shape[0] for window in source.windows} == {3}
    keys = [window.key for window in source.windows]
    assert len(keys) == len(set(keys))


def test_nothing_is_read_as_nothing(both):
    _, computed = both

    assert list(computed.read(5, 5)) == []
    assert list(computed.read(computed.size, computed.size)) == []


def test_given_values_can_be_written(cube):
    values = np.arange(2 * 700 * 600, dtype="int32").reshape(2, 700, 600)
    given = replace(cube, bands=tuple(replace(band, data_type="int32") for band in cube.bands))
    content = whole_file(geotiff_plan(given, {}), given, values)

    with MemoryFile(content) as file, file.open() as dataset:
        assert (dataset.read() == values).all()
        assert dataset.overviews(1) == [2]
        assert dataset.tags()["TIFFTAG_DATETIME"] == "2024:06:01 00:00:00"


def test_small_files_are_held_and_large_ones_computed(make_cube):
    small = make_cube("bands", "y", "x", grid=GRID)
    large = make_cube("bands", "y", "x", grid=GRID.window(0, 0, 3000, 3000))

    for cube, kind in ((small, bytes), (large, GeoTiffContent)):
        (part,) = FORMAT.parts(cube, {})
        assert isinstance(FORMAT.write(part, {}), kind)


@pytest.mark.parametrize("share", [0, 1 / 3])
def test_a_part_of_a_huge_file_takes_little_memory(make_cube, share):
    grid = Grid("EPSG:32632", 300_000.0, 5_900_000.0, 10.0, 10.0, 40_000, 40_000)
    (part,) = FORMAT.parts(make_cube("bands", "y", "x", grid=grid), {})
    content = FORMAT.write(part, {})
    assert content.size > 6 * 2**30

    tracemalloc.start()
    try:
        start = int(content.size * share)
        read = sum(map(len, content.read(start, start + 1_000_000)))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert read == 1_000_000
    assert most < 40 * 2**20
