"""The official process definitions: facts from a file of ours, texts from the installed openeo client."""

import inspect
import json
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.processes.definitions.given import definition_from
from mock_backend.profiles import CatalogueData

#: The official release that the definitions are those of.
RELEASE = "2.0.0-rc.2"

_PART = "processes"
_FILE = Path(__file__).parent / "data" / "definitions.json"


@dataclass
class Texts:
    """The texts of one process."""

    summary: str = ""
    parameters: dict[str, str] = field(default_factory=dict)  #: Description by name of the parameter
    returns: str = ""


@lru_cache(maxsize=1)
def signatures() -> dict[str, dict[str, Any]]:
    """Return what is to be known about the predefined processes except their texts, by process id.

    They have the form of definitions without summary and descriptions (only the parameters of
    callbacks are described), cost a few milliseconds once, and are shared: do not change them.
    """
    document = _document()
    return {process["id"]: _signature(process, document) for process in document["processes"]}


@lru_cache(maxsize=1)
def predefined_processes() -> dict[str, dict[str, Any]]:
    """Return the definitions of all predefined processes, by id; they are shared: do not change them."""
    own, client = _document()["texts"], client_texts()
    return {
        name: _with_texts(signature, client.get(name, Texts()), own.get(name, {}))
        for name, signature in signatures().items()
    }


@lru_cache(maxsize=32)
def signatures_of(catalogue: CatalogueData) -> dict[str, dict[str, Any]]:
    """Return the signatures of all processes that can be called, those of a profile included, by id.

    Args:
        catalogue: The offer of a profile; its file of processes has the form of that of official ones, and
            members of an entry replace those of the official process of its id.
    """
    if (taken := catalogue.taken(_PART)) is not None:
        return dict(_taken(taken.get("processes") or ()))
    known = signatures()
    return known | {
        name: {"id": name, "returns": {"schema": {}}} | known.get(name, {}) | _resolved(entry)
        for name, entry in catalogue.read(_PART).items()
    }


@lru_cache(maxsize=32)
def definitions_of(catalogue: CatalogueData) -> dict[str, dict[str, Any]]:
    """Return the definitions that ``GET /processes`` lists, by id; they are shared: do not change them."""
    if catalogue.taken(_PART) is not None:
        return signatures_of(catalogue)
    official = predefined_processes()
    if not catalogue.listed_processes:
        return official
    changed = signatures_of(catalogue)
    return official | {
        name: _with_texts(changed[name], Texts(), {"summary": entry.get("summary")})
        for name, entry in catalogue.read(_PART).items()
    }


