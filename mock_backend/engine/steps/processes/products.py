"""Processes that make products, and masks of clouds, of what satellites have seen."""

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.engine.core.callbacks import ProcessCallback
from mock_backend.engine.cubes import Grid
from mock_backend.engine.functions import call
from mock_backend.engine.sources.computing import Mapped
from mock_backend.engine.sources.convolving import Convolved
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.merging import Combined, Joined, Masked
from mock_backend.engine.sources.restructuring import Dropped
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps.array_lines import axis_of, place_of_band
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.filters import with_room_for_gaps
from mock_backend.engine.steps.processes.merging import itself, others_with, side_of
from mock_backend.engine.steps.shape import PLAIN_NAME, rebuilt, source_of

_FLAG = Band("", data_type="uint8", minimum=0, maximum=1, nodata=255)
_SHARE = Band("", data_type="float32", minimum=0.0, maximum=1.0, nodata="nan")
_EXTRAS = {
    **dict.fromkeys(("mask", "incomplete-testing", "saturation"), _FLAG),
    **dict.fromkeys(("cloud", "shadow"), _SHARE),
    "contributing_area": replace(_SHARE, maximum=1000.0, unit="m^2"),
    "local_incidence_angle": replace(_SHARE, maximum=90.0, unit="deg"),
    "ellipsoid_incidence_angle": replace(_SHARE, minimum=20.0, maximum=50.0, unit="deg"),
}


_CHOSEN = ("mask", "contributing_area", "local_incidence_angle", "ellipsoid_incidence_angle")
#: The bands that processes make in any case, and those that their arguments choose.
_MADE = {
    "sar_backscatter": ((), _CHOSEN),
    "ard_normalized_radar_backscatter": (("mask", "local_incidence_angle"), _CHOSEN),
    "ard_surface_reflectance": (("incomplete-testing", "saturation", "cloud", "shadow"), ()),
    "atmospheric_correction": ((), ()),
    "cloud_detection": (("cloud", "shadow"), ()),
}


def product(asked: StepCall, flow: Flow) -> Flow:
    """Compute backscatter, reflectance or clouds, with masks and angles as further bands."""
    cube, keep = flow.cube, asked.process_id != "cloud_detection"
    dimension = cube.of_kind("bands")
    if dimension is None:
        return flow.made(cube)
    asked.stands_in()
    always, chosen = _MADE[asked.process_id]
    wanted = [each for each in _EXTRAS if each in always or (each in chosen and asked.get(each) is True)]
    old = list(dimension.labels or ()) if keep else []
    new = [each for each in wanted if each not in old]
    extras = tuple(replace(_EXTRAS[each], name=each) for each in new)
    bands = [*(cube.bands if keep else ()), *extras]
    aliases = dimension.aliases if keep else {}
    dimensions = cube.changed(dimension, labels=(*old, *new), aliases=aliases)
    axis, source = cube.others.index(dimension), source_of(cube)
    if new:
        more = Painted(
            others_with(cube, dimension.name, new), extras, asked.surroundings.seed, cube.period, cube.spans
        )
        source = Joined(source, len(old), more, axis) if keep else more
    return flow.made(rebuilt(cube, dimensions, bands, source=source))


#: Smoothed shares of some classes above which there are clouds.
_FIRST, _SECOND = 0.057, 0.025
_KEPT, _CLOUDS = (2, 4, 5, 6, 7), (3, 8, 9, 10, 11)


def to_scl_dilation_mask(asked: StepCall, flow: Flow) -> Flow:
    """Make a mask of what is in, or near, clouds and their shadows."""
    cube, dimension = flow.cube, flow.cube.of_kind("bands")
    if dimension is None or cube.grid is None:
        asked.stands_in()
        return flow.made(cube)
    wanted = asked.text("scl_band_name") or next(
        (each.name for each in cube.bands if each.name.upper().startswith("SCL")), cube.bands[0].name
    )
    classes = Dropped(source_of(cube), axis_of(cube, dimension.name), place_of_band(cube, wanted))
    bounds = cube.grid if flow.native is None else None
    kept, clouds = asked.list("mask1_values") or _KEPT, asked.list("mask2_values") or _CLOUDS
    near = _size(asked, "kernel1_size", 17), _size(asked, "kernel2_size", 77)
    first: Source = Mapped(classes, partial(_is_other, kept))
    if (eroding := _size(asked, "erosion_kernel_size", 3)) > 1:
        ones = np.ones((eroding, eroding))
        first = Convolved(first, ones, "replicate", 0.0, bounds)
        first = Mapped(first, ProcessCallback("gte", {"y": eroding * eroding}))
    first = _above(first, near[0], _FIRST, bounds)
    second = _above(Mapped(classes, partial(_is_one_of, clouds)), near[1], _SECOND, bounds)
    left = [each for each in cube.dimensions if each is not dimension]
    made = rebuilt(cube, left, [replace(_FLAG, name=PLAIN_NAME)], source=first)
    sides = {"x": itself(made, first), "y": itself(made, second)}
    # Some back-ends keep a dimension of one band.
    mask = flow.made(replace(made, source=Combined(sides, ProcessCallback("or"))))
    return replace(mask, is_certain=False)


def mask_scl_dilation(asked: StepCall, flow: Flow) -> Flow:
    """Mask what is in, or near, clouds and their shadows."""
    mask, cube = to_scl_dilation_mask(asked, flow), flow.cube
    if mask.cube.of_kind("bands") is not None:
        return mask
    source = Masked(source_of(cube), side_of(mask, flow, asked))
    return flow.made(replace(cube, bands=with_room_for_gaps(cube), source=source))


def _is_one_of(values: Sequence[float], x: Any) -> Any:
    """Tell whether a value is one of some; no data are none of them."""
    return call("array_contains", {"data": list(values), "value": x})


def _is_other(values: Sequence[float], x: Any) -> Any:
    return call("not", {"x": _is_one_of(values, x)})


def _size(asked: StepCall, name: str, default: int) -> int:
    """Return the size of a kernel, an uneven number."""
    value = asked.get(name)
    found = int(value) if isinstance(value, int | float) and 0 <= value < 1000 else default
    return found + 1 - found % 2


def _above(source: Source, size: int, limit: float, bounds: Grid | None) -> Source:
    """Return where values are larger than a limit when they are smoothed by a bell curve."""
    away = np.arange(size) - size // 2
    deviation = max(size / 6, 0.5)
    # Whole numbers, whose sums are exact.
    bell = np.round([1e5 * math.exp(-0.5 * (each / deviation) ** 2) for each in away])
    for kernel in (bell[:, None], bell[None, :]):
        source = Convolved(source, kernel, "replicate", 0.0, bounds)
    return Mapped(source, ProcessCallback("gt", {"y": limit * bell.sum() ** 2}))
