"""The texts of the official processes, as the installed openeo client tells them.

The client's functions are generated from the official definitions: the docstring has the summary
and the descriptions of parameters and result, each squeezed into one paragraph and wrapped.
"""

import inspect
import re
import types
from collections.abc import Iterable
from dataclasses import field

from mock_backend.dataclass import dataclass

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


@dataclass
class Texts:
    """The texts of one process."""

    summary: str = ""
    parameters: dict[str, str] = field(default_factory=dict)  #: Description by name of the parameter
    returns: str = ""


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
