"""Processes that change the dimensions of data cubes and leave their values alone."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from mock_backend.catalog import Band
from mock_backend.cubes import DataCube, Dimension
from mock_backend.errors import OpenEOError
from mock_backend.outcomes.asking import Asked, names
from mock_backend.outcomes.flow import Flow
from mock_backend.outcomes.instants import instant_of
from mock_backend.outcomes.numbers import as_band, of_band
from mock_backend.outcomes.places import Place, counting
from mock_backend.outcomes.resampling import period_around
from mock_backend.outcomes.shape import check_labels, is_horizontal, rebuilt


def drop_dimension(asked: Asked, flow: Flow) -> Flow:
    """Drop a dimension."""
    name = asked.text("name")
    left = [each for each in flow.cube.dimensions if each.name != name]
    gone = next((each for each in flow.cube.dimensions if each.name == name), None)
    spans = {} if gone is not None and gone.kind == "temporal" else flow.cube.spans
    return replace(flow, cube=rebuilt(flow.cube, left, spans=spans), is_raw=False)


def add_dimension(asked: Asked, flow: Flow) -> Flow:
    """Add a dimension with one label."""
    cube, name, label = flow.cube, asked.text("name"), asked.get("label")
    if name is None or name in cube.sizes:
        return flow
    labels = (label,) if isinstance(label, str | int | float) else (0,)
    new = Dimension(name, asked.text("type") or "other", labels)
    return replace(flow, cube=rebuilt(cube, [*cube.dimensions, new]), is_raw=False)


def rename_dimension(asked: Asked, flow: Flow) -> Flow:
    """Rename a dimension."""
    source, target = asked.text("source"), asked.text("target")
    if target is None or target in flow.cube.sizes:
        return flow
    dimensions = [
        replace(each, name=target) if each.name == source else each for each in flow.cube.dimensions
    ]
    return replace(flow, cube=rebuilt(flow.cube, dimensions), is_raw=False)


def rename_labels(asked: Asked, flow: Flow) -> Flow:
    """Rename labels."""
    cube, name = flow.cube, asked.text("dimension")
    dimension = next((each for each in cube.dimensions if each.name == name), None)
    target, source = asked.list("target"), asked.list("source")
    if dimension is None or dimension.labels is None or not target:
        return flow
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


def dimension_labels(asked: Asked, flow: Flow) -> Any:
    """Return the labels of a dimension."""
    cube, name = flow.cube, asked.text("dimension")
    dimension = next((each for each in cube.dimensions if each.name == name), None)
    if dimension is None:
        return []
    if dimension.labels is None:
        # Those of a grid are coordinates.
        check_labels(cube.sizes[dimension.name], dimension.name)
        kept = [each for each in cube.dimensions if each is dimension]
        return list(rebuilt(replace(cube, within=None), kept).dimensions[0].labels or ())
    return list(dimension.labels)


def flatten_dimensions(asked: Asked, flow: Flow) -> Flow:
    """Make one dimension of several."""
    cube, target = flow.cube, asked.text("target_dimension")
    wanted = names(asked.list("dimensions"))
    found = [each for name in wanted for each in cube.dimensions if each.name == name]
    if target is None or not found:
        return flow
    check_labels(prod(cube.sizes[each.name] for each in found), target)
    separator = asked.text("label_separator") or "~"
    labels = tuple(
        separator.join(map(str, each)) for each in product(*(_labels_of(cube, each) for each in found))
    )
    left = [each for each in cube.dimensions if each not in found and each.name != target]
    made = rebuilt(cube, [*left, Dimension(target, "other", labels)])
    return flow.made(made)


def _labels_of(cube: DataCube, dimension: Dimension) -> Sequence[Any]:
    if dimension.labels is not None:
        return dimension.labels
    return rebuilt(replace(cube, within=None), [dimension]).dimensions[0].labels or ()


def unflatten_dimension(asked: Asked, flow: Flow) -> Flow:
    """Make several dimensions of one."""
    cube, name = flow.cube, asked.text("dimension")
    targets = list(dict.fromkeys(names(asked.list("target_dimensions"))))
    dimension = next((each for each in cube.dimensions if each.name == name), None)
    if dimension is None or not targets:
        return flow
    separator = asked.text("label_separator") or "~"
    parts = [str(label).split(separator, len(targets) - 1) for label in _labels_of(cube, dimension)]
    new = [
        Dimension(
            target, "other", tuple(dict.fromkeys(part[place] for part in parts if place < len(part))) or (0,)
        )
        for place, target in enumerate(targets)
    ]
    left = [each for each in cube.dimensions if each is not dimension and each.name not in targets]
    return flow.made(rebuilt(cube, [*left, *new]))


def merge_cubes(asked: Asked) -> Any:
    """Merge two cubes."""
    one, other = asked.flow("cube1"), asked.flow("cube2")
    if one is None or other is None:
        return one or other
    if one.cube.grid is not None and other.cube.grid is not None and one.native != other.native:
        # One of them is everywhere: the area is that of the other one.
        one, other = (
            (_where(asked, one, other.cube), other)
            if other.native is None
            else (one, _where(asked, other, one.cube))
        )
    first, second = one.cube, other.cube
    structure = asked.structure(cube1=first, cube2=second)
    if structure is None:
        return one
    if asked.get("overlap_resolver") is None and _overlap(first, second):
        message = (
            "Overlapping data cubes, but no overlap resolver has been specified: 'overlap_resolver' of "
            f"merge_cubes decides between their values, e.g. 'max'. [at {asked.node}]"
        )
        if not asked.lets_pass("overlap-resolver", message):
            raise OpenEOError(message, code="OverlapResolverMissing", status=400)
    dimensions = [_merged(each, first, second) for each in structure.dimensions.values()]
    bands = _merged_bands(asked, first, second, dimensions)
    made = rebuilt(
        first,
        dimensions,
        bands,
        grid=first.grid or second.grid,
        geometries=_merged_geometries(first, second),
        within=None if second.within != first.within else first.within,
        # What hides some bands does not hide the others.
        masks=first.masks if first.masks == second.masks else (),
        period=period_around(first, second),
        spans={**second.spans, **first.spans},
    )
    found = one.made(made, other)
    return replace(found, native=one.native if first.grid is not None else other.native)


def _overlap(first: DataCube, second: DataCube) -> bool:
    """Tell whether two rasters of the same dimensions have values for the same labels."""
    if first.grid is None or second.grid is None:
        return False
    labels = {each.name: each.labels for each in second.dimensions}
    if {each.name for each in first.dimensions} != labels.keys():
        return False
    return all(
        is_horizontal(each) or bool(set(each.labels or ()) & set(labels[each.name] or ()))
        for each in first.dimensions
    )


def _where(asked: Asked, flow: Flow, other: DataCube) -> Flow:
    """Return the part of a cube that is where another one is."""
    grid = other.grid
    if flow.native is None or grid is None:
        return flow
    place = Place(counting(grid.bounds) if grid.crs == "EPSG:4326" else grid.bounds, grid.crs)
    return asked.guarded("cube2", lambda: flow.clipped(place)) or flow


def _merged(dimension: Dimension, first: DataCube, second: DataCube) -> Dimension:
    """Return a dimension of two cubes with the labels of both."""
    if is_horizontal(dimension):
        return dimension
    found = [
        each.labels
        for cube in (first, second)
        for each in cube.dimensions
        if each.name == dimension.name and each.labels is not None
    ]
    labels = tuple(dict.fromkeys(label for each in found for label in each))
    if dimension.kind == "temporal" and all(instant_of(each) is not None for each in labels):
        labels = tuple(sorted(labels, key=lambda label: (instant_of(label), str(label))))
    if dimension.kind == "geometry":
        labels = tuple(range(len(_merged_geometries(first, second))))
    return replace(dimension, labels=labels)


def _merged_geometries(first: DataCube, second: DataCube) -> tuple[Any, ...]:
    mine = [each.get("geometry") for each in first.geometries]
    more = [each for each in second.geometries if each.get("geometry") not in mine]
    return (*first.geometries, *more)


def _merged_bands(
    asked: Asked, first: DataCube, second: DataCube, dimensions: Sequence[Dimension]
) -> list[Band]:
    of_bands = next((each for each in dimensions if each.kind == "bands"), None)
    mine, others = ({band.name: band for band in cube.bands} for cube in (first, second))
    if of_bands is None:
        return [_resolved(asked, first.bands[0], second.bands[0])]
    # A cube without bands goes with each band of the other one.
    alone, other_alone = (
        cube.bands[0] if cube.of_kind("bands") is None else None for cube in (first, second)
    )
    found = []
    for label in map(str, of_bands.labels or ()):
        one, other = alone or mine.get(label), other_alone or others.get(label)
        if one is not None and other is not None:
            found.append(replace(_resolved(asked, one, other), name=label))
        elif (band := one or other) is not None:
            found.append(replace(band, name=label))
    return found


def _resolved(asked: Asked, one: Band, other: Band) -> Band:
    result = asked.child("overlap_resolver", x=of_band(one), y=of_band(other))
    return one if result is None else as_band(result, one.name, one)
