"""Data cubes with other dimensions, consistent in all that is told of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import with_gaps
from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.cubes import DataCube, Dimension, Grid, is_horizontal
from mock_backend.engine.sources.memory import Same
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps.flow import too_much

#: A dimension with more labels than this is not enumerated.
_MOST_LABELS = 1 << 17
#: Name of the values of a cube without bands.
PLAIN_NAME = "var"

#: The usual range of the values of a data type.
_RANGES: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(("uint16", "int16", "uint32", "int32", "uint64", "int64"), (0, 10_000)),
    **dict.fromkeys(("float32", "float64"), (0.0, 1.0)),
    "uint8": (0, 255),
    "int8": (-127, 127),
}


def complete(band: Band) -> Band:
    """Return a band of which the data type, the range and, for floating points, no-data are known."""
    kind = band.data_type if band.data_type in _RANGES else "float32"
    low, high = _RANGES[kind]
    if band.minimum is not None or band.maximum is not None:
        # Half of a range is better than none.
        low = min(low, band.maximum if band.maximum is not None else low)
        high = max(high, band.minimum if band.minimum is not None else high)
    return replace(
        band,
        data_type=kind,
        minimum=low if band.minimum is None else band.minimum,
        maximum=high if band.maximum is None else band.maximum,
        nodata="nan" if band.nodata is None and kind.startswith("float") else band.nodata,
    )


def together(bands: Sequence[Band], name: str) -> Band:
    """Return one band that holds the values of several."""
    if not bands:
        return complete(Band(name, data_type="float32"))
    first = bands[0]
    if len(bands) == 1:
        return replace(first, name=name)
    lows, highs = [each.minimum or 0 for each in bands], [each.maximum or 0 for each in bands]
    kinds = {each.data_type for each in bands}
    return Band(
        name,
        data_type=kinds.pop() if len(kinds) == 1 else "float32",
        minimum=min(lows),
        maximum=max(highs),
        nodata=first.nodata if first.data_type == bands[-1].data_type else "nan",
        unit=first.unit if all(each.unit == first.unit for each in bands) else None,
        scale=first.scale if all(each.scale == first.scale for each in bands) else None,
        offset=first.offset if all(each.offset == first.offset for each in bands) else None,
    )


def source_of(cube: DataCube) -> Source:
    """Return what gives the values of a cube."""
    assert isinstance(cube.source, Source)  # as every cube that is followed has one
    return cube.source


def without_values(cube: DataCube) -> DataCube:
    """Return a cube that has no data anywhere."""
    if not isinstance(cube.source, Source):
        return cube
    return replace(cube, bands=tuple(map(with_gaps, cube.bands)), source=Same())


def rebuilt(
    cube: DataCube, dimensions: Iterable[Dimension], bands: Sequence[Band] | None = None, **changes: Any
) -> DataCube:
    """Return a cube with other dimensions.

    What has become unlabelled keeps the labels it had, if it had some.

    Args:
        dimensions: The dimensions; those without labels have those of ``cube``.
        bands: The known facts about the values; by default, of each band what ``cube`` knows of it.
    """
    grid = changes.pop("grid", cube.grid)
    old = {each.name: each for each in cube.dimensions}
    found = [_labelled(each, old.get(each.name), has_grid=grid is not None) for each in dimensions]
    flat = [each for each in found if is_horizontal(each)]
    if {each.axis for each in flat} != {"x", "y"} or len(flat) != 2:
        # A line of pixels is no raster: what is left of it has coordinates as labels.
        found = [
            replace(each, labels=coordinates(grid, each)) if each in flat and grid else each for each in found
        ]
        grid = None
    geometry = next((each for each in found if each.kind == "geometry"), None)
    if geometry is None:
        changes["geometries"] = ()
    of_bands = next((each for each in found if each.kind == "bands"), None)
    facts = _matching(of_bands, bands if bands is not None else cube.bands)
    return replace(cube, dimensions=tuple(found), bands=facts, grid=grid, **changes)


def _labelled(dimension: Dimension, before: Dimension | None, *, has_grid: bool) -> Dimension:
    if dimension.labels is not None or (has_grid and is_horizontal(dimension)):
        return dimension
    labels = before.labels if before is not None and before.labels is not None else (0,)
    return replace(dimension, labels=labels)


def coordinates(grid: Grid, dimension: Dimension) -> tuple[float, ...]:
    """Return the coordinates of rows or columns of pixels."""
    down = dimension.axis == "y"
    check_labels(grid.rows if down else grid.columns, dimension.name)
    return tuple(round(each, 9) for each in (grid.ys if down else grid.xs).tolist())


def check_labels(count: int, name: str) -> None:
    """Check that the labels of a dimension can be enumerated; raise ``ProcessGraphComplexity`` if not."""
    if count > _MOST_LABELS:
        raise too_much(
            f"the dimension {name!r} would have {count:,} labels; at most {_MOST_LABELS:,} are possible",
            "Choose a smaller extent or a coarser resolution first.",
        )


def _matching(dimension: Dimension | None, bands: Sequence[Band]) -> tuple[Band, ...]:
    """Return one band for each label of the dimension of bands, or just one if there is no such dimension."""
    if dimension is None:
        return (bands[0],) if len(bands) == 1 else (together(bands, PLAIN_NAME),)
    labels = dimension.labels or ()
    if len(labels) == len(bands) and all(
        str(label) == band.name for label, band in zip(labels, bands, strict=True)
    ):
        return tuple(bands)
    known = {band.name: band for band in bands}
    if len(bands) == 1:
        return tuple(replace(bands[0], name=str(label)) for label in labels)
    every = together(bands, PLAIN_NAME)
    return tuple(known.get(str(label), replace(every, name=str(label))) for label in labels)


def start_of(cube: DataCube, label: Any) -> datetime | None:
    """Return the instant at which that begins which a label stands for; None if it is no instant."""
    span = cube.spans.get(str(label))
    return instant_of(label if span is None else span[0])
