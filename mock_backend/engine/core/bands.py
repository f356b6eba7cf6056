"""The bands that child processes make, found by trying these on one pixel."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.engine.core.values import Callback, Field, Stack, items_in, shared_kind, single

#: Value for no data in bands of true and false.
_NO_TRUTH = 255
#: The length of the longest arrays to try reducers on, and of what stands for longer ones.
_MOST_TRIED, _ENOUGH = 1024, 256
_Handing = Callable[[Band], Band]
_TRUTH = Band("", data_type="uint8", minimum=0, maximum=1, nodata=_NO_TRUTH)


def one_pixel(band: Band) -> Field:
    """Return a pixel of a band to try child processes on."""
    return Field(np.zeros(1), band.data_type or "float32", band)


def one_array(
    bands: Sequence[Band],
    length: int,
    labels: Sequence[Any] | None = None,
    aliases: Mapping[str, tuple[str, ...]] | None = None,
) -> Stack:
    """Return an array of one pixel to try child processes on.

    Args:
        bands: The band of each element, or just one for all.
        aliases: Other names, and which labels each stands for.
    """
    kinds = {band.data_type for band in bands}
    kind = (kinds.pop() if len(kinds) == 1 else None) or "float32"
    return Stack(np.zeros((length, 1)), kind, tuple(bands), labels, aliases or {})


def band_of(result: Any, name: str) -> Band:
    """Return the band that results of a child process make."""
    result = single(result)
    if isinstance(result, bool) or (isinstance(result, Field) and result.kind == "bool"):
        return replace(_TRUTH, name=name)
    if not isinstance(result, Field):
        return Band(name, data_type="float32", nodata="nan")
    if result.band is not None and result.kind == result.band.data_type:
        return replace(result.band, name=name)
    return Band(name, data_type=result.kind, nodata="nan" if result.kind.startswith("float") else None)


def each_band(bands: Sequence[Band], compute: Callable[[Band], Any]) -> tuple[Band, ...]:
    """Return the bands that a child process makes, one of each of some bands.

    It is tried once for all bands of a data type: more of a band no process looks at, it only hands it on.
    """
    tried: dict[str, tuple[Any, _Handing | None]] = {}
    found = []
    for band in bands:
        known = tried.get(band.data_type)
        if known is not None and known[1] is not None:
            result = replace(known[0], band=known[1](band))
        elif known is not None and not (isinstance(known[0], Field) and known[0].band):
            result = known[0]
        else:
            result = single(compute(band))
            tried.setdefault(band.data_type, (result, _handing(result, band)))
        found.append(band_of(result, band.name))
    return tuple(found)


def _handing(result: Any, band: Band) -> _Handing | None:
    """Return how a band is handed on to a result; None if it is not, or in another way."""
    if not isinstance(result, Field) or result.band is None:
        return None
    ways: tuple[_Handing, ...] = (lambda each: each, computed)
    return next((each for each in ways if each(band) == result.band), None)


def result_bands(result: Any, names: Sequence[str]) -> tuple[Band, ...]:
    """Return the bands that the elements of a resulting array of one pixel make."""
    items = items_in(result)
    if items is None:
        items = [result] * len(names)
    return tuple(
        band_of(items[place] if place < len(items) else None, name) for place, name in enumerate(names)
    )


def reduced_bands(callback: Callback, bands: Sequence[Band], count: int) -> tuple[Band, ...]:
    """Return the bands that a reducer makes, one of each band, of at most ``count`` values each."""
    length = count if count <= _MOST_TRIED else _ENOUGH

    def tried(band: Band) -> Any:
        result = single(callback(data=one_array([band], length)))
        is_count = isinstance(result, Field) and result.kind == "uint16" and result.band is None
        return replace(result, kind="uint32") if is_count and count >= 1 << 16 else result

    return each_band(bands, tried)


def computed(band: Band) -> Band:
    """Return a band with the same unit whose values are floating points."""
    if (band.data_type or "").startswith("float"):
        return band
    return replace(band, data_type="float32", nodata="nan", classes=None)


def shared_band(
    bands: Sequence[Band | None], kinds: Sequence[str], *, gaps: bool = False
) -> tuple[str, Band | None]:
    """Return the data type of values that come from several bands, and the band of which they are.

    Args:
        bands: The bands, None for values of none.
        gaps: True if there may be no data where the bands have some.

    Returns:
        The data type, and the band if it is only one, or another one that says what has no data.
    """
    first = bands[0] if bands else None
    if first is not None and all(each is first for each in bands):
        first = with_gaps(first) if gaps else first
        return first.data_type or "float32", first
    kind, nothing = shared_kind(kinds), {None if each is None else each.nodata for each in bands}
    if kind == "bool" or kind.startswith("float") or (nothing <= {None} and not gaps):
        return kind, None
    # Only where all have the same value for no data, it has room for it.
    (nodata,) = nothing if len(nothing) == 1 else (None,)
    return ("float32", None) if nodata is None else (kind, Band("", data_type=kind, nodata=nodata))


def with_gaps(band: Band) -> Band:
    """Return a band in which there may be no data, of floating points if its type has no room for that."""
    if band.nodata is not None or (band.data_type or "").startswith("float"):
        return band
    return computed(band)
