"""Data cubes to be written as GeoTIFFs, and writing them."""

import pytest

from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.steps.inputs.loading import painted
from mock_backend.results.formats.geotiff import FORMAT

SEED = 7
LARGE = Grid("EPSG:32632", west=679720.0, north=5151920.0, x_size=10.0, y_size=10.0, columns=1300, rows=700)


def write(cube, **options):
    """Return the only file that a cube makes."""
    (part,) = FORMAT.parts(cube, options)
    content = FORMAT.write(part, options)
    return content if isinstance(content, bytes) else b"".join(content.read(0, content.size))


def array(cube):
    """Return the values of a cube."""
    return Values(cube).array()


@pytest.fixture(scope="module")
def single(make_cube):
    """Two bands, one date."""
    return make_cube("t", "bands", "y", "x", times=("2024-06-01T10:20:30Z",))


@pytest.fixture(scope="module")
def large(make_cube):
    """Two bands that have overviews."""
    return make_cube("bands", "y", "x", grid=LARGE)


def bands_of(*bands, grid=LARGE.window(0, 0, 20, 30)):
    """Return a small cube of bands."""
    dimensions = (
        Dimension("bands", "bands", tuple(each.name for each in bands)),
        Dimension("y", "spatial", axis="y"),
        Dimension("x", "spatial", axis="x"),
    )
    return painted(DataCube(dimensions, bands, grid), SEED)
