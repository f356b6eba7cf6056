"""A data cube as a data set by the CF conventions, which netCDF and Zarr share."""

from collections.abc import Mapping
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, Grid, is_horizontal
from mock_backend.results.formats.labels import (
    instants,
    number_type,
    since_epoch,
    unique_names,
    variable_name,
)
from mock_backend.results.formats.layout import (
    arranged_values,
    by_variable,
    features_of_cube,
    variable_labels,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: The variable that tells of the coordinate system.
CRS = "crs"
#: Name of the dimension of geometries in files, as in other back-ends.
FEATURE = "feature"

# The variables that tell of geometries: where each is, and what it is called.
_PLACES = ("lat", "lon", "feature_names")


@dataclass(frozen=True)
class DatasetVariable:
    """A variable of a data set."""

    dimensions: tuple[str, ...]  #: The names of its dimensions
    values: "NDArray[Any]"  #: Its values; texts are of NumPy's type ``U``
    attributes: Mapping[str, Any] = field(default_factory=dict)
    fill: float | None = None  #: The value that says that there is none
    #: The position of its band in the data cube, if the values here are in place of those to come
    label: int | None = None


@dataclass(frozen=True)
class Dataset:
    """Variables that share dimensions."""

    sizes: Mapping[str, int]  #: The lengths of the dimensions
    #: The variables: those of coordinates first, then one for each band
    variables: Mapping[str, DatasetVariable]
    attributes: Mapping[str, Any]  #: The attributes of the whole


def dataset_of(cube: DataCube, *, without_values: bool = False) -> Dataset:
    """Return a data cube with its values as a data set.

    Each band is a variable of its values as they are stored: nothing says how to scale them, since
    libraries would do so without asking.

    Args:
        without_values: True to leave the values of bands to the caller.

    Raises:
        OpenEOError: If it has too many values.
    """
    import numpy as np  # heavy, and only needed where there are values

    dimensions = by_variable(cube)
    names = tuple(unique_names(map(_file_name, dimensions), {CRS, *_PLACES}))
    variables: dict[str, DatasetVariable] = {}
    for dimension, name in zip(dimensions, names, strict=True):
        variables |= _coordinates(cube, dimension, name)
    shared = _shared_attributes(cube, variables)
    if cube.grid is not None:
        variables[CRS] = _crs(cube.grid)
    labels = variable_labels(cube)
    # Zeros that take no memory.
    zeros = np.broadcast_to(np.zeros((), cube.data_type), cube.shape)
    values = arranged_values(cube, zeros if without_values else None)
    keys = unique_names(map(variable_name, labels), {*variables, *names})
    fill = _fill(cube.nodata, values.dtype)
    for place, (key, text, band) in enumerate(zip(keys, labels, cube.bands, strict=True)):
        attributes = _band_attributes(band, str(text), values.dtype) | shared
        label = place if without_values else None
        variables[key] = DatasetVariable(names, values[..., place], attributes, fill, label)
    sizes = {name: cube.sizes[each.name] for each, name in zip(dimensions, names, strict=True)}
    return Dataset(sizes, variables, _attributes(cube))


def _file_name(dimension: Dimension) -> str:
    return FEATURE if dimension.kind == "geometry" else variable_name(dimension.name)


def _attributes(cube: DataCube) -> dict[str, Any]:
    start, end = cube.period
    known = {
        "Conventions": "CF-1.9",
        "title": "Result of an openEO process graph",
        "institution": "openEO mock back-end",
        "source": "Synthetic data",
        "featureType": "timeSeries" if cube.of_kind("geometry") and cube.times else None,
        "time_coverage_start": start,
        "time_coverage_end": end,
    }
    return {name: value for name, value in known.items() if value is not None}


def _band_attributes(band: Band, label: str, dtype: Any) -> dict[str, Any]:
    import numpy as np

    attributes: dict[str, Any] = {"long_name": band.description or label}
    if band.unit:
        attributes["units"] = band.unit
    if band.classes:
        attributes["flag_values"] = np.array(list(band.classes), dtype=dtype)
        attributes["flag_meanings"] = " ".join("_".join(text.split()) for text in band.classes.values())
    return attributes


def _fill(nodata: float | None, dtype: Any) -> float | None:
    """Return the value that says that there is none if the data type has it."""
    import numpy as np

    if nodata is None or dtype.kind == "f":
        return nodata
    limits = np.iinfo(dtype)
    return nodata if limits.min <= nodata <= limits.max else None


def _shared_attributes(cube: DataCube, coordinates: Mapping[str, DatasetVariable]) -> dict[str, Any]:
    attributes = {}
    if cube.grid is not None:
        attributes["grid_mapping"] = CRS
    # Those that are not named like a dimension have to be listed.
    if more := [name for name, variable in coordinates.items() if variable.dimensions != (name,)]:
        attributes["coordinates"] = " ".join(more)
    return attributes


def _coordinates(cube: DataCube, dimension: Dimension, name: str) -> dict[str, DatasetVariable]:
    if is_horizontal(dimension):
        return {name: _positions(cube.grid, dimension.axis or "x", name)} if cube.grid is not None else {}
    if dimension.kind == "geometry":
        return _places(cube, name)
    return {name: _labels(cube, dimension, name)}


def _positions(grid: Grid, axis: str, name: str) -> DatasetVariable:
    attributes = dict(_reference(grid.crs)[1].get(axis.upper(), {"axis": axis.upper()}))
    return DatasetVariable((name,), grid.ys if axis == "y" else grid.xs, attributes)


def _labels(cube: DataCube, dimension: Dimension, name: str) -> DatasetVariable:
    import numpy as np

    labels = dimension.labels or ()
    temporal = dimension.kind == "temporal"
    if temporal and (times := instants([_start(cube, label) for label in labels])) is not None:
        counts, units = since_epoch(times)
        attributes = {"standard_name": "time", "axis": "T", "units": units, "calendar": "proleptic_gregorian"}
        return DatasetVariable((name,), np.array(counts, dtype="int64"), attributes)
    if not temporal and (kind := number_type(labels)) is not None:
        return DatasetVariable((name,), np.array(labels, dtype=kind))
    return DatasetVariable((name,), np.array([str(label) for label in labels], dtype="U"))


def _start(cube: DataCube, label: Any) -> Any:
    """Return when that begins which a label of time stands for, or the label."""
    return cube.spans.get(str(label), (None, None))[0] or label


def _places(cube: DataCube, name: str) -> dict[str, DatasetVariable]:
    import numpy as np

    from mock_backend.landscape.sensors.geojson import geojson_geometry

    features, points = features_of_cube(cube), []
    for feature in features:
        geometry = feature.get("geometry")
        place = geojson_geometry(geometry).representative_point() if geometry else None
        points.append((np.nan, np.nan) if place is None or place.is_empty else (place.x, place.y))
    xs, ys = np.array(points, dtype="float64").reshape(-1, 2).T
    named = [str(each.get("id", f"feature_{place}")) for place, each in enumerate(features)]
    attributes = (
        {"standard_name": "latitude", "units": "degrees_north"},
        {"standard_name": "longitude", "units": "degrees_east"},
        {"cf_role": "timeseries_id"},
    )
    values = (ys, xs, np.array(named, dtype="U"))
    return {
        each: DatasetVariable((name,), found, about)
        for each, found, about in zip(_PLACES, values, attributes, strict=True)
    }


def _crs(grid: Grid) -> DatasetVariable:
    import numpy as np

    transform = (grid.west, grid.x_size, 0.0, grid.north, 0.0, -grid.y_size)
    attributes = _reference(grid.crs)[0] | {"GeoTransform": " ".join(map(repr, transform))}
    return DatasetVariable((), np.array(0, dtype="int32"), attributes)


@lru_cache(maxsize=64)
def _reference(crs: str) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Return the attributes of a coordinate system and of its axes; shared, so they are not changed."""
    import pyproj  # heavy, and only needed for results

    system = pyproj.CRS.from_user_input(crs)
    wkt = system.to_wkt()
    # The second name is GDAL's.
    attributes = {**system.to_cf(), "crs_wkt": wkt, "spatial_ref": wkt}
    return attributes, {each["axis"]: each for each in system.cs_to_cf() if "axis" in each}
