"""The kinds of values that schemas of openEO processes speak of: JSON types with openEO's subtypes."""

from typing import Any

#: A JSON type and openEO's subtype of it, if any.
Kind = tuple[str, str | None]
#: What a value may be; None means anything.
Kinds = frozenset[Kind] | None

_NAMES = {
    "datacube": "a data cube from another node",
    "process-graph": "a child process, {'process_graph': {…}}",
    "bounding-box": "a bounding box with west, south, east and north",
    "geojson": "a GeoJSON object",
    "temporal-interval": "a temporal interval of start and end, e.g. ['2024-06-01', '2024-07-01']",
    "temporal-intervals": "a list of temporal intervals",
    "labeled-array": "an array with labels",
    "epsg-code": "an EPSG code",
    "wkt2-definition": "a WKT2 text",
    "date": "a date, e.g. '2024-06-01'",
    "date-time": "an instant, e.g. '2024-06-01T00:00:00Z'",
    "time": "a time, e.g. '12:00:00Z'",
    "year": "a year",
    "duration": "an ISO 8601 duration, e.g. 'P1D'",
    "uri": "a URL",
    "udf-code": "the source code of a UDF",
    "stac": "a STAC resource",
    "kernel": "a two-dimensional array of numbers",
}
_TYPES = {
    "object": "an object",
    "array": "an array",
    "string": "a text",
    "number": "a number",
    "integer": "an integer",
    "boolean": "true or false",
    "null": "null",
}


def alternatives(schema: Any) -> list[dict[str, Any]]:
    """Return the schemas of which one has to fit; an empty one fits anything."""
    if isinstance(schema, list):
        return [each for part in schema for each in alternatives(part)] or [{}]
    if not isinstance(schema, dict):
        return [{}]
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list):
            return [each for part in schema[word] for each in alternatives(part)] or [{}]
    return [schema]


def kinds_of(schema: Any) -> Kinds:
    """Return what values of a schema are."""
    found: set[Kind] = set()
    for each in alternatives(schema):
        types = each.get("type")
        if types is None and "enum" in each:
            types = [_type_of(value) for value in each["enum"]]
        if types is None:
            return None
        for name in types if isinstance(types, list) else [types]:
            # A subtype tells of objects, arrays and so on, not of the null beside them.
            found.add((name, None if name == "null" else each.get("subtype")))
    return frozenset(found)


def may_be(given: Kinds, wanted: Kinds) -> bool:
    """Tell whether a value of some kinds can be one of others."""
    if given is None or wanted is None:
        return True
    return any(_fits(each, other) for each in given for other in wanted)


def tell(kinds: Kinds) -> str:
    """Say in words what values are."""
    if kinds is None:
        return "anything"
    names = sorted({_NAMES.get(subtype or "", _TYPES.get(name, name)) for name, subtype in kinds})
    if "null" in names:
        names.remove("null")
        names.append("null")
    return " or ".join(names)


def tell_value(value: Any) -> str:
    """Say in words what a value of a process graph is."""
    text = _TYPES[_type_of(value)]
    if isinstance(value, str | int | float) and not isinstance(value, bool):
        shown = repr(value)
        return f"{text} ({shown if len(shown) <= 40 else shown[:40] + '…'})"
    return f"{str(value).lower()}" if isinstance(value, bool) else text


def kind_of(value: Any) -> Kind:
    """Return what a JSON value is."""
    return _type_of(value), None


def _fits(given: Kind, wanted: Kind) -> bool:
    (kind, subtype), (other, other_subtype) = given, wanted
    if kind != other and {kind, other} != {"integer", "number"}:
        return False
    # Of objects the subtypes are worlds apart; those of texts and arrays are hints at what is in them.
    return kind != "object" or None in (subtype, other_subtype) or subtype == other_subtype


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
