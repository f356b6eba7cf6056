"""From OpenAPI 3.0's dialect of JSON Schema to draft 7.

OpenAPI says ``nullable`` where JSON Schema has a type ``null``, and lets a ``discriminator`` tell
which schema an object is of, which JSON Schema ignores: a spatial dimension without axis would pass.
"""

from typing import Any

Schema = dict[str, Any]

_COMPONENTS = "#/components/schemas/"

#: Appended to the names of schemas without their discriminators.
_PLAIN = "-plain"

# Keywords by what they hold.
_NAMED = ("properties", "patternProperties")
_LISTS = ("allOf", "anyOf", "oneOf")
_SINGLE = ("items", "additionalProperties", "not")


def to_json_schemas(schemas: dict[str, Schema]) -> dict[str, Schema]:
    """Translate a document's named schemas.

    Args:
        schemas: The ``components/schemas`` of an OpenAPI 3.0 document.
    """
    translated = {name: to_json_schema(schema) for name, schema in schemas.items()}
    general = {name: found for name, schema in translated.items() if (found := _discriminators(schema))}
    for name, discriminators in general.items():
        for special in (each for discriminator in discriminators for each in _references(discriminator)):
            # The special ones include the general one: with its discriminator they would go round in circles.
            for part in translated[special.removeprefix(_COMPONENTS)].get("allOf", ()):
                if part.get("$ref") == _COMPONENTS + name:
                    part["$ref"] += _PLAIN
    for name, discriminators in general.items():
        translated[name + _PLAIN] = translated[name]
        cases = (case for discriminator in discriminators for case in _cases(discriminator))
        translated[name] = {"allOf": [{"$ref": _COMPONENTS + name + _PLAIN}, *cases]}
    return translated


def to_json_schema(schema: Any) -> Any:
    """Translate a schema, and all schemas in it."""
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        # As in draft 7, what is beside a reference does not count.
        return {"$ref": schema["$ref"]}
    translated = {key: _translate(key, value) for key, value in schema.items() if key != "nullable"}
    return {"anyOf": [{"type": "null"}, translated]} if schema.get("nullable") is True else translated


def _translate(keyword: str, value: Any) -> Any:
    if keyword in _NAMED:
        return {name: to_json_schema(each) for name, each in value.items()}
    if keyword in _LISTS:
        return [to_json_schema(each) for each in value]
    return to_json_schema(value) if keyword in _SINGLE else value


def _discriminators(schema: Schema) -> list[Schema]:
    """Return the discriminators that apply to an instance of a schema itself."""
    parts = [schema, *schema.get("allOf", ())]
    return [part["discriminator"] for part in parts if "mapping" in part.get("discriminator", {})]


def _references(discriminator: Schema) -> list[str]:
    return list(discriminator["mapping"].values())


def _cases(discriminator: Schema) -> list[Schema]:
    name = discriminator["propertyName"]
    return [
        {
            "if": {"required": [name], "properties": {name: {"const": value}}},
            "then": {"$ref": reference},
        }
        for value, reference in discriminator["mapping"].items()
    ]
