"""Processes that make one value of those of a period of time."""

import calendar
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from operator import itemgetter
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import reduced_bands, with_gaps
from mock_backend.engine.core.callbacks import ProcessCallback
from mock_backend.engine.core.instants import (
    PERIODS,
    SEASONS,
    TROPICAL_SEASONS,
    Period,
    calendar_labels,
    instant_of,
    period_of,
)
from mock_backend.engine.core.values import Callback
from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.sources.computing import Grouped
from mock_backend.engine.sources.merging import Combined, Side
from mock_backend.engine.steps.array_lines import line_of, places_in
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.dimensions import temporal
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.merging import itself
from mock_backend.engine.steps.shape import check_labels, rebuilt, source_of, start_of

_NO_LEAP_YEAR = datetime(2023, 1, 1, tzinfo=UTC)


def aggregate_temporal(asked: StepCall, flow: Flow) -> Flow:
    """Aggregate the values of intervals."""
    dimension = temporal(asked, flow.cube, alone=True)
    if dimension is None:
        return flow
    given = asked.list("labels")
    pairs = [each for each in asked.list("intervals") if isinstance(each, list | tuple) and len(each) == 2]
    if not pairs:
        raise asked.invalid("intervals", "there is no interval in it")
    labels = [
        given[place] if place < len(given) else pair[0] if isinstance(pair[0], str) else f"{place}"
        for place, pair in enumerate(pairs)
    ]
    if len(set(map(str, labels))) < len(labels):
        message = f"The labels {list(labels)} are not distinct: 'labels' gives others."
        raise asked.refusal("DistinctDimensionLabelsRequired", message)
    daily = [times for each in pairs if (times := _times_of_day(each)) is not None]
    if len(daily) == len(pairs):
        groups = [_at_times(flow.cube, dimension, *each) for each in daily]
        return _grouped(asked, flow, dimension, labels, groups, {})
    intervals = [period_of(each) for each in pairs]
    spans: dict[str, tuple[str | None, str | None]] = {}
    for place, (pair, interval) in enumerate(zip(pairs, intervals, strict=True)):
        if interval.is_empty:
            raise asked.refusal(
                "TemporalExtentEmpty", f"The interval {pair} ends before it begins, or as it does."
            )
        spans[str(labels[place])] = interval.texts()
    groups = groups_of(flow.cube, dimension, intervals)
    return _grouped(asked, flow, dimension, labels, groups, spans)


def _times_of_day(pair: Sequence[Any]) -> tuple[time, time] | None:
    """Return an interval of times of day; None if it is none."""
    try:
        first, last = (time.fromisoformat(each) for each in pair)
    except (TypeError, ValueError):
        return None
    return (first, last) if all("-" not in each for each in pair) else None


def _at_times(cube: DataCube, dimension: Dimension, first: time, last: time) -> list[int]:
    """Return the places of the labels at some times of day; an interval may go over midnight."""
    found = []
    for place, label in enumerate(dimension.labels or ()):
        if (at := start_of(cube, label)) is not None:
            now = at.time()
            if first <= now < last if first < last else now >= first or now < last:
                found.append(place)
    return found