def _taken(definitions: Iterable[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the processes of a snapshot; back-ends do list what is none."""
    for each in definitions:
        if isinstance(each, Mapping):
            with suppress(ValueError):
                yield each["id"], definition_from(each, {})


@lru_cache(maxsize=1)
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(_FILE.read_bytes())
    return document


def _signature(process: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    messages = document["exceptions"]
    signature = process | {
        "parameters": _resolved(process["parameters"]),
        "returns": _resolved(process["returns"]),
    }
    if "exceptions" in process:
        signature["exceptions"] = {code: {"message": messages[code]} for code in process["exceptions"]}
    return signature


def _resolved(part: Any) -> Any:
    """Return the part of the document with what it refers to in place of each ``$ref``."""
    if isinstance(part, dict):
        if "$ref" in part:
            return _shared(part["$ref"])
        return {key: _resolved(value) for key, value in part.items()}
    if isinstance(part, list):
        return [_resolved(value) for value in part]
    return part


@cache
def _shared(name: str) -> Any:
    return _resolved(_document()["shared"][name])


def _with_texts(signature: dict[str, Any], client: Texts, own: dict[str, Any]) -> dict[str, Any]:
    """Return the whole definition; our own texts win, as they are there where the client's are not right."""
    name = signature["id"]
    summary = own.get("summary") or client.summary or name.replace("_", " ").capitalize()
    # The client has no descriptions of processes.
    description = own.get("description") or f"{summary}. In full: https://processes.openeo.org/#{name}"
    described = client.parameters | own.get("parameters", {})
    parameters = [
        {"name": each["name"], "description": described.get(each["name"]) or f"The {each['name']}."} | each
        for each in signature["parameters"]
    ]
    returns = {"description": own.get("returns") or client.returns or "The result."} | signature["returns"]
    head = {"id": name, "summary": summary, "description": description}
    return head | signature | {"parameters": parameters, "returns": returns}


# The client's functions are generated from the official definitions: the docstring has the summary and the
# descriptions of parameters and result, each squeezed into one paragraph and wrapped.
_FIELD = re.compile(r":(?:param (?P<parameter>\w+)|return): ?(?P<text>.*)")
# Where wrapping breaks a compound word.
_LETTER = r"[^\W\d]"
_COMPOUND = re.compile(rf"(?:{_LETTER}{{2}}|{_LETTER}-{_LETTER})-\n(?={_LETTER}-?{_LETTER})")
_SPACES = re.compile(r" {2,}")
_LIST = re.compile(r"(?P<marker>[-*]|1\.) ")
# Wrapping swallows the empty line before a list where the two meet.
_LIST_AFTER_COLON = re.compile(r"(?<=:) (?=(?:[-*]|1\.) )")

# Parameters that the official definitions have renamed since the client was generated.
_RENAMED = {("apply_polygon", "polygons"): "geometries"}


def client_texts() -> dict[str, Texts]:
    """Return the texts of the processes that the installed openeo client has functions for, by process id."""
    # Imported here: it is the client's, and only who asks for texts needs it.
    import openeo.processes

    functions = {
        # ``and_`` and ``if_`` are Python's keywords; the processes have no underscore.
        name.removesuffix("_"): member
        for name, member in vars(openeo.processes).items()
        if isinstance(member, types.FunctionType) and member.__module__ == openeo.processes.__name__
    }
    return {name: _read(name, function.__doc__ or "") for name, function in functions.items()}


def _read(process: str, docstring: str) -> Texts:
    summary, *lines = inspect.cleandoc(docstring).split("\n")
    # Under ``python -OO`` there is nothing but what the client's decorator adds.
    texts = Texts(summary="" if summary.startswith(".. ") else summary)
    for name, description in _fields(lines):
        if name is None:
            texts.returns = description
        else:
            texts.parameters[_RENAMED.get((process, name), name.removesuffix("_"))] = description
    return texts


def _fields(lines: Iterable[str]) -> Iterable[tuple[str | None, str]]:
    """Yield name and description of each parameter, and of the result with None as its name."""
    found: list[tuple[str | None, list[str]]] = []
    for line in lines:
        if start := _FIELD.match(line):
            found.append((start["parameter"], [start["text"]]))
        elif found and line.startswith(" "):
            found[-1][1].append(line.strip())
        elif line:
            break
    return ((name, markdown("\n".join(wrapped))) for name, wrapped in found)


def markdown(wrapped: str) -> str:
    """Return the Markdown that was squeezed into one paragraph and wrapped.

    Each line break had become a space: two spaces are an empty line, more of them an indented line.
    A single space is as good as any other, except before the next item of a list.
    """
    text = _COMPOUND.sub(lambda found: found[0][:-1], wrapped).replace("\n", " ")
    text = _LIST_AFTER_COLON.sub("  ", text)
    text = _SPACES.sub(lambda found: "\n\n" if len(found[0]) == 2 else "\n" + found[0][1:], text)
    return "\n\n".join(map(_items, text.split("\n\n")))


def _items(paragraph: str) -> str:
    """Begin a line for each item if the paragraph is a list."""
    start = _LIST.match(paragraph)
    if start is None:
        return paragraph
    marker = start["marker"]
    if marker != "1.":
        return paragraph.replace(f" {marker} ", f"\n{marker} ")
    number = 2
    while f" {number}. " in paragraph:
        paragraph = paragraph.replace(f" {number}. ", f"\n{number}. ", 1)
        number += 1
    return paragraph
