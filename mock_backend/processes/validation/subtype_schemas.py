"""JSON Schemas that ask for what the subtypes of openEO mean."""

from typing import Any

from mock_backend.processes.validation.kinds import subtype_of

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
    """Return the schema of objects whose ``type`` decides which schema they keep to."""
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


_SIDES = ("west", "south", "east", "north")
# What subtypes ask for beyond their JSON type, where the official schemas do not say it.
SUBTYPES: dict[str, dict[str, Any]] = {
    "process-graph": {"required": ["process_graph"], "properties": {"process_graph": {"type": "object"}}},
    "bounding-box": {"required": list(_SIDES), "properties": {side: {"type": "number"} for side in _SIDES}},
    "geojson": GEOJSON,
    # EPSG numbers none below or beyond.
    "epsg-code": {"minimum": 1024, "maximum": 32767},
    # Back-ends take these texts beside WKT.
    "wkt2-definition": {"pattern": r"^\s*([A-Za-z_0-9]+\s*[\[(]|[Ee][Pp][Ss][Gg]:[0-9]{4,5}\s*$|\+)"},
    "duration": {
        "pattern": r"^[+-]?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$"
    },
}
_SCHEMAS_IN = ("items", "additionalProperties")
_SCHEMA_LISTS_IN = ("anyOf", "oneOf", "allOf")


def strict(schema: Any) -> Any:
    """Return a schema that asks for what openEO's subtypes mean."""
    if not isinstance(schema, dict):
        return schema
    found = dict(schema)
    for key in _SCHEMAS_IN:
        if key in found:
            found[key] = _strict_part(found[key])
    for key in _SCHEMA_LISTS_IN:
        if isinstance(found.get(key), list):
            found[key] = [_strict_part(each) for each in found[key]]
    if isinstance(found.get("properties"), dict):
        found["properties"] = {name: _strict_part(each) for name, each in found["properties"].items()}
    subtype = subtype_of(schema)
    if subtype == "temporal-interval":
        # That an interval is empty is said better than that its ends are not unique.
        found.pop("uniqueItems", None)
    extra = SUBTYPES.get(subtype or "")
    if extra is not None:
        conditions = found.get("allOf")
        found["allOf"] = [*(conditions if isinstance(conditions, list) else ()), extra]
    return found


def _strict_part(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict_part(each) for each in schema]
    # Somewhere inside a value a data cube cannot be written down either.
    return False if isinstance(schema, dict) and subtype_of(schema) == "datacube" else strict(schema)
