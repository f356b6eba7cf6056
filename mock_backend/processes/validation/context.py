"""Context of checks of a process: the processes, the data and the formats that there are."""

from collections.abc import Callable, Mapping, Set
from dataclasses import field
from typing import Any, Protocol

from mock_backend.dataclass import dataclass


class Catalogue(Protocol):
    """The data that there are, and the formats of files."""

    def find(self, collection_id: str) -> dict[str, Any] | None:
        """Return a collection's STAC metadata."""

    def ids(self) -> list[str]:
        """Return the ids of all collections."""

    def output_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be written, by name."""

    def input_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that can be read, by name."""

    def udf_runtimes(self) -> dict[str, dict[str, Any]]:
        """Return the runtimes of user-defined functions, by name."""


@dataclass(frozen=True)
class Context:
    """Context of checks of a process."""

    processes: Mapping[str, dict[str, Any]]  #: The definitions of the predefined processes by id
    catalogue: Catalogue  #: The data that there are
    #: Returns a user-defined process of the user by its id, or None
    user_process: Callable[[str], dict[str, Any] | None] = lambda _: None
    lets_pass: Set[str] = field(default_factory=frozenset)  #: The names of the rules that do not refuse
    #: Returns the ids of all user-defined processes of the user
    user_processes: Callable[[], list[str]] = list
    #: Returns the process of an id at a URL; None if nothing is known of the URL. There is no such function
    #: where URLs are no namespaces.
    remote_process: Callable[[str, str], dict[str, Any] | None] | None = None
    work_limit: float = 1.0  #: Factor of the limits of work
