"""User-defined processes that process graphs call, those at URLs included."""

from collections.abc import Callable
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors import ProcessNamespaceInvalid
from mock_backend.processes.definitions.remote import ProcessKey, is_url, key_of
from mock_backend.processes.validation.signature import Signature


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
