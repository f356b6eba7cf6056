"""Capabilities and data of a federation: merged, with the back-ends that have each thing."""

from typing import Any

from mock_backend.api.federation.upstreams import FederatedRegister
from mock_backend.api.register import Part
from mock_backend.api.registers import Registers
from mock_backend.catalog import CapabilitiesRegister, CollectionsRegister
from mock_backend.catalog.collection import Described, StacCollection
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.clock import Clock
from mock_backend.processes.definitions import ProcessesRegister


class FederatedCapabilities(FederatedRegister, CapabilitiesRegister):
    """Serve capabilities that list the back-ends of the federation."""

    #: Clock of the back-end.
    clock = Part(Clock)

    def capabilities(self) -> dict[str, Any]:
        """Describe the federation, and the back-ends that it is made of."""
        checked = {"last_status_check": write_instant(self.clock.now())}
        backends = {
            name: {
                "url": each.url,
                "title": each.settings.profile.title,
                "description": each.settings.description,
                "status": "online" if each.is_open else "offline",
                **checked,
            }
            for name, each in self.federation.items()
        }
        return super().capabilities() | {"federation": backends}


class FederatedCollections(FederatedRegister, CollectionsRegister):
    """Serve the collections, file formats and UDF runtimes of all back-ends of the federation."""

    def collections(self) -> dict[str, Described]:
        """Return the collections of all open back-ends; of those of one id, the metadata of the first."""
        return {
            key: _merged(first, names)
            for key, (first, names) in self.federation.offered(_collections).items()
        }

    def output_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that any back-end can write."""
        return self.offered(lambda each: each.one(CollectionsRegister).output_formats())

    def input_formats(self) -> dict[str, dict[str, Any]]:
        """Return the formats that any back-end can read."""
        return self.offered(lambda each: each.one(CollectionsRegister).input_formats())

    def udf_runtimes(self) -> dict[str, dict[str, Any]]:
        """Return the runtimes of any back-end."""
        return self.offered(lambda each: each.one(CollectionsRegister).udf_runtimes())

    def list_collections(self, limit: int | str | None = None, *, offset: int = 0) -> dict[str, Any]:
        """List the collections of all back-ends that can be reached.

        Args:
            limit: The maximum number; all of them by default.
            offset: The number to skip at the beginning: a page's cursor.
        """
        _, missing = self.federation.gather("/collections", limit=1)
        listing = super().list_collections(limit, offset=offset)
        listing["collections"] = _reachable(listing["collections"], missing)
        return {**listing, "federation:missing": missing}

    def list_file_formats(self) -> dict[str, Any]:
        """List the file formats of all back-ends."""
        _, missing = self.federation.gather("/file_formats")
        return {**super().list_file_formats(), "federation:missing": missing}


class FederatedProcesses(FederatedRegister, ProcessesRegister):
    """Serve the processes of all back-ends of the federation."""

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return the processes of all open back-ends; of those of one id, the definition of the first."""
        return self.offered(lambda each: each.one(ProcessesRegister).definitions())

    def list_processes(self, limit: int | None = None) -> dict[str, Any]:
        """List the processes of all back-ends that can be reached."""
        _, missing = self.federation.gather("/processes")
        listing = super().list_processes(limit)
        listing["processes"] = _reachable(listing["processes"], missing)
        return {**listing, "federation:missing": missing}


def _collections(registers: Registers) -> dict[str, Described]:
    register = registers.one(CollectionsRegister)
    return {each: register.known(each) for each in register.ids()}


def _merged(first: Described, names: list[str]) -> Described:
    backends = {"federation:backends": names}
    summaries = {**first.metadata.get("summaries", {}), **backends}
    metadata = {**first.metadata, **backends, "summaries": summaries}
    return StacCollection(first.id, metadata, tile=first.tile, revisit_days=first.revisit_days)


def _reachable(entries: list[dict[str, Any]], missing: list[str]) -> list[dict[str, Any]]:
    """Return the entries that do not come from unreachable back-ends alone."""
    if not missing:
        return entries
    return [each for each in entries if not set(each.get("federation:backends", ("",))) <= set(missing)]
