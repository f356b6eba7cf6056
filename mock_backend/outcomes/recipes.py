"""How numbers that child processes make follow from the values of bands."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mock_backend.catalog import Band
from mock_backend.cubes import Recipe
from mock_backend.cubes.computed_band import Operand
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.numbers import Number, array_of, as_band
from mock_backend.outcomes.shape import PLAIN_NAME

# Longer recipes would take too long for each pixel.
_LONGEST = 200
_PAIR = ("x", "y")

#: Processes of numbers, and the parameters that they compute their results of.
_OF_NUMBERS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "normalized_difference"), _PAIR),
    **dict.fromkeys(("eq", "neq", "gt", "gte", "lt", "lte", "and", "or", "xor"), _PAIR),
    **dict.fromkeys(("absolute", "ceil", "floor", "int", "sgn", "sqrt", "not"), ("x",)),
    **dict.fromkeys(("between", "clip"), ("x", "min", "max")),
    "if": ("value", "accept", "reject"),
    "linear_scale_range": ("x", "inputMin", "inputMax", "outputMin", "outputMax"),
}
#: Processes of arrays of numbers.
_OF_ARRAYS = ("max", "mean", "min", "product", "sum")
#: Arguments with which a process does something else.
_UNUSUAL = ("delta", "exclude_max")


def with_recipe(asked: Asked, result: Any) -> Any:
    """Return what a process has made, with how it follows from the values of bands if that is known.

    Args:
        asked: The call of the process.
        result: What is known of its result.
    """
    if not isinstance(result, Number) or result.is_known or result.recipe is not None:
        return result
    try:
        recipe = _recipe_of(asked)
    except ValueError:
        return result
    return result if recipe is None or recipe.size > _LONGEST else replace(result, recipe=recipe)


def _recipe_of(asked: Asked) -> Recipe | None:
    name = asked.process_id
    if name in _OF_NUMBERS and all(asked.get(each) in (None, False) for each in _UNUSUAL):
        values = [asked.get(each) for each in _OF_NUMBERS[name]]
        return Recipe(name, _operands(values, may_miss=name == "if"))
    if name in _OF_ARRAYS:
        array = array_of(asked.get("data"))
        if array is not None and array.is_listed:
            return Recipe(name, _operands([each for each in array.items if each is not None]))
    if name == "array_contains":
        value, *wanted = _operands([asked.get("value"), *asked.list("data")])
        return Recipe("any", tuple(Recipe("eq", (value, each)) for each in wanted))
    return None


def _operands(values: Sequence[Any], *, may_miss: bool = False) -> tuple[Operand, ...]:
    """Return numbers as recipes take them.

    Raises:
        ValueError: If one of them is something else.
    """
    found = tuple(map(_operand, values))
    if not may_miss and None in found:
        raise ValueError("There is nothing to compute with.")
    return found


def _operand(value: Any) -> Operand:
    if isinstance(value, Number) and not value.is_known:
        if value.recipe is not None:
            return value.recipe
        band = value.band
        if (
            band is not None
            and value.rank is None
            and (
                band.minimum,
                band.maximum,
                band.data_type,
            )
            == (value.low, value.high, value.data_type)
        ):
            # The same band, not one like it: what is the same is computed once.
            return band
        name = value.name or (PLAIN_NAME if band is None else band.name)
        return as_band(value, name, Band(name))
    value = value.low if isinstance(value, Number) else value
    if value is None:
        return None
    if isinstance(value, int | float) and math.isfinite(value):
        return float(value)
    raise ValueError(f"{value!r} is no number.")
