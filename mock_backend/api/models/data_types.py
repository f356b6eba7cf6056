"""Data types of the API: a JSON Schema, or a list of such; and URLs."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, ValidationInfo
from pydantic_core import PydanticCustomError

_TYPES = {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}
_URI = {"type": "string", "format": "uri"}
_COUNT = {"type": "number", "minimum": 0}
# openEO API 1.2, "JSON Schema": what is checked of one; other keywords may hold anything.
_JSON_SCHEMA = {
    "type": "object",
    "properties": {
        "$schema": _URI,
        "$id": _URI,
        "type": {"anyOf": [_TYPES, {"type": "array", "minItems": 1, "uniqueItems": True, "items": _TYPES}]},
        "pattern": {"type": "string", "format": "regex"},
        "enum": {"type": "array"},
        "minimum": {"type": "number"},
        "maximum": {"type": "number"},
        "minItems": _COUNT,
        "maxItems": _COUNT,
        "items": {
            "anyOf": [
                {"$ref": "#/definitions/schema"},
                {"type": "array", "minItems": 1, "items": {"$ref": "#/definitions/schema"}},
            ]
        },
    },
}
_DATA_TYPE = {
    "allOf": [{"$ref": "#/definitions/schema"}],
    "properties": {"subtype": {"type": "string"}, "deprecated": {"type": "boolean"}},
    "definitions": {"schema": _JSON_SCHEMA},
}


@lru_cache(maxsize=2)
def _checker(of_uris: bool) -> Any:
    # Imported here: only who stores a process needs it.
    from jsonschema_rs import Draft7Validator

    return Draft7Validator(_URI if of_uris else _DATA_TYPE, validate_formats=True)


#: The context of a validation that takes schemas of any content, as most back-ends do.
ANY_SCHEMA: Mapping[str, bool] = {"any_schema": True}


def _check_data_type(given: Any, info: ValidationInfo) -> Any:
    several = given if isinstance(given, list) else [given]
    if not several or not all(isinstance(each, dict) for each in several):
        raise PydanticCustomError("data_type", "A schema is an object, or a list of at least one object")
    if any(each in several[:place] for place, each in enumerate(several)):
        raise PydanticCustomError("data_type", "The schemas in a list differ from each other")
    for each in () if info.context == ANY_SCHEMA else several:
        for error in _checker(False).iter_errors(each):
            where = ".".join(map(str, error.instance_path))
            raise PydanticCustomError(
                "data_type",
                "This is not a JSON Schema{where}: {reason}",
                {"where": f", because of {where!r}" if where else "", "reason": error.message},
            )
    return given


def _check_uri(given: str) -> str:
    if not _checker(True).is_valid(given):
        raise PydanticCustomError("uri", "A link needs a whole URL, e.g. https://example.org")
    return given


#: Anything that is a JSON Schema as openEO uses them, or a list of some.
DataType = Annotated[Any, AfterValidator(_check_data_type)]
#: A URL that is complete.
Uri = Annotated[str, AfterValidator(_check_uri)]
