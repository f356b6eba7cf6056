"""The signature of a process, prepared for checking calls of it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from mock_backend.cache import Kept
from mock_backend.processes.validation.kinds import Kinds, alternatives, kinds_of, subtype_of, takes_anything
from mock_backend.processes.validation.schema_check import Checker


class Parameter:
    """A parameter of a process, or one that a process hands to its child process."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        self.name: str = definition["name"]
        self.schema: Any = definition.get("schema", {})
        # Whoever gives a default means that the parameter is optional; the API asks to take it as such.
        self.optional: bool = definition.get("optional") is True or "default" in definition
        self.default: Any = definition.get("default")
        self.kinds: Kinds = kinds_of(self.schema)
        self.takes_anything: bool = takes_anything(self.schema)

    @cached_property
    def checker(self) -> Checker:
        """Checker of the values of arguments."""
        return Checker(self.schema)

    @cached_property
    def callback(self) -> list["Parameter"] | None:
        """Parameters of a child process given for this parameter; None if unknown."""
        found = next(_callbacks(self.schema), None)
        return (
            None if found is None else [Parameter(each) for each in sound_parameters(found.get("parameters"))]
        )

    def is_default(self, argument: Any) -> bool:
        """Tell whether an argument is the default, which may be something that the schema does not take."""
        return self.optional and type(argument) is type(self.default) and argument == self.default


class Signature:
    """The signature of a process, whose definition need not have texts."""

    def __init__(self, definition: Mapping[str, Any]) -> None:
        parameters = definition.get("parameters")
        #: True if the parameters are known; user-defined processes need not tell theirs.
        self.is_told: bool = isinstance(parameters, list)
        self.parameters = {each["name"]: Parameter(each) for each in sound_parameters(parameters)}
        self.required = [each.name for each in self.parameters.values() if not each.optional]
        self.defaults = {each.name: each.default for each in self.parameters.values() if each.optional}
        returns = definition.get("returns")
        self.returns: Kinds = kinds_of(returns.get("schema")) if isinstance(returns, dict) else None


_known: Kept[tuple[dict[str, Any], Signature]] = Kept(2000)


def signature_of(definition: dict[str, Any]) -> Signature:
    """Return the signature of a definition that never changes, prepared at most once."""
    # Together with the definition, so that nothing else can get its place in memory.
    return _known.get(id(definition), lambda: (definition, Signature(definition)))[1]


def sound_parameters(parameters: Any) -> list[Mapping[str, Any]]:
    """Return those definitions of parameters that are some: they come from users."""
    if not isinstance(parameters, list | tuple):
        return []
    return [each for each in parameters if isinstance(each, dict) and isinstance(each.get("name"), str)]


def _callbacks(schema: Any) -> Iterator[dict[str, Any]]:
    for each in alternatives(schema):
        if subtype_of(each) == "process-graph":
            yield each
        for inner in ("items", "additionalProperties"):
            if isinstance(each.get(inner), dict):
                yield from _callbacks(each[inner])
