"""Processes that choose parts of data cubes, or mask them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import compress
from typing import Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.engine.core.bands import with_gaps
from mock_backend.engine.core.instants import Period, instant_of, period_of
from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.cubes.data_cube import INTEGERS, narrowest
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.merging import Joined, Masked
from mock_backend.engine.sources.source import Source
from mock_backend.engine.sources.zones import Inside
from mock_backend.engine.steps import dimensions
from mock_backend.engine.steps.areas import Area, Feature, joined_geometry, place_of_features, shape_of
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.crossings import MADE, MENDED, limit_crossings
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.merging import others_with, side_of
from mock_backend.engine.steps.shape import complete, rebuilt, source_of, start_of

#: Once round the Earth, in degrees.
_TURN = 360.0
#: Relations of a kept geometry to the others, and those of the others to it.
_RELATIONS = {
    **{each: each for each in ("intersects", "disjoint", "equals", "touches", "crosses", "overlaps")},
    "contains": "within",
    "within": "contains",
}


def filter_temporal(asked: StepCall, flow: Flow) -> Flow:
    """Keep what is in a period."""
    dimensions.temporal(asked, flow.cube)
    period, name = period_of(asked.get("extent")), asked.text("dimension")
    if period.is_empty:
        message = f"The extent {asked.get('extent')} ends before it begins, or as it does."
        raise asked.refusal("TemporalExtentEmpty", message)
    cube = flow.cube
    of_cube = Period(*map(instant_of, cube.period))
    shared = of_cube.shared(period)
    if (
        shared.is_empty
        and cube.period[1] == write_instant(asked.surroundings.now)
        and asked.lets_begin(period.start)
    ):
        shared = period
    for each in cube.dimensions:
        if each.kind == "temporal" and name in (None, each.name) and each.labels:
            labels = _labels_in(period, each, cube)
            if not labels and (found := _first_day(flow, each, shared)) is not None:
                cube = found
                continue
            if not labels:
                raise asked.no_data(
                    f"the dimension {each.name!r} goes from {each.labels[0]} to {each.labels[-1]}, and the "
                    f"period from {' to '.join(text or '…' for text in period.texts())}."
                )
            cube = cube.at(each.name, *labels)
    return flow.chosen(cube if shared.is_empty else replace(cube, period=shared.texts()))


def _labels_in(period: Period, dimension: Dimension, cube: DataCube) -> tuple[Any, ...]:
    """Return the labels in a period, and those that are no instants."""
    return tuple(
        label for label in dimension.labels or () if (at := start_of(cube, label)) is None or period.has(at)
    )


def _first_day(flow: Flow, dimension: Dimension, period: Period) -> DataCube | None:
    """Return a cube that was loaded with the first day of a period in which there are no data.

    Periods of loading have that day, too: whoever chooses one means some data. None if there are data that
    a test has given, or if the cube is not as it was loaded.
    """
    start = period.start
    if not flow.is_raw or start is None or period.is_empty:
        return None
    label = f"{start.date()}T00:00:00Z"
    source = _repainted(source_of(flow.cube), dimension.name, label)
    if source is None:
        return None
    return rebuilt(flow.cube, flow.cube.changed(dimension, labels=(label,)), source=source)


def _repainted(source: Source, name: str, label: str) -> Source | None:
    """Return made-up values with one other label of a dimension; None if they are none."""
    if isinstance(source, Painted):
        found = [replace(each, labels=(label,)) if each.name == name else each for each in source.dimensions]
        return replace(source, dimensions=tuple(found))
    if isinstance(source, Inside):
        inner = _repainted(source.source, name, label)
        return None if inner is None else replace(source, source=inner)
    return None


def filter_bbox(asked: StepCall, flow: Flow) -> Flow:
    """Keep what is in a bounding box."""
    place = asked.place("extent")
    return flow if place is None else _clipped(asked, "extent", flow, place)


def filter_spatial(asked: StepCall, flow: Flow) -> Flow:
    """Keep the pixels in some geometries."""
    place = asked.place("geometries")
    if place is None:
        return flow
    found = _clipped(asked, "geometries", flow, place)
    cube = replace(found.cube, samples=asked.features("geometries"))
    if place.geometry is not None and cube.grid is not None:
        cube = replace(cube, source=Inside(source_of(cube), place.geometry))
    return replace(found, cube=cube)


def _clipped(asked: StepCall, argument: str, flow: Flow, place: Area) -> Flow:
    if flow.cube.geometries:
        return flow.chosen(_vectors_in(flow.cube, asked.guarded(argument, lambda: place.degrees)))
    found = asked.guarded(argument, lambda: flow.clipped(place))
    if found is None:
        raise asked.no_data("the data cube and the area do not meet.")
    return found


def _vectors_in(cube: DataCube, box: tuple[float, float, float, float]) -> DataCube:
    """Return the geometries that are within a box in degrees, also on the other side of the antimeridian."""
    import shapely

    from mock_backend.landscape.sensors.geojson import parts_of

    dimension, (west, south, east, north) = cube.of_kind("geometry"), box
    if dimension is None:
        return cube
    # By part: geometries that cross the antimeridian are cut there.
    parts, owners = parts_of(_shapes(cube.geometries))
    left, low, right, top = shapely.bounds(parts).T
    goes_round = np.full(len(parts), east - west >= _TURN)
    is_covered, is_within = (
        tells(low, top, south, north)
        & np.any(
            [goes_round, *(tells(left, right, west + turn, east + turn) for turn in (-_TURN, 0.0, _TURN))],
            axis=0,
        )
        for tells in (_is_covered, _is_within)
    )
    beyond, within = (
        np.bincount(owners[each], minlength=len(cube.geometries)) for each in (~is_covered, is_within)
    )
    is_kept = (beyond == 0) & (within > 0)
    return cube.at(dimension.name, *compress(dimension.labels or (), is_kept))


def _is_covered(low: Any, high: Any, start: float, end: float) -> Any:
    """Tell which ranges are within another one, or just where it begins or ends."""
    return (low >= start) & (high <= end)


def _is_within(low: Any, high: Any, start: float, end: float) -> Any:
    """Tell which ranges are within another one, and not only where it begins or ends."""
    return _is_covered(low, high, start, end) & (high > start) & (low < end)


def _shapes(features: Sequence[Feature]) -> Any:
    from mock_backend.landscape.sensors.geojson import listed

    return listed(map(shape_of, features))


def _valid(features: Sequence[Feature]) -> Any:
    import shapely

    found = _shapes(features)
    limit_crossings(found, MADE)
    invalid = np.flatnonzero(~shapely.is_valid(found))
    limit_crossings(found[invalid], MENDED)
    found[invalid] = shapely.make_valid(found[invalid])
    return found


def filter_vector(asked: StepCall, flow: Flow) -> Flow:
    """Keep the geometries that others have a relation to, e.g. those within one of them."""
    import shapely

    cube, dimension = flow.cube, flow.cube.of_kind("geometry")
    relation = asked.text("relation") or "intersects"
    if asked.place("geometries") is None or dimension is None:
        return flow
    if relation not in _RELATIONS:
        raise asked.invalid("relation", f"{relation!r} is none of {', '.join(_RELATIONS)}")
    others = _valid(asked.features("geometries"))
    limit_crossings(others, MADE, joined=True)
    base = shapely.union_all(others)
    shapely.prepare(base)
    # From the other side, which is looked at once. Of what has no geometry nothing is true.
    is_kept = getattr(shapely, _RELATIONS[relation])(base, _valid(cube.geometries))
    return flow.chosen(cube.at(dimension.name, *compress(dimension.labels or (), is_kept)))


def filter_bands(asked: StepCall, flow: Flow) -> Flow:
    """Keep some bands."""
    cube = flow.cube
    dimension = cube.of_kind("bands")
    if dimension is None:
        dimensions.lacks(asked, cube, "dimension of bands to filter", "DimensionMissing")
        return flow
    given = asked.texts("bands")
    if not asked.list("bands") and not asked.list("wavelengths"):
        message = "filter_bands needs 'bands' or 'wavelengths' to know which bands to keep."
        asked.remark("missing-argument", "BandFilterParameterMissing", None, message)
        return flow
    if dimensions.lacks_labels(asked, dimension, given, "bands"):
        return flow
    if (missing := [each for each in given if not dimension.has(each)]) and not asked.list("wavelengths"):
        # Code of a user may have made them, or the rule that bands exist is relaxed.
        kept = dimension.only(given)
        known = cube.at(dimension.name, *(kept.labels or ()))
        labelled = replace(kept, labels=(*(kept.labels or ()), *missing))
        made = [each if each.name != kept.name else labelled for each in known.dimensions]
        bands = (*known.bands, *(complete(Band(each, data_type="float32")) for each in missing))
        axis, count = known.others.index(known.dimensions[cube.dimensions.index(dimension)]), len(known.bands)
        asked.stands_in(f"the bands {', '.join(map(repr, missing))}, of which nothing is known")
        more = Painted(
            others_with(known, labelled.name, missing), bands[count:], asked.surroundings.seed, cube.period
        )
        source = Joined(source_of(known), count, more, axis)
        return flow.chosen(rebuilt(known, made, bands, source=source))
    wanted = dimension.only(given).labels or ()
    spans = [span for each in asked.list("wavelengths") if (span := _span(each)) is not None]
    if spans and not wanted and all(band.center is None for band in cube.bands):
        return flow
    by_wavelength = [
        label
        for low, high in spans
        for label, band in zip(dimension.labels or (), cube.bands, strict=False)
        if band.center is not None and low <= band.center <= high
    ]
    labels = tuple(dict.fromkeys((*wanted, *by_wavelength)))
    if not labels:
        if spans:
            raise asked.no_data("no band has such a wavelength.")
        return flow
    kept = dimension.only(labels)
    found = cube.at(dimension.name, *labels)
    changed = tuple(kept if each.name == kept.name else each for each in found.dimensions)
    return flow.chosen(replace(found, dimensions=changed))


def _span(given: Any) -> tuple[float, float] | None:
    values = list(given) if isinstance(given, list | tuple) else []
    if len(values) != 2 or not all(isinstance(each, int | float) for each in values):
        return None
    return values[0], values[1]


def filter_labels(asked: StepCall, flow: Flow) -> Flow:
    """Keep the labels that fulfil a condition."""
    cube, name = flow.cube, asked.text("dimension")
    dimension, condition = dimensions.named(asked, cube), asked.callback("condition")
    if dimension is None or dimension.labels is None or condition is None:
        return flow
    kept = [label for label in dimension.labels if condition(value=label) is True]
    if not kept:
        raise asked.no_data(f"no label of the dimension {name!r} fulfils the condition.")
    return flow.chosen(cube.at(dimension.name, *kept))


def mask(asked: StepCall, flow: Flow) -> Flow:
    """Mask by another cube."""
    other, cube = asked.flow("mask"), flow.cube
    if other is None:
        return flow
    value = _replacement(asked)
    bands = _masked_bands(cube, value)
    source = Masked(source_of(cube), side_of(other, flow, asked), math.nan if value is None else value)
    return flow.made(replace(cube, bands=bands, source=source), other)


def _replacement(asked: StepCall) -> float | None:
    value = asked.get("replacement")
    return float(value) if isinstance(value, int | float) else None


def with_room_for_gaps(cube: DataCube) -> tuple[Band, ...]:
    """Return the bands of a cube with a value that says that there is none, if they have room for it."""
    if cube.nodata is not None:
        return cube.bands
    for value in INTEGERS.get(cube.data_type, ())[::-1]:
        bands = tuple(replace(each, nodata=value) for each in cube.bands)
        if replace(cube, bands=bands).nodata is not None:
            return bands
    return tuple(map(with_gaps, cube.bands))


def _masked_bands(cube: DataCube, value: float | None) -> tuple[Band, ...]:
    """Return the bands of a cube in which a value, or none, has the place of some."""
    return (
        with_room_for_gaps(cube) if value is None else tuple(_with_value(each, value) for each in cube.bands)
    )


def _with_value(band: Band, value: float) -> Band:
    """Return a band that a value can be in, too."""
    low, high = INTEGERS.get(band.data_type, (-math.inf, math.inf))
    if band.data_type not in INTEGERS or (low <= value <= high and float(value).is_integer()):
        return band
    kind = narrowest(min(low, value), max(high, value)) if float(value).is_integer() else None
    return replace(band, data_type=kind or "float32", nodata="nan" if kind is None else band.nodata)


def mask_polygon(asked: StepCall, flow: Flow) -> Flow:
    """Mask by polygons."""
    features, value = asked.features("mask"), _replacement(asked)
    geometry, place = joined_geometry(features), place_of_features(features)
    if geometry is None or place is None or flow.cube.grid is None:
        return flow
    keeps = asked.get("inside") is not True
    if keeps and flow.native is not None and value is None:
        # No area has been chosen yet, and there is nothing outside of this one.
        flow = asked.guarded("mask", lambda: flow.clipped(place)) or flow
    cube = flow.cube
    bands = _masked_bands(cube, value)
    replacement = math.nan if value is None else value
    source = Inside(source_of(cube), geometry, keeps, replacement, fills_gaps=False)
    return flow.made(replace(cube, bands=bands, source=source))


def as_it_is(asked: StepCall, flow: Flow) -> Flow:  # noqa: ARG001  # the signature of a step
    """Return the cube unchanged."""
    return flow
