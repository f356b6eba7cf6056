"""Processes that choose parts of data cubes, or mask them."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mock_backend.catalog import Band
from mock_backend.cubes import CubeMask, DataCube, Dimension
from mock_backend.cubes.data_cube import INTEGERS
from mock_backend.outcomes.asking import Asked, names
from mock_backend.outcomes.flow import Flow
from mock_backend.outcomes.instants import Period, instant_of, period_of
from mock_backend.outcomes.numbers import integer_type, number_of
from mock_backend.outcomes.places import Place, both, geometry_of, outside, place_of_features
from mock_backend.outcomes.shape import complete, rebuilt


def filter_temporal(asked: Asked, flow: Flow) -> Flow:
    """Keep what is in a period."""
    period, name = period_of(asked.get("extent")), asked.text("dimension")
    cube = flow.cube
    of_cube = Period(*map(instant_of, cube.period))
    for each in cube.dimensions:
        if each.kind == "temporal" and name in (None, each.name) and each.labels:
            labels = _labels_in(period, each, cube, of_cube)
            if not labels:
                raise asked.no_data(
                    f"the dimension {each.name!r} goes from {each.labels[0]} to {each.labels[-1]}, and the "
                    f"period from {' to '.join(text or '…' for text in period.texts())}."
                )
            cube = _only(cube, each, labels)
    shared = of_cube.shared(period)
    return flow.chosen(cube if shared.is_empty else replace(cube, period=shared.texts()))


def _labels_in(period: Period, dimension: Dimension, cube: DataCube, of_cube: Period) -> tuple[Any, ...]:
    """Return the labels in a period; if it has none, but is in that of the cube, its first day."""
    labels = dimension.labels or ()
    starts = {label: _start(label, cube) for label in labels}
    found = tuple(label for label in labels if (at := starts[label]) is None or period.has(at))
    shared = of_cube.shared(period)
    if found or shared.start is None or shared.is_empty or (period.start is None and period.end is None):
        return found
    if cube.spans or any(each is None for each in starts.values()):
        return ()
    return (f"{shared.start.date()}T00:00:00Z",)


def _start(label: Any, cube: DataCube) -> Any:
    span = cube.spans.get(str(label))
    return instant_of(span[0] if span is not None else label)


def _only(cube: DataCube, dimension: Dimension, labels: Sequence[Any]) -> DataCube:
    """Return a cube with some labels of a dimension only."""
    if all(label in (dimension.labels or ()) for label in labels):
        return cube.at(dimension.name, *labels)
    kept = replace(dimension, labels=tuple(labels))
    return rebuilt(cube, [kept if each.name == kept.name else each for each in cube.dimensions])


def filter_bbox(asked: Asked, flow: Flow) -> Flow:
    """Keep what is in a bounding box."""
    place = asked.place("extent")
    return flow if place is None else _clipped(asked, "extent", flow, place)


def filter_spatial(asked: Asked, flow: Flow) -> Flow:
    """Keep the pixels in some geometries."""
    place = asked.place("geometries")
    if place is None:
        return flow
    found = _clipped(asked, "geometries", flow, place)
    within = both(found.cube.within, place.geometry) if found.cube.grid is not None else None
    return replace(found, cube=replace(found.cube, within=within, samples=asked.features("geometries")))


def _clipped(asked: Asked, argument: str, flow: Flow, place: Place) -> Flow:
    if flow.cube.geometries:
        return flow.chosen(_vectors_in(flow.cube, asked.guarded(argument, lambda: place.degrees)))
    found = asked.guarded(argument, lambda: flow.clipped(place))
    if found is None:
        raise asked.no_data("the data cube and the area do not meet.")
    return found


def _vectors_in(cube: DataCube, box: tuple[float, float, float, float]) -> DataCube:
    dimension = cube.of_kind("geometry")
    if dimension is None:
        return cube
    limit = Place(box)
    kept = [
        label
        for label, feature in zip(dimension.labels or (), cube.geometries, strict=False)
        if (own := place_of_features([feature])) is not None and own.clipped(limit.degrees) is not None
    ]
    return cube.at(dimension.name, *kept)


def filter_vector(asked: Asked, flow: Flow) -> Flow:
    """Keep the geometries that meet others."""
    place = asked.place("geometries")
    if place is None or asked.text("relation") not in (None, "intersects", "within"):
        return flow
    return flow.chosen(_vectors_in(flow.cube, place.degrees))


def filter_bands(asked: Asked, flow: Flow) -> Flow:
    """Keep some bands."""
    cube = flow.cube
    dimension = cube.of_kind("bands")
    if dimension is None:
        return flow
    given = names(asked.list("bands"))
    if (missing := [each for each in given if not dimension.has(each)]) and not asked.list("wavelengths"):
        # Code of a user may have made them, or the rule that bands exist is relaxed.
        kept = dimension.only(given)
        known = cube.at(dimension.name, *(kept.labels or ()))
        labelled = replace(kept, labels=(*(kept.labels or ()), *missing))
        made = [each if each.name != kept.name else labelled for each in known.dimensions]
        bands = (*known.bands, *(complete(Band(each, data_type="float32")) for each in missing))
        return flow.chosen(rebuilt(known, made, bands))
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
    dimensions = tuple(kept if each.name == kept.name else each for each in found.dimensions)
    return flow.chosen(replace(found, dimensions=dimensions))


def _span(given: Any) -> tuple[float, float] | None:
    values = [number_of(each) for each in given] if isinstance(given, list | tuple) else []
    if len(values) != 2 or values[0] is None or values[1] is None:
        return None
    return values[0].low, values[1].high


def filter_labels(asked: Asked, flow: Flow) -> Flow:
    """Keep the labels that fulfil a condition; those of which nobody knows it, too."""
    cube, name = flow.cube, asked.text("dimension")
    dimension = next((each for each in cube.dimensions if each.name == name), None)
    if dimension is None or dimension.labels is None:
        return flow
    kept = [
        label
        for label in dimension.labels
        if (found := number_of(asked.child("condition", value=label))) is None or found.high
    ]
    if not kept:
        raise asked.no_data(f"no label of the dimension {name!r} fulfils the condition.")
    return flow.chosen(cube.at(dimension.name, *kept))


def mask(asked: Asked, flow: Flow) -> Flow:
    """Mask by another cube."""
    other, cube = asked.flow("mask"), flow.cube
    if other is None:
        return flow
    if cube.grid is None or other.cube.grid is None:
        return flow.made(cube, other)
    value = number_of(asked.get("replacement"))
    bands = (
        _with_nodata(cube) if value is None else tuple(_with_value(each, value.low) for each in cube.bands)
    )
    hidden = CubeMask(other.cube, None if value is None else float(value.low))
    return flow.made(replace(cube, bands=bands, masks=(*cube.masks, hidden)), other)


def _with_nodata(cube: DataCube) -> tuple[Band, ...]:
    """Return the bands of a cube with a value that says that there is none, if they have room for it."""
    if cube.nodata is not None:
        return cube.bands
    for value in INTEGERS.get(cube.data_type, ())[::-1]:
        bands = tuple(replace(each, nodata=value) for each in cube.bands)
        if replace(cube, bands=bands).nodata is not None:
            return bands
    return cube.bands


def _with_value(band: Band, value: float) -> Band:
    """Return a band that a value can be in, too."""
    low, high = INTEGERS.get(band.data_type, (-math.inf, math.inf))
    if band.data_type not in INTEGERS or (low <= value <= high and float(value).is_integer()):
        return band
    kind = "float32"
    if float(value).is_integer():
        kind = integer_type(min(low, value), max(high, value))
    return replace(band, data_type=kind, nodata=None if kind in INTEGERS else "nan")


def mask_polygon(asked: Asked, flow: Flow) -> Flow:
    """Mask by polygons."""
    features = asked.features("mask")
    geometry, place = geometry_of(features), place_of_features(features)
    if geometry is None or place is None or flow.cube.grid is None or asked.get("replacement") is not None:
        return flow
    if asked.get("inside") is True:
        if flow.native is not None:
            return flow
        left = outside(geometry, flow.cube.grid.bbox)
        return replace(flow, cube=replace(flow.cube, within=both(flow.cube.within, left)))
    if flow.native is not None:
        # Nobody has chosen an area yet, and there is nothing outside of this one.
        flow = asked.guarded("mask", lambda: flow.clipped(place)) or flow
    return replace(flow, cube=replace(flow.cube, within=both(flow.cube.within, geometry)))


def as_it_is(asked: Asked, flow: Flow) -> Flow:  # noqa: ARG001  # the signature of a step
    """Return the cube unchanged."""
    return flow
