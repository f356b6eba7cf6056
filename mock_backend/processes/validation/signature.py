"""The signatures of processes, prepared for checking calls of them; those of users are found here, too."""

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any

from mock_backend.cache import Kept
from mock_backend.dataclass import dataclass
from mock_backend.errors import ProcessNamespaceInvalid
from mock_backend.processes.definitions.remote import ProcessKey, is_url, key_of
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


@dataclass(frozen=True)
class KnownUserProcess:
    """A user-defined process."""

    key: ProcessKey
    graph: Any  #: Its process graph; anything, as it comes from users
    signature: Signature

    @property
    def is_opaque(self) -> bool:
        """True if only its signature is known, as of some at URLs."""
        return self.graph is None and self.key[0] is not None


class UserProcesses:
    """The user-defined processes that process graphs call, each found once.

    Args:
        own: Returns a process of the user by its id, or None.
        remote: Returns the process of an id at a URL, or None; None where URLs are no namespaces.
    """

    def __init__(
        self,
        own: Callable[[str], dict[str, Any] | None],
        remote: Callable[[str, str], dict[str, Any] | None] | None,
    ) -> None:
        self._own, self._remote = own, remote
        self._found: dict[ProcessKey, KnownUserProcess | None] = {}
        #: Errors of URLs that are called, where they lead to no definition.
        self.faults: dict[ProcessKey, ProcessNamespaceInvalid] = {}

    def find(self, process_id: str, namespace: str | None) -> KnownUserProcess | None:
        """Return what a node calls; None if that is no user-defined process."""
        if not (namespace is None or namespace == "user" or is_url(namespace)):
            return None
        # Without a namespace, those of the user come first.
        key = (None, process_id) if namespace is None else key_of(process_id, namespace)
        if key not in self._found:
            url, process = key[0], None
            self._found[key] = None
            try:
                if url is None:
                    process = self._own(process_id)
                elif self._remote is not None:
                    process = self._remote(url, process_id)
            except ProcessNamespaceInvalid as error:
                self.faults[key] = error
            if process is not None:
                self._found[key] = KnownUserProcess(key, process.get("process_graph"), Signature(process))
        return self._found[key]
