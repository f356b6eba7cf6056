"""Areas that arguments name: bounding boxes, GeoJSON, vector cubes."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes.projection import DEGREES, FARTHEST, Box, bounds_in, crs_name

Feature = Mapping[str, Any]
Geometry = Mapping[str, Any]

_POLYGONS = ("Polygon", "MultiPolygon")
#: The number of features from which on they are looked at together.
_MANY = 200
#: Minimum number of numbers of a point, and of positions of a line and of each ring of a polygon.
_FEWEST = {"Point": 2, "LineString": 2, "Polygon": 4}
_SIDES = ("west", "south", "east", "north")
_TURN = 360.0


def feature_of(box: Box) -> Feature:
    """Return a box in degrees as a GeoJSON feature."""
    west, south, east, north = box
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}


#: Place of what is in unread files, which is unknown.
SOMEWHERE: Box = (11.0, 46.0, 11.01, 46.01)
#: Stands for features in unread files.
UNKNOWN_FEATURE = feature_of(SOMEWHERE)


@dataclass(frozen=True)
class Area:
    """An area."""

    bounds: Box  #: West, south, east and north; across the antimeridian, degrees go on counting
    crs: str = DEGREES
    #: A GeoJSON geometry of polygons in degrees that the area is limited to, if any
    geometry: Geometry | None = None

    @cached_property
    def degrees(self) -> Box:
        """The bounds in degrees; across the antimeridian they go on counting."""
        return counting(bounds_in(self.bounds, self.crs, DEGREES))

    def clipped(self, limit: Box) -> "Area | None":
        """Return the part inside a box in degrees; None if there is none."""
        west, south, east, north = self.degrees
        first, low, last, top = limit
        low, top = max(south, low), min(north, top)
        if low > top:
            return None
        # It may be on the other side of the antimeridian.
        pieces = [
            (max(west, first + turn), min(east, last + turn))
            for turn in (-_TURN, 0.0, _TURN)
            if max(west, first + turn) <= min(east, last + turn)
        ]
        if not pieces:
            return None
        left, right = min(piece[0] for piece in pieces), max(piece[1] for piece in pieces)
        if (left, low, right, top) == (west, south, east, north):
            # As it was given: what was projected there and back would not be the same to the last bit.
            return self
        return Area((left, low, right, top), DEGREES, self.geometry)


def counting(box: Box, crs: str = DEGREES) -> Box:
    """Return a box in a coordinate system; the east of one in degrees is never smaller than its west."""
    west, south, east, north = box
    return (west, south, east + _TURN, north) if east < west and crs == DEGREES else box


def place_of_box(given: Mapping[str, Any]) -> Area | None:
    """Return the area of a bounding box as openEO writes it; None if it is none."""
    sides = [given.get(side) for side in _SIDES]
    if not all(isinstance(side, int | float) for side in sides):
        return None
    west, south, east, north = (_near(side) for side in sides if side is not None)
    crs = crs_name(given.get("crs"))
    south, north = min(south, north), max(south, north)
    if crs == DEGREES:
        return Area(counting((west, south, east, north)))
    return Area((min(west, east), south, max(west, east), north), crs)


def place_of_features(features: Sequence[Feature]) -> Area | None:
    """Return the area that GeoJSON features cover together; None if that is not known."""
    bounds, geometry = bounds_of(features), joined_geometry(features)
    if bounds is None or any(each is UNKNOWN_FEATURE for each in features):
        return None
    # Of points and lines the nearest pixels count, all of which are there.
    has_area = geometry is not None and geometry.get("type") in _POLYGONS
    return Area(bounds, DEGREES, geometry if has_area else None)


def bounds_of(features: Sequence[Feature]) -> Box | None:
    """Return the box in degrees around all positions of GeoJSON features; None if they have none."""
    if (boxes := _boxes_of(features)) is not None:
        (west, south), (east, north) = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
        return _near(west), _near(south), _near(east), _near(north)
    positions = [each for feature in features for each in _positions(feature.get("geometry"))]
    if not positions:
        return None
    xs, ys = [each[0] for each in positions], [each[1] for each in positions]
    return (_near(min(xs)), _near(min(ys)), _near(max(xs)), _near(max(ys)))


def size_of_boxes(features: Sequence[Feature]) -> float:
    """Return the sum of the sizes of the boxes around each of GeoJSON features, in square degrees."""
    if (boxes := _boxes_of(features)) is not None:
        west, south, east, north = boxes.clip(-FARTHEST, FARTHEST).T
        return float(((east - west) * (north - south)).sum())
    found = filter(None, (bounds_of([each]) for each in features))
    return sum((east - west) * (north - south) for west, south, east, north in found)


def _boxes_of(features: Sequence[Feature]) -> Any:
    """Return the boxes around many features that are alike, as an array; None for others."""
    if len(features) < _MANY:
        return None
    from mock_backend.landscape.sensors.geojson import boxes_of  # with NumPy, which is heavy

    return boxes_of([each.get("geometry") for each in features])


def _near(coordinate: float) -> float:
    """Return a coordinate, or the farthest one, with which everything can be computed."""
    return float(max(-FARTHEST, min(FARTHEST, coordinate)))


def features_of(given: Any) -> tuple[Feature, ...]:
    """Return the features of a GeoJSON object; none if it is something else."""
    kind = given.get("type") if isinstance(given, Mapping) else None
    if kind in ("FeatureCollection", "GeometryCollection"):
        return tuple(found for each in _members(given) for found in features_of(each))
    if kind == "Feature":
        geometry = _sound(given.get("geometry"))
        return (given if geometry is given.get("geometry") else {**given, "geometry": geometry},)
    if kind is None or "coordinates" not in given:
        return ()
    return ({"type": "Feature", "geometry": _sound(given), "properties": {}},)


def _members(collection: Mapping[str, Any]) -> list[Any]:
    """Return what a collection consists of; nothing if that is no list."""
    listed = collection.get("features" if collection["type"] == "FeatureCollection" else "geometries")
    return listed if isinstance(listed, list) else []


def _sound(geometry: Any) -> Geometry | None:
    """Return a geometry without what has too few positions to be something; None if nothing is left."""
    if not isinstance(geometry, Mapping):
        return None
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "GeometryCollection":
        parts = [found for each in _members(geometry) if (found := _sound(each))]
        return {**geometry, "geometries": parts} if parts else None
    simple = str(kind).removeprefix("Multi")
    if simple not in _FEWEST or not isinstance(coordinates, list | tuple):
        return None
    if simple == kind:
        return geometry if _is_sound(simple, coordinates) else None
    left = [each for each in coordinates if _is_sound(simple, each)]
    if len(left) == len(coordinates) > 0:
        return geometry
    return {**geometry, "coordinates": left} if left else None


def _is_sound(kind: str, coordinates: Any) -> bool:
    if not isinstance(coordinates, list | tuple) or not coordinates:
        return False
    if kind == "Polygon":
        return all(isinstance(ring, list | tuple) and len(ring) >= _FEWEST[kind] for ring in coordinates)
    return len(coordinates) >= _FEWEST[kind]


def joined_geometry(features: Sequence[Feature]) -> Geometry | None:
    """Return the geometries of some features as a single one."""
    geometries = [each["geometry"] for each in features if each.get("geometry")]
    if len(geometries) < 2:
        return geometries[0] if geometries else None
    if all(each.get("type") in _POLYGONS for each in geometries):
        polygons = [
            polygon
            for each in geometries
            for polygon in (each["coordinates"] if each["type"] == "MultiPolygon" else [each["coordinates"]])
        ]
        return {"type": "MultiPolygon", "coordinates": polygons}
    return {"type": "GeometryCollection", "geometries": geometries}


def shape_of(feature: Feature) -> Any:
    """Return the geometry of a feature as shapely has it; None if it is none."""
    import shapely

    from mock_backend.landscape.sensors.geojson import geojson_geometry

    geometry = feature.get("geometry")
    if not isinstance(geometry, Mapping):
        return None
    try:
        found = geojson_geometry(geometry)
    except (ValueError, OverflowError, TypeError, LookupError, AttributeError, shapely.errors.ShapelyError):
        return None
    return None if any(abs(side) > FARTHEST for side in found.bounds) else found


def _positions(geometry: Any) -> list[Sequence[float]]:
    if not isinstance(geometry, Mapping):
        return []
    found = [each for part in geometry.get("geometries") or () for each in _positions(part)]
    levels = [geometry.get("coordinates")]
    for each in levels:  # which grows meanwhile, so that any depth will do
        if not isinstance(each, (list, tuple)) or not each:
            continue
        if not isinstance(each[0], (int, float)):
            levels += each
        elif len(each) > 1 and isinstance(each[1], (int, float)):
            found.append(each)
    return found
