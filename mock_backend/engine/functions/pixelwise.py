"""Functions of single values, computed for JSON values and for many pixels alike."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial, wraps
from inspect import signature
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import shared_band
from mock_backend.engine.core.values import Field, Reals, Stack, items_in, number
from mock_backend.engine.functions.registry import PIXELWISE, Function, InvalidArgument, process


def pixelwise(*operands: str, rounded: bool = False) -> Callable[[Function], Function]:
    """Make a process of a function of numbers.

    The function gets numbers, none of them missing, or NumPy arrays with NaN in the place of no data.

    Args:
        *operands: The parameters that are numbers for each pixel; by default, all.
        rounded: True if the last digits of its results differ from one machine to the next. For pixels they
            are rounded to 32 bits before anything can compare them.
    """

    def decorate(compute: Function) -> Function:
        names = operands or tuple(signature(compute).parameters)
        defaults = {
            name: each.default
            for name, each in signature(compute).parameters.items()
            if each.default is not each.empty
        }

        @wraps(compute)
        def function(**arguments: Any) -> Any:
            values = {name: arguments.get(name, defaults.get(name)) for name in names}
            rest = {name: each for name, each in arguments.items() if name not in values}
            if has_pixels(values.values()):
                return for_pixels(partial(compute, **rest), values, rounded=rounded)
            return _for_json(partial(compute, **rest), values)

        PIXELWISE.add(compute.__name__.rstrip("_"))
        return process(function)

    return decorate


def has_pixels(values: Any) -> bool:
    """Tell whether some of several values are those of many pixels."""
    return any(
        isinstance(each, Field | Stack) or (isinstance(each, list) and has_pixels(each)) for each in values
    )


def _for_json(compute: Function, values: dict[str, Any]) -> Any:
    arrays = {name: items for name, each in values.items() if (items := items_in(each)) is not None}
    if arrays:
        # As some back-ends have it: arrays are computed element by element.
        return [
            _for_json(compute, values | {name: each[place] for name, each in arrays.items()})
            for place in range(_length(arrays) or 0)
        ]
    if any(each is None for each in values.values()):
        return None
    return compute(**{name: real(name, each) for name, each in values.items()})


def for_pixels(
    compute: Function, operands: Mapping[str, Any], kind: str | None = None, *, rounded: bool = False
) -> Any:
    """Return what is computed of operands in their order, some of which are values of pixels.

    The function gets NumPy arrays, or numbers, with NaN in the place of no data; see also ``pixelwise`` and
    ``like``.
    """
    found = {name: stacked_pixels(each) for name, each in operands.items()}
    with np.errstate(all="ignore"):
        result = np.asarray(compute(*broadcast(found).values()), np.float64)
        if rounded:
            result = result.astype(np.float32).astype(np.float64)
    return like(list(found.values()), result, kind)


def stacked_pixels(value: Any) -> Any:
    """Return a list with values of pixels as an array for each pixel; other values as they are."""
    if not isinstance(value, list | tuple):
        return value
    items = [stacked_pixels(each) for each in value]
    fields = [each if isinstance(each, Field) else Field(np.array(number(each))) for each in items]
    shape = np.broadcast_shapes(*(np.shape(each.values) for each in fields))
    rows = [np.broadcast_to(each.values, shape) for each in fields]
    values = np.stack(rows) if rows else np.empty((0, *shape))
    bands = tuple(each.band for each in fields if each.band is not None)
    kind, _ = shared_band([each.band for each in fields], [each.kind for each in fields])
    return Stack(values, kind, bands if len(bands) == len(fields) else ())


def broadcast(operands: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of operands as NumPy computes with them: elements of arrays before pixels.

    Args:
        operands: Values of pixels and numbers by the names of parameters; None is no data.
    """
    _length({name: each for name, each in operands.items() if isinstance(each, Stack)})
    depth = max(
        (
            np.ndim(each.values) - isinstance(each, Stack)
            for each in operands.values()
            if isinstance(each, Field | Stack)
        ),
        default=0,
    )
    found: dict[str, Any] = {}
    for name, each in operands.items():
        if isinstance(each, Stack):
            shape = each.values.shape[1:]
            found[name] = each.values.reshape(len(each), *(1,) * (depth - len(shape)), *shape)
        elif isinstance(each, Field):
            found[name] = each.values
        else:
            found[name] = np.float64(np.nan if each is None else real(name, each))
    return found


def _length(arrays: Mapping[str, Any]) -> int | None:
    """Return the length that arrays share, None without arrays; refuse those that differ in length."""
    first = next(iter(arrays), None)
    if first is None:
        return None
    length = len(arrays[first])
    for name, each in arrays.items():
        if len(each) != length:
            raise InvalidArgument(
                name, f"it has {len(each)} elements, but '{first}' has {length}; they must be equally long"
            )
    return length


def spread_over(values: Reals, shape: tuple[int, ...]) -> Reals:
    """Return an array for each pixel of a shape, the elements along the first axis."""
    more = (1,) * (len(shape) + 1 - values.ndim)
    return np.broadcast_to(values.reshape(len(values), *more, *values.shape[1:]), (len(values), *shape))


def real(name: str, value: Any) -> float:
    """Return a value that is a number, or true or false.

    Raises:
        InvalidArgument: If it is something else.
    """
    if isinstance(value, bool | int | float):
        return value
    raise InvalidArgument(name, f"{value!r} is not a number")


def like(
    operands: Sequence[Any],
    values: Any,
    kind: str | None = None,
    *,
    keeps: bool = False,
    gaps: bool = False,
) -> Any:
    """Return values of pixels as what they were computed from: one for each pixel, or an array for each.

    Args:
        kind: The data type that holds them; by default, that of floating points.
        keeps: True if they are among those of the operands.
        gaps: True if there may be no data where the operands have some.
    """
    fields = [each for each in operands if isinstance(each, Field | Stack)]
    band: Band | None = None
    if keeps and kind is None:
        bands = [found for each in fields for found in _bands_of(each)]
        kind, band = shared_band(bands, [each.kind for each in fields], gaps=gaps)
        if any(
            isinstance(each, int | float) and not (each in (0, 1) and kind == "bool") for each in operands
        ):
            kind, band = "float32", None
    kind = kind or "float32"
    stack = max((each for each in fields if isinstance(each, Stack)), key=len, default=None)
    if stack is None or np.ndim(values) == 0:
        return Field(values, kind, band)
    return Stack(values, kind, () if band is None else (band,), stack.labels, stack.aliases)


def _bands_of(value: Field | Stack) -> tuple[Band | None, ...]:
    return (value.bands or (None,)) if isinstance(value, Stack) else (value.band,)
