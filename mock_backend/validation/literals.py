"""Check argument values against the JSON Schemas of parameters."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mock_backend.validation.kinds import alternatives, kind_of, kinds_of, may_be, tell, tell_value

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError

# What subtypes ask for beyond their JSON type, where the official schemas do not say it.
_SUBTYPES: dict[str, dict[str, Any]] = {
    # Nobody can write down a data cube; it comes from another node.
    "datacube": {"not": {}},
    "process-graph": {"required": ["process_graph"]},
    "bounding-box": {
        "required": ["west", "south", "east", "north"],
        "properties": {side: {"type": "number"} for side in ("west", "south", "east", "north")},
    },
    "geojson": {
        "required": ["type"],
        "properties": {
            "type": {
                "enum": [
                    "Feature",
                    "FeatureCollection",
                    "LineString",
                    "MultiLineString",
                    "MultiPoint",
                    "MultiPolygon",
                    "Point",
                    "Polygon",
                ]
            }
        },
    },
    "duration": {
        "pattern": r"^[+-]?P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$"
    },
}
_SCHEMAS_IN = ("items", "additionalProperties", "not")
_SCHEMA_LISTS_IN = ("anyOf", "oneOf", "allOf")


class Checker:
    """Check values against the schema of a parameter.

    Args:
        schema: The schema as openEO writes it: JSON Schema draft 7 with subtypes, or a list of such.
    """

    def __init__(self, schema: Any) -> None:
        self._alternatives = alternatives(schema)
        self._kinds = kinds_of(schema)
        # Imported here: only who validates needs it, and it takes a while.
        from jsonschema_rs import Draft7Validator

        self._validators = [Draft7Validator(_strict(each)) for each in self._alternatives]

    def complaint(self, value: Any) -> str | None:
        """Say what is wrong with a value; None if it fits.

        References to nodes and parameters inside the value fit everywhere.
        """
        if any(validator.is_valid(value) for validator in self._validators):
            return None
        holes = set(_holes(value, ()))
        complaints = []
        for each, validator in zip(self._alternatives, self._validators, strict=True):
            found = [
                (tuple(error.instance_path), _in_words(error, each))
                for error in validator.iter_errors(value)
                if not _about(tuple(error.instance_path), holes)
            ]
            if not found:
                return None
            if may_be(frozenset({kind_of(value)}), kinds_of(each)) and each.get("subtype") != "datacube":
                complaints.append((_likeness(value, each), found))
        expected = f"expected {tell(self._kinds)}"
        best = max((likeness for likeness, _ in complaints), default=0)
        meant = [found for likeness, found in complaints if likeness == best]
        if len(meant) != 1:
            return f"{expected}, got {tell_value(value)}."
        # Only one alternative can be meant, so its details help.
        details = "; ".join(_located(path, message) for path, message in meant[0][:3])
        return f"{details}. {expected[0].upper()}{expected[1:]}."


def _likeness(value: Any, schema: dict[str, Any]) -> int:
    """Count the members of an object that a schema speaks of."""
    if not isinstance(value, dict):
        return 0
    named = (
        schema.get("properties", {}).keys()
        | _SUBTYPES.get(schema.get("subtype", ""), {}).get("properties", {}).keys()
    )
    return len(value.keys() & named)


def _strict(schema: Any) -> Any:
    """Return a schema that asks for what openEO's subtypes mean."""
    if isinstance(schema, list):
        return {"anyOf": [_strict(each) for each in schema]}
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(value) if key in _SCHEMAS_IN else value for key, value in schema.items()}
    for key in _SCHEMA_LISTS_IN:
        if isinstance(schema.get(key), list):
            strict[key] = [_strict(each) for each in schema[key]]
    if isinstance(schema.get("properties"), dict):
        strict["properties"] = {name: _strict(each) for name, each in schema["properties"].items()}
    extra = _SUBTYPES.get(schema.get("subtype", ""))
    if extra is not None and "null" not in (schema.get("type") or ()):
        strict = {"allOf": [strict, extra]}
    return strict


def _holes(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    """Yield the paths of references inside a value."""
    if isinstance(value, dict):
        if "from_node" in value or "from_parameter" in value:
            yield path
            return
        for key, item in value.items():
            yield from _holes(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _holes(item, (*path, index))


def _about(path: tuple[str | int, ...], holes: set[tuple[str | int, ...]]) -> bool:
    """Tell whether something at a path may be different once the holes are filled."""
    return any(hole[: len(path)] == path or path[: len(hole)] == hole for hole in holes)


def _in_words(error: "ValidationError", schema: Any) -> str:
    """Say what an error of the validator means; it names keywords where we can name kinds."""
    *way, keyword = error.schema_path
    if keyword not in ("anyOf", "oneOf"):
        return error.message
    for step in way:
        # The strict schema has "allOf" around what carries a subtype.
        if step == "allOf" or (isinstance(step, int) and isinstance(schema, dict)):
            continue
        schema = schema[step]
    return f"{tell_value(error.instance)} is not {tell(kinds_of(schema))}"


def _located(path: tuple[str | int, ...], message: str) -> str:
    return f"{'.'.join(map(str, path))}: {message}" if path else message
