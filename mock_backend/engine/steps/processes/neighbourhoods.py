"""Processes of parts of a data cube, each by itself: neighbourhoods, and what is within polygons."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import product
from math import prod
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import with_gaps
from mock_backend.engine.core.instants import PERIODS, Period, calendar_labels, months_later
from mock_backend.engine.core.window import positions_of, span
from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.cubes.projection import is_geographic
from mock_backend.engine.functions import FUNCTIONS, PIXELWISE
from mock_backend.engine.sources.neighbourhoods import Chunks, Group, Neighbourhoods, PartValues, SourceMove
from mock_backend.engine.sources.restructuring import Arranged
from mock_backend.engine.sources.zones import Inside, Patched
from mock_backend.engine.steps.areas import Feature, place_of_features, shape_of
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.crossings import MADE, crossings_of
from mock_backend.engine.steps.dimensions import is_missing
from mock_backend.engine.steps.flow import Flow, too_much
from mock_backend.engine.steps.inputs.native_grid import degrees
from mock_backend.engine.steps.processes.applying import apply_dimension
from mock_backend.engine.steps.processes.periods import groups_of
from mock_backend.engine.steps.shape import source_of, start_of, without_values

_DURATION = re.compile(
    r"P(?=.)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?"
    r"(?:T(?=.)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?"
)
#: The share of an area that neighbours may have in common without overlapping, as coordinates are rounded.
_LITTLE = 1e-6
#: The largest number of pairs of polygons that meet, the number of polygons of which they are found
#: together, and where those that are looked at together end.
_MOST_PAIRS, _TOGETHER, _FIRST_PAIRS = 100_000, 64, (1, 10, 100, 1000)
#: Names of durations in back-ends.
_SHORT = {"hour": "PT1H", "day": "P1D", "week": "P1W", "month": "P1M", "year": "P1Y"}

#: The number of rows and columns that functions get at once where the process graph says nothing else, ...
_TILE = 256
#: ... half of it, and so on, but not fewer than these, ...
_LEAST = 32
#: ... as long as there would be more values.
_MANY = 1 << 24


def apply_neighborhood(asked: StepCall, flow: Flow) -> Flow:
    """Apply a process to neighbourhoods."""
    child, cube = asked.get("process"), flow.cube
    for argument in ("size", "overlap"):
        for each in asked.list(argument):
            if isinstance(each, Mapping) and isinstance(name := each.get("dimension"), str):
                is_missing(asked, cube, argument, name)
    if not isinstance(child, Child) or cube.grid is None:
        return flow
    chunks = chunks_of(asked, flow)
    rows, columns = chunks.seen((0, 0))
    seen = chunks.grid.window(rows.start, columns.start, rows.stop - rows.start, columns.stop - columns.start)
    groups = [_groups(asked, cube, each) for each in cube.others]
    lengths = {
        each.name: max(len(one.seen) for one in of) for each, of in zip(cube.others, groups, strict=True)
    }
    lengths |= {cube.axis("y").name: seen.rows, cube.axis("x").name: seen.columns}
    seen_cube = replace(cube, grid=seen, source=PartValues(source_of(cube)))
    whole = replace(flow, cube=seen_cube, native=None, is_raw=False)
    parts, is_certain = {}, True
    bands: dict[str, Band] = {}
    for numbers in product(*(range(len(each)) for each in groups)):
        own = [of[number] for of, number in zip(groups, numbers, strict=True)]
        part = whole.cube
        for dimension, group in zip(cube.others, own, strict=True):
            if len(group.seen) < len(dimension.labels or ()):
                part = part.at(dimension.name, *((dimension.labels or ())[each] for each in group.seen))
        made = _made(asked, child, replace(whole, cube=part), lengths)
        is_certain = is_certain and made.is_certain
        parts[numbers] = source_of(made.cube)
        bands |= {each.name: each for each in made.cube.bands}
    move = SourceMove(seen, seen, seen)
    for each in parts.values():
        move.of(each)
    if any(each.crs != seen.crs for each in move.grids):
        asked.stands_in()  # what is elsewhere does not move as far
        return replace(flow, is_certain=False)
    neighbours = Neighbourhoods(tuple(groups), parts, seen, chunks if move.grids else None)
    found = replace(cube, bands=tuple(with_gaps(bands[each.name]) for each in cube.bands), source=neighbours)
    return replace(flow.made(found), is_certain=flow.is_certain and is_certain)


def apply_polygon(asked: StepCall, flow: Flow) -> Flow:
    """Apply a process to what is within each of some polygons."""
    child = asked.get("process")
    if not isinstance(child, Child):
        return flow
    if _overlap(asked.features("geometries")):
        message = "Some of the geometries overlap: pixels would be processed more than once."
        raise asked.refusal("GeometriesOverlap", message)
    made = within_polygons(asked, flow, lambda part: _made(asked, child, part, part.cube.sizes))
    return made or flow


def _overlap(features: Sequence[Feature]) -> bool:
    """Tell whether some areas have more in common than their borders."""
    import numpy as np
    import shapely

    from mock_backend.landscape.sensors.geojson import listed

    areas = listed(map(shape_of, features))
    areas = areas[shapely.is_valid(areas)]
    tree, count = shapely.STRtree(areas), 0
    for start in range(0, len(areas), _TOGETHER):
        one, other = tree.query(areas[start : start + _TOGETHER], predicate="intersects")
        pairs = np.column_stack([one + start, other])[one + start < other]
        # A few at first: where polygons overlap one another, most do.
        if any(_share_area(areas[some]) for some in np.split(pairs, _FIRST_PAIRS)):
            return True
        count += len(pairs)
        if count > _MOST_PAIRS:
            raise too_much(f"more than {_MOST_PAIRS:,} pairs of its polygons meet", "Choose fewer polygons.")
    return False


def _share_area(pairs: Any) -> bool:
    """Tell whether the two areas of some pair have more in common than their borders."""
    import shapely

    sizes = shapely.get_num_coordinates(pairs).prod(axis=1)
    # Borders that are only rounded differently cross now and then.
    if any(crossings_of(pair, joined=True) > MADE for pair in pairs[sizes > MADE]):
        return True
    shared = shapely.area(shapely.intersection(pairs[:, 0], pairs[:, 1]))
    return bool((shared > _LITTLE * shapely.area(pairs).min(axis=1)).any())


def within_polygons(asked: StepCall, flow: Flow, make: Callable[[Flow], Flow]) -> Flow | None:
    """Return a cube of which the box around each of some polygons has been made by itself."""
    name = next(filter(asked.features, ("geometries", "polygons", "chunks")), "geometries")
    features = asked.features(name)
    around = place_of_features(features)
    if around is not None and flow.native is not None:
        # Nothing else is read.
        flow = asked.guarded(name, partial(flow.clipped, around)) or flow
    outside = asked.get("mask_value")
    replacement = float(outside) if isinstance(outside, int | float) else float("nan")
    made: Flow | None = None
    parts = []
    for feature in features:
        geometry, place = feature.get("geometry"), place_of_features((feature,))
        extent = None if place is None else asked.guarded(name, partial(flow.extent.clipped, place))
        if geometry is None or extent is None or extent.grid is None:
            continue
        inside = Inside(source_of(flow.cube), geometry, replacement=replacement)
        box = replace(flow.cube, grid=extent.grid, source=inside)
        one = make(replace(flow, cube=box, native=None, is_raw=False))
        made = made or one
        parts.append((geometry, source_of(one.cube)))
    if made is None or flow.cube.grid is None:
        return None
    bands = tuple(map(with_gaps, made.cube.bands))
    cube = replace(made.cube, grid=flow.cube.grid, bands=bands, source=Patched(tuple(parts)))
    return replace(flow.made(cube), is_certain=made.is_certain)


def _made(asked: StepCall, child: Child, part: Flow, lengths: Mapping[str, int]) -> Flow:
    """Return what a child process makes of a part of a cube, without values if it has other dimensions.

    Args:
        lengths: The maximum number of labels of each dimension of parts.
    """
    used = {node["process_id"] for node in child.graph.values()} - {"inspect"}
    if used <= FUNCTIONS.keys() and not used <= PIXELWISE:
        # Of arrays, and neither of data cubes nor of each value by itself.
        arguments = {
            "dimension": _line(part.cube, lengths),
            "process": child,
            "context": asked.get("context"),
        }
        made = apply_dimension(replace(asked, process_id="apply_dimension", arguments=arguments), part)
    else:
        parameters = {"data": part, "x": part, "context": asked.get("context")}
        made = asked.followed(child, parameters, (*asked.path, "process"))
    cube = part.cube
    if isinstance(made, Flow) and _properties(made.cube) == _properties(cube):
        names = [each.name for each in cube.others]
        order = [each.name for each in made.cube.others]
        source = source_of(made.cube)
        if names != order:
            source = Arranged(source, tuple(map(order.index, names)))
        return replace(made, cube=replace(cube, bands=made.cube.bands, source=source))
    if isinstance(made, Flow) and not made.is_certain:
        return replace(part, is_certain=False)
    told = "none" if not isinstance(made, Flow) else ", ".join(_told(made.cube))
    message = (
        f"The child process of {asked.process_id!r} must not change the dimensions of its data cube "
        f"({', '.join(_told(cube))}); what it returns has {told}."
    )
    asked.remark("changed-dimensions", "DataCubePropertiesImmutable", "process", message)
    return replace(part, cube=without_values(cube))


def _properties(cube: DataCube) -> tuple[Any, ...]:
    found = {each.name: (each.kind, each.labels and tuple(map(str, each.labels))) for each in cube.dimensions}
    return found, cube.grid


def _told(cube: DataCube) -> Iterator[str]:
    return (f"{name!r} of {size}" for name, size in cube.sizes.items())


def _line(cube: DataCube, lengths: Mapping[str, int]) -> str:
    """Return the dimension that arrays are along."""
    long = [each for each in cube.dimensions if lengths[each.name] > 1]
    for kind in ("temporal", "bands", "other", "spatial"):
        found = [each for each in long if each.kind == kind]
        if found and (kind != "spatial" or len(found) == 1):
            return found[0].name
    return (cube.of_kind("temporal") or cube.dimensions[0]).name


# -- sizes ----------------------------------------------------------------------------------------------


def chunks_of(asked: StepCall, flow: Flow) -> Chunks:
    """Return how pixels are cut up into neighbourhoods."""
    grid = flow.cube.grid
    assert grid is not None  # as those who call have looked
    rows, columns = (_pixels(asked, flow.cube, "size", axis) for axis in ("y", "x"))
    high, wide = (_pixels(asked, flow.cube, "overlap", axis) or 0 for axis in ("y", "x"))
    return Chunks(
        grid,
        rows or grid.rows,
        columns or grid.columns,
        (high, wide),
        is_chosen=flow.native is None,
        is_padded=True,
    )


def tile_of(cube: DataCube) -> int:
    """Return how many rows and columns functions get at once, fewer of long series."""
    depth = prod(len(each.labels or ()) for each in cube.dimensions if each.kind in ("temporal", "bands"))
    size = _TILE
    while size > _LEAST and depth * size * size > _MANY:
        size //= 2
    return size


def told(asked: StepCall, argument: str, dimension: Dimension) -> tuple[Any, Any]:
    """Return what a size says of a dimension: a value, None for all or nothing, and its unit."""
    for each in asked.list(argument):
        if isinstance(each, Mapping) and each.get("dimension") == dimension.name:
            return each.get("value"), each.get("unit")
    return None, None


def _pixels(asked: StepCall, cube: DataCube, argument: str, axis: str) -> int | None:
    """Return how many rows or columns a size wants; None if it says nothing."""
    dimension, grid = cube.axis(axis), cube.grid
    value, unit = told(asked, argument, dimension)
    if value is None or grid is None:
        return None
    is_size = argument == "size"
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if isinstance(value, str) and value.isdecimal():
        message = f"{value!r} stands for a number of dimension {dimension.name!r}; write it without quotes."
        if is_number := asked.lets_pass("argument-form", message):
            value = int(value)
    if not is_number or value < 0 or (is_size and not value) or (unit == "px" and value != int(value)):
        what = "a number of pixels" if unit == "px" else "an extent"
        reason = f"{value!r} is not {what} of dimension {dimension.name!r}"
        raise asked.invalid(argument, f"{reason}; it has to be {'more than' if is_size else 'at least'} 0")
    if unit == "px" or not value:
        return int(value)
    length = degrees(value) if unit == "m" and is_geographic(grid.crs) else value
    return max(round(length / (grid.y_size if axis == "y" else grid.x_size)), 1)


def _groups(asked: StepCall, cube: DataCube, dimension: Dimension) -> list[Group]:
    """Return which labels of a dimension that is not one of pixels are seen together."""
    count = len(dimension.labels or ())
    size, overlap = (told(asked, argument, dimension)[0] for argument in ("size", "overlap"))
    if size is None:
        return [Group(span(count), span(count))]
    instants = [start_of(cube, label) for label in dimension.labels or ()]
    if None in instants and any(isinstance(each, str) for each in (size, overlap)):
        reason = f"the labels of {dimension.name!r} are not instants, so its neighbourhoods have no duration"
        raise asked.invalid("size", reason)
    ordered = sorted(each for each in instants if each is not None)
    if isinstance(size, str):
        periods = list(_periods(asked, size, ordered))
        owned = groups_of(cube, dimension, periods)
    elif isinstance(size, int) and size > 0:
        owned = [list(range(first, min(first + size, count))) for first in range(0, count, size)]
        found = [sorted(each for place in own if (each := instants[place])) for own in owned]
        periods = [Period(each[0], each[-1] + timedelta.resolution) for each in found if each]
    else:
        raise asked.invalid("size", f"{size!r} is neither a duration nor a number of labels")
    seen = owned
    if isinstance(overlap, str):
        months, rest = _duration(asked, "overlap", overlap)
        wide = (
            Period(_later(each.start, -months, -rest), _later(each.end, months, rest)) for each in periods
        )
        seen = groups_of(cube, dimension, list(wide))
    elif isinstance(overlap, int) and overlap >= 0:
        seen = [
            list(range(max(min(own) - overlap, 0), min(max(own) + overlap + 1, count))) if own else own
            for own in owned
        ]
    elif overlap is not None:
        raise asked.invalid("overlap", f"{overlap!r} is neither a duration nor a number of labels")
    return [Group(positions_of(own), positions_of(of)) for own, of in zip(owned, seen, strict=True) if own]


def _periods(asked: StepCall, size: str, instants: Sequence[datetime]) -> Iterator[Period]:
    """Yield the periods of a duration, or of a calendar, in which there are instants."""
    if not instants:
        return
    if size in PERIODS and size not in ("hour", "day"):
        for _, period in calendar_labels(size, instants[0], instants[-1]):
            yield period
        return
    months, rest = _duration(asked, "size", size)
    start = instants[0].replace(hour=0, minute=0, second=0, microsecond=0)
    if months:
        start = start.replace(day=1, month=start.month if months % 12 else 1)
        passed = (((each.year - start.year) * 12 + each.month - start.month) // months for each in instants)
    else:
        passed = ((each - start) // rest for each in instants)
    for number in dict.fromkeys(passed):
        yield Period(*(_later(start, each * months, each * rest) for each in (number, number + 1)))


def _later(at: datetime | None, months: int, rest: timedelta) -> datetime | None:
    """Return an instant some time later; None beyond the calendar."""
    try:
        return None if at is None else months_later(at, months) + rest
    except (OverflowError, ValueError):
        return None


def _duration(asked: StepCall, argument: str, text: str) -> tuple[int, timedelta]:
    """Return the months of a duration, and the time beside them, one of which is nothing."""
    found = _DURATION.fullmatch(_SHORT.get(text, text))
    years, months, weeks, days, hours, minutes, seconds = (
        (float(each or 0) for each in found.groups()) if found else (0.0,) * 7
    )
    whole = int(years * 12 + months)
    rest = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    if bool(whole) == bool(rest):
        usual = f"a duration of months or of days, such as 'P1M' or 'P5D', nor one of {', '.join(PERIODS)}"
        raise asked.invalid(argument, f"{text!r} is neither {usual}")
    return whole, rest