def aggregate_temporal_period(asked: StepCall, flow: Flow) -> Flow:
    """Aggregate the values of the periods of a calendar."""
    dimension, name = temporal(asked, flow.cube, alone=True), asked.text("period")
    if dimension is None or name not in PERIODS:
        return flow
    instants = [each for label in dimension.labels or () if (each := start_of(flow.cube, label)) is not None]
    if not instants:
        return flow
    first, last = min(instants), max(instants)
    if name == "hour":
        check_labels(int((last - first).total_seconds() // 3600), dimension.name)
    found = list(calendar_labels(name, first, last))
    spans = {label: period.texts() for label, period in found}
    groups = groups_of(flow.cube, dimension, [period for _, period in found])
    return _grouped(asked, flow, dimension, [label for label, _ in found], groups, spans)


def _grouped(
    asked: StepCall,
    flow: Flow,
    dimension: Dimension,
    labels: Sequence[Any],
    groups: Sequence[Sequence[int]],
    spans: dict[str, tuple[str | None, str | None]],
    callback: Callback | None = None,
) -> Flow:
    """Return a cube with one label for each group of labels of a dimension."""
    cube, callback = flow.cube, callback or asked.callback("reducer")
    if callback is None:
        return flow
    count = max(map(len, groups), default=1)
    bands: Sequence[Band] = reduced_bands(callback, cube.bands, max(count, 1))
    if not all(groups):
        bands = list(map(with_gaps, bands))
    dimensions = cube.changed(dimension, labels=tuple(labels) or (0,), aliases={}, left_out=frozenset())
    source = Grouped(
        source_of(cube), line_of(cube, dimension)[1], callback, tuple(map(tuple, groups)) or ((),)
    )
    return flow.made(rebuilt(cube, dimensions, bands, spans=spans, source=source))


def groups_of(cube: DataCube, dimension: Dimension, intervals: Sequence[Period]) -> list[list[int]]:
    """Return the places of the labels of a dimension that are in each of some intervals."""
    found = [
        (at, place) for place, label in enumerate(dimension.labels or ()) if (at := start_of(cube, label))
    ]
    ordered = sorted(found, key=itemgetter(0))
    instants = [at for at, _ in ordered]
    groups = []
    for each in intervals:
        low = 0 if each.start is None else bisect_left(instants, each.start)
        high = len(instants) if each.end is None else bisect_left(instants, each.end)
        groups.append(sorted(place for _, place in ordered[low:high]))
    return groups


def climatological_normal(asked: StepCall, flow: Flow) -> Flow:
    """Compute the averages of the periods of a year."""
    dimension = temporal(asked, flow.cube)
    if dimension is None:
        return flow
    name = asked.text("period") or ""
    year = [_NO_LEAP_YEAR + timedelta(days=day) for day in range(365)]
    labels = list(dict.fromkeys(_climatology_label(name, each) for each in year))
    first, last = (_year(each) for each in (asked.list("climatology_period") or [1981, 2010])[:2])
    groups: list[list[int]] = [[] for _ in labels]
    for place, label in enumerate(dimension.labels or ()):
        at = start_of(flow.cube, label)
        if at is not None and first <= at.year <= last:
            groups[labels.index(_climatology_label(name, at))].append(place)
    return _grouped(asked, flow, dimension, labels, groups, {}, ProcessCallback("mean"))


def _year(value: Any) -> int:
    if isinstance(value, int):
        return value
    at = instant_of(value)
    return 0 if at is None else at.year


def _climatology_label(name: str, at: datetime) -> str:
    match name:
        case "day":
            # A leap day counts as the day before it.
            leap = calendar.isleap(at.year) and at.timetuple().tm_yday > 59
            return f"{at.timetuple().tm_yday - leap:03}"
        case "month":
            return f"{at.month:02}"
        case "season":
            return SEASONS[(at.month % 12) // 3 * 3 or 12]
        case "tropical-season":
            return TROPICAL_SEASONS[5 if 5 <= at.month <= 10 else 11]
        case _:
            return "climatology-period"


def anomaly(asked: StepCall, flow: Flow) -> Flow:
    """Compute how far values are from the normal ones."""
    cube, normals = flow.cube, asked.flow("normals")
    dimension = temporal(asked, cube)
    of_normals = None if normals is None else normals.cube.named(dimension.name if dimension else None)
    if normals is None or dimension is None or of_normals is None:
        return flow
    name, texts = (
        asked.text("period") or "",
        replace(of_normals, labels=tuple(map(str, of_normals.labels or ()))),
    )
    starts = [start_of(cube, label) for label in dimension.labels or ()]
    wanted = [None if at is None else _climatology_label(name, at) for at in starts]
    axes, found = [], []
    for each in normals.cube.others:
        own = cube.named(each.name)
        if own is None or own not in cube.others:
            return flow
        axes.append(cube.others.index(own))
        found.append(places_in(texts, wanted) if own is dimension else places_in(each, own.labels or ()))
    side = Side(source_of(normals.cube), tuple(axes), tuple(found), has_pixels=normals.cube.grid is not None)
    source = Combined({"x": itself(cube), "y": side}, ProcessCallback("subtract"))
    bands = tuple(Band(each.name, data_type="float32", nodata="nan", unit=each.unit) for each in cube.bands)
    return flow.made(replace(cube, bands=bands, source=source), normals)
