"""Data cubes of the collections that every back-end has."""

from dataclasses import replace

import pytest

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.zones import Inside

BANDS = {
    collection.id: {band.name: band for band in collection.bands}
    for collection in CollectionsRegister().collections().values()
}
#: Ten kilometres in the Alps.
BOX = (679_720.0, 5_151_080.0, 681_720.0, 5_153_080.0)
#: A part of it.
TRIANGLE = {
    "type": "Polygon",
    "coordinates": [[[11.345, 46.492], [11.366, 46.492], [11.355, 46.505], [11.345, 46.492]]],
}


def _dimensions(times, bands):
    found = []
    if times is not None:
        found.append(Dimension("t", "temporal", tuple(times)))
    if bands is not None:
        found.append(Dimension("bands", "bands", tuple(each.name for each in bands)))
    return found


def _painted(dimensions, bands, grid=None, *, seed=0, within=None, **facts):
    """Return a data cube with values of the landscape, without clouds that hide the ground."""
    cube = DataCube(tuple(dimensions), tuple(bands), grid, **facts)
    source = Painted(cube.others, cube.bands, seed, cube.period, cube.spans, cube.geometries)
    return replace(cube, source=source if within is None else Inside(source, within))


@pytest.fixture(scope="session")
def scene():
    """Make a data cube of a collection's bands: time, bands, y, x."""

    def make(
        *names,
        collection="SENTINEL2_L2A",
        grid=None,
        box=BOX,
        crs="EPSG:32632",
        size=10.0,
        times=("2024-06-06T00:00:00Z",),
        bands=None,
        **facts,
    ):
        if bands is None:
            bands = [BANDS[collection][name] for name in names or ("B04",)]
        if grid is None:
            grid = Grid.around(box, crs=crs, x_size=size, y_size=size)
        axes = [Dimension("y", "spatial", axis="y"), Dimension("x", "spatial", axis="x")]
        return _painted((*_dimensions(times, bands), *axes), bands, grid, **facts)

    return make


@pytest.fixture(scope="session")
def ndvi():
    """A vegetation index, as processes make it."""
    return Band("NDVI", data_type="float32", minimum=-1, maximum=1, nodata="nan")


@pytest.fixture(scope="session")
def table():
    """Make a data cube without pixels, of geometries if there are any."""

    def make(*dimensions, bands=("B04",), **facts):
        found = tuple(BANDS["SENTINEL2_L2A"][name] for name in bands)
        return _painted(dimensions, found, **facts)

    return make
