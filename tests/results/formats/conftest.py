"""Data cubes to be written, and writing them."""

from dataclasses import replace

import pytest

from mock_backend.catalog import Band
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.steps.inputs.loading import painted
from mock_backend.http.content import read_range, size_of
from mock_backend.results import formats

SEED = 7

GRID = Grid("EPSG:32632", west=679720.0, north=5151920.0, x_size=10.0, y_size=10.0, columns=9, rows=7)
DATES = ("2024-06-01T00:00:00Z", "2024-06-11T00:00:00Z")


def _feature(place, name=None, **properties):
    west = 11.0 + place / 10
    ring = [[west, 46.0], [west + 0.05, 46.0], [west + 0.05, 46.05], [west, 46.05], [west, 46.0]]
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return feature if name is None else feature | {"id": name}


FEATURES = (
    _feature(0, "north", crop="maize"),
    _feature(1, "south", crop="wheat"),
    _feature(2, "west", crop="rye"),
)

AXES = {"x": Dimension("x", "spatial", axis="x"), "y": Dimension("y", "spatial", axis="y")}


def band(name, data_type="int16", **facts):
    limits = {"minimum": 0, "maximum": 4000} if data_type != "uint8" else {"minimum": 0, "maximum": 200}
    return Band(str(name), data_type=data_type, **(limits | facts))


@pytest.fixture(scope="session")
def make_cube():
    """Make a data cube whose dimensions are named: x, y, t, bands, geometry, others with their labels."""

    def make(
        *dimensions,
        bands=("B04", "B08"),
        times=DATES,
        data_type="int16",
        grid=GRID,
        features=FEATURES,
        **more,
    ):
        facts = more.pop("facts", {"nodata": None if data_type.startswith("float") else 32767})
        others = more.pop("others", {})
        made = []
        for name in dimensions:
            if name in AXES and AXES.keys() <= set(dimensions):
                made.append(AXES[name])
            elif name in AXES:
                # A line of pixels has coordinates as labels.
                made.append(replace(AXES[name], labels=tuple((grid.xs if name == "x" else grid.ys).tolist())))
            elif name == "t":
                made.append(Dimension("t", "temporal", tuple(times)))
            elif name == "bands":
                made.append(Dimension("bands", "bands", tuple(bands)))
            elif name == "geometry":
                made.append(Dimension("geometry", "geometry", tuple(range(len(features)))))
            else:
                made.append(Dimension(name, "other", tuple(others[name])))
        within = more.pop("within", None)
        cube = DataCube(
            tuple(made),
            tuple(band(each, data_type, **facts) for each in (bands if "bands" in dimensions else ("one",))),
            grid=grid if AXES.keys() <= set(dimensions) else None,
            geometries=tuple(features) if "geometry" in dimensions else (),
            **({"period": (DATES[0], DATES[-1])} | more),
        )
        return painted(cube, SEED, within)

    return make


@pytest.fixture(scope="session")
def raster(make_cube):
    """Two bands, two dates, integers."""
    return make_cube("x", "y", "t", "bands")


@pytest.fixture(scope="session")
def series(make_cube):
    """Statistics of three geometries, two bands, two dates."""
    return make_cube("geometry", "t", "bands", data_type="float64")


@pytest.fixture(scope="session")
def values_of():
    """The values that a data cube has."""
    return lambda cube: Values(cube).array()


@pytest.fixture(scope="session")
def write():
    """Write content as a format's only file; returns its bytes."""

    def write(name, content, **options):
        found = formats.find_format(name)
        (part,) = found.parts(content, options)
        return found.write(part, options)

    return write


@pytest.fixture
def saved(write, tmp_path):
    """Write content to a file of a format; returns its path."""

    def save(name, content, **options):
        (part,) = formats.find_format(name).parts(content, options)
        path = tmp_path / part.name
        written = write(name, content, **options)
        path.write_bytes(b"".join(read_range(written, 0, size_of(written))))
        return path

    return save
