"""Pixels of other grids, read with few values."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.engine.core.nearest import NearestPixels
from mock_backend.engine.core.window import PixelIndex, Window, WindowReader, span
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import transformed
from mock_backend.engine.sources.resampling import Resampled
from mock_backend.engine.sources.source import Source


@dataclass(frozen=True, eq=False)
class Numbered(Source):
    """Pixels whose values are their rows and columns; it counts what is read."""

    counts: list[int] = field(default_factory=list)

    def read(self, window, reader):
        rows, columns = window.pixels.rows, window.pixels.columns
        self.counts.append(len(rows) * len(columns))
        return rows[:, None] * 1e6 + columns


#: A hundred kilometres of Sentinel-2.
UTM = Grid("EPSG:32632", 600_000.0, 5_200_020.0, 10.0, 10.0, 10_980, 10_980)
EAST = Grid("EPSG:4326", 170.0, 20.0, 0.1, 0.1, 200, 400)


def window_of(grid):
    return Window((), PixelIndex(grid, span(grid.rows), span(grid.columns)))


def centres(picture, grid):
    """Return the rows and columns of a grid where the centres of a picture's pixels are."""
    xs, ys = transformed(
        picture.crs, grid.crs, *map(np.ascontiguousarray, np.meshgrid(picture.xs, picture.ys))
    )
    return (grid.north - ys) / grid.y_size, (xs - grid.west) / grid.x_size


def mercator(west, north, resolution, size=64):
    return Grid("EPSG:3857", west, north, resolution, resolution, size, size)


@given(resolution=st.floats(1, 10_000), right=st.floats(0, 1), down=st.floats(0, 1))
def test_pictures_show_pixels_nearby_and_read_few(resolution, right, down):
    west, south, east, north = 1_150_000.0, 5_800_000.0, 1_300_000.0, 5_950_000.0
    picture = mercator(west + right * (east - west), north - down * (north - south), resolution)
    source, nearest = Numbered(), NearestPixels(UTM, picture)
    rows, columns = centres(picture, UTM)

    found = nearest.read(source, (), nearest.inside, WindowReader())

    inside = (rows >= 0) & (rows < UTM.rows) & (columns >= 0) & (columns < UTM.columns)
    assert (nearest.inside != inside).sum() <= 2  # those on an edge
    # The pixels of the grid in one of the picture; half of these is how far rows and columns are thinned.
    size = resolution * np.cos(np.radians(46.5)) / 10
    reach = 1 if size < 1.9 else 0.8 * size + 5
    both = nearest.inside & inside
    kept = both[nearest.inside]
    assert np.abs(found // 1e6 + 0.5 - rows[nearest.inside])[kept].max(initial=0) <= reach
    assert np.abs(found % 1e6 + 0.5 - columns[nearest.inside])[kept].max(initial=0) <= reach
    assert sum(source.counts) <= 6 * picture.pixels


@pytest.mark.parametrize(("west", "columns"), [(-180.0, [*range(100, 110)]), (170.0, [*range(10)])])
def test_both_sides_of_the_antimeridian(west, columns):
    picture = Grid("EPSG:4326", west, 20.0, 0.1, 0.1, 10, 10)
    nearest = NearestPixels(EAST, picture)

    found = nearest.read(Numbered(), (), nearest.inside, WindowReader())
    assert nearest.inside.all()
    assert (found % 1e6).reshape(10, 10)[0].tolist() == columns


def test_what_is_elsewhere_has_no_pixels():
    for picture in (mercator(0.0, 0.0, 10.0), Grid("EPSG:4326", 0.0, 99.0, 0.1, 0.1, 10, 10)):
        assert not NearestPixels(UTM, picture).inside.any()


def test_much_coarser_pixels_of_another_system_take_neither_time_nor_memory():
    picture = mercator(1_170_000.0, 5_940_000.0, 1200.0, 100)
    source = Numbered()

    found = Resampled(source, UTM, bounds=UTM).read(window_of(picture), WindowReader())

    rows, columns = (np.floor(each) for each in centres(picture, UTM))
    inside = (rows >= 0) & (rows < UTM.rows) & (columns >= 0) & (columns < UTM.columns)
    assert np.array_equal(found[inside], (rows * 1e6 + columns)[inside])
    assert np.isnan(found[~inside]).all()
    # As many rows and columns as there are pixels would meet in a hundred million.
    assert max(source.counts) < 100_000
