"""Processes that compute each value, or each array along a dimension, of another one."""

from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.bands import band_of, bands_of, length_of, one_pixel
from mock_backend.engine.sources import (
    Along,
    Arranged,
    Convolved,
    Dropped,
    Mapped,
    Rastered,
)
from mock_backend.engine.values import Callback
from mock_backend.errors import OpenEOError
from mock_backend.outcomes.asking import Asked
from mock_backend.outcomes.flow import Flow
from mock_backend.outcomes.lines import arrays_of, axis_of, line_of, spans_left
from mock_backend.outcomes.shape import PLAIN_NAME, check_labels, rebuilt, source_of


def apply(asked: Asked, flow: Flow) -> Flow:
    """Apply a process to each value."""
    callback = asked.callback("process")
    return flow if callback is None else mapped(flow, callback, "x")


def mapped(flow: Flow, callback: Callback, parameter: str) -> Flow:
    """Return a cube of which each value was computed of another one.

    Args:
        flow: The other cube.
        callback: What computes it.
        parameter: The parameter that has a value.
    """
    cube = flow.cube
    bands = tuple(band_of(callback(**{parameter: one_pixel(band)}), band.name) for band in cube.bands)
    return flow.made(replace(cube, bands=bands, source=Mapped(source_of(cube), callback, parameter)))


def apply_to_cubes(asked: Asked, flow: Flow) -> Flow:
    """Apply a process to parts of a cube: one that computes each value of another one, or a stand-in."""
    callback = asked.callback("process")
    if callback is None:
        return flow
    if not callback.is_pixelwise:
        asked.stands_in()
        return replace(flow.made(flow.cube), is_certain=False)
    name = "x" if "x" in callback.parameters else "data"
    return mapped(flow, callback, name)


def apply_kernel(asked: Asked, flow: Flow) -> Flow:
    """Apply a kernel."""
    cube = flow.cube
    rows = [[_number(each) or 0.0 for each in row] for row in asked.list("kernel") if isinstance(row, list)]
    if cube.grid is None or not rows or not rows[0] or len({len(row) for row in rows}) > 1:
        return flow
    if len(rows) % 2 == 0 or len(rows[0]) % 2 == 0:
        raise OpenEOError(
            f"The kernel has {len(rows)} rows and {len(rows[0])} columns, and needs uneven numbers of both "
            f"so that there is one in the middle. [at {asked.node}]",
            code="KernelDimensionsUneven",
            status=400,
        )
    factor = _number(asked.get("factor"))
    kernel = np.array(rows) * (1.0 if factor is None else factor)
    invalid = _number(asked.get("replace_invalid")) or 0.0
    bounds = cube.grid if flow.native is None else None
    source = Convolved(source_of(cube), kernel, asked.get("border") or 0, invalid, bounds)
    bands = tuple(Band(each.name, data_type="float32", nodata="nan") for each in cube.bands)
    return flow.made(replace(cube, bands=bands, source=source))


def apply_dimension(asked: Asked, flow: Flow) -> Flow:
    """Apply a process along a dimension."""
    cube, callback = flow.cube, asked.callback("process")
    dimension = cube.named(asked.text("dimension"))
    if dimension is None or callback is None:
        return flow
    flat, line = line_of(cube, dimension)
    size = len(line.labels)
    results = [callback(data=each) for each in arrays_of(cube, dimension, line)]
    # A single value is an array of one.
    lengths = [1 if found is None else found for found in map(length_of, results)]
    length = max(lengths, default=size) or 1
    name = asked.text("target_dimension") or dimension.name
    check_labels(length, name)
    others = [each for each in flat.dimensions if each.name != dimension.name]
    if name == dimension.name:
        own = flat.named(name) or dimension
        target = own if length == size else replace(own.unlabelled(), labels=tuple(range(length)))
        place = flat.dimensions.index(own)
    else:
        existing = flat.named(name)
        labels = tuple(range(length))
        target = (
            replace(existing.unlabelled(), labels=labels) if existing else Dimension(name, "other", labels)
        )
        place = len(others) if existing is None else others.index(existing)
        if existing is not None:
            flat = line_of(flat, existing)[0]
            flat = _without(flat, flat.named(name) or existing)
            line = replace(line, axis=axis_of(flat, dimension))
            others = [each for each in flat.dimensions if each.name != dimension.name]
    dimensions = [*others[:place], target, *others[place:]]
    if target.kind == "bands":
        bands = bands_of(results[0], [str(label) for label in target.labels or ()])
    elif dimension.kind == "bands":
        bands = (band_of(results[0], PLAIN_NAME),)
    else:
        bands = tuple(band_of(each, band.name) for each, band in zip(results, cube.bands, strict=True))
    # Among those that are not of pixels, as windows have them.
    axis = [each.name for each in dimensions if flat.grid is None or not is_horizontal(each)].index(name)
    source = Along(source_of(flat), line, callback, axis, length)
    grid, source_ = cube.grid, source
    if grid is not None and flat.grid is None:
        if name == dimension.name and length == size:
            # Still a raster, of which rows and columns come last.
            order = [*cube.others, cube.axis("y"), cube.axis("x")]
            last = Arranged(source, tuple(map(cube.dimensions.index, order)))
            return flow.made(replace(cube, bands=bands, source=Rastered(last, grid)))
        grid = None
    made = rebuilt(cube, dimensions, bands, grid=grid, spans=spans_left(cube, dimensions), source=source_)
    return flow.made(made)


def _without(cube: DataCube, dimension: Dimension) -> DataCube:
    """Return a cube without a dimension: with what it has for the first of its labels."""
    one = cube.at(dimension.name, *(dimension.labels or ())[:1])
    return replace(
        one,
        dimensions=tuple(each for each in one.dimensions if each.name != dimension.name),
        source=Dropped(source_of(one), axis_of(cube, dimension)),
    )


def _number(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None
