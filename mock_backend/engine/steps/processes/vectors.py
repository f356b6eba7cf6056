"""Processes that make geometries of geometries."""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from mock_backend.engine.core.bands import with_gaps
from mock_backend.engine.cubes import DataCube, Dimension
from mock_backend.engine.cubes.projection import DEGREES, crs_name, transformed, utm_zone
from mock_backend.engine.sources.restructuring import Widened
from mock_backend.engine.sources.zones import Burnt
from mock_backend.engine.steps.areas import Feature, shape_of
from mock_backend.engine.steps.array_lines import axis_of
from mock_backend.engine.steps.call import StepCall, finite
from mock_backend.engine.steps.dimensions import named
from mock_backend.engine.steps.flow import Flow, too_much
from mock_backend.engine.steps.inputs.loading import stand_in, vectors
from mock_backend.engine.steps.shape import rebuilt, source_of
from mock_backend.engine.steps.widening import widened
from mock_backend.landscape.nature.noise import number_of

#: Maximum number of points of a geometry, and of those of all.
_MOST, _MOST_OF_ALL = 1000, 100_000
#: The number of times that points are chosen, twice as many as are wanted, before fewer are enough.
_TRIES = 25
#: The number of dimensions of areas.
_AREA = 2
#: The largest distance, in metres: half of the way round the Earth.
_FARTHEST = 20_100_000.0


def vector_buffer(asked: StepCall) -> Any:
    """Add a margin around geometries."""
    # CDSE's name of it is the older one.
    name = "geometries" if asked.get("geometries") is not None else "geometry"
    flow = asked.flow(name)
    features = asked.features(name)
    metres = asked.number("distance") or 0.0
    if abs(metres) > _FARTHEST:
        raise asked.invalid("distance", f"{metres:g} metres is farther than anything on Earth")
    wider = tuple(_buffered(features, metres))
    if flow is None:
        return vectors(wider)
    return replace(flow, cube=replace(flow.cube, geometries=wider))


def vector_reproject(asked: StepCall, flow: Flow) -> Flow:
    """Project geometries; they are kept in degrees here whatever they are projected to."""
    projection = asked.get("projection")
    asked.guarded("projection", lambda: crs_name(projection))
    named(asked, flow.cube)
    return flow


def vector_to_raster(asked: StepCall) -> Any:
    """Give pixels within geometries their values: those of a vector cube, at the pixels of another cube."""
    flow, target = asked.flow("data"), asked.flow("target") or asked.flow("target_data_cube")
    geometry = None if flow is None else flow.cube.of_kind("geometry")
    if flow is None or geometry is None or target is None or target.cube.grid is None:
        asked.stands_in()
        return replace(target or stand_in(asked), is_certain=False)
    cube = flow.cube
    left = [
        Dimension("bands", "bands", tuple(map(str, each.labels or ()))) if each.kind == "other" else each
        for each in cube.dimensions
        if each is not geometry
    ]
    if not left and cube.is_given:
        raise asked.invalid("data", "the vector cube has geometries only, and no values for pixels")
    shapes = tuple(each.get("geometry") for each in cube.geometries)
    source = Burnt(source_of(cube), shapes, axis_of(cube, geometry.name))
    dimensions = [*left, target.cube.axis("y"), target.cube.axis("x")]
    bands = list(map(with_gaps, cube.bands))
    made = rebuilt(cube, dimensions, bands, grid=target.cube.grid, source=source)
    if not any(each.kind == "bands" for each in left):
        # On back-ends, what is aggregated has a band even if the data cube had none.
        bands_of_one = Dimension("bands", "bands", ("band_unnamed",))
        made = rebuilt(
            made, [*made.dimensions, bands_of_one], source=Widened(source_of(made), len(made.others))
        )
    return target.made(made, flow)


