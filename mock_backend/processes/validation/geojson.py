"""JSON Schema of GeoJSON; openEO takes all of it but collections of geometries."""

from typing import Any

Schema = dict[str, Any]

_POSITION: Schema = {"type": "array", "minItems": 2, "items": {"type": "number"}}


def _list_of(items: Schema) -> Schema:
    return {"type": "array", "items": items}


_LINE = _list_of(_POSITION)
_COORDINATES = {
    "Point": _POSITION,
    "MultiPoint": _LINE,
    "LineString": _LINE,
    "MultiLineString": _list_of(_LINE),
    "Polygon": _list_of(_LINE),
    "MultiPolygon": _list_of(_list_of(_LINE)),
}


def _typed(members: dict[str, Schema]) -> Schema:
    """Return the schema of objects of which ``type`` decides what is in a member.

    Args:
        members: By type, the schema of an object of this type.
    """
    return {
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": list(members)}},
        "allOf": [
            {"if": {"required": ["type"], "properties": {"type": {"const": name}}}, "then": then}
            for name, then in members.items()
        ],
    }


def _with(member: str, schema: Schema) -> Schema:
    return {"required": [member], "properties": {member: schema}}


_GEOMETRIES = {name: _with("coordinates", schema) for name, schema in _COORDINATES.items()}
_GEOMETRY = _typed(_GEOMETRIES)
_FEATURES = {"Feature": _with("geometry", _GEOMETRY | {"type": ["object", "null"]})}

GEOJSON = _typed(
    _GEOMETRIES | _FEATURES | {"FeatureCollection": _with("features", _list_of(_typed(_FEATURES)))}
)
