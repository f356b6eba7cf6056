"""Processes that change the dimensions of data cubes and leave their values alone."""

from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

import numpy as np

from mock_backend.engine.cubes import Dimension, is_horizontal
from mock_backend.engine.sources.restructuring import Dropped, Flattened, Unflattened, Widened
from mock_backend.engine.steps.array_lines import line_of
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.dimensions import is_missing, is_taken, lacks_labels, named
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.shape import check_labels, coordinates, rebuilt, source_of


def drop_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Drop a dimension."""
    name = asked.text("name")
    cube, gone = flow.cube, named(asked, flow.cube, "name")
    if gone is None:
        return flow
    if cube.sizes[gone.name] > 1:
        message = (
            f"Only a dimension with one label can be dropped; {name!r} has {cube.sizes[gone.name]:,}. Use "
            "reduce_dimension to reduce it."
        )
        if not asked.lets_pass("label-count", message):
            asked.remark("label-count", "DimensionLabelCountMismatch", "name", message)
            return flow
    cube, line = line_of(cube, gone)
    left = [each for each in cube.dimensions if each.name != name]
    spans = {} if gone.kind == "temporal" else cube.spans
    made = rebuilt(cube, left, spans=spans, source=Dropped(source_of(cube), line.axis))
    return replace(flow, cube=made, is_raw=False)


def add_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Add a dimension with one label."""
    cube, name, label = flow.cube, asked.text("name"), asked.get("label")
    if name is None or is_taken(asked, cube, "DimensionExists", "name", name):
        return flow
    labels = (label,) if isinstance(label, str | int | float) else (0,)
    new = Dimension(name, asked.text("type") or "other", labels)
    source = Widened(source_of(cube), len(cube.others))
    made = rebuilt(cube, [*cube.dimensions, new], source=source)
    if new.kind == "geometry" and not cube.geometries:
        made = replace(made, geometries=({"type": "Feature", "geometry": None, "properties": {}},))
    return replace(flow, cube=made, is_raw=False)


def rename_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Rename a dimension."""
    source, target = named(asked, flow.cube, "source"), asked.text("target")
    if source is None or target is None or target == source.name:
        return flow
    if is_taken(asked, flow.cube, "DimensionExists", "target", target):
        return flow
    cube = rebuilt(flow.cube, flow.cube.changed(source, name=target))
    return replace(flow, cube=cube, is_raw=False)


def rename_labels(asked: StepCall, flow: Flow) -> Flow:
    """Rename labels."""
    cube, dimension = flow.cube, named(asked, flow.cube)
    target, source = asked.list("target"), asked.list("source")
    if dimension is None or dimension.labels is None:
        if dimension is not None:
            message = (
                f"The labels of dimension {dimension.name!r} are places of pixels, which have no other names."
            )
            asked.remark("unknown-label", "LabelsNotEnumerated", "dimension", message)
        return flow
    if _mismatch(asked, dimension, source, target):
        return flow
    # An alias is the first label it stands for. Only labels that are numbers may be left out; many back-ends
    # take them for any, in their order.
    meant = [(dimension.only([each]).labels or (each,))[0] for each in source] or list(dimension.labels)
    new = dict(zip(meant, target, strict=False))
    renamed = dimension.renamed(new)
    bands = cube.bands
    if dimension is cube.of_kind("bands"):
        bands = tuple(
            replace(band, name=str(label)) for band, label in zip(bands, renamed.labels or (), strict=True)
        )
    dimensions = [renamed if each is dimension else each for each in cube.dimensions]
    spans = {
        str(new.get(label, label)): span
        for label in dimension.labels
        if (span := cube.spans.get(str(label))) is not None
    }
    return replace(flow, cube=rebuilt(cube, dimensions, bands, spans=spans or cube.spans), is_raw=False)


def _mismatch(asked: StepCall, dimension: Dimension, source: list[Any], target: list[Any]) -> bool:
    """Remark on labels that cannot be renamed so; tell whether they cannot."""
    labels = dimension.labels or ()
    count = len(source or labels)
    message = (
        f"There must be as many new labels as old ones of dimension {dimension.name!r}, "
        f"which has {count}; got {len(target)}."
    )
    if source and len(target) != count:
        return asked.remark("unknown-label", "LabelMismatch", "target", message)
    if len(target) > count and not asked.lets_pass("label-count", message):
        return asked.remark("label-count", "LabelMismatch", "target", message)
    if lacks_labels(asked, dimension, source, "source", "LabelNotAvailable"):
        return True
    replaced = dimension.only(source).labels or () if source else labels[: len(target)]
    taken, refused = set(labels) - set(replaced), False
    for label in target:
        if label in taken:
            message = f"The dimension {dimension.name!r} has a label {label!r} already; choose another name."
            refused |= asked.remark("unknown-label", "LabelExists", "target", message)
        taken.add(label)
    return refused


def dimension_labels(asked: StepCall, flow: Flow) -> Any:
    """Return the labels of a dimension."""
    cube, dimension = flow.cube, named(asked, flow.cube)
    if dimension is None:
        return []
    if dimension.labels is None and cube.grid is not None:
        return list(coordinates(cube.grid, dimension))
    return list(dimension.labels or ())


def flatten_dimensions(asked: StepCall, flow: Flow) -> Flow:
    """Make one dimension of several."""
    cube, target = flow.cube, asked.text("target_dimension")
    given = asked.texts("dimensions")
    for name in given:
        is_missing(asked, cube, "dimensions", name)
    found = [each for name in given if (each := cube.named(name)) is not None]
    if target is None or not found:
        return flow
    if target not in given:
        is_taken(asked, cube, "TargetDimensionExists", "target_dimension", target)
    check_labels(prod(cube.sizes[each.name] for each in found), target)
    separator = asked.text("label_separator") or "~"
    if any(map(is_horizontal, found)):
        cube = line_of(cube, next(filter(is_horizontal, found)))[0]
        found = [each for wanted in found if (each := cube.named(wanted.name)) is not None]
    labels = tuple(separator.join(map(str, each)) for each in product(*(each.labels or () for each in found)))
    left = [each for each in cube.dimensions if each not in found and each.name != target]
    source = Flattened(
        source_of(cube),
        tuple(cube.others.index(each) for each in found),
        tuple(len(each.labels or ()) for each in found),
    )
    return flow.made(
        rebuilt(cube, [*left, Dimension(target, "other", labels)], grid=cube.grid, source=source)
    )


def unflatten_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Make several dimensions of one."""
    cube = flow.cube
    targets = asked.texts("target_dimensions")
    dimension = named(asked, cube)
    if dimension is None or not targets:
        return flow
    for each in targets:
        if each != dimension.name:
            is_taken(asked, cube, "TargetDimensionExists", "target_dimensions", each)
    cube, line = line_of(cube, dimension)
    separator = asked.text("label_separator") or "~"
    parts = [str(label).split(separator, len(targets) - 1) for label in line.labels]
    parts = [each + [""] * (len(targets) - len(each)) for each in parts]
    new = [
        Dimension(target, "other", tuple(dict.fromkeys(part[place] for part in parts)) or (0,))
        for place, target in enumerate(targets)
    ]
    places = np.full([len(each.labels or ()) for each in new], -1, np.intp)
    for number, part in enumerate(parts):
        at = tuple(each.places[label] for each, label in zip(new, part, strict=True))
        places[at] = number
    left = [each for each in cube.dimensions if each.name != dimension.name and each.name not in targets]
    source = Unflattened(source_of(cube), line.axis, places)
    return flow.made(rebuilt(cube, [*left, *new], grid=cube.grid, source=source))
