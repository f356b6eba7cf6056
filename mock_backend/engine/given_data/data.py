"""Data that a test gives: a data cube with its values in memory, and the arrays that it is made of."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, Grid

#: Data with more values are none that a test gives by intention.
MOST = 1 << 28
#: The integer types whose values single precision holds exactly.
_SMALL = ("uint8", "int8", "uint16", "int16")
#: Larger ones, as results may have them; whatever fits none of them is floating point.
_LARGE = ("uint32", "int32")


class GivenDataError(ValueError):
    """Data from which no data cube follows; the message says what would be right, or what to install."""


@dataclass(frozen=True, eq=False)
class GivenData:
    """A data cube and its values."""

    cube: DataCube  #: The facts that are known without the values
    #: Floating points in the order of ``cube.dimensions``, NaN where there are no data; read-only
    values: NDArray[Any]

    def __post_init__(self) -> None:
        self.values.flags.writeable = False

    def named(self, names: Sequence[str]) -> "GivenData":
        """Return the same data with other names of the bands."""
        bands = tuple(replace(band, name=name) for band, name in zip(self.cube.bands, names, strict=True))
        dimensions = self.cube.changed(self.cube.of_kind("bands"), labels=tuple(names), aliases={})
        return replace(self, cube=replace(self.cube, bands=bands, dimensions=dimensions))

    def only(self, names: Sequence[str]) -> "GivenData":
        """Return the data of some bands."""
        place = [each.kind for each in self.cube.dimensions].index("bands")
        known = [band.name for band in self.cube.bands]
        values = self.values.take([known.index(name) for name in names], axis=place)
        return GivenData(self.cube.at(self.cube.dimensions[place].name, *names), values)

    def dated(self, label: str) -> "GivenData":
        """Return data of at most one date with another one."""
        cube, values = self.cube, self.values
        dimensions = cube.changed(time := cube.of_kind("temporal"), labels=(label,))
        if time is None:
            dimensions, values = (Dimension("t", "temporal", (label,)), *dimensions), values[None]
        return GivenData(replace(cube, dimensions=dimensions, period=(label, label)), values)


def with_aliases(dimension: Dimension, bands: Sequence[Band]) -> Dimension:
    """Return a dimension of bands with their other names as aliases; other dimensions as they are."""
    if dimension.kind != "bands":
        return dimension
    aliases: dict[str, tuple[str, ...]] = {}
    for band in bands:
        for alias in filter(None, (band.common_name, *band.aliases)):
            aliases[alias] = (*aliases.get(alias, ()), band.name)
    return replace(dimension, aliases=aliases)


def as_floats(values: NDArray[Any], nodata: float | None) -> NDArray[Any]:
    """Return a copy of numbers, or truth values, as the floating points that hold them; no data are NaN."""
    exact = values.dtype.kind == "b" or values.dtype.name in (*_SMALL, "float16", "float32")
    copy = values.astype("float32" if exact else "float64")
    if nodata is not None and nodata == nodata:  # NaN is not itself
        # Compared as they are stored: the nearest floating point is no-data in files of those, too.
        copy[values == _as_stored(nodata, values.dtype)] = np.nan
    return copy


def declared_type(values: NDArray[Any], stored: str | None = None) -> str:
    """Return the data type of results that hold such values.

    Args:
        values: Numbers or truth values.
        stored: Their data type in a file, if they come from one and were only masked since.
    """
    kind = values.dtype
    if kind.kind == "f" and stored is not None and np.dtype(stored).kind in "iu":
        there = values[np.isfinite(values)]
        limits = np.iinfo(stored)
        if bool(np.all((there == np.rint(there)) & (there >= limits.min) & (there <= limits.max))):
            return declared_type(there.astype(stored))
    if kind.kind == "b":
        return "uint8"
    if kind.kind == "f":
        return "float64" if kind.itemsize > 4 else "float32"
    if kind.name in (*_SMALL, *_LARGE):
        return str(kind.name)
    low, high = (int(values.min()), int(values.max())) if values.size else (0, 0)
    fitting = (each for each in reversed(_LARGE) if np.iinfo(each).min <= low and high <= np.iinfo(each).max)
    return next(fitting, "float64")


def measured(band: Band, values: NDArray[Any]) -> Band:
    """Return a band with the range of its values."""
    there = values[np.isfinite(values)]
    low, high = (float(there.min()), float(there.max())) if there.size else (0.0, 0.0)
    return replace(band, minimum=low, maximum=high)


def nodata_of(data_type: str, nodata: Any) -> float | str | None:
    """Return how a band of a data type says that there are no data: as the data do, if it can."""
    if data_type.startswith("float"):
        return "nan"
    limits = np.iinfo(data_type)
    number = as_number(nodata)
    is_one = number is not None and number == number and limits.min <= number <= limits.max
    return number if is_one else None


def as_number(value: Any) -> float | None:
    """Return a number as such, also if it is a text or in an array; None for anything else."""
    try:
        return None if value is None else float(np.asarray(value).reshape(-1)[0])
    except (TypeError, ValueError, IndexError):
        return None


def _as_stored(nodata: float, dtype: np.dtype[Any]) -> Any:
    if dtype.kind != "f":
        return nodata
    with np.errstate(over="ignore"):
        return dtype.type(nodata)


@dataclass(frozen=True)
class GivenVariable:
    """An array with named dimensions."""

    dimensions: tuple[str, ...]  #: The names of its dimensions
    values: NDArray[Any]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    stored: str | None = None  #: The data type that its values had in a file, if they were converted since


@dataclass(frozen=True)
class Variables:
    """Arrays that share dimensions."""

    data: Mapping[str, GivenVariable]
    #: Variables that describe their dimensions: coordinates by name, and coordinate systems
    coordinates: Mapping[str, GivenVariable] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)  #: The attributes of the whole
    is_set: bool = False  #: True if each of the arrays is a band
    grid: Grid | None = None  #: The positions of the pixels, if they are already known
    bands: tuple[Band, ...] = ()  #: The known facts about the bands, if any


@dataclass(frozen=True)
class Told:
    """The facts that a test tells of its data beside them; they count more than what the data say."""

    bands: Sequence[str | Band] | None = None  #: The names of the bands, or the bands, in their order
    dates: Sequence[Any] | None = None  #: The instants of the temporal dimension, in their order
    #: West, south, east and north of the pixels' outer edges in the coordinate system
    bbox: Sequence[float] | None = None
    crs: Any = None
    nodata: float | None = None  #: The value that says that there are no data
    dims: Sequence[str] | None = None  #: The names of the dimensions of an array


#: Attributes of a variable that xarray moves elsewhere when it opens a file.
_ENCODED = ("_FillValue", "missing_value", "grid_mapping")
_PIXELS = ("y", "x")


def xarray_variables(given: Any) -> Variables:
    """Return the arrays of an ``xarray.DataArray`` or ``xarray.Dataset``."""
    is_set = hasattr(given, "data_vars")
    arrays = given.data_vars if is_set else {given.name or "": given}
    mappings = {
        name: each for name, each in arrays.items() if not each.dims and "grid_mapping_name" in each.attrs
    }
    described = {**given.coords, **mappings}
    return Variables(
        {str(name): _variable(each) for name, each in arrays.items() if name not in described},
        {str(name): _variable(each) for name, each in described.items()},
        dict(given.attrs),
        is_set=is_set,
    )


def _variable(array: Any) -> GivenVariable:
    encoding = array.encoding
    attributes = {name: encoding[name] for name in _ENCODED if name in encoding} | dict(array.attrs)
    stored = encoding.get("dtype")
    # Scaled values are not what a file holds.
    scaled = encoding.get("scale_factor", 1) != 1 or encoding.get("add_offset", 0) != 0
    kind = None if stored is None or scaled else np.dtype(stored)
    if scaled:
        # What stands for no data in the file is a value like any other here.
        attributes = {name: value for name, value in attributes.items() if name not in _ENCODED[:2]}
    values = np.asarray(array.values)
    return GivenVariable(
        tuple(map(str, array.dims)),
        values,
        attributes,
        kind.name if kind is not None and kind.kind in "iu" else None,
    )


def named_array(array: NDArray[Any], told: Told) -> Variables:
    """Return an array with named dimensions: bands and dates, rows from the north, columns from the west."""
    dims = tuple(told.dims) if told.dims is not None else _dims_of(array, told)
    if len(dims) != array.ndim:
        raise GivenDataError(
            f"dims names each dimension of the array: it has {array.ndim}, of the sizes {array.shape}, and "
            f"dims names {dims}."
        )
    return Variables({"": GivenVariable(dims, np.asarray(array))})


def _dims_of(array: NDArray[Any], told: Told) -> tuple[str, ...]:
    if array.ndim == 4:
        return ("t", "bands", *_PIXELS)
    if array.ndim == 3:
        first = len(array)
        dated = told.dates is not None and len(told.dates) == first
        banded = told.bands is not None and len(told.bands) == first
        if dated and not banded:
            return ("t", *_PIXELS)
        if banded and (not dated or first == 1):
            return ("bands", *_PIXELS)
        if told.dates is None and told.bands is None:
            return ("bands", *_PIXELS)
    if array.ndim == 2:
        return _PIXELS
    raise GivenDataError(
        f"Name the dimensions of an array of the shape {array.shape}, e.g. dims=('t', 'bands', 'y', 'x')."
    )
