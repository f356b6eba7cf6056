"""Processes that compute each value, or each array along a dimension, of another one."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import band_of, each_band, one_pixel, result_bands
from mock_backend.engine.core.callbacks import ProcessCallback
from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.core.values import Callback, Labelled, Stack
from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.functions import call
from mock_backend.engine.sources.computing import Along, ArrayLine, Mapped
from mock_backend.engine.sources.convolving import Convolved
from mock_backend.engine.sources.merging import Combined
from mock_backend.engine.sources.restructuring import Arranged, Flattened, Rastered
from mock_backend.engine.steps.array_lines import arrays_of, axis_of, line_of, looked_at, spans_left
from mock_backend.engine.steps.call import StepCall, finite
from mock_backend.engine.steps.dimensions import check_elements, named
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.merging import itself, side_of
from mock_backend.engine.steps.shape import PLAIN_NAME, check_labels, rebuilt, source_of


def apply(asked: StepCall, flow: Flow) -> Flow:
    """Apply a process to each value."""
    callback = asked.callback("process")
    return flow if callback is None else mapped(flow, callback, "x")


def mapped(flow: Flow, callback: Callback, parameter: str) -> Flow:
    """Return a cube of which each value was computed of another one, which a parameter has."""
    cube = flow.cube
    bands = each_band(cube.bands, lambda band: callback(**{parameter: one_pixel(band)}))
    return flow.made(replace(cube, bands=bands, source=Mapped(source_of(cube), callback, parameter)))


def apply_kernel(asked: StepCall, flow: Flow) -> Flow:
    """Apply a kernel."""
    cube = flow.cube
    rows = [[finite(each) or 0.0 for each in row] for row in asked.list("kernel") if isinstance(row, list)]
    if cube.grid is None or not rows or not rows[0] or len({len(row) for row in rows}) > 1:
        return flow
    if len(rows) % 2 == 0 or len(rows[0]) % 2 == 0:
        raise asked.refusal(
            "KernelDimensionsUneven",
            f"The kernel has {len(rows)} rows and {len(rows[0])} columns, and needs uneven numbers of both "
            "so that there is one in the middle.",
        )
    factor = asked.number("factor")
    kernel = np.array(rows) * (1.0 if factor is None else factor)
    invalid = asked.number("replace_invalid") or 0.0
    bounds = cube.grid if flow.native is None else None
    source = Convolved(source_of(cube), kernel, asked.get("border") or 0, invalid, bounds)
    bands = tuple(Band(each.name, data_type="float32", nodata="nan") for each in cube.bands)
    return flow.made(replace(cube, bands=bands, source=source))


def apply_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Apply a process along a dimension."""
    cube, callback = flow.cube, asked.callback("process")
    dimension = named(asked, cube)
    if dimension is None or callback is None or check_elements(asked, "process", callback, dimension):
        return flow
    flat, line = line_of(cube, dimension)
    size = len(line.labels)
    results = [callback(data=each) for each in arrays_of(cube, dimension, line)]
    # A single value is an array of one.
    arrays = [each if isinstance(each, Stack | Labelled | list | tuple) else [each] for each in results]
    length = max(map(len, arrays), default=size) or 1
    name = asked.text("target_dimension") or dimension.name
    if name != dimension.name and (existing := flat.named(name)) is not None:
        if asked.surroundings.features_by_band or is_horizontal(existing):
            return _into(flow, flat, line, existing, callback, results, length)
        # As the definition has it: there are as many labels as values, of whatever there was.
        tried = results[:1] if existing.kind == "bands" else results
        first = flat.at(existing.name, *(existing.labels or ())[:1])
        found = _into(flow, first, line, first.named(name) or existing, callback, tried, length)
        return replace(found, is_certain=False)
    check_labels(length, name)
    others = [each for each in flat.dimensions if each.name != dimension.name]
    if name == dimension.name:
        own = flat.named(name) or dimension
        target = own if length == size else replace(own.unlabelled(), labels=tuple(range(length)))
        place = flat.dimensions.index(own)
    else:
        target = Dimension(name, "other", tuple(range(length)))
        place = len(others)
    dimensions = [*others[:place], target, *others[place:]]
    if target.kind == "bands":
        bands = result_bands(results[0], [str(label) for label in target.labels or ()])
    elif dimension.kind == "bands":
        bands = (band_of(results[0], PLAIN_NAME),)
    else:
        bands = tuple(band_of(each, band.name) for each, band in zip(results, cube.bands, strict=True))
    # Among those that are not of pixels, as windows have them.
    axis = [each.name for each in dimensions if flat.grid is None or not is_horizontal(each)].index(name)
    source = Along(*looked_at(source_of(flat), line, callback), axis, length)
    grid = cube.grid
    if grid is not None and flat.grid is None:
        if name == dimension.name and length == size:
            # Still a raster, of which rows and columns come last.
            order = [*cube.others, cube.axis("y"), cube.axis("x")]
            last = Arranged(source, tuple(map(cube.dimensions.index, order)))
            return flow.made(replace(cube, bands=bands, source=Rastered(last, grid)))
        grid = None
    made = rebuilt(cube, dimensions, bands, grid=grid, spans=spans_left(cube, dimensions), source=source)
    return flow.made(made)


