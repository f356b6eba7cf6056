"""The bands that child processes make, found by trying these on one pixel."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.engine.values import Callback, Field, Labelled, Stack, items_in, single

#: What stands for no data in bands that are true or false.
_NO_TRUTH = 255
_TRUTH = Band("", data_type="uint8", minimum=0, maximum=1, nodata=_NO_TRUTH)


def one_pixel(band: Band | None = None) -> Field:
    """Return a pixel of a band to try child processes on."""
    kind = "float32" if band is None else band.data_type or "float32"
    return Field(np.zeros(1), kind, band)


def one_array(
    bands: Sequence[Band],
    length: int,
    labels: Sequence[Any] | None = None,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> Stack:
    """Return an array of one pixel to try child processes on.

    Args:
        bands: The band of each element, or just one for all.
        length: How many elements it has.
        labels: Their labels.
        aliases: Other names, and which labels each stands for.
    """
    kinds = {band.data_type for band in bands}
    kind = (kinds.pop() if len(kinds) == 1 else None) or "float32"
    return Stack(np.zeros((length, 1)), kind, tuple(bands), labels, aliases or {})


def band_of(result: Any, name: str) -> Band:
    """Return the band that results of a child process make.

    Args:
        result: What it has made of one pixel.
        name: The band's name.
    """
    result = single(result)
    if isinstance(result, bool) or (isinstance(result, Field) and result.is_truth):
        return replace(_TRUTH, name=name)
    if not isinstance(result, Field):
        return Band(name, data_type="float32", nodata="nan")
    if result.band is not None and result.kind == result.band.data_type:
        return replace(result.band, name=name)
    return Band(name, data_type=result.kind, nodata="nan" if result.kind.startswith("float") else None)


def bands_of(result: Any, names: Sequence[str]) -> tuple[Band, ...]:
    """Return the bands that the elements of a resulting array make.

    Args:
        result: What a child process has made of one pixel.
        names: The names of the bands.
    """
    items = items_in(result)
    if items is None:
        items = [result] * len(names)
    return tuple(
        band_of(items[place] if place < len(items) else None, name) for place, name in enumerate(names)
    )


def reduced_bands(callback: Callback, bands: Sequence[Band], count: int) -> tuple[Band, ...]:
    """Return the bands that a reducer makes, one of each band.

    Args:
        callback: The reducer.
        bands: The bands.
        count: How many values it makes one of.
    """
    return tuple(band_of(callback(data=one_array([band], count)), band.name) for band in bands)


def length_of(result: Any) -> int | None:
    """Return how many elements a resulting array has; None if it is no array."""
    return len(result) if isinstance(result, Stack | Labelled | list | tuple) else None


def computed(band: Band) -> Band:
    """Return a band with the same unit whose values are floating points."""
    if (band.data_type or "").startswith("float"):
        return band
    return replace(band, data_type="float32", nodata="nan", classes=None)


def with_gaps(band: Band) -> Band:
    """Return a band in which there may be no data, of floating points if its type has no room for that."""
    if band.nodata is not None or (band.data_type or "").startswith("float"):
        return band
    return computed(band)
