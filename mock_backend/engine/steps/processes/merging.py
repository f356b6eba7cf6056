"""Processes of two data cubes."""

from collections.abc import Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import band_of, one_pixel
from mock_backend.engine.core.instants import Period, instant_of
from mock_backend.engine.core.window import Positions, positions_of
from mock_backend.engine.cubes import DataCube, Dimension, Grid, is_horizontal
from mock_backend.engine.sources.merging import Merged, Side
from mock_backend.engine.sources.resampling import Resampled
from mock_backend.engine.sources.restructuring import Dropped, Widened
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps.areas import Area, counting
from mock_backend.engine.steps.array_lines import line_of, places_in
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.shape import PLAIN_NAME, rebuilt, source_of


def side_of(other: Flow, flow: Flow, asked: StepCall) -> Side:
    """Return how the values of one cube go with those of another one; raise ``OpenEOError`` if it has others.

    Args:
        flow: The other one; the first has its dimensions, or some of them.
    """
    for each in other.cube.dimensions:
        if flow.cube.named(each.name) is None and other.cube.sizes[each.name] > 1:
            raise asked.refusal(
                "IncompatibleDataCubes",
                f"The data cube has no dimension {each.name!r}, which the one that is to go with it has.",
            )
    source = aligned(other, flow)
    axes: list[int] = []
    places: list[Positions] = []
    mine = [each.name for each in flow.cube.others]
    for each in reversed(other.cube.others):
        if each.name not in mine:
            source = Dropped(source, other.cube.others.index(each))
            continue
        axes.insert(0, mine.index(each.name))
        own = flow.cube.others[axes[0]].labels or ()
        # One band stands for all.
        is_one = each.kind == "bands" and len(each.labels or ()) == 1
        places.insert(0, positions_of(0 for _ in own) if is_one else places_in(each, own))
    return Side(source, tuple(axes), tuple(places), has_pixels=other.cube.grid is not None)


def itself(cube: DataCube, source: Source | None = None) -> Side:
    """Return how values with all the dimensions and labels of a cube, by default its own, go with it."""
    return Side.of_itself(source_of(cube) if source is None else source, cube.other_sizes)


def aligned(other: Flow, flow: Flow) -> Source:
    """Return the values of one cube at the pixels of another one."""
    source, own, grid = source_of(other.cube), other.cube.grid, flow.cube.grid
    if own is None or grid is None or other.native == flow.native is not None or lie_alike(own, grid):
        return source
    bounds = own if other.native is None else None
    return Resampled(source, other.native or own, "near", bounds)


def lie_alike(one: Grid, other: Grid) -> bool:
    """Tell whether the pixels of two grids are of one size, and meet."""
    if (one.crs, one.x_size, one.y_size) != (other.crs, other.x_size, other.y_size):
        return False
    right = (one.west - other.west) / one.x_size
    down = (one.north - other.north) / one.y_size
    return abs(right - round(right)) < 1e-6 and abs(down - round(down)) < 1e-6


def others_with(cube: DataCube, name: str, labels: Sequence[Any]) -> tuple[Dimension, ...]:
    """Return the dimensions of a cube but those of pixels, one of them with other labels."""
    return tuple(
        replace(each, labels=tuple(labels), aliases={}) if each.name == name else each for each in cube.others
    )


def merge_cubes(asked: StepCall) -> Any:
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
    one, other = _labelled_as(one, other), _labelled_as(other, one)
    if asked.get("overlap_resolver") is None:
        one, other = _side_by_side(asked, one, other)
    first, second = one.cube, other.cube
    _check_geometries(asked, first, second)
    if asked.get("overlap_resolver") is None and _overlap(first, second):
        message = (
            "Overlapping data cubes, but no overlap resolver has been specified: 'overlap_resolver' of "
            "merge_cubes decides between their values, e.g. 'max'."
        )
        if not asked.lets_pass("overlap-resolver", message):
            raise asked.refusal("OverlapResolverMissing", message)
    found = {each.name: each for each in (*second.dimensions, *first.dimensions)}
    names = dict.fromkeys(each.name for each in (*first.dimensions, *second.dimensions))
    dimensions = [_merged(found[each], first, second) for each in names]
    bands = _merged_bands(asked, first, second, dimensions)
    grid = _union(one, other)
    periods = [
        Period(*map(instant_of, each.period)) for each in (first, second) if each.period != (None, None)
    ]
    made = rebuilt(
        first,
        dimensions,
        bands,
        grid=grid,
        geometries=_merged_geometries(first, second),
        period=reduce(Period.around, periods).texts() if periods else (None, None),
        spans={**second.spans, **first.spans},
    )
    main = one if first.grid is not None else other
    source = Merged(_side(one, made, main), _side(other, made, main), asked.callback("overlap_resolver"))
    made = replace(made, source=source)
    merged = one.made(made, other)
    return replace(merged, native=one.native if first.grid is not None else other.native)


