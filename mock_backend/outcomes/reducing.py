"""Processes that compute new values: reducers, aggregations, indices, functions of each pixel."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from mock_backend.catalog import Band
from mock_backend.cubes import ComputedBand, DataCube, Dimension, Recipe
from mock_backend.outcomes.asking import Asked, along
from mock_backend.outcomes.flow import Flow
from mock_backend.outcomes.instants import (
    PERIODS,
    SEASONS,
    TROPICAL_SEASONS,
    Period,
    calendar_labels,
    days_of_year,
    instant_of,
    period_of,
)
from mock_backend.outcomes.numbers import (
    Array,
    Number,
    any_of,
    array_of,
    as_band,
    floating,
    of_band,
    repeated,
)
from mock_backend.outcomes.places import place_of_features
from mock_backend.outcomes.shape import PLAIN_NAME, check_labels, rebuilt, together

_NDVI = Band("NDVI", data_type="float32", minimum=-1.0, maximum=1.0, nodata="nan")


def apply(asked: Asked, flow: Flow) -> Flow:
    """Apply a process to each value."""
    cube = flow.cube
    bands = asked.each_band("process", cube, lambda band: {"x": band})
    return flow.made(replace(cube, bands=bands))


def scaled(asked: Asked, flow: Flow) -> Flow:
    """Scale all values linearly, as some back-ends do with whole data cubes."""
    low, high = (asked.get(name) for name in ("outputMin", "outputMax"))
    bands = tuple(map(floating, flow.cube.bands))
    if isinstance(low, int | float) and isinstance(high, int | float):
        bands = tuple(replace(band, minimum=float(low), maximum=float(high)) for band in bands)
    return flow.made(replace(flow.cube, bands=bands))


def to_mask(asked: Asked, flow: Flow) -> Flow:  # noqa: ARG001  # the signature of a step
    """Make a mask, which has no bands."""
    band = Band(PLAIN_NAME, data_type="uint8", minimum=0, maximum=1)
    left = [each for each in flow.cube.dimensions if each.kind != "bands"]
    return flow.made(rebuilt(flow.cube, left, [band]))


def apply_kernel(asked: Asked, flow: Flow) -> Flow:
    """Apply a kernel."""
    cube = flow.cube
    factor = asked.get("factor")
    rows = [each for each in asked.list("kernel") if isinstance(each, list)]
    weights = [each for row in rows for each in row if isinstance(each, int | float)]
    scale = float(factor) if isinstance(factor, int | float) else 1.0
    low = sum(min(each * scale, 0.0) for each in weights)
    high = sum(max(each * scale, 0.0) for each in weights)

    def spread(band: Band) -> Band:
        least, most = band.minimum or 0, band.maximum or 0
        ends = (least * high + most * low, most * high + least * low)
        return replace(floating(band), minimum=float(min(ends)), maximum=float(max(ends)))

    bands = tuple(map(spread, cube.bands)) if weights else cube.bands
    return flow.made(replace(cube, bands=bands))


def apply_to_cubes(asked: Asked, flow: Flow) -> Flow:
    """Apply a process to parts of a cube; of what comes out only the kinds of values count."""
    cube = flow.cube
    found = asked.child("process", data=flow, x=flow)
    bands = cube.bands
    if isinstance(found, Flow) and len(found.cube.bands) == len(bands):
        bands = tuple(replace(new, name=old.name) for new, old in zip(found.cube.bands, bands, strict=True))
    return flow.made(replace(cube, bands=bands))


def apply_dimension(asked: Asked, flow: Flow) -> Flow:
    """Apply a process along a dimension."""
    cube = flow.cube
    source = next((each for each in cube.dimensions if each.name == asked.text("dimension")), None)
    if source is None:
        return flow
    results = _along(asked, "process", cube, source)
    size = cube.sizes[source.name]
    arrays = [array_of(each) for each in results]
    lengths = [size if each is None or each.length is None else each.length for each in arrays]
    length = max(lengths, default=size) or 1
    name = asked.text("target_dimension") or source.name
    if name == source.name:
        if length == size:
            target = source
        else:
            check_labels(length, name)
            target = replace(source.unlabelled(), labels=tuple(range(length)))
        dimensions = [target if each is source else each for each in cube.dimensions]
    else:
        check_labels(length, name)
        existing = next((each for each in cube.dimensions if each.name == name), None)
        target = replace(
            existing.unlabelled() if existing is not None else Dimension(name, "other"),
            labels=tuple(range(length)),
        )
        dimensions = [target if each is existing else each for each in cube.dimensions if each is not source]
        if existing is None:
            dimensions.append(target)
    if target.kind == "bands":
        bands = [
            as_band(_item(arrays, results, place), str(label), together(cube.bands, str(label)))
            for place, label in enumerate(target.labels or ())
        ]
    elif source.kind == "bands":
        bands = [as_band(_item(arrays, results, None), PLAIN_NAME, together(cube.bands, PLAIN_NAME))]
    else:
        bands = [as_band(result, band.name, band) for result, band in zip(results, cube.bands, strict=True)]
    return flow.made(rebuilt(cube, dimensions, bands, spans=_spans_left(cube, dimensions)))


def _item(arrays: Sequence[Array | None], results: Sequence[Any], place: int | None) -> Number | None:
    """Return what is known of the elements at a place of some arrays, or of all their elements."""
    if place is not None and all(each is not None and each.is_listed for each in arrays):
        return any_of(each.element(place) for each in arrays if each is not None)
    return any_of(results)


def _along(asked: Asked, argument: str, cube: DataCube, dimension: Dimension) -> list[Any]:
    """Return what a child process makes of the values along a dimension: once, or for each band."""
    if dimension.kind == "bands":
        return [asked.child(argument, data=along(cube, dimension, None))]
    return [asked.child(argument, data=along(cube, dimension, of_band(band))) for band in cube.bands]


def reduce_dimension(asked: Asked, flow: Flow) -> Flow:
    """Reduce a dimension."""
    cube = flow.cube
    dimension = next((each for each in cube.dimensions if each.name == asked.text("dimension")), None)
    if dimension is None:
        return flow
    found = _along(asked, "reducer", cube, dimension)
    if dimension.kind == "bands":
        first = any_of(found)
        name = first.name if first is not None and first.name is not None else PLAIN_NAME
        bands = [as_band(found[0], name, together(cube.bands, name))]
    else:
        bands = [as_band(each, band.name, band) for each, band in zip(found, cube.bands, strict=True)]
    left = [each for each in cube.dimensions if each is not dimension]
    made = rebuilt(cube, left, bands, spans=_spans_left(cube, left))
    return flow.made(made)


def reduce_spatial(asked: Asked, flow: Flow) -> Flow:
    """Reduce both horizontal dimensions."""
    cube = flow.cube
    count = cube.grid.pixels if cube.grid is not None else None
    bands = asked.each_band("reducer", cube, lambda band: {"data": repeated(band, count)})
    left = [each for each in cube.dimensions if each.kind != "spatial"]
    return flow.made(rebuilt(cube, left, bands))


def aggregate_spatial(asked: Asked, flow: Flow) -> Flow:
    """Aggregate the pixels in each of some geometries."""
    features, given = asked.features("geometries"), asked.flow("geometries")
    place, grid = place_of_features(features), flow.cube.grid
    seen = None if grid is None or flow.native is not None else grid.bbox
    if place is not None and flow.cube.grid is not None:
        # What is outside of all geometries need not be read.
        flow = asked.guarded("geometries", lambda: flow.clipped(place)) or flow
    cube = flow.cube
    count = cube.grid.pixels if cube.grid is not None else None
    bands = asked.each_band("reducer", cube, lambda band: {"data": repeated(band, count)})
    structure = asked.structure(data=cube)
    if structure is None:
        return flow
    own = None if given is None else given.cube.of_kind("geometry")
    labels = own.labels if own is not None else tuple(range(len(features)))
    dimensions = [
        replace(each, labels=labels) if each.kind == "geometry" else each
        for each in structure.dimensions.values()
    ]
    made = rebuilt(cube, dimensions, bands, geometries=features, seen=seen)
    return flow.made(made, *(() if given is None else (given,)))


def ndvi(asked: Asked, flow: Flow) -> Flow:
    """Compute the NDVI."""
    cube, structure = flow.cube, asked.structure()
    if structure is None:
        return flow
    target = asked.text("target_band")
    sources = [_named(cube.bands, asked.text("nir") or "nir"), _named(cube.bands, asked.text("red") or "red")]
    new = replace(_NDVI, name=_NDVI.name if target is None else target)
    if None not in sources:
        new = ComputedBand.of(new, recipe=Recipe("normalized_difference", tuple(sources)))
    bands = (new,) if target is None else (*cube.bands, new)
    return flow.made(rebuilt(cube, structure.dimensions.values(), bands))


def _named(bands: Sequence[Band], name: str) -> Band | None:
    """Return the first band with a name, or a common name; None if there is none."""
    found = [each for each in bands if each.name == name] or [
        each for each in bands if each.common_name == name
    ]
    return found[0] if found else None


# -- time -----------------------------------------------------------------------------------------------


def aggregate_temporal(asked: Asked, flow: Flow) -> Flow:
    """Aggregate the values of intervals."""
    dimension = _temporal(asked, flow.cube)
    if dimension is None:
        return flow
    intervals = [period_of(each) for each in asked.list("intervals")]
    given = asked.list("labels")
    labels: list[Any] = []
    spans: dict[str, tuple[str | None, str | None]] = {}
    for place, interval in enumerate(intervals):
        label = given[place] if place < len(given) else (interval.texts()[0] or f"{place}")
        labels.append(label)
        spans[str(label)] = interval.texts()
    return _aggregated(asked, flow, dimension, labels, intervals, spans)


def aggregate_temporal_period(asked: Asked, flow: Flow) -> Flow:
    """Aggregate the values of the periods of a calendar."""
    dimension, name = _temporal(asked, flow.cube), asked.text("period")
    if dimension is None or name not in PERIODS:
        return flow
    instants = [each for label in dimension.labels or () if (each := _instant(flow.cube, label)) is not None]
    if not instants:
        return flow
    first, last = min(instants), max(instants)
    if name == "hour":
        check_labels(int((last - first).total_seconds() // 3600), dimension.name)
    found = list(calendar_labels(name, first, last))
    spans = {label: period.texts() for label, period in found}
    return _aggregated(
        asked, flow, dimension, [label for label, _ in found], [period for _, period in found], spans
    )


def _aggregated(
    asked: Asked,
    flow: Flow,
    dimension: Dimension,
    labels: Sequence[Any],
    intervals: Sequence[Period],
    spans: dict[str, tuple[str | None, str | None]],
) -> Flow:
    cube = flow.cube
    count = _most_in(cube, dimension, intervals)
    bands = asked.each_band("reducer", cube, lambda band: {"data": repeated(band, count)})
    new = replace(dimension, labels=tuple(labels) or (0,), aliases={}, left_out=frozenset())
    dimensions = [new if each is dimension else each for each in cube.dimensions]
    made = rebuilt(cube, dimensions, bands, spans=spans)
    return flow.made(made)


def _most_in(cube: DataCube, dimension: Dimension, intervals: Sequence[Period]) -> int:
    """Return how many labels of a dimension there are at most in one of some intervals."""
    instants = sorted(each for label in dimension.labels or () if (each := _instant(cube, label)) is not None)
    most = 1
    if len(intervals) * len(instants) > 1 << 22:
        return len(instants)
    for each in intervals:
        low = 0 if each.start is None else bisect_left(instants, each.start)
        high = len(instants) if each.end is None else bisect_left(instants, each.end)
        most = max(most, high - low)
    return most


def climatological_normal(asked: Asked, flow: Flow) -> Flow:
    """Compute the averages of the periods of a year."""
    dimension = _temporal(asked, flow.cube)
    if dimension is None:
        return flow
    labels = {
        "day": days_of_year(),
        "month": [f"{month:02}" for month in range(1, 13)],
        "season": list(SEASONS.values()),
        "tropical-season": list(TROPICAL_SEASONS.values()),
    }.get(asked.text("period") or "", ["climatology-period"])
    cube = flow.cube
    new = replace(dimension, labels=tuple(labels), aliases={})
    dimensions = [new if each is dimension else each for each in cube.dimensions]
    bands = tuple(map(floating, cube.bands))
    return flow.made(rebuilt(cube, dimensions, bands, spans={}))


def anomaly(asked: Asked, flow: Flow) -> Flow:
    """Compute how far values are from the normal ones."""
    cube, normals = flow.cube, asked.flow("normals")

    def around_nought(band: Band) -> Band:
        width = float((band.maximum or 0) - (band.minimum or 0))
        return replace(floating(band), minimum=-width, maximum=width, offset=None)

    bands = tuple(map(around_nought, cube.bands))
    made = replace(cube, bands=bands)
    return flow.made(made) if normals is None else flow.made(made, normals)


def _temporal(asked: Asked, cube: DataCube) -> Dimension | None:
    name = asked.text("dimension")
    if name is not None:
        return next((each for each in cube.dimensions if each.name == name), None)
    return cube.of_kind("temporal")


def _instant(cube: DataCube, label: Any) -> Any:
    span = cube.spans.get(str(label))
    return instant_of(span[0] if span is not None else label)


def _spans_left(cube: DataCube, dimensions: Iterable[Dimension]) -> dict[str, Any]:
    """Return the spans of the labels that are left."""
    if not cube.spans:
        return {}
    left = {str(label) for each in dimensions if each.kind == "temporal" for label in each.labels or ()}
    return {label: span for label, span in cube.spans.items() if label in left}


def predict_curve(asked: Asked, flow: Flow) -> Flow:
    """Compute the values of a curve for labels of a dimension."""
    cube, name = flow.cube, asked.text("dimension")
    if name is None:
        return flow
    labels = tuple(asked.list("labels"))
    old = next((each for each in cube.dimensions if each.name == name), None)
    if old is not None:
        changed = replace(old, labels=labels or old.labels, aliases={})
        dimensions = [changed if each is old else each for each in cube.dimensions]
    else:
        kind = "temporal" if any(instant_of(each) is not None for each in labels) else "other"
        dimensions = [*cube.dimensions, Dimension(name, kind, labels or (0,))]
    bands = tuple(map(floating, cube.bands))
    return flow.made(rebuilt(cube, dimensions, bands))
