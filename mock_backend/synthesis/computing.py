"""Values that are computed of those of bands, pixel by pixel."""

import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.cubes import Recipe
from mock_backend.cubes.computed_band import Operand

Reals = NDArray[np.float64]


def computed(recipe: Recipe, value_of: Callable[[Band], NDArray[Any]]) -> Reals:
    """Return the values that a recipe makes.

    Only operations that all machines do alike are there, see ``noise``.

    Args:
        recipe: The recipe.
        value_of: Returns the values of a band.

    Returns:
        Numbers: NaN where there is none, 0 and 1 for what is false and true.
    """
    with np.errstate(all="ignore"):
        return np.asarray(_Kitchen(value_of).made(recipe), np.float64)


class _Kitchen:
    def __init__(self, value_of: Callable[[Band], NDArray[Any]]) -> None:
        self._value_of = value_of
        # What is used twice is made once.
        self._made: dict[int, Any] = {}

    def made(self, operand: Operand) -> Any:
        if operand is None:
            return np.nan
        if isinstance(operand, float):
            return operand
        found = self._made.get(id(operand))
        if found is None:
            if isinstance(operand, Recipe):
                found = _OPERATIONS[operand.operation](*map(self.made, operand.operands))
            else:
                found = self._value_of(operand).astype(np.float64)
            self._made[id(operand)] = found
        return found


def _scaled(x: Any, low: Any, high: Any, first: Any, last: Any) -> Any:
    least, most = np.minimum(low, high), np.maximum(low, high)
    return (np.minimum(np.maximum(x, least), most) - low) / (high - low) * (last - first) + first


def _truth(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Return what tells whether something is so as 0 or 1."""
    return lambda *values: np.asarray(compute(*values), np.float64)


def _folded(compute: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """Return what computes one number of many, from the first to the last."""
    return lambda *values: reduce(compute, values)


_OPERATIONS: Mapping[str, Callable[..., Any]] = {
    "add": operator.add,
    "subtract": operator.sub,
    "multiply": operator.mul,
    "divide": np.divide,
    "normalized_difference": lambda x, y: np.divide(x - y, x + y),
    "eq": _truth(operator.eq),
    "neq": _truth(operator.ne),
    "gt": _truth(operator.gt),
    "gte": _truth(operator.ge),
    "lt": _truth(operator.lt),
    "lte": _truth(operator.le),
    "and": _truth(np.logical_and),
    "or": _truth(np.logical_or),
    "xor": _truth(np.logical_xor),
    "not": _truth(np.logical_not),
    "any": _truth(_folded(np.logical_or)),
    "between": _truth(lambda x, low, high: (x >= low) & (x <= high)),
    "if": lambda value, accept, reject: np.where(value != 0, accept, reject),
    "absolute": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "int": np.trunc,
    "sgn": np.sign,
    "sqrt": np.sqrt,
    "clip": lambda x, low, high: np.minimum(np.maximum(x, low), high),
    "linear_scale_range": _scaled,
    "max": _folded(np.maximum),
    "min": _folded(np.minimum),
    "sum": _folded(operator.add),
    "product": _folded(operator.mul),
    "mean": lambda *values: reduce(operator.add, values) / len(values),
}