def _side_by_side(asked: StepCall, one: Flow, other: Flow) -> tuple[Flow, Flow]:
    """Return two cubes with bands: production joins bands unless something decides between their values.

    A cube without bands counts as one band. Production's cube has no name for it, its netCDF files do
    (``NetCDFRDDWriter`` of openeo-geotrellis-extensions).
    """
    bands = [each.cube.of_kind("bands") for each in (one, other)]
    if all(bands) or one.cube.grid is None or other.cube.grid is None:
        return one, other
    message = (
        "No overlap resolver has been specified, and not both data cubes have bands: one without becomes a "
        "band."
    )
    if not asked.lets_pass("overlap-resolver", message):
        return one, other
    named = (bands[0] or bands[1] or Dimension("bands", "bands")).name
    found = []
    for flow, own, label in zip(
        (one, other), bands, (PLAIN_NAME, f"unkown_band_{len(one.cube.bands)}"), strict=True
    ):
        cube = flow.cube
        new = Dimension(named, "bands", (label,))
        source = Widened(source_of(cube), len(cube.others))
        found.append(flow if own else flow.made(rebuilt(cube, [*cube.dimensions, new], source=source)))
    return found[0], found[1]


def _check_geometries(asked: StepCall, first: DataCube, second: DataCube) -> None:
    """Check that two cubes are both of pixels, or of geometries of one type."""
    kinds = [
        {each["geometry"]["type"].removeprefix("Multi") for each in cube.geometries if each.get("geometry")}
        for cube in (first, second)
    ]
    if all(kinds) and kinds[0] != kinds[1]:
        mine, others = (" and ".join(sorted(each)) for each in kinds)
        message = f"The geometries are {mine} in one data cube and {others} in the other one."
        raise asked.refusal("IncompatibleGeometryTypes", message)
    if any(kinds) and not all(kinds) and (first.grid or second.grid):
        raise asked.invalid("cube2", "a data cube of geometries and one of pixels cannot be merged.")


def _labelled_as(flow: Flow, other: Flow) -> Flow:
    """Return a cube whose rows and columns have labels if one of them has some in another cube."""
    cube = flow.cube
    horizontal = {each.name for each in cube.dimensions if each not in cube.others}
    if not horizontal & {each.name for each in other.cube.others}:
        return flow
    return flow.made(line_of(cube, cube.axis("y"))[0])


def _side(flow: Flow, made: DataCube, main: Flow) -> Side:
    """Return how the values of a cube are those of a merged one."""
    cube = flow.cube
    names = [each.name for each in made.others]
    places = []
    for each in cube.others:
        merged = made.others[names.index(each.name)]
        if each.kind == "geometry":
            mine = [feature.get("geometry") for feature in cube.geometries]
            shapes = [feature.get("geometry") for feature in made.geometries]
            places.append(positions_of(mine.index(shape) if shape in mine else -1 for shape in shapes))
            continue
        places.append(places_in(each, merged.labels or ()))
    axes = tuple(names.index(each.name) for each in cube.others)
    bounds = cube.grid if flow.native is None else None
    return Side(aligned(flow, main), axes, tuple(places), bounds, has_pixels=cube.grid is not None)


def _union(one: Flow, other: Flow) -> Grid | None:
    """Return the pixels of two cubes together: those of the first one if pixels do not meet."""
    mine, others = one.cube.grid, other.cube.grid
    if mine is None or others is None or one.native or other.native or mine == others:
        return mine or others
    if not lie_alike(mine, others):
        return mine
    west, north = min(mine.west, others.west), max(mine.north, others.north)
    columns = round((max(mine.east, others.east) - west) / mine.x_size)
    rows = round((north - min(mine.south, others.south)) / mine.y_size)
    return Grid(mine.crs, west, north, mine.x_size, mine.y_size, columns, rows)


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


def _where(asked: StepCall, flow: Flow, other: DataCube) -> Flow:
    """Return the part of a cube that is where another one is."""
    grid = other.grid
    if flow.native is None or grid is None:
        return flow
    place = Area(counting(grid.bounds, grid.crs), grid.crs)
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
    aliases: dict[str, tuple[str, ...]] = {}
    for cube in (first, second):
        own = cube.named(dimension.name)
        for alias, meant in own.aliases.items() if own is not None else ():
            aliases[alias] = tuple(dict.fromkeys((*aliases.get(alias, ()), *meant)))
    return replace(dimension, labels=labels, aliases=aliases)


def _merged_geometries(first: DataCube, second: DataCube) -> tuple[Any, ...]:
    mine = [each.get("geometry") for each in first.geometries]
    more = [each for each in second.geometries if each.get("geometry") not in mine]
    return (*first.geometries, *more)


def _merged_bands(
    asked: StepCall, first: DataCube, second: DataCube, dimensions: Sequence[Dimension]
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


def _resolved(asked: StepCall, one: Band, other: Band) -> Band:
    callback = asked.callback("overlap_resolver")
    if callback is None:
        return one
    pair = [one_pixel(one), one_pixel(other)]
    return band_of(callback(x=pair[0], y=pair[1], data=pair), one.name)
