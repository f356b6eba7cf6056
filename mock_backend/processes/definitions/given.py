"""Process definitions from descriptions: a full definition, or a name and a few words."""

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

_NAME = re.compile(r"\w+")


def definition_from(given: str | Mapping[str, Any] | object, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return a complete process definition.

    Args:
        given: An id; or a definition, of which ``members`` replace some; or an object whose
            ``to_dict()`` is one.
        members: Members of the definition. ``parameters`` may be names, ``returns`` just a schema.

    Raises:
        ValueError: If no definition follows from that; the message says why.
    """
    given = {"id": given} if isinstance(given, str) else as_told(given)
    if not isinstance(given, Mapping):
        raise ValueError(f"A process must be an id or a definition, got {type(given).__name__}.")
    told = {**given, **{name: value for name, value in members.items() if value is not None}}
    identifier = told.get("id")
    if not isinstance(identifier, str) or not _NAME.fullmatch(identifier):
        raise ValueError(f"A process needs an id of letters, digits and underscores, got {identifier!r}.")
    text = told.get("description") or told.get("summary") or identifier
    definition = told | {
        "description": text,
        "parameters": _parameters(identifier, told.get("parameters") or ()),
        "returns": _returns(identifier, told.get("returns") or {}),
    }
    try:
        # A copy that shares nothing with what was given.
        copy: dict[str, Any] = json.loads(json.dumps(definition, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise ValueError(f"The process {identifier} is made of what JSON can say: {error}.") from None
    return copy


def definitions_from(given: str | os.PathLike[str] | Iterable[Any]) -> list[dict[str, Any]]:
    """Return several process definitions.

    Args:
        given: Definitions; or the path of a file with one, with a list of them, or with what a
            back-end answers to ``GET /processes``; or the path of a folder of such files.

    Raises:
        ValueError: If something in it is no definition; the message says what.
        OSError: If a file cannot be read.
    """
    if isinstance(given, str | os.PathLike):
        path = Path(given)
        files = sorted(path.rglob("*.json")) if path.is_dir() else [path]
        given = [each for file in files for each in _read(file)]
    return [definition_from(each, {}) for each in given]


def as_told(given: Any) -> Any:
    """Return what an object tells by its ``to_dict()``; other values as they are."""
    if not isinstance(given, Mapping) and callable(to_dict := getattr(given, "to_dict", None)):
        return to_dict()
    return given


def json_in(file: Path) -> Any:
    """Return the content of a file; raise ``ValueError`` if it is not JSON, ``OSError`` if there is none."""
    try:
        return json.loads(file.read_bytes())
    except ValueError as error:
        raise ValueError(f"{file} is not valid JSON: {error}.") from None


def _read(file: Path) -> list[Any]:
    content = json_in(file)
    if isinstance(content, dict):
        content = content.get("processes", [content])
    if not isinstance(content, list):
        raise ValueError(f"{file} holds neither a process definition nor a list of them.")
    # Folders of definitions hold other files, too, e.g. tests of them.
    return [each for each in content if isinstance(each, dict) and "id" in each and "parameters" in each]


def _parameters(process: str, given: Any) -> list[dict[str, Any]]:
    if isinstance(given, str) or not isinstance(given, Sequence):
        raise ValueError(f"The parameters of {process} must be a list of names or objects, got {given!r}.")
    parameters = [_parameter(process, each) for each in given]
    names = [each["name"] for each in parameters]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"The process {process} has the parameter {name!r} twice.")
    return parameters


def _parameter(process: str, given: Any) -> dict[str, Any]:
    given = {"name": given} if isinstance(given, str) else as_told(given)
    name = given.get("name") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise ValueError(
            f"A parameter of {process} needs a name of letters, digits and underscores: {given!r}."
        )
    parameter = {"description": name, "schema": {}, **given}
    if "default" in parameter:
        parameter.setdefault("optional", True)
    return parameter


def _returns(process: str, given: Any) -> dict[str, Any]:
    if not isinstance(given, Mapping):
        raise ValueError(f"What {process} returns must be an object with a schema, got {given!r}.")
    returns = dict(given) if "schema" in given else {"schema": dict(given)}
    returns.setdefault("description", f"What {process} returns.")
    return returns
