"""The elements of arrays, as processes take them that make one value of many."""

import math
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.bands import computed, shared_band
from mock_backend.engine.core.values import Field, Labelled, Reals, Stack
from mock_backend.engine.functions.pixelwise import has_pixels, real, stacked_pixels
from mock_backend.engine.functions.registry import InvalidArgument


@dataclass(frozen=True, eq=False)
class Elements:
    """The elements of an array, or of one for each pixel."""

    values: Reals  #: Numbers, the elements along the first axis; NaN where there is none
    stack: Stack | None = None  #: The arrays of pixels that they are of; None if it is one of JSON
    items: Sequence[Any] = ()

    @cached_property
    def there(self) -> NDArray[np.bool_]:
        """Mask of the elements that have a value."""
        return ~np.isnan(self.values)

    @cached_property
    def is_broken(self) -> bool:
        """True if one of the JSON values is not a number although it is there."""
        return any(isinstance(each, float) and each != each for each in self.items)

    def one(
        self,
        values: Any,
        kind: str | None = None,
        *,
        keeps: bool = False,
        averages: bool = False,
        gaps: bool = False,
    ) -> Any:
        """Return what was made of them: a value for each pixel, or a JSON value.

        Args:
            values: Numbers, NaN where there is none.
            kind: The data type that holds them; by default, floating points.
            keeps: True if they are among the elements.
            averages: True if they are between the elements: in the same unit, on the same scale.
            gaps: True if there may be none where there are elements.
        """
        if self.stack is not None:
            kind, band = self._kept(kind, keeps=keeps or averages, gaps=gaps)
            if averages:
                kind, band = "float32", None if band is None else computed(band)
            return Field(np.asarray(values, np.float64), kind, band)
        if self.is_broken or np.isnan(values):
            # Of numbers that are there, e.g. of two infinite ones, the result may be none.
            return math.nan if self.is_broken or (self.there.all() and len(self.items) > 1) else None
        return self._json(float(values), kind, keeps=keeps)

    def many(self, values: Any, *, keeps: bool = False, gaps: bool = False) -> Any:
        """Return arrays that were made of them."""
        if self.stack is None:
            if self.is_broken:
                return [math.nan] * len(values)
            return [self._json(float(each), None, keeps=keeps) for each in values]
        kind, band = self._kept(None, keeps=keeps, gaps=gaps)
        return Stack(np.asarray(values, np.float64), kind, () if band is None else (band,))

    def _kept(self, kind: str | None, *, keeps: bool, gaps: bool) -> tuple[str, Band | None]:
        assert self.stack is not None  # as those who call have looked
        if kind is not None or not keeps:
            return kind or "float32", None
        bands = self.stack.bands
        kinds = [each.data_type or "float32" for each in bands] or [self.stack.kind]
        return shared_band(bands, kinds, gaps=gaps or not len(self.values))

    def _json(self, value: float, kind: str | None, *, keeps: bool) -> Any:
        if np.isnan(value):
            return None
        if kind == "bool":
            return bool(value)
        if keeps and abs(value) >= 2**53:
            # Integers need not be as floating points have them.
            return next(each for each in self.items if each is not None and float(each) == value)
        whole = kind is not None or all(isinstance(each, int) for each in self.items if each is not None)
        return int(value) if value.is_integer() and whole and (kind or abs(value) < 2**53) else value


def elements_of(data: Any) -> Elements:
    """Return the elements of an array of numbers; raise ``InvalidArgument`` if it is something else.

    Args:
        data: A list, ``Labelled``, or an array for each pixel; a single value is an array of one.
    """
    array = as_array(data)
    if isinstance(array, Stack):
        return Elements(array.values, array)
    items = items_of(array)
    values = [np.nan if each is None else float(real("data", each)) for each in items]
    return Elements(np.array(values, np.float64), None, items)


def as_array(data: Any, name: str = "data") -> Any:
    """Return an argument as an array: a list, ``Labelled``, or one for each pixel.

    Raises:
        InvalidArgument: If it is none.
    """
    if isinstance(data, Field):
        return Stack(data.values[None], data.kind, () if data.band is None else (data.band,))
    if isinstance(data, list | tuple) and has_pixels(data):
        return stacked_pixels(data)
    if isinstance(data, Stack | Labelled):
        return data
    return list(items_of(data, name))


def items_of(data: Any, name: str = "data") -> Sequence[Any]:
    """Return the elements of an array of JSON values; raise ``InvalidArgument`` if it is none."""
    if isinstance(data, Labelled):
        return data.items
    if isinstance(data, list | tuple):
        return data
    if isinstance(data, bool | int | float):
        return [data]
    raise InvalidArgument(name, f"{data!r} is not an array")


def total(values: Reals) -> Any:
    """Return the sum along the first axis, from the first to the last: the same on every machine."""
    return folded(np.add, values, 0.0)


def folded(compute: Callable[[Any, Any], Any], values: Reals, start: float) -> Any:
    """Return what is computed along the first axis, from the first to the last."""
    found: Any = np.full(values.shape[1:], start)
    for each in values:
        found = compute(found, each)
    return found
