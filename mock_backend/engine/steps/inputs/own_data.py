"""Data that a test gave: collections of its own, files of its user, and what is at URLs."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import numpy as np

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.engine.core.bands import with_gaps
from mock_backend.engine.core.instants import Period, instant_of, period_of
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.cubes.projection import Box, bounds_in, is_geographic
from mock_backend.engine.given_data.data import GivenData, GivenDataError
from mock_backend.engine.given_data.url_contents import UnknownContentError, json_of
from mock_backend.engine.sources.memory import HeldValues
from mock_backend.engine.steps.areas import Area, Feature, counting, features_of
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs.native_grid import ALIASES, Condition, ItemFilter, fulfils
from mock_backend.engine.steps.shape import source_of
from mock_backend.errors import OpenEOError

#: The rule that what is loaded is known.
UNKNOWN = "unknown-content"
_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_PARQUET = ("parquet", "geoparquet")
_UNSUITABLE = "FormatUnsuitable"
#: The parameters that choose from the data that a STAC document leads to.
_LIMITS = ("spatial_extent", "temporal_extent", "bands", "properties")


def loaded(asked: StepCall, data: GivenData, name: str | None, chosen: ItemFilter | None = None) -> Flow:
    """Return the part of given data that a call asks for; refuse it if there is none.

    Args:
        name: The id of the collection that they are of, if they are of one.
    """
    cube = _with_bands(_held(data), asked.texts("bands"))
    cube = _during(asked, cube, period_of(asked.get("temporal_extent")))
    if chosen is not None:
        cube = _of_items(asked, cube, chosen)
    place = asked.place("spatial_extent")
    if place is not None:
        cube = _in_area(asked, cube, place)
    return Flow.loaded(cube, asked.node, name)


def data_of_files(asked: StepCall, contents: Mapping[str, bytes]) -> Flow:
    """Return the data in some files as one data cube; raise ``UnknownContentError`` if they make none."""
    # With all kinds of files.
    from mock_backend.engine.given_data.reading import read_content, stacked

    try:
        return loaded(asked, stacked([read_content(each, name) for name, each in contents.items()]), None)
    except GivenDataError as error:
        raise UnknownContentError(str(error), _UNSUITABLE) from None


def features_in(content: bytes, name: str, file_format: str | None) -> tuple[Feature, ...]:
    """Return the features in a file; none if it has something else.

    Args:
        file_format: The format that it is said to have; an ``UnknownContentError`` says if it has not.
    """
    if content[:4] == b"PAR1" or (file_format or "").lower() in _PARQUET:
        try:
            import geopandas

            frame = geopandas.read_parquet(BytesIO(content))
            return features_of(json.loads(frame.to_json(to_wgs84=frame.crs is not None)))
        except (ImportError, OSError, ValueError) as error:
            raise UnknownContentError(f"{name} cannot be read as GeoParquet: {error}", _UNSUITABLE) from None
    try:
        return features_of(json_of(content))
    except ValueError:
        return ()


def stac_data(asked: StepCall, url: str) -> Flow:
    """Return the data that a STAC document leads to; raise ``UnknownContentError`` if none are known."""
    from mock_backend.engine.given_data.stac_reader import StacReader  # with all kinds of files

    period, place = period_of(asked.get("temporal_extent")), asked.place("spatial_extent")

    conditions = conditions_of(asked)

    def is_wanted(item: Mapping[str, Any]) -> bool:
        properties, box = item.get("properties") or {}, _box(item.get("bbox"))
        there = place is None or box is None or place.clipped(box) is not None
        found = all(
            name in properties and fulfils(properties[name], condition)
            for name, condition in conditions.items()
        )
        return there and found and _touches(period, properties)

    bands = asked.texts("bands")
    data = StacReader(asked.reader, is_wanted).data(url, bands)
    if data is not None:
        return loaded(asked, data, None)
    limits = [name for name in _LIMITS if asked.get(name)]
    _lacking(asked, f"none of the data that {url} leads to fulfil {' and '.join(limits)}.")
    data = StacReader(asked.reader).data(url)
    assert data is not None  # as nothing is left out
    flow = loaded(asked, replace(data, values=np.full(data.values.shape, np.nan)), None)
    return replace(flow, cube=_with_gaps(flow.cube))


def conditions_of(asked: StepCall) -> dict[str, Condition]:
    """Return the conditions of the parameter ``properties`` of a call, by the names of properties."""
    given = asked.get("properties")
    return {
        ALIASES.get(name, name): asked.made(condition, {"context": None})
        for name, condition in (given.items() if isinstance(given, Mapping) else ())
        if isinstance(condition, Child)
    }


def _touches(period: Period, properties: Mapping[str, Any]) -> bool:
    """Tell whether an item has data of a period, as far as its properties tell."""
    when = instant_of(properties.get("datetime"))
    first = instant_of(properties.get("start_datetime")) or when
    last = instant_of(properties.get("end_datetime")) or when
    return (
        first is None
        or last is None
        or ((period.end is None or first < period.end) and (period.start is None or period.start <= last))
    )


def day_of(item: Mapping[str, Any]) -> list[str] | None:
    """Return the day of a STAC item as a temporal extent; None if it has none."""
    when = instant_of((item.get("properties") or {}).get("datetime"))
    if when is None:
        return None
    start = when.replace(hour=0, minute=0, second=0, microsecond=0)
    return [start.isoformat(), (start + timedelta(days=1)).isoformat()]


def unknown(asked: StepCall, parameter: str, error: UnknownContentError) -> None:
    """Note that something else stands in for what a call loads; raise ``OpenEOError`` if that refuses."""
    message = f"Process {asked.process_id!r} [at {asked.node}]: {error}."
    if not asked.lets_pass(UNKNOWN, message):
        raise OpenEOError(asked.invalid(parameter, f"{error}").message, code=error.code, status=400)


def _held(data: GivenData) -> DataCube:
    """Return a data cube with its values as a source has them: rows and columns come last."""
    cube = data.cube
    places = list(map(cube.dimensions.index, [*cube.others, cube.axis("y"), cube.axis("x")]))
    return replace(cube, source=HeldValues(np.transpose(data.values, places), cube.grid))


def _with_bands(cube: DataCube, wanted: Sequence[str]) -> DataCube:
    dimension = cube.of_kind("bands")
    if dimension is None or not wanted:
        return cube
    chosen = dimension.only([each for each in wanted if dimension.has(each)])
    # Who has relaxed the rule that bands exist gets no data for those that do not.
    missing = [each for each in dict.fromkeys(wanted) if not dimension.has(each)]
    places = [dimension.places[label] for label in chosen.labels or ()]
    bands = [cube.bands[each] for each in places]
    bands += [replace(cube.bands[0], name=each, data_type="float32", nodata="nan") for each in missing]
    source = source_of(cube).picked(cube.others.index(dimension), [*places, *(-1 for _ in missing)])
    labelled = replace(chosen, labels=(*(chosen.labels or ()), *missing))
    dimensions = tuple(labelled if each is dimension else each for each in cube.dimensions)
    return replace(cube, dimensions=dimensions, bands=tuple(bands), source=source)


def _during(asked: StepCall, cube: DataCube, period: Period) -> DataCube:
    dimension = cube.of_kind("temporal")
    if dimension is None:
        return cube
    labels = [
        each for each in dimension.labels or () if (at := instant_of(each)) is not None and period.has(at)
    ]
    if not labels:
        _lacking(
            asked,
            f"the data that were given for it have the dates {', '.join(cube.times)}, and none of them is in "
            "the period.",
        )
        label = write_instant(period.start or period.end or _EARLIEST)
        return replace(_without_values(cube, dimension, (label,)), period=(label, label))
    return replace(cube.at(dimension.name, *labels), period=(labels[0], labels[-1]))


def _of_items(asked: StepCall, cube: DataCube, chosen: ItemFilter) -> DataCube:
    dimension = cube.of_kind("temporal")
    if dimension is None:
        return cube
    labels = chosen.kept_of_given(cube.times, asked.surroundings.now)
    if labels:
        return replace(cube.at(dimension.name, *labels), period=(labels[0], labels[-1]))
    _lacking(asked, f"none of its items fulfils the conditions of {', '.join(sorted(chosen.conditions))}.")
    return _without_values(cube, dimension, dimension.labels or ())


def _without_values(cube: DataCube, dimension: Dimension, labels: tuple[Any, ...]) -> DataCube:
    """Return a cube with some labels of a dimension that have no data."""
    source = source_of(cube).picked(cube.others.index(dimension), [-1] * len(labels))
    return _with_gaps(replace(cube, dimensions=cube.changed(dimension, labels=labels), source=source))


def _in_area(asked: StepCall, cube: DataCube, place: Area) -> DataCube:
    grid = cube.grid
    assert grid is not None  # as all given data
    bounds = asked.guarded("spatial_extent", lambda: bounds_in(place.bounds, place.crs, grid.crs))
    # It may be on the other side of the antimeridian.
    turns = (0, 360, -360) if is_geographic(grid.crs) else (0,)
    turned: list[Box] = [(bounds[0] + each, bounds[1], bounds[2] + each, bounds[3]) for each in turns]
    found = next((part for each in turned if (part := grid.clipped(each)) is not None), None)
    if found is None:
        _lacking(asked, f"the data that were given for it cover {list(grid.bbox)}, not this area.")
        return _with_gaps(replace(cube, grid=_beside(grid, bounds)))
    cube = replace(cube, grid=found)
    if place.geometry is None:
        return cube
    from mock_backend.engine.sources.zones import Inside

    return _with_gaps(replace(cube, source=Inside(source_of(cube), place.geometry)))


def _lacking(asked: StepCall, reason: str) -> None:
    """Note that there are no data where a call asks for some; raise ``OpenEOError`` if that refuses."""
    error = asked.no_data(reason)
    if not asked.lets_pass("no-data", error.message):
        raise error


def _beside(grid: Grid, bounds: Box) -> Grid:
    """Return pixels of a box that lie like those of a grid."""
    west, south, east, north = bounds
    left, top = math.floor((west - grid.west) / grid.x_size), math.floor((grid.north - north) / grid.y_size)
    right, bottom = math.ceil((east - grid.west) / grid.x_size), math.ceil((grid.north - south) / grid.y_size)
    return grid.window(top, left, max(bottom - top, 1), max(right - left, 1))


def _with_gaps(cube: DataCube) -> DataCube:
    """Return a cube with bands that have a value for no data."""
    return replace(cube, bands=tuple(map(with_gaps, cube.bands)))


def _box(given: Any) -> Box | None:
    """Return the horizontal part of a box in degrees as STAC writes it; None if it is none."""
    is_box = isinstance(given, list) and len(given) in (4, 6)
    is_box = is_box and all(isinstance(each, int | float) for each in given)
    return counting((*given[:2], *given[len(given) // 2 :][:2])) if is_box else None
