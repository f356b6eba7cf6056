"""From arrays with named dimensions to a data cube with values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.cubes.projection import is_geographic
from mock_backend.engine.given_data.data import (
    GivenData,
    GivenDataError,
    GivenVariable,
    Told,
    Variables,
    as_floats,
    as_number,
    declared_type,
    measured,
    nodata_of,
    with_aliases,
)
from mock_backend.engine.given_data.files.georeference import grid_of_variables, roles_of

#: Name of the only band if it has none, as in results.
_NAMELESS = "var"
#: Names of dimensions in data cubes, as most back-ends have them.
_X, _Y, _T, _BANDS = "x", "y", "t", "bands"


def data_of(variables: Variables, told: Told) -> GivenData:
    """Return the data cube of some arrays.

    Its horizontal dimensions are called ``x`` and ``y``, that of time ``t``, that of bands ``bands``; others
    keep their names. Rows begin in the north, columns in the west, and instants are in their order.
    """
    names, arrays = _chosen(variables)
    dimensions = arrays[0].dimensions
    roles = roles_of(dimensions, variables.coordinates)
    if not {_X, _Y} <= roles.keys():
        raise GivenDataError(
            f"The data need a dimension x and a dimension y (or lon and lat); theirs are "
            f"{', '.join(map(repr, dimensions)) or 'none'}. Rename them, or name them all by dims=."
        )
    dimensions, values, bands = _banded(names, arrays, variables, roles, told)
    roles = roles_of(dimensions, variables.coordinates)
    x, y = (dimensions.index(roles[each]) for each in (_X, _Y))
    grid = grid_of_variables(variables, roles[_X], roles[_Y], (values.shape[y], values.shape[x]), told)
    values, grid = _turned(_north_up(values, variables, roles, (x, y)), grid, x)
    if told.dates is not None and _T not in roles:
        dimensions, values, roles = (_T, *dimensions), values[None], {**roles, _T: _T}
    labelled = []
    for place, name in enumerate(dimensions):
        role = next((role for role, found in roles.items() if found == name), None)
        if role == _T:
            labels, order = _times(variables, name, values.shape[place], told)
            values = np.take(values, order, axis=place)
            labelled.append(Dimension(_T, "temporal", tuple(labels)))
        else:
            labelled.append(_dimension(name, role, variables, bands, values.shape[place]))
    times = next((each.labels for each in labelled if each.kind == "temporal"), None) or (None,)
    axis = next((place for place, each in enumerate(labelled) if each.kind == "bands"), None)
    parts = [values] if axis is None else [values.take(each, axis=axis) for each in range(len(bands))]
    bands = tuple(map(measured, bands, parts))
    cube = DataCube(tuple(labelled), bands, grid, period=(times[0], times[-1]))
    return GivenData(cube, np.ascontiguousarray(values))


def _chosen(variables: Variables) -> tuple[list[str], list[GivenVariable]]:
    """Return the arrays that are data, with their names: those with pixels, of which all have one shape."""
    numbers = {name: each for name, each in variables.data.items() if each.values.dtype.kind in "biuf"}
    with_pixels = {
        name: each
        for name, each in numbers.items()
        if {_X, _Y} <= roles_of(each.dimensions, variables.coordinates).keys()
    }
    found = with_pixels or numbers
    if not found:
        kinds = sorted({str(each.values.dtype) for each in variables.data.values()})
        raise GivenDataError(f"The data hold no numbers, but {', '.join(kinds) or 'nothing'}.")
    first = next(iter(found))
    for name, each in found.items():
        if set(each.dimensions) != set(found[first].dimensions):
            raise GivenDataError(
                f"All bands must have the same dimensions; {first!r} has {found[first].dimensions}, and "
                f"{name!r} has {each.dimensions}. Give them as collections of their own; a process graph can "
                "merge them."
            )
    dimensions, arrays = found[first].dimensions, []
    if len(set(dimensions)) < len(dimensions):
        raise GivenDataError(f"Each dimension needs a name of its own, got {', '.join(dimensions)}.")
    for each in found.values():
        values = each.values.transpose(list(map(each.dimensions.index, dimensions)))
        arrays.append(replace(each, dimensions=dimensions, values=values))
    return list(found), arrays


def _banded(
    names: list[str], arrays: list[GivenVariable], variables: Variables, roles: dict[str, str], told: Told
) -> tuple[tuple[str, ...], NDArray[Any], tuple[Band, ...]]:
    """Return dimensions, values and bands, of which there is one for each label of a dimension of bands."""
    first, given = arrays[0], roles.get(_BANDS)
    dimensions, place = first.dimensions, None
    if given is not None:
        if len(arrays) > 1:
            raise GivenDataError(
                f"Each variable is a band, and these have a dimension {given!r} as well; give one of them."
            )
        place = dimensions.index(given)
        coordinate = variables.coordinates.get(given)
        labels = None if coordinate is None else coordinate.values
        size = first.values.shape[place]
        if not size:
            raise GivenDataError("The data have no band.")
        names = band_names(labels, size, first.attributes.get("long_name"))
        known = variables.bands or (None,) * size
        slices = [np.asarray(first.values.take(each, axis=place)) for each in range(size)]
        parts = [_floats(first, *each, told) for each in zip(slices, known, strict=True)]
    else:
        if variables.is_set or told.bands is not None or names[0]:
            place = min(dimensions.index(roles[_X]), dimensions.index(roles[_Y]))
            dimensions = (*dimensions[:place], _BANDS, *dimensions[place:])
        names = [each or _NAMELESS for each in names]
        parts = [_floats(each, each.values, None, told) for each in arrays]
    bands = _named(parts, names)
    values = [part for part, _ in parts]
    stacked = values[0] if place is None else np.stack(values, axis=place)
    return dimensions, stacked, bands if told.bands is None else _renamed(bands, told)


def _floats(
    variable: GivenVariable, values: NDArray[Any], known: Band | None, told: Told
) -> tuple[NDArray[Any], Band]:
    """Return the values of a band, and what is known of it but its name."""
    attributes = variable.attributes
    names = ("_FillValue", "missing_value", "nodata")
    nodata: Any = next((attributes[each] for each in names if attributes.get(each) is not None), None)
    if known is not None and known.nodata is not None:
        nodata = known.nodata
    if told.nodata is not None:
        nodata = told.nodata
    kind = declared_type(values, variable.stored)
    band = known if known is not None else _described(attributes)
    return as_floats(values, as_number(nodata)), replace(band, data_type=kind, nodata=nodata_of(kind, nodata))


def _named(parts: list[tuple[NDArray[Any], Band]], names: list[str]) -> tuple[Band, ...]:
    twice = next((each for place, each in enumerate(names) if each in names[:place]), None)
    if twice is not None:
        raise GivenDataError(f"The data have the band {twice!r} twice; name the bands by bands=[…].")
    return tuple(replace(band, name=band.name or name) for (_, band), name in zip(parts, names, strict=True))


def _renamed(bands: tuple[Band, ...], told: Told) -> tuple[Band, ...]:
    names = list(told.bands or ())
    if isinstance(told.bands, str | Band) or len(names) != len(bands):
        raise GivenDataError(
            f"bands is a list with a name for each band: the data have {len(bands)} of them, and it names "
            f"{told.bands!r}."
        )
    return tuple(
        replace(name, data_type=band.data_type, nodata=band.nodata)
        if isinstance(name, Band)
        else replace(band, name=str(name))
        for name, band in zip(names, bands, strict=True)
    )


def _north_up(
    values: NDArray[Any], variables: Variables, roles: dict[str, str], places: tuple[int, int]
) -> NDArray[Any]:
    """Return values with rows from the north and columns from the west."""
    for place, role, rises in zip(places, (_X, _Y), (True, False), strict=True):
        coordinate = variables.coordinates.get(roles[role])
        if coordinate is None or len(coordinate.values) < 2:
            continue
        if bool(coordinate.values[-1] > coordinate.values[0]) != rises:
            values = np.flip(values, axis=place)
    return values


def _turned(values: NDArray[Any], grid: Grid, place: int) -> tuple[NDArray[Any], Grid]:
    """Return data of longitudes up to 360 degrees from -180 degrees on."""
    if grid.east <= 180 or grid.west < 0 or not is_geographic(grid.crs):
        return values, grid
    columns = int(np.count_nonzero(grid.xs < 180))
    if columns and abs(grid.columns * grid.x_size - 360) > grid.x_size / 2:
        # What lies across the antimeridian goes on counting.
        return values, grid
    west = grid.west + columns * grid.x_size - 360
    return np.roll(values, -columns, axis=place), replace(grid, west=west)


def _times(variables: Variables, name: str, size: int, told: Told) -> tuple[list[str], list[int]]:
    """Return the instants in their order, and the places in the data that they had."""
    coordinate = variables.coordinates.get(name)
    if told.dates is None and coordinate is None:
        raise GivenDataError(f"The dimension {name!r} has no dates; give dates=['2024-06-01', …].")
    values = told.dates if told.dates is not None else coordinate.values if coordinate is not None else ()
    if isinstance(values, str) or len(values) != size:
        raise GivenDataError(
            f"dates must be a list with an instant for each of the {size} places in time, got {values!r}."
        )
    labels = written_instants(values)
    order = sorted(range(size), key=labels.__getitem__)
    return [labels[each] for each in order], order


def _dimension(
    name: str, role: str | None, variables: Variables, bands: tuple[Band, ...], size: int
) -> Dimension:
    if role in (_X, _Y):
        return Dimension(role, "spatial", axis=role)
    if role == _BANDS:
        return with_aliases(Dimension(_BANDS, "bands", tuple(band.name for band in bands)), bands)
    coordinate = variables.coordinates.get(name)
    labels = tuple(range(size)) if coordinate is None else plain_labels(coordinate.values)
    return Dimension(name, "other", labels)


def _described(attributes: Mapping[str, Any]) -> Band:
    """Return what the attributes of values that were not scaled tell of a band."""
    unit = attributes.get("units")
    return Band(
        "",
        unit=unit if isinstance(unit, str) and unit else None,
        scale=as_number(attributes.get("scale_factor")),
        offset=as_number(attributes.get("add_offset")),
    )


def written_instants(values: Sequence[Any] | NDArray[Any]) -> list[str]:
    """Return instants as RFC 3339 texts, in their order.

    Args:
        values: Texts, or objects of ``datetime``, NumPy, pandas or cftime; in UTC unless they say otherwise.
    """
    found = [_instant(each) for each in values]
    for place, each in enumerate(found):
        if each in found[:place]:
            raise GivenDataError(f"The data have the date {each} twice; labels of time are whole seconds.")
    return found


def plain_labels(values: NDArray[Any]) -> tuple[Any, ...]:
    """Return labels as JSON has them: numbers and texts."""
    found = values.tolist() if values.dtype.kind in "iufU" else [str(each) for each in values]
    return tuple(found)


def band_names(labels: NDArray[Any] | None, size: int, described: Any) -> list[str]:
    """Return the names of the bands of an array.

    Args:
        labels: The coordinates of its dimension of bands; None without.
        described: The descriptions of bands in its attributes, as rioxarray has them: a text for each.
    """
    numbered = labels is None or labels.dtype.kind in "iu"
    if numbered and isinstance(described, str) and size == 1:
        return [described]
    if numbered and isinstance(described, list | tuple) and len(set(described)) == size:
        return [str(each) for each in described]
    if labels is None:
        return [f"band{number + 1}" for number in range(size)]
    return [f"band{each}" if numbered else str(each) for each in labels]


def _instant(value: Any) -> str:
    try:
        told = value.astype("datetime64[us]").item() if isinstance(value, np.datetime64) else value
        found = datetime.fromisoformat(told if isinstance(told, str) else told.isoformat())
        return write_instant(found if found.tzinfo is not None else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError, AttributeError, TypeError):
        raise GivenDataError(
            f"A date must be a datetime, or a text like 2024-06-01 or 2024-06-01T10:30:00Z, got {value!r}."
        ) from None
