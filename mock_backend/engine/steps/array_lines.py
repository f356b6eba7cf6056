"""The arrays along a dimension of a data cube."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import one_array
from mock_backend.engine.core.callbacks import GraphCallback
from mock_backend.engine.core.values import Callback, Stack
from mock_backend.engine.core.window import Positions, positions_of
from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.sources.computing import ArrayLine
from mock_backend.engine.sources.restructuring import Arranged, Unrastered
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps.shape import coordinates, source_of


def axis_of(cube: DataCube, name: str) -> int:
    """Return where a dimension is among those that are not of pixels."""
    return [each.name for each in cube.others].index(name)


def places_in(dimension: Dimension, labels: Iterable[Any]) -> Positions:
    """Return the places that labels have in a dimension; -1 for those that it lacks."""
    return positions_of(dimension.places.get(label, -1) for label in labels)


def line_of(cube: DataCube, dimension: Dimension) -> tuple[DataCube, ArrayLine]:
    """Return a cube of which a dimension is not one of pixels, and the arrays along it.

    If it was one of rows and columns, none of these is one of pixels any more.
    """
    if is_horizontal(dimension) and cube.grid is not None:
        labelled = tuple(
            replace(each, labels=coordinates(cube.grid, each)) if is_horizontal(each) else each
            for each in cube.dimensions
        )
        order = [*cube.others, cube.axis("y"), cube.axis("x")]
        source: Source = Unrastered(source_of(cube), cube.grid)
        if tuple(order) != cube.dimensions:
            source = Arranged(source, tuple(order.index(each) for each in cube.dimensions))
        cube = replace(cube, dimensions=labelled, grid=None, source=source)
        dimension = cube.named(dimension.name) or dimension
    return cube, ArrayLine(axis_of(cube, dimension.name), dimension.labels or (), dimension.aliases)


def arrays_of(cube: DataCube, dimension: Dimension, line: ArrayLine) -> list[Any]:
    """Return arrays of one pixel along a dimension: one, or one for each band."""
    parts = [cube.bands] if dimension.kind == "bands" else [[band] for band in cube.bands]
    return [array_along(part, line) for part in parts]


def array_along(bands: Sequence[Band], line: ArrayLine) -> Stack:
    """Return an array of one pixel along a dimension."""
    return one_array(bands, len(line.labels), line.labels, line.aliases)


def looked_at(source: Source, line: ArrayLine, callback: Callback) -> tuple[Source, ArrayLine, Callback]:
    """Return values, their arrays and what is made of these without the elements that nothing looks at."""
    found = callback.elements(line.labels, line.aliases) if isinstance(callback, GraphCallback) else None
    if found is None or len(found[0]) == len(line.labels):
        return source, line, callback
    kept, callback = found
    return (
        source.picked(line.axis, kept),
        replace(line, labels=[line.labels[each] for each in kept]),
        callback,
    )


def spans_left(cube: DataCube, dimensions: Iterable[Dimension]) -> dict[str, Any]:
    """Return the spans of the labels that are left."""
    if not cube.spans:
        return {}
    left = {str(label) for each in dimensions if each.kind == "temporal" for label in each.labels or ()}
    return {label: span for label, span in cube.spans.items() if label in left}


def place_of_band(cube: DataCube, name: str) -> int:
    """Return the place of the first band with a name, or a common name."""
    names = [each.name for each in cube.bands]
    if name in names:
        return names.index(name)
    return next((place for place, each in enumerate(cube.bands) if each.common_name == name), 0)
