"""The values that processes compute with beside those of JSON: one, or an array, for each of many pixels."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass

Reals = NDArray[np.float64]
#: A child process: returns, for some parameters, a JSON value, ``Labelled``, ``Field`` or ``Stack``.
Callback = Callable[..., Any]


@dataclass(frozen=True, eq=False)
class Field:
    """A number or a truth value for each pixel."""

    values: Reals  #: Numbers, NaN where there is no data; 1 and 0 are true and false
    kind: str = "float32"  #: The NumPy name of the data type that holds them, or ``bool``
    band: Band | None = None  #: The band whose values they are; None for computed ones


@dataclass(frozen=True, eq=False)
class Stack:
    """An array for each pixel, all of one length."""

    values: Reals  #: Numbers as those of ``Field``; the first axis is that of the arrays
    kind: str = "float32"  #: The data type that holds them, or ``bool``
    #: The bands whose values they are: one for each element, or one for all; none if computed
    bands: tuple[Band, ...] = ()
    labels: Sequence[Any] | None = None  #: The labels of the elements, if they have any
    #: Other names, and which labels each stands for
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.values)

    def element(self, place: int) -> Field:
        """Return the element at a place; raise ``IndexError`` if there is none."""
        band = self.band_of(place)
        kind = self.kind if band is None else band.data_type or self.kind
        return Field(self.values[place], kind, band)

    def band_of(self, place: int) -> Band | None:
        """Return the band that the element at a place is of; None if it is computed."""
        if len(self.bands) == 1:
            return self.bands[0]
        return self.bands[place] if self.bands else None

    def only(self, places: Sequence[int]) -> "Stack":
        """Return the elements at some places, with their labels."""
        return replace(
            self,
            values=self.values[list(places)],
            bands=self.bands if len(self.bands) < 2 else tuple(self.bands[each] for each in places),
            labels=None if self.labels is None else [self.labels[each] for each in places],
        )


@dataclass(frozen=True)
class Labelled:
    """An array of JSON values with a label for each element."""

    items: list[Any]
    labels: list[Any]

    def __len__(self) -> int:
        return len(self.items)


def number(value: Any) -> float:
    """Return a JSON value as a number; NaN if it is none."""
    return float(value) if isinstance(value, bool | int | float) else math.nan


def items_in(result: Any) -> Sequence[Any] | None:
    """Return the elements of an array; None if it is none."""
    if isinstance(result, Stack):
        return [result.element(place) for place in range(len(result))]
    if isinstance(result, Labelled):
        return result.items
    return result if isinstance(result, list | tuple) else None


def single(result: Any) -> Any:
    """Return a result that is to be one value: of an array the first element, None if it has none."""
    if isinstance(result, Stack):
        return result.element(0) if len(result) else None
    items = items_in(result)
    return result if items is None else next(iter(items), None)


def shared_kind(kinds: Sequence[str]) -> str:
    """Return the data type that holds the values of several."""
    found = set(kinds) or {"float32"}
    if len(found) == 1:
        return found.pop()
    if "bool" in found or any(each.startswith("float") for each in found):
        return "float64" if "float64" in found else "float32"
    shared = np.result_type(*found)
    return str(shared) if shared.kind in "iu" else "float32"
