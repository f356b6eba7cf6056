"""What is known of numbers and arrays that nobody computes: ranges, data types, lengths."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mock_backend.catalog import Band
from mock_backend.cubes import ComputedBand, Recipe
from mock_backend.cubes.data_cube import INTEGERS

if TYPE_CHECKING:
    from mock_backend.outcomes.asking import Asked

#: What tells the result of a process from its arguments.
Function = Callable[["Asked"], Any]
#: Nothing is larger, so that every data type for floating points can hold it.
_LARGEST = 1e30
BOOLEAN = "bool"
#: What stands for no data in bands that are true or false.
_NO_TRUTH = 255
#: What people call the normalised difference of two bands, by their common names.
_INDICES: dict[tuple[str | None, str | None], str] = {
    ("nir", "red"): "NDVI",
    ("nir08", "red"): "NDVI",
    ("nir", "rededge"): "NDRE",
    ("green", "nir"): "NDWI",
    ("green", "nir08"): "NDWI",
    ("nir", "swir16"): "NDMI",
    ("nir08", "swir16"): "NDMI",
    ("green", "swir16"): "NDSI",
    ("nir", "swir22"): "NBR",
    ("nir08", "swir22"): "NBR",
}


@dataclass(frozen=True, eq=False)
class Number:
    """What is known of a number: it is from one value to another.

    Two of them are the same number if they are the same object.

    Args:
        low: The smallest value it may have.
        high: The largest one.
        data_type: A NumPy name, or ``bool``.
        band: The band whose unit and scale it has; None if it has none.
        terms: Of which two numbers it is the sum (``+``) or the difference (``-``).
        name: What it is called.
        recipe: How it follows from the values of bands; None if it is one, or nobody knows.
        rank: Where it is among the numbers that it was chosen of; None if it was not chosen by size.
    """

    low: float
    high: float
    data_type: str = "float32"
    band: Band | None = None
    terms: tuple[str, "Number", "Number"] | None = None
    name: str | None = None
    recipe: Recipe | None = None
    rank: float | None = None

    @property
    def is_known(self) -> bool:
        """Whether it can have just one value."""
        return self.low == self.high

    @property
    def is_integer(self) -> bool:
        """Whether it has no fraction."""
        return not self.data_type.startswith("float")


@dataclass(frozen=True, eq=False)
class Array:
    """What is known of an array.

    Args:
        items: Its elements if they are known one by one; else one that stands for all.
        length: How many elements there are; None if nobody knows.
        labels: The labels of its elements, if it has any.
        aliases: Other names, and which labels each stands for.
    """

    items: tuple[Any, ...]
    length: int | None
    labels: Sequence[Any] | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_listed(self) -> bool:
        """Whether its elements are known one by one."""
        return self.length == len(self.items)

    def element(self, place: int) -> Any:
        """Return the element at a place, None if there is none."""
        if not self.is_listed:
            return self.items[0] if self.items else None
        return self.items[place] if -len(self.items) <= place < len(self.items) else None

    def place_of(self, label: Any) -> int | None:
        """Return where the element with a label is."""
        labels = self.labels or ()
        if label not in labels and isinstance(label, str):
            label = next(iter(self.aliases.get(label, ())), label)
        return list(labels).index(label) if label in labels else None


def listed(values: Iterable[Any], labels: Sequence[Any] | None = None) -> Array:
    """Return an array whose elements are known."""
    items = tuple(values)
    return Array(items, len(items), labels)


def repeated(item: Any, length: int | None) -> Array:
    """Return an array of which all elements are alike."""
    return Array((item,), length)


def array_of(value: Any) -> Array | None:
    """Return a value as an array, None if it cannot be one."""
    if isinstance(value, Array):
        return value
    if isinstance(value, list | tuple):
        return listed(value)
    # A pixel's value stands for an array of one.
    return listed([value]) if isinstance(value, Number) else None


def number_of(value: Any) -> Number | None:
    """Return a value as a number, None if it cannot be one; an array is any of its elements."""
    if isinstance(value, Number):
        return value
    if isinstance(value, bool):
        return Number(value, value, BOOLEAN)
    if isinstance(value, int | float) and math.isfinite(value):
        return known(value)
    if isinstance(value, Array | list | tuple):
        array = array_of(value)
        return any_of(array.items if array is not None else ())
    return None


def known(value: float) -> Number:
    """Return a number of which the value is known."""
    return Number(value, value, integer_type(value, value) if isinstance(value, int) else "float32")


def any_of(values: Iterable[Any]) -> Number | None:
    """Return what is known of a number that is one of several; None if none of them is a number."""
    found = [number for each in values if (number := number_of(each)) is not None]
    if not found:
        return None
    if len(found) == 1:
        return found[0]
    return Number(
        min(each.low for each in found),
        max(each.high for each in found),
        common_type(found),
        band=_shared([each.band for each in found]),
    )


def made(low: float, high: float, *of: Number, data_type: str | None = None, **facts: Any) -> Number:
    """Return what was computed from other numbers.

    Args:
        low: One end of what it may be.
        high: The other end.
        *of: What it was computed from.
        data_type: Its data type; by default integers of integers that are known, else floating points.
        **facts: See ``Number``.
    """
    low, high = sorted((_finite(low), _finite(high)))
    if data_type is None:
        whole = bool(of) and all(each.is_known and each.is_integer for each in of) and isinstance(low, int)
        wide = any(each.data_type == "float64" for each in of)
        data_type = (
            integer_type(low, high) if whole and isinstance(high, int) else "float64" if wide else "float32"
        )
    return Number(low, high, data_type, **facts)


def truth(value: bool | None = None) -> Number:
    """Return something that is true or false, or either if nobody knows."""
    return Number(False, True, BOOLEAN) if value is None else Number(value, value, BOOLEAN)


def integer_type(low: float, high: float) -> str:
    """Return the narrowest data type that holds integers of a range."""
    return next(
        (name for name, (least, most) in INTEGERS.items() if least <= low and high <= most), "float64"
    )


def common_type(numbers: Sequence[Number]) -> str:
    """Return the data type that holds several numbers."""
    kinds = {each.data_type for each in numbers}
    if len(kinds) == 1:
        return kinds.pop()
    if all(each.is_integer for each in numbers):
        spans = [INTEGERS.get(kind, (0, 1)) for kind in kinds]
        return integer_type(min(span[0] for span in spans), max(span[1] for span in spans))
    return "float64" if "float64" in kinds else "float32"


def normalized_difference(one: Number, other: Number) -> Number:
    """Return what is known of the normalised difference of two numbers."""
    if one.is_known and other.is_known and one.low + other.low != 0:
        return known((one.low - other.low) / (one.low + other.low))
    first, second = (each.band.common_name if each.band is not None else None for each in (one, other))
    name = _INDICES.get((first, second))
    return Number(
        -1.0, 1.0, "float64" if "float64" in (one.data_type, other.data_type) else "float32", name=name
    )


def of_band(band: Band) -> Number:
    """Return what is known of the values of a band."""
    return Number(band.minimum or 0, band.maximum or 0, band.data_type, band)


def as_band(value: Any, name: str, otherwise: Band) -> Band:
    """Return the band that numbers make.

    Args:
        value: What is known of them.
        name: The band's name.
        otherwise: What it is if nothing is known.
    """
    number = number_of(value)
    if number is None:
        return replace(floating(otherwise), name=name)
    band = _described(number, name)
    if number.recipe is not None and not number.is_known:
        return ComputedBand.of(band, recipe=number.recipe)
    return band if number.rank is None else ComputedBand.of(band, rank=number.rank)


def _described(number: Number, name: str) -> Band:
    """Return the band that a number makes as far as it can be told in words."""
    if number.data_type == BOOLEAN:
        return Band(
            name, data_type="uint8", minimum=int(number.low), maximum=int(number.high), nodata=_NO_TRUTH
        )
    facts: dict[str, Any] = {"data_type": number.data_type, "minimum": number.low, "maximum": number.high}
    if number.band is None:
        return Band(name, nodata=None if number.is_integer else "nan", **facts)
    if number.data_type == number.band.data_type:
        return replace(number.band, name=name, **facts)
    nodata = "nan" if not number.is_integer else None
    return replace(number.band, name=name, nodata=nodata, classes=None, **facts)


def floating(band: Band) -> Band:
    """Return a band with the same range and unit whose values are floating points."""
    if band.data_type.startswith("float"):
        return band
    return replace(band, data_type="float32", nodata="nan", classes=None)


def plausible(value: Any, key: str) -> Any:
    """Return what JSON can say for a value that nobody has computed.

    Args:
        value: What is known of it.
        key: What decides it, within that.
    """
    if isinstance(value, Array):
        if value.is_listed:
            return [plausible(each, f"{key}/{place}") for place, each in enumerate(value.items)]
        count = 1 if value.length is None else min(value.length, 1000)
        return [plausible(value.element(0), f"{key}/{place}") for place in range(count)]
    if isinstance(value, list | tuple):
        return [plausible(each, f"{key}/{place}") for place, each in enumerate(value)]
    if isinstance(value, dict):
        return {str(name): plausible(each, f"{key}/{name}") for name, each in value.items()}
    if not isinstance(value, Number):
        is_json = value is None or isinstance(value, str | bool | int)
        return value if is_json or (isinstance(value, float) and math.isfinite(value)) else None
    share = int.from_bytes(blake2b(key.encode(errors="replace"), digest_size=4).digest(), "big") / (1 << 32)
    if value.data_type == BOOLEAN:
        return bool(value.low) if value.is_known else share < 0.5
    if value.is_known:
        return value.low
    between = value.low + (value.high - value.low) * share
    return round(between) if value.is_integer else round(between, 6)


def _shared(bands: Sequence[Band | None]) -> Band | None:
    """Return what bands have in common: their unit and scale; None if these differ."""
    first = bands[0]
    if first is None or all(each is first for each in bands):
        return first
    scales = {None if each is None else (each.unit, each.scale, each.offset) for each in bands}
    if len(scales) > 1:
        return None
    types = {each.data_type for each in bands if each is not None}
    return Band(
        first.name,
        data_type=first.data_type if len(types) == 1 else "float32",
        unit=first.unit,
        scale=first.scale,
        offset=first.offset,
        nodata=first.nodata if len(types) == 1 else "nan",
        classes=first.classes
        if all(each is not None and each.classes == first.classes for each in bands)
        else None,
    )


def _finite(value: float) -> float:
    if value != value:
        return 0.0
    return value if -_LARGEST <= value <= _LARGEST else math.copysign(_LARGEST, value)
