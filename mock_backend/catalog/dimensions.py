"""The dimensions of a collection's data cube: those it has by default, and what is wrong with others."""

from collections.abc import Mapping, Sequence
from typing import Any

from mock_backend.catalog.band import known

BBox = tuple[float, float, float, float]

WORLD: BBox = (-180.0, -90.0, 180.0, 90.0)

_TYPES = ("spatial", "temporal", "bands", "geometry", "other")
AXES = ("x", "y", "z")


def default_dimensions(*, time: bool, bands: bool) -> dict[str, Any]:
    """Return ``x`` and ``y``, and ``t`` and ``bands`` where there are any, still without their facts."""
    dimensions: dict[str, Any] = {
        "x": {"type": "spatial", "axis": "x"},
        "y": {"type": "spatial", "axis": "y"},
    }
    if time:
        dimensions["t"] = {"type": "temporal"}
    if bands:
        dimensions["bands"] = {"type": "bands"}
    return dimensions


def completed(
    dimensions: Mapping[str, Any],
    *,
    bbox: Sequence[float],
    interval: Sequence[str | None],
    bands: Sequence[str],
    cell: float | None = None,
    step: str | None = None,
) -> dict[str, Any]:
    """Return dimensions with what they lack: extents, labels, steps.

    Args:
        dimensions: STAC dimension objects by name.
        cell: The size of a pixel in degrees, if pixels have one size.
        step: The time between two instants as an ISO 8601 duration, if it is always the same.
    """
    west, south, east, north = flat(bbox)
    # In degrees a cube that crosses the antimeridian goes on counting: extents have an order.
    sides = {"x": [west, east if west <= east else east + 360], "y": [south, north]}
    found = {}
    for name, given in dimensions.items():
        dimension = dict(given)
        kind, axis = dimension.get("type"), dimension.get("axis")
        if kind == "spatial" and axis in sides and not {"extent", "values"} & dimension.keys():
            dimension |= known({"extent": sides[axis], "step": cell})
            dimension.setdefault("reference_system", 4326)
        elif kind == "temporal" and "extent" not in dimension:
            dimension |= known({"extent": list(interval), "step": step})
        elif kind == "bands" and "values" not in dimension:
            dimension["values"] = list(bands)
        elif kind == "geometry" and "bbox" not in dimension:
            dimension["bbox"] = list(bbox)
        found[str(name)] = dimension
    return found


def check_dimensions(dimensions: object) -> None:
    """Check that the openEO API takes dimensions; raise ``ValueError`` that names the dimension if not."""
    if not isinstance(dimensions, Mapping):
        raise ValueError(f"Dimensions must be a dict of dimensions by name, got {dimensions!r}.")
    for name, dimension in dimensions.items():
        if not isinstance(dimension, Mapping) or "type" not in dimension:
            raise ValueError(f"Dimension {name!r} needs a type, one of: {', '.join(_TYPES)}.")
        kind = dimension["type"]
        if kind not in _TYPES:
            raise ValueError(
                f"Dimension {name!r} has the unknown type {kind!r}. Available: {', '.join(_TYPES)}."
            )
        if kind == "spatial" and dimension.get("axis") not in AXES:
            raise ValueError(f"The spatial dimension {name!r} needs an axis: x, y or z.")
        if kind == "bands":
            check_band_names(dimension.get("values", ()), f"The bands dimension {name!r}")
        _check_extent(name, dimension)
        if kind == "other" and not {"extent", "values"} & dimension.keys():
            raise ValueError(f"Dimension {name!r} needs values or an extent.")


def check_band_names(names: Sequence[Any], owner: str) -> None:
    """Check the names of bands; raise ``ValueError`` if there is one twice, or one that is no text."""
    if not isinstance(names, Sequence) or isinstance(names, str):
        raise ValueError(f"{owner} needs a list of bands, got {names!r}.")
    for place, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise ValueError(f"{owner} has a band whose name is not a string: {name!r}.")
        if name in names[:place]:
            raise ValueError(f"{owner} has the band {name!r} twice.")


def _check_extent(name: object, dimension: Mapping[str, Any]) -> None:
    extent = dimension.get("extent")
    if extent is None:
        return
    if not isinstance(extent, Sequence) or isinstance(extent, str) or len(extent) != 2:
        raise ValueError(f"The extent of dimension {name!r} must be two values, got {extent!r}.")
    low, high = extent
    if low is not None and high is not None and type(low) is type(high) and low > high:
        raise ValueError(f"The extent of dimension {name!r} ends before it begins: {extent!r}.")


def flat(box: Sequence[float]) -> BBox:
    """Return the horizontal part of a box, which may have heights."""
    half = len(box) // 2
    return box[0], box[1], box[half], box[half + 1]
