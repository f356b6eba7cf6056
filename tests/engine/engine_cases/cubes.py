"""Data cubes of given values, and what processes make of them."""

from datetime import UTC, datetime

import numpy as np

from mock_backend.catalog import Band, CollectionsRegister
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.sources.memory import HeldValues
from mock_backend.engine.steps import GraphContext, Plain
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.settings import AppSettings

TIMES = ("2024-01-10T00:00:00Z", "2024-02-05T00:00:00Z", "2024-02-20T00:00:00Z", "2025-01-15T00:00:00Z")
NAMES = ("B04", "B08", "B11")
COMMON = {"B04": "red", "B08": "nir"}
#: The value for no data in bands of integers.
NODATA = -999
CATALOGUE = CollectionsRegister(AppSettings(profile="spec"))


def given(values, *, dims="tbyx", times=TIMES, bands=NAMES, kind="float64", west=0.0, north=0.0):
    """Return a data cube of values, NaN where there are none, with pixels of one degree.

    Args:
        values: The values.
        dims: What its dimensions are: t, b (bands), y, x, each by its first letter.
        times: The labels of time, of which as many are taken as there are values.
        bands: The names of bands, likewise.
        kind: The data type of the bands.
        west: Where the pixels begin.
        north: Likewise.
    """
    sizes = dict(zip(dims, np.shape(values), strict=True))
    known = {
        "t": Dimension("t", "temporal", tuple(times[: sizes.get("t", 0)])),
        "b": _bands(tuple(bands[: sizes.get("b", 0)])),
        "y": Dimension("y", "spatial", axis="y"),
        "x": Dimension("x", "spatial", axis="x"),
    }
    grid = Grid("EPSG:4326", west, north, 1.0, 1.0, sizes["x"], sizes["y"]) if "x" in sizes else None
    nodata = "nan" if kind.startswith("float") else NODATA
    names = known["b"].labels if "b" in sizes else ("var",)
    made = tuple(Band(each, COMMON.get(each), data_type=kind, nodata=nodata) for each in names)
    order = [each for each in dims if each not in "yx"] + ([*"yx"] if grid else [])
    held = np.asarray(values, np.float64).transpose([dims.index(each) for each in order])
    return Flow(DataCube(tuple(known[each] for each in dims), made, grid, source=HeldValues(held, grid)))


def _bands(names):
    return Dimension(
        "bands", "bands", names, aliases={COMMON[each]: (each,) for each in names if each in COMMON}
    )


def result(graph, **cubes):
    """Return what a process graph makes of data cubes, which are its parameters."""
    parameters = [
        {"name": name, "description": "", "schema": {}, "default": each} for name, each in cubes.items()
    ]
    found = outcome_of(
        graph,
        GraphContext(
            catalogue=CATALOGUE,
            processes=signatures(),
            now=datetime(2025, 6, 1, tzinfo=UTC),
            parameters=parameters,
        ),
    )
    assert not found.stand_ins
    content = found.saved[0].content
    assert not isinstance(content, Plain)
    return content


def values_of(cube, *order):
    """Return the values of a data cube, with its dimensions in an order; NaN where there are none."""
    found = Values(cube).array()
    assert (found.shape, found.dtype) == (cube.shape, cube.data_type)
    nothing = np.isnan(found) if cube.nodata is None or np.isnan(cube.nodata) else found == cube.nodata
    names = [each.name for each in cube.dimensions]
    return np.where(nothing, np.nan, found.astype(np.float64)).transpose(
        [names.index(each) for each in order]
    )
