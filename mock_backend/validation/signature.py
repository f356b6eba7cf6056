"""The signature of a process, prepared for checking calls of it."""

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mock_backend.validation.kinds import Kinds, alternatives, kinds_of
from mock_backend.validation.literals import Checker


class Parameter:
    """A parameter of a process, or one that a process hands to its child process.

    Args:
        definition: Its object in the definition of the process.
    """

    def __init__(self, definition: dict[str, Any]) -> None:
        self.name: str = definition["name"]
        self.schema: Any = definition.get("schema", {})
        self.optional: bool = definition.get("optional") is True
        self.default: Any = definition.get("default")
        self.kinds: Kinds = kinds_of(self.schema)

    @cached_property
    def checker(self) -> Checker:
        """What checks the values of arguments."""
        return Checker(self.schema)

    @cached_property
    def callback(self) -> list["Parameter"] | None:
        """What a child process given for this parameter gets; None if it takes no child process."""
        found = next(_callbacks(self.schema), None)
        return None if found is None else [Parameter(each) for each in found.get("parameters", ())]


class Signature:
    """The signature of a process.

    Args:
        definition: The definition of the process; it need not have texts.
    """

    def __init__(self, definition: dict[str, Any]) -> None:
        self.id: str = definition.get("id", "")
        parameters = (Parameter(each) for each in definition.get("parameters") or ())
        self.parameters = {each.name: each for each in parameters}
        self.required = [each.name for each in self.parameters.values() if not each.optional]
        self.defaults = {each.name: each.default for each in self.parameters.values() if each.optional}
        self.returns: Kinds = kinds_of((definition.get("returns") or {}).get("schema"))


_known: dict[int, tuple[dict[str, Any], Signature]] = {}
_MOST_KNOWN = 2000


def signature_of(definition: dict[str, Any]) -> Signature:
    """Return the signature of a definition that never changes, prepared at most once."""
    found = _known.get(id(definition))
    if found is None or found[0] is not definition:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        # Together with the definition, so that nothing else can get its place in memory.
        found = _known[id(definition)] = definition, Signature(definition)
    return found[1]


def _callbacks(schema: Any) -> Iterator[dict[str, Any]]:
    for each in alternatives(schema):
        if each.get("subtype") == "process-graph":
            yield each
        for inner in ("items", "additionalProperties"):
            if isinstance(each.get(inner), dict):
                yield from _callbacks(each[inner])
