"""Requests and responses about user-defined processes."""

import json
from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from mock_backend.api.models.links import Link

_TYPES = {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]}
_URI = {"type": "string", "format": "uri"}
_COUNT = {"type": "number", "minimum": 0}
#: The most characters of a JSON Schema of which it is told what is wrong.
_LONGEST = 20_000
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
    if len({json.dumps(each, sort_keys=True) for each in several}) < len(several):
        raise PydanticCustomError("data_type", "The schemas in a list differ from each other")
    for each in () if info.context == ANY_SCHEMA else several:
        if not _checker(False).is_valid(each):
            raise PydanticCustomError(
                "data_type", "This is not a JSON Schema{reason}", {"reason": _why_not(each)}
            )
    return given


def _why_not(schema: dict[str, Any]) -> str:
    from jsonschema_rs import ValidationError

    try:
        # Where one of two schemas has to fit, all errors are listed before the first is given.
        if len(json.dumps(schema)) <= _LONGEST:
            _checker(False).validate(schema)
    except ValidationError as error:
        where = ".".join(map(str, error.instance_path))
        return f"{f', because of {where!r}' if where else ''}: {error.message}"
    return ""


def _check_uri(given: str) -> str:
    if not _checker(True).is_valid(given):
        raise PydanticCustomError("uri", "A link needs a whole URL, e.g. https://example.org")
    return given


#: Anything that is a JSON Schema as openEO uses them, or a list of some.
DataType = Annotated[Any, AfterValidator(_check_data_type)]
#: A URL that is complete.
Uri = Annotated[str, AfterValidator(_check_uri)]


# Built when a process is stored: most back-ends never see one.
_STRICT = ConfigDict(extra="allow", strict=True, defer_build=True)
_Item = TypeVar("_Item")
#: A list of which the first error is told: those of millions of items would take gigabytes.
Items = Annotated[list[_Item], Field(fail_fast=True)]


def _check_names(parameters: "list[ProcessParameter]") -> "list[ProcessParameter]":
    names = [each.name for each in parameters]
    if repeated := sorted(name for name, count in Counter(names).items() if count > 1):
        raise PydanticCustomError(
            "names", "The names of parameters are unique, but these are not: {names}", {"names": repeated}
        )
    return parameters


class ProcessParameter(BaseModel):
    """A parameter of a process."""

    model_config = _STRICT

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
    description: str
    data_type: DataType = Field(alias="schema")
    optional: bool = False
    deprecated: bool = False
    experimental: bool = False


class ProcessReturn(BaseModel):
    """Return value of a process."""

    model_config = _STRICT

    description: str = ""
    data_type: DataType = Field(alias="schema")


class ProcessException(BaseModel):
    """An error that a process may end with."""

    model_config = _STRICT

    message: str
    description: str = ""
    http: int = 400


class ProcessExample(BaseModel):
    """A call of a process."""

    model_config = _STRICT

    arguments: dict[str, Any]
    title: str = ""
    description: str = ""


class ProcessLink(BaseModel):
    """A link of a process."""

    model_config = _STRICT

    href: Uri
    rel: str
    type: str = ""
    title: str = ""


def _first_wrong(given: Any) -> Any:
    """Return of the errors that a process may end with the first that is wrong, or all if none is."""
    for name, each in given.items() if isinstance(given, dict) else ():
        try:
            ProcessException.model_validate(each)
        except ValidationError:
            return {name: each}
    return given


class UserProcess(BaseModel):
    """Process of a user, as the API describes it; null, where it is allowed, is the same as nothing."""

    model_config = _STRICT

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    summary: str | None = None
    description: str | None = None
    parameters: Annotated[Items[ProcessParameter], AfterValidator(_check_names)] | None = None
    returns: ProcessReturn | None = None
    categories: Items[str] = []
    deprecated: bool = False
    experimental: bool = False
    exceptions: Annotated[dict[str, ProcessException], BeforeValidator(_first_wrong)] = {}
    examples: Items[ProcessExample] = []
    links: Items[ProcessLink] = []
    process_graph: dict[str, Any]


def odd_schema(process: Any, *, refuses: bool) -> str | None:
    """Check what a user says of a process, and return what is wrong with schemas of its parameters.

    Args:
        refuses: True if invalid schemas refuse it, too.

    Returns:
        What is wrong with them; None if nothing is.

    Raises:
        ValidationError: If it is not what the API lets a user say.
    """
    if (
        isinstance(process, dict)
        and [*process] == ["process_graph"]
        and type(process["process_graph"]) is dict
    ):
        return None  # it says nothing of itself, as most processes of jobs
    try:
        UserProcess.model_validate(process)
    except ValidationError as error:
        if refuses:
            raise
        UserProcess.model_validate(process, context=ANY_SCHEMA)
        return str(error.errors(include_url=False)[0]["msg"])
    return None


class UserProcessRequest(BaseModel):
    """Request body of a process to store: any object; ``UserProcess`` finds its errors."""

    model_config = ConfigDict(extra="allow")


class UserProcessesGetResponse(BaseModel):
    """A page of user-defined processes."""

    processes: list[dict[str, Any]]
    links: list[Link]
