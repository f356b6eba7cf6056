"""The kinds of values that schemas of openEO processes speak of: JSON types with openEO's subtypes."""

from collections.abc import Iterable
from types import NoneType
from typing import Any

#: A JSON type and openEO's subtype of it, if any.
Kind = tuple[str, str | None]
#: Kinds that a value may have; None means any.
Kinds = frozenset[Kind] | None
#: Keys of objects and indices of arrays that lead to something inside a value.
Path = tuple[str | int, ...]

#: In words, briefly, and what helps whoever has to write such a value.
_NAMES = {
    "datacube": ("a data cube", " from another node ({'from_node': …})"),
    "process-graph": ("a child process", " ({'process_graph': {…}})"),
    "bounding-box": ("a bounding box", " with west, south, east and north"),
    "geojson": ("a GeoJSON object", ""),
    "temporal-interval": ("a temporal interval", " such as ['2024-06-01', '2024-07-01']"),
    "temporal-intervals": ("a list of temporal intervals", " such as [['2024-06-01', '2024-07-01']]"),
    "labeled-array": ("an array with labels", ""),
    "epsg-code": ("an EPSG code", " such as 4326"),
    "wkt2-definition": ("a WKT2 text", " or 'EPSG:4326'"),
    "date": ("a date", " such as '2024-06-01'"),
    "date-time": ("an instant", " such as '2024-06-01T00:00:00Z'"),
    "time": ("a time", " such as '12:00:00'"),
    "year": ("a year", ""),
    "duration": ("an ISO 8601 duration", " such as 'P1D'"),
    "uri": ("a URL", " such as 'https://files.example/a.json'"),
    "udf-code": ("the source code of a UDF", ""),
    "stac": ("a STAC resource", " such as save_result makes"),
    "kernel": ("a two-dimensional array of numbers", " such as [[0, 1, 0], [1, 1, 1], [0, 1, 0]]"),
    "chunk-size": ("an object with 'dimension' and 'value'", ""),
    "metadata-filter": ("an object of child processes", " by the name of a property"),
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
#: JSON's names of types, in the order in which values are asked for them: true is an integer in Python, too.
_JSON_TYPES = {
    NoneType: "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    list: "array",
}
#: Members of a schema beside its alternatives that ask for nothing.
_NOTES = {"title", "description", "default", "examples", "deprecated", "experimental", "$comment"}
#: Names that processes of earlier releases, and parameters that the openeo client makes, have for data cubes.
_SAME = {"raster-cube": "datacube", "vector-cube": "datacube"}
#: Of these kinds of objects none can be another; all other subtypes are hints at what is in a value.
_APART = {"datacube", "process-graph", "bounding-box", "geojson", "stac"}
_NULL: Kind = ("null", None)
_MOST_SHOWN = 40


def alternatives(schema: Any) -> list[dict[str, Any]]:
    """Return the schemas of which one has to fit; an empty one fits anything."""
    if isinstance(schema, list):
        return [each for part in schema for each in alternatives(part)] or [{}]
    if not isinstance(schema, dict):
        return [{}]
    for word in ("anyOf", "oneOf"):
        if isinstance(schema.get(word), list) and schema.keys() - _NOTES == {word}:
            return [each for part in schema[word] for each in alternatives(part)] or [{}]
    return [schema]


def takes_anything(schema: Any) -> bool:
    """Tell whether a schema asks for nothing."""
    return isinstance(schema, dict) and schema.keys() <= _NOTES


def kinds_of(schema: Any) -> Kinds:
    """Return what values of a schema are."""
    found: set[Kind] = set()
    for each in alternatives(schema):
        types, choices = each.get("type"), each.get("enum")
        if types is None and isinstance(choices, list):
            types = [_type_of(value) for value in choices]
        subtype = subtype_of(each)
        for name in types if isinstance(types, list) else [types]:
            if not isinstance(name, str) or name not in _TYPES:
                return None
            # A subtype tells of objects, arrays and so on, not of the null beside them.
            found.add((name, None if name == "null" else subtype))
    return frozenset(found) or None


def subtype_of(schema: dict[str, Any]) -> str | None:
    """Return the subtype that a schema names, as it is called today."""
    subtype = schema.get("subtype")
    return _SAME.get(subtype, subtype) if isinstance(subtype, str) else None


def kinds_inside(schema: Any, path: Iterable[str | int]) -> Kinds:
    """Return what values are inside values of a schema, at the end of a path of keys and indices."""
    schemas = alternatives(schema)
    for step in path:
        schemas = [each for outer in schemas for part in _inside(outer, step) for each in alternatives(part)]
    found: set[Kind] = set()
    for each in schemas:
        kinds = kinds_of(each)
        if kinds is None:
            return None
        found |= kinds
    # Where nothing is expected at all there is something else wrong.
    return frozenset(found) or None


def _inside(schema: dict[str, Any], step: str | int) -> list[Any]:
    """Return the schema of a member of an object or of an item of an array; nothing if it is neither."""
    wanted = "array" if isinstance(step, int) else "object"
    types = schema.get("type", wanted)
    if wanted not in (types if isinstance(types, list) else [types]):
        return []
    if isinstance(step, int):
        items = schema.get("items")
        return [items if isinstance(items, dict) else {}]
    members = schema.get("properties")
    if isinstance(members, dict) and step in members:
        return [members[step]]
    return [schema.get("additionalProperties")]


def may_be(given: Kinds, wanted: Kinds) -> bool:
    """Tell whether a value of some kinds can be one of others."""
    if given is None or wanted is None or given == wanted:
        return True
    # What would fit only where it is null does not fit.
    values = given - {_NULL} or given
    if any(_fits(each, other) for each in values for other in wanted):
        return True
    # Except for arithmetic with comparisons, e.g. (a > b) * c: it is common, and the schemas leave it open.
    takes_numbers = any(kind in ("number", "integer") for kind, _ in wanted)
    return takes_numbers and _NULL in given & wanted and any(kind == "boolean" for kind, _ in given)


def is_common(process_id: str, given: Kinds, *, in_child: bool) -> bool:
    """Tell whether what a schema refuses is common practice all the same, and works on back-ends.

    Args:
        given: The possible kinds of the value of a node or a parameter.
        in_child: True if the call is in a child process.
    """
    types = {kind for kind, _ in given or ()} - {"null"}
    if process_id == "save_result":
        # The openeo client saves whatever a process returns, e.g. the number that comes out of `add`.
        return "object" not in types
    # A pixel's value stands for an array of one, e.g. to put an index beside the bands.
    return in_child and process_id == "array_concat" and types <= {"number", "integer"}


def tell(kinds: Kinds, *, briefly: bool = False) -> str:
    """Say in words what values are and, if not briefly, how to write one."""
    if kinds is None:
        return "anything"
    names, last = set(), []
    for kind, subtype in kinds:
        if subtype in _NAMES:
            name, help_ = _NAMES[subtype]
            names.add(name if briefly else name + help_)
        elif kind not in ("boolean", "null"):
            names.add(_TYPES[kind])
    for kind, words in ("boolean", ["true", "false"]), ("null", ["null"]):
        last += words if (kind, None) in kinds else []
    *others, end = [*sorted(names), *last]
    return f"{', '.join(others)} or {end}" if others else end


def is_telling(kinds: Kinds) -> bool:
    """Tell whether there is more to say about values than their JSON types."""
    return any(subtype in _NAMES for _, subtype in kinds or ())


def tell_value(value: Any) -> str:
    """Say in words what a value of a process graph is."""
    if isinstance(value, bool):
        return str(value).lower()
    text = _TYPES[_type_of(value)]
    return f"{text} ({quoted(value)})" if isinstance(value, str | int | float) else text


def quoted(value: str | float) -> str:
    """Return a text or a number as it is written, or its beginning if that is long."""
    if isinstance(value, str):
        return repr(value[:_MOST_SHOWN]) + ("…" if len(value) > _MOST_SHOWN else "")
    # Python refuses to write very many digits.
    return repr(value) if isinstance(value, float) or value.bit_length() <= 3 * _MOST_SHOWN else "a huge one"


def kind_of(value: Any) -> Kind:
    """Return what a JSON value is."""
    return _type_of(value), None


def _fits(given: Kind, wanted: Kind) -> bool:
    (kind, subtype), (other, other_subtype) = given, wanted
    if kind != other and {kind, other} != {"integer", "number"}:
        return False
    return subtype == other_subtype or not {subtype, other_subtype} <= _APART


def _type_of(value: Any) -> str:
    return next((name for kind, name in _JSON_TYPES.items() if isinstance(value, kind)), "object")
