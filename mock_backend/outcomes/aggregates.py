"""What is known of the results of processes that make one value, or a few, of an array."""

import statistics
from collections.abc import Callable
from typing import Any

from mock_backend.catalog import Band
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.numbers import (
    Array,
    Function,
    Number,
    any_of,
    array_of,
    common_type,
    integer_type,
    known,
    listed,
    made,
    number_of,
    repeated,
    truth,
)

#: Longer arrays are followed by one element that stands for all.
MOST = 256
# Where among the numbers those are that are chosen by size.
_RANKS = {"min": 0.0, "max": 1.0}
_MIDDLE = 0.5
#: So many elements an array has of which nobody knows how many.
USUAL = 100


def array_in(asked: Asked, name: str = "data") -> Array:
    """Return an argument as an array; one without elements if it is none."""
    return array_of(asked.get(name)) or listed(())


def numbers_in(array: Array) -> list[Number]:
    """Return those elements of an array that are numbers."""
    return [number for each in array.items if (number := number_of(each)) is not None]


def floating_type(numbers: list[Number]) -> str:
    """Return the data type of what is computed from numbers."""
    return "float64" if any(each.data_type == "float64" for each in numbers) else "float32"


def _band(numbers: list[Number]) -> Band | None:
    together = any_of(numbers)
    return None if together is None else together.band


def _each_end(compute: Callable[[list[float]], float], asked: Asked) -> Any:
    """Follow a reducer that rises with each element."""
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    if array.is_listed:
        low, high = compute([each.low for each in numbers]), compute([each.high for each in numbers])
    else:
        low, high = numbers[0].low, numbers[0].high
    return made(low, high, data_type=floating_type(numbers), band=_band(numbers), rank=_MIDDLE)


def _mean(asked: Asked) -> Any:
    return _each_end(statistics.fmean, asked)


def _median(asked: Asked) -> Any:
    return _each_end(statistics.median, asked)


def _extreme(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    compute = min if asked.process_id == "min" else max
    low, high = compute(each.low for each in numbers), compute(each.high for each in numbers)
    return Number(low, high, common_type(numbers), _band(numbers), rank=_RANKS[asked.process_id])


def _extrema(asked: Asked) -> Any:
    numbers = numbers_in(array_in(asked))
    if not numbers:
        return listed([None, None])
    ends = [
        Number(
            compute(each.low for each in numbers),
            compute(each.high for each in numbers),
            common_type(numbers),
            _band(numbers),
            rank=_RANKS[name],
        )
        for name, compute in (("min", min), ("max", max))
    ]
    return listed(ends)


def _sum(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    if array.is_listed:
        return made(sum(each.low for each in numbers), sum(each.high for each in numbers), *numbers)
    count = array.length or USUAL
    low, high = numbers[0].low, numbers[0].high
    # Where data are missing there is less to add.
    return made(min(low * count, low), max(high * count, high), data_type=floating_type(numbers))


def _product(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    if not array.is_listed:
        return made(numbers[0].low, numbers[0].high, data_type=floating_type(numbers))
    low, high = numbers[0].low, numbers[0].high
    for each in numbers[1:]:
        ends = [one * other for one in (low, high) for other in (each.low, each.high)]
        low, high = max(min(ends), -1e30), min(max(ends), 1e30)
    return made(low, high, *numbers)


def _spread(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    squared = asked.process_id == "variance"
    if array.is_listed and all(each.is_known for each in numbers):
        if len(numbers) < 2:
            return None
        values = [each.low for each in numbers]
        return known(statistics.variance(values) if squared else statistics.stdev(values))
    most = (max(each.high for each in numbers) - min(each.low for each in numbers)) / 2
    return made(0.0, most * most if squared else most, data_type=floating_type(numbers))


def _count(asked: Asked) -> Any:
    array = array_in(asked)
    length = USUAL if array.length is None else array.length
    condition = asked.get("condition")
    if (
        array.is_listed
        and condition is None
        and all(not isinstance(each, Number) or each.is_known for each in array.items)
    ):
        return known(sum(each is not None for each in array.items))
    # Counts are of 16 bits at least.
    return Number(0, length, integer_type(0, max(length, 256)))


def _end(asked: Asked) -> Any:
    array = array_in(asked)
    if not array.is_listed:
        return array.element(0)
    items = [each for each in array.items if each is not None] or [None]
    return items[0 if asked.process_id == "first" else -1]


def _truths(asked: Asked) -> Any:
    array = array_in(asked)
    numbers = numbers_in(array)
    if not numbers:
        return None
    values = {bool(each.low) if each.is_known else None for each in numbers}
    decisive = asked.process_id == "any"
    if decisive in values:
        return truth(decisive)
    return truth(None if None in values else not decisive)


def _quantiles(asked: Asked) -> Any:
    numbers = numbers_in(array_in(asked))
    q, probabilities = asked.get("q"), asked.get("probabilities")
    if (parts := number_of(probabilities)) is not None and not isinstance(
        probabilities, list | tuple | Array
    ):
        q = parts.low
    number = number_of(q) if not isinstance(probabilities, list | tuple | Array) else None
    count = len(asked.list("probabilities")) or (max(int(number.low) - 1, 1) if number is not None else 1)
    if not numbers:
        return listed([None] * min(count, MOST))
    low, high = min(each.low for each in numbers), max(each.high for each in numbers)
    facts: dict[str, Any] = {"data_type": floating_type(numbers), "band": _band(numbers)}
    if count > MOST:
        return repeated(made(low, high, **facts), count)
    wanted = [number_of(each) for each in asked.list("probabilities")]
    ranks = [place / (count + 1) if each is None else each.low for place, each in enumerate(wanted, 1)]
    ranks = ranks or [place / (count + 1) for place in range(1, count + 1)]
    return listed(made(low, high, rank=min(max(float(each), 0.0), 1.0), **facts) for each in ranks)


AGGREGATES: dict[str, Function] = {
    **dict.fromkeys(("min", "max"), _extreme),
    **dict.fromkeys(("sd", "variance"), _spread),
    **dict.fromkeys(("first", "last"), _end),
    **dict.fromkeys(("all", "any"), _truths),
    "mean": _mean,
    "median": _median,
    "extrema": _extrema,
    "sum": _sum,
    "product": _product,
    "count": _count,
    "quantiles": _quantiles,
}
