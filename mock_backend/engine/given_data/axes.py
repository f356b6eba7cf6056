"""The roles of the dimensions of arrays: space, time, bands, or something else."""

from collections.abc import Mapping, Sequence

from mock_backend.engine.given_data.data import GivenDataError
from mock_backend.engine.given_data.variables import GivenVariable

#: Names of dimensions, in lower case, by their purpose.
_NAMES = {
    "x": ("x", "lon", "longitude", "easting"),
    "y": ("y", "lat", "latitude", "northing"),
    "t": ("t", "time", "date", "datetime", "valid_time"),
    "bands": ("bands", "band"),
}
_STANDARD_NAMES = {
    "longitude": "x",
    "projection_x_coordinate": "x",
    "latitude": "y",
    "projection_y_coordinate": "y",
    "time": "t",
}
_AXES = {"X": "x", "Y": "y", "T": "t"}
_BY_NAME = {name: role for role, names in _NAMES.items() for name in names}
#: Names of coordinates in degrees.
_DEGREES = frozenset({"lon", "longitude", "lat", "latitude"})


def roles_of(names: Sequence[str], coordinates: Mapping[str, GivenVariable]) -> dict[str, str]:
    """Return which dimension is for what: names of dimensions by ``x``, ``y``, ``t`` and ``bands``."""
    found: dict[str, str] = {}
    for name in names:
        role = _role(name, coordinates.get(name))
        if role is None:
            continue
        if role in found:
            raise GivenDataError(
                f"The dimensions {found[role]!r} and {name!r} are both for {_TOLD[role]}; rename one of them."
            )
        found[role] = name
    return found


_TOLD = {"x": "west to east", "y": "north to south", "t": "time", "bands": "bands"}


def is_in_degrees(name: str, coordinate: GivenVariable) -> bool:
    """Tell whether a coordinate says that it is in degrees."""
    attributes = coordinate.attributes
    standard_name, units = str(attributes.get("standard_name", "")), str(attributes.get("units", ""))
    return (
        name.lower() in _DEGREES
        or standard_name in ("longitude", "latitude")
        or units.lower().startswith(("degrees_", "degree_"))
    )


def _role(name: str, coordinate: GivenVariable | None) -> str | None:
    if coordinate is not None and coordinate.values.dtype.kind == "M":
        return "t"
    if (role := _BY_NAME.get(name.lower())) is not None:
        return role
    if coordinate is None:
        return None
    attributes = coordinate.attributes
    axis = _AXES.get(str(attributes.get("axis", "")).upper())
    return axis or _STANDARD_NAMES.get(str(attributes.get("standard_name", "")))