def vector_to_random_points(asked: StepCall) -> Any:
    """Choose points in geometries at random, the same ones each time."""
    features = asked.features("data")
    count, total = asked.get("geometry_count"), asked.number("total_count")
    counts = count if isinstance(count, list) else [count] * len(features)
    many = [max(min(int(finite(each) or 0), _MOST), 1) for each in counts]
    many += [1] * (len(features) - len(many))
    if total is not None and total < len(features):
        raise asked.refusal(
            "CountMismatch", f"{total:g} points are fewer than the {len(features)} geometries."
        )
    if total is not None and features:
        share = max(int(total) // len(features), 1)
        many = [min(each, share) if count is not None else min(share, _MOST) for each in many]
    _limit_points(sum(many))
    points = [
        (feature, _random_points(feature, wanted, f"{asked.get('seed')}/{place}"))
        for place, (feature, wanted) in enumerate(zip(features, many, strict=False))
    ]
    return _pointed(asked, points)


def vector_to_regular_points(asked: StepCall) -> Any:
    """Choose points in geometries at equal distances."""
    metres = max(asked.number("distance") or 0.0, 0.0) or 1000.0
    points, count = [], 0
    for feature in asked.features("data"):
        found = _regular_points(feature, metres)
        points.append((feature, found))
        count += len(found)
        _limit_points(count)
    return _pointed(asked, points)


def _limit_points(count: int) -> None:
    if count > _MOST_OF_ALL:
        raise too_much(
            f"it makes {count:,} points or more, and {_MOST_OF_ALL:,} is the most", "Ask for fewer points."
        )


def _pointed(asked: StepCall, points: list[tuple[Feature, list[tuple[float, float]]]]) -> Any:
    made: list[Feature] = []
    origins: list[int] = []
    for origin, (feature, found) in enumerate(points):
        properties = feature.get("properties") or {}
        geometries = [{"type": "Point", "coordinates": list(each)} for each in found]
        if asked.get("group") is not False:
            geometries = [{"type": "MultiPoint", "coordinates": [list(each) for each in found]}]
        made += [{"type": "Feature", "geometry": each, "properties": properties} for each in geometries]
        origins += [origin] * len(geometries)
    flow = asked.flow("data")
    return vectors(made) if flow is None else _moved(flow, tuple(made), origins)


def _moved(flow: Flow, features: tuple[Feature, ...], origins: list[int]) -> Flow:
    cube: DataCube = flow.cube
    geometry = cube.of_kind("geometry")
    source = source_of(cube)
    if geometry is not None:
        # Points have the values of what they are in.
        source = source.picked(cube.others.index(geometry), origins)
    dimensions = cube.changed(geometry, labels=tuple(range(len(features))))
    return flow.made(rebuilt(cube, dimensions, geometries=features, source=source))


def _random_points(feature: Feature, count: int, key: str) -> list[tuple[float, float]]:
    import shapely

    shape = shape_of(feature)
    if shape is None or shape.is_empty:
        return []
    west, south, east, north = shape.bounds
    shapely.prepare(shape)
    shares, found = np.random.default_rng(number_of(ascii(key))), np.empty((0, 2))
    # On a line there is hardly ever one, however often it is tried.
    for _ in range(_TRIES if shapely.get_dimensions(shape) == _AREA else 1):
        points = shares.random((2 * count, 2)) * [east - west, north - south] + [west, south]
        found = np.vstack([found, points[shapely.intersects_xy(shape, *points.T)]])[:count]
        if len(found) == count:
            break
    if not len(found):
        found = shapely.get_coordinates(shape.representative_point())
    return [(x, y) for x, y in found.round(9).tolist()]


def _regular_points(feature: Feature, metres: float) -> list[tuple[float, float]]:
    import shapely

    shape = shape_of(feature)
    if shape is None or shape.is_empty:
        return []
    west, south, east, north = shape.bounds
    zone = utm_zone((west + east) / 2, (south + north) / 2)
    flat = _projected(shape, DEGREES, zone)
    left, low, right, top = flat.bounds
    while max((right - left) / metres, 1) * max((top - low) / metres, 1) > 4 * _MOST:
        # Requests for far too many points get fewer.
        metres *= 2
    shapely.prepare(flat)
    across, down = _between(left, right, metres), _between(top, low, -metres)
    xs, ys = map(np.ravel, np.meshgrid(across, down))
    places = np.flatnonzero(shapely.intersects_xy(flat, xs, ys))[:_MOST]
    found = np.column_stack(transformed(zone, DEGREES, xs[places], ys[places]))
    if not len(places):
        found = shapely.get_coordinates(shape.representative_point())
    return [(x, y) for x, y in found.round(9).tolist()]


def _between(start: float, stop: float, step: float) -> list[float]:
    count = max(int(abs(stop - start) / abs(step)), 1)
    return [start + (each + 0.5) * step for each in range(count)]


def _buffered(features: Sequence[Feature], metres: float) -> list[Feature]:
    import shapely

    from mock_backend.landscape.sensors.geojson import listed

    found, shapes = list(features), [shape_of(each) for each in features]
    zones: dict[str, list[int]] = {}
    for place, shape in enumerate(shapes):
        if shape is not None and not shape.is_empty and metres:
            west, south, east, north = shape.bounds
            zones.setdefault(utm_zone((west + east) / 2, (south + north) / 2), []).append(place)
    for zone, places in zones.items():
        with np.errstate(all="ignore"):  # where nothing is left
            flat = _projected(listed(shapes[place] for place in places), DEGREES, zone)
            # What has no coordinates there stays as it is: its buffer would end the process.
            positions, of = shapely.get_coordinates(flat, return_index=True)
            flat[of[~np.isfinite(positions).all(axis=1)]] = None
            wider = _projected(widened(flat, metres), zone, DEGREES)
            wider = shapely.transform(wider, lambda positions: positions.round(9))
        positions, of = shapely.get_coordinates(wider, return_index=True)
        wider[of[~np.isfinite(positions).all(axis=1)]] = None
        for place, geometry in zip(places, wider, strict=True):
            if geometry is not None:  # as JSON has it: lists
                written = json.loads(json.dumps(shapely.geometry.mapping(geometry)))
                found[place] = {**features[place], "geometry": written}
    return found


def _projected(shape: Any, source: str, target: str) -> Any:
    import shapely

    def project(coordinates: Any) -> Any:
        xs, ys = transformed(source, target, coordinates[:, 0], coordinates[:, 1])
        coordinates[:, 0], coordinates[:, 1] = xs, ys
        return coordinates

    return shapely.transform(shape, project)
