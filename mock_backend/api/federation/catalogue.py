"""The offers of a federation: merged, with the back-ends that have each thing, or left to one of these."""

from typing import Any

from starlette.responses import Response

from mock_backend.api.federation.upstreams import FederatedRegister
from mock_backend.api.models import UserProcessRequest
from mock_backend.api.parameters import Depends
from mock_backend.api.register import Part
from mock_backend.api.registers import Registers
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.catalog import CapabilitiesRegister, CollectionsRegister
from mock_backend.catalog.collection import Described, StacCollection
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.clock import Clock
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions import ProcessesRegister, UserProcessesRegister
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.register import ValidationRequest


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


class FederatedUserProcesses(FederatedRegister, UserProcessesRegister):
    """Serve the user-defined processes of the first back-end of the federation."""

    def list_user_processes(  # type: ignore[override]  # the answer of the back-end as it is
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> Response:
        """List the user's processes at the first back-end."""
        return self._ask("GET", "", user, limit=limit, before=before, after=after)

    def get_user_process(  # type: ignore[override]  # the answer of the back-end as it is
        self, process_graph_id: str, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Return a process of the first back-end."""
        return self._ask("GET", f"/{process_graph_id}", user)

    def store_user_process(
        self,
        process_graph_id: str,
        body: UserProcessRequest,
        user: User = Depends(Authenticator.validate),
    ) -> Response:
        """Store a process at the first back-end."""
        document = body.model_dump(mode="json", exclude_unset=True)
        return self._ask("PUT", f"/{process_graph_id}", user, document)

    def delete_user_process(
        self, process_graph_id: str, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Delete a process at the first back-end."""
        return self._ask("DELETE", f"/{process_graph_id}", user)

    def _ask(self, method: str, path: str, user: User, body: Any = None, **query: object) -> Response:
        first = next(iter(self.federation))
        path = f"/process_graphs{path}"
        return self.federation.ask(first, method, path, user, body=body, query=query).passed_on()


class FederatedValidation(FederatedRegister, ValidationRegister):
    """Let the back-end that a process graph is for validate it."""

    def validate(
        self, body: ValidationRequest, user: User | None = Depends(Authenticator.validate_if_given)
    ) -> dict[str, Any]:
        """Report what is wrong with a process, and which back-end says so."""
        if not isinstance(body.process_graph, dict):
            return super().validate(body, user)
        try:
            name = self.federation.choose(body.process_graph, {})
        except OpenEOError as error:
            return {"errors": [{"code": error.openeo_code, "message": error.message}]}
        document = body.model_dump(mode="json", exclude_unset=True)
        answer = self.federation.ask(name, "POST", "/validation", user, body=document)
        if (failure := answer.error()) is not None:
            message = f"The back-end {name!r} has not validated it: {failure.message}"
            return {"errors": [{"code": "UpstreamValidationFailure", "message": message}]}
        errors = answer.json["errors"]
        message = f"The back-end {name!r} reports validation errors."
        told = [{"code": "UpstreamValidationInfo", "message": message}] if errors else []
        return {"errors": [*told, *errors], "federation:backends": [name]}


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