def _into(
    flow: Flow,
    flat: DataCube,
    line: ArrayLine,
    existing: Dimension,
    callback: Callback,
    results: Sequence[Any],
    length: int,
) -> Flow:
    """Return a cube of which arrays along one dimension have become labels of another one.

    That one has all that was computed for its first label, and then what was for its second one.
    """
    cube, is_of_bands = flow.cube, existing.kind == "bands"
    source_name = flat.others[line.axis].name
    flat, target = line_of(flat, existing)
    line = replace(line, axis=axis_of(flat, source_name))
    count = len(target.labels)
    check_labels(count * length, existing.name)
    left = [each.name for each in flat.others if each.name != source_name]
    arrays = Along(source_of(flat), line, callback, len(left), length)
    flattened = Flattened(arrays, (left.index(existing.name), len(left)), (count, length))
    labelled = replace(existing.unlabelled(), labels=tuple(range(count * length)))
    dimensions = [
        labelled if each.name == existing.name else each
        for each in flat.dimensions
        if each.name != source_name
    ]
    # What has been flattened comes last; the dimension stays where it is.
    order = [each for each in left if each != existing.name] + [existing.name]
    if is_of_bands:
        names = [str(label) for label in labelled.labels or ()]
        parts = [names[first : first + length] for first in range(0, len(names), length)]
        bands = tuple(
            band for result, part in zip(results, parts, strict=True) for band in result_bands(result, part)
        )
    else:
        bands = tuple(band_of(each, band.name) for each, band in zip(results, cube.bands, strict=False))
    # In the order that they had.
    wanted = [each.name for each in cube.dimensions if each.name != source_name]
    dimensions.sort(key=lambda each: wanted.index(each.name))
    kept = [each.name for each in dimensions if flat.grid is None or not is_horizontal(each)]
    source = Arranged(flattened, tuple(map(order.index, kept)))
    spans = spans_left(cube, dimensions)
    return flow.made(rebuilt(cube, dimensions, bands, grid=flat.grid, spans=spans, source=source))


def predict_curve(asked: StepCall, flow: Flow) -> Flow:
    """Predict values of a function with the parameters that a cube has along one of its dimensions."""
    cube, callback, name = flow.cube, asked.callback("function"), asked.text("dimension")
    own = cube.named(name) or next((each for each in cube.dimensions[::-1] if each.kind == "other"), None)
    labels = asked.list("labels")
    if callback is None or name is None or own is None or not labels:
        asked.stands_in()
        return flow
    check_labels(len(labels), name)
    flat, line = line_of(cube, own)
    is_time = all(instant_of(each) is not None for each in labels)
    target = Dimension(name, "temporal" if is_time else "other", tuple(labels))
    dimensions = [target if each.name == own.name else each for each in flat.dimensions]
    names = [PLAIN_NAME] if own.kind == "bands" else [each.name for each in cube.bands]
    bands = [Band(each, data_type="float32", nodata="nan") for each in names]
    source = Along(source_of(flat), line, partial(_predicted, callback, labels), line.axis, len(labels))
    return flow.made(rebuilt(cube, dimensions, bands, grid=flat.grid, spans={}, source=source))


def _predicted(function: Callback, labels: Sequence[Any], **parameters: Any) -> Any:
    """Return the values of a function for some labels."""
    return call("predict_curve", {"parameters": parameters["data"], "function": function, "labels": labels})


def of_pixels(asked: StepCall, cubes: dict[str, Flow]) -> Flow:
    """Return what a process of numbers makes of each value of a cube, or of those of several cubes."""
    others = {name: each for name, each in asked.arguments.items() if name not in cubes}
    callback = ProcessCallback(asked.process_id, others)
    names = sorted(cubes, key=lambda name: -len(cubes[name].cube.dimensions))
    main = cubes[names[0]]
    if len(cubes) == 1:
        return mapped(main, callback, names[0])
    cube = main.cube
    sides = {names[0]: itself(cube)}
    sides |= {name: side_of(cubes[name], main, asked) for name in names[1:]}
    tried = callback(**{name: one_pixel(each.cube.bands[0]) for name, each in cubes.items()})
    bands = tuple(band_of(tried, band.name) for band in cube.bands)
    made = replace(cube, bands=bands, source=Combined(sides, callback))
    return main.made(made, *(cubes[name] for name in names[1:]))
