"""Values that nobody has to make up: properties of the geometries of vector cubes."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.cubes import DataCube


def given_values(cube: DataCube) -> NDArray[Any] | None:
    """Return the values of a cube of geometries and their properties; None if it is something else.

    Args:
        cube: The cube. What is no number has no data.
    """
    kinds = [each.kind for each in cube.dimensions]
    if not cube.is_given or kinds != ["geometry", "other"]:
        return None
    labels = cube.dimensions[1].labels or ()
    rows = [[_number(_property(each, label)) for label in labels] for each in cube.geometries]
    values = np.array(rows, dtype="float64").reshape(-1, len(labels))
    return values.astype(cube.data_type) if values.shape == cube.shape else None


def _property(feature: Mapping[str, Any], label: Any) -> Any:
    properties = feature.get("properties") or {}
    if isinstance(label, str):
        return properties.get(label)
    # Just one property, a list of numbers.
    lists = [each for each in properties.values() if isinstance(each, list)]
    return lists[0][label] if len(lists) == 1 and label < len(lists[0]) else None


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else float("nan")
