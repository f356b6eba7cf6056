"""The endpoint that lists the predefined processes."""

import os
from collections.abc import Hashable, Iterable, Mapping
from functools import cached_property
from typing import Any

from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister
from mock_backend.api.urls import current_base, current_version
from mock_backend.processes.definitions.given import definition_from, definitions_from
from mock_backend.processes.definitions.predefined import RELEASE, definitions_of, signatures_of
from mock_backend.processes.definitions.remote import RemoteProcesses
from mock_backend.profiles import federated_at

_ENDPOINTS = (Endpoint(path="/processes", methods=("GET",), handler="list_processes"),)


class ProcessesRegister(EndpointRegister):
    """Serve ``/processes``."""

    kept = frozenset({"list_processes"})

    def likeness(self) -> Hashable | None:
        """Return what the list follows from; None if that cannot be told."""
        profile = self.settings.profile
        return (profile.catalogue, profile.federation) if self.is_standard else None

    served = _ENDPOINTS

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return the processes of this back-end by id; override it to add your own.

        The definitions themselves are shared with other back-ends: replace one, do not change it.
        """
        return {**definitions_of(self.settings.profile.catalogue), **self._added}

    def add(self, process: str | Mapping[str, Any] | object, **members: Any) -> dict[str, Any]:
        """Add a process, until the back-end is reset; see ``MockBackend.add_process``.

        Raises:
            ValueError: If it is no process, or one whose id is taken.
        """
        definition = definition_from(process, members)
        if definition["id"] in self.definitions():
            raise ValueError(f"There is a process {definition['id']!r} already.")
        self._added[definition["id"]] = definition
        return definition

    def add_all(self, processes: str | os.PathLike[str] | Iterable[Any]) -> list[dict[str, Any]]:
        """Add processes, or put them in the place of those of their ids; see ``MockBackend.add_processes``.

        Raises:
            ValueError: If something is no process.
            OSError: If a file cannot be read.
        """
        definitions = definitions_from(processes)
        self._added.update({each["id"]: each for each in definitions})
        return definitions

    def reset(self) -> None:
        """Forget the processes that have been added."""
        self._added.clear()
        self.remote.clear()

    @cached_property
    def remote(self) -> RemoteProcesses:
        """The definitions of processes at URLs."""
        return RemoteProcesses()

    def signatures(self) -> Mapping[str, dict[str, Any]]:
        """Return all processes that can be called, by id, possibly without texts; do not change them."""
        if type(self).definitions is not ProcessesRegister.definitions:
            return self.definitions()
        known = signatures_of(self.settings.profile.catalogue)
        return {**known, **self._added} if self._added else known

    @property
    def is_standard(self) -> bool:
        """True if these are the processes that every back-end offers."""
        return type(self) is ProcessesRegister and not self._added and not self.remote

    @cached_property
    def _added(self) -> dict[str, dict[str, Any]]:
        return {}

    def list_processes(self, limit: int | None = None) -> dict[str, Any]:  # noqa: ARG002  # see below
        """List the predefined processes; all of them, whatever ``limit`` says: clients read one page."""
        listing: dict[str, Any] = {"processes": list(self.definitions().values()), "links": []}
        offered = federated_at(self.settings.profile, current_base(self.settings.url))
        if offered is not None:
            told = {"federation:backends": list(offered.backends)}
            listing["processes"] = [{**told, **each} for each in listing["processes"]]
            listing["federation:missing"] = []
        if current_version(self.settings.api_version).processes_release:
            listing["version"] = RELEASE
        return listing
