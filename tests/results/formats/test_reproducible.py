"""The same request gives the same bytes, in any process."""

import hashlib
import subprocess
import sys

import pytest

from mock_backend.engine.steps.inputs.loading import painted

NAMES = ["netCDF", "Zarr", "JSON", "CSV", "GeoJSON", "Parquet"]

PROGRAM = """
import hashlib
from mock_backend.results import formats
from mock_backend.catalog import Band
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.steps.inputs.loading import painted

ring = [[11.0, 46.0], [11.1, 46.0], [11.1, 46.1], [11.0, 46.0]]
triangle = {"type": "Polygon", "coordinates": [ring]}
feature = {"type": "Feature", "id": "a", "properties": {}, "geometry": triangle}
bands = tuple(Band(name, data_type="int16", minimum=0, maximum=4000, nodata=-1) for name in ("B04", "B08"))
t, b = Dimension("t", "temporal", ("2024-06-01", "2024-06-02")), Dimension("bands", "bands", ("B04", "B08"))
x, y = Dimension("x", "spatial", axis="x"), Dimension("y", "spatial", axis="y")
raster = DataCube((x, y, t, b), bands, Grid("EPSG:32632", 680000.0, 5150000.0, 10.0, 10.0, 40, 30))
series = DataCube((Dimension("geometry", "geometry", (0,)), t, b), bands, geometries=(feature,))
for name in NAMES:
    cube = painted(raster if name in ("netCDF", "Zarr") else series, 3)
    found = formats.find_format(name)
    (part,) = found.parts(cube, {})
    print(name, hashlib.sha256(found.write(part, {})).hexdigest())
"""


def digests(seed):
    """Return what another process writes, one with another order of sets."""
    program = f"NAMES = {NAMES}\n{PROGRAM}"
    command = [sys.executable, "-c", program]
    environment = {"PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "UTC"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return dict(line.split() for line in done.stdout.splitlines())


def test_two_processes_write_the_same_bytes():
    first, second = digests("1"), digests("2")

    assert list(first) == NAMES
    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_twice_in_a_process(write, raster, series, name):
    cube = raster if name in {"netCDF", "Zarr"} else series

    assert hashlib.sha256(write(name, cube)).digest() == hashlib.sha256(write(name, cube)).digest()
    assert write(name, painted(cube, 8)) != write(name, cube)
