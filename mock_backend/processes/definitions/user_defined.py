"""The processes that users store for themselves."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

from starlette.responses import Response

from mock_backend.api.models import Endpoint, UserProcessesGetResponse, UserProcessRequest, odd_schema
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister, Part, optional
from mock_backend.api.request_checks import refusing
from mock_backend.api.urls import current_base
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import (
    PredefinedProcessExists,
    ProcessGraphInvalid,
    ProcessGraphMissing,
    ProcessGraphNotFound,
    ProcessInvalid,
    ProcessUnsupported,
)
from mock_backend.processes.definitions.graph import arguments_of, first_fault, nested_graphs
from mock_backend.processes.definitions.register import ProcessesRegister

_ENDPOINTS = (
    Endpoint(path="/process_graphs", methods=("GET",), handler="list_user_processes"),
    Endpoint(path="/process_graphs/{process_graph_id}", methods=("GET",), handler="get_user_process"),
    Endpoint(path="/process_graphs/{process_graph_id}", methods=("PUT",), handler="store_user_process"),
    Endpoint(path="/process_graphs/{process_graph_id}", methods=("DELETE",), handler="delete_user_process"),
    # The specification has no such operations; openeo-python-driver has them, and the openeo client asks for
    # them.
    Endpoint(path="/processes/{namespace}", methods=("GET",), handler="list_public_processes"),
    Endpoint(path="/processes/{namespace}/{process_id}", methods=("GET",), handler="get_public_process"),
)

_KIND = "process_graphs"
_NULLABLE = ("id", "summary", "description", "parameters", "returns")
#: The namespace of a user's public processes begins with it.
_USER = "u:"
#: Members that listings leave out, to stay small.
_DETAILS = ("process_graph", "exceptions", "examples", "links")

# The specification has no hyphens; real back-ends take them, and the official conformance suite uses them.
_ID = re.compile(r"[A-Za-z0-9_-]{1,200}")
_SPECIFIED_ID = re.compile(r"[A-Za-z0-9_]+")


class LetsPass(Protocol):
    """Receiver of notes on leniencies."""

    def let_pass(self, about: str, rule: str, message: str) -> None:
        """Note for a request that a rule is broken, which does not refuse it."""


class UserProcessesRegister(KeepingRegister):
    """Serve ``/process_graphs``: processes that users define by process graphs."""

    #: The register of predefined processes.
    processes = Part(ProcessesRegister)
    #: Receiver of notes on leniencies; None if there is none.
    validation = optional(LetsPass)
    #: True if users may give a process of theirs the id of a predefined one, which it then replaces for them.
    replaces_predefined: ClassVar[bool] = False

    served = _ENDPOINTS

    def check_stored(self) -> None:
        """Check that all processes that are stored can be read."""
        self._check_each(_KIND, lambda _, document: odd_schema(document["process"], refuses=False))

    def find(self, user_id: str, process_id: str) -> dict[str, Any] | None:
        """Return a user's process, with its process graph; None if there is none of this id."""
        document = self.store.resources.get(_KIND, user_id, process_id)
        return None if document is None else document["process"]

    def has_any(self, user_id: str) -> bool:
        """Tell whether a user has processes."""
        return bool(self.store.resources.page(_KIND, user_id, limit=1).entries)

    def ids(self, user_id: str) -> list[str]:
        """Return the ids of a user's processes."""
        return [key for key, _ in self.store.resources.page(_KIND, user_id).entries]

    def of(self, user_id: str) -> dict[str, dict[str, Any]]:
        """Return the processes of a user, by id."""
        return {key: each["process"] for key, each in self.store.resources.page(_KIND, user_id).entries}

    def all(self) -> dict[str, dict[str, dict[str, Any]]]:
        """Return the processes of all users, by user and id."""
        return {owner: self.of(owner) for owner in self.store.resources.owners(_KIND)}

    def list_user_processes(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> UserProcessesGetResponse:
        """List the user's processes in the order of their ids (openEO API 1.2, ``GET /process_graphs``).

        Args:
            limit: The maximum number; None means all.
            user: Whose processes.
            before: A page's cursor: only ids before this one.
            after: A page's cursor: only ids after this one.
        """
        found, links = self._page(_KIND, "/process_graphs", user.user_id, limit, after=after, before=before)
        processes = [_summary(document["process"]) for _, document in found]
        return UserProcessesGetResponse(processes=processes, links=links)

    def get_user_process(
        self, process_graph_id: str, user: User = Depends(Authenticator.validate)
    ) -> dict[str, Any]:
        """Return a process as it was stored (``GET /process_graphs/{process_graph_id}``)."""
        process = self.find(user.user_id, process_graph_id)
        if process is None:
            raise ProcessGraphNotFound(identifier=process_graph_id)
        if process.get("public") and self.settings.profile.dialect.public_urls:
            return self._with_public_url(process, user.user_id)
        return process

    def list_public_processes(self, namespace: str, full: bool = False) -> dict[str, Any]:
        """List the processes of a namespace (``GET /processes/{namespace}``).

        Args:
            namespace: ``u:`` and the id of a user, ``backend``, or the name of a provider.
            full: True to include their process graphs.
        """
        found = self._named(namespace).values()
        return {"processes": [each if full else _summary(each) for each in found], "links": []}

    def get_public_process(self, namespace: str, process_id: str) -> dict[str, Any]:
        """Return a process of a namespace (``GET /processes/{namespace}/{process_id}``)."""
        if (found := self._named(namespace).get(process_id)) is None:
            raise ProcessUnsupported(process=process_id, namespace=namespace)
        return found

    def _named(self, namespace: str) -> dict[str, dict[str, Any]]:
        """Return the processes of a namespace by id: a user's public ones, the back-end's or a provider's."""
        if namespace.startswith(_USER):
            user_id = namespace.removeprefix(_USER)
            public = {name: each for name, each in self.of(user_id).items() if each.get("public")}
            if public:
                return {name: self._with_public_url(each, user_id) for name, each in public.items()}
        if namespace == "backend":
            return self.processes.definitions()
        named = self.settings.profile.catalogue.read("namespaces").get(namespace, {})
        return {name: _provided(name, parameters) for name, parameters in named.items()}

    def _with_public_url(self, process: dict[str, Any], user_id: str) -> dict[str, Any]:
        """Return a user's public process with the link to its URL."""
        name, base = process["id"], current_base(self.settings.url)
        href = f"{base}/processes/{quote(_USER + user_id, safe=':')}/{quote(name)}"
        link = {"rel": "canonical", "href": href, "title": f"Public URL of the user-defined process {name!r}"}
        return process | {"links": [*process.get("links", ()), link]}

    def store_user_process(
        self,
        process_graph_id: str,
        body: UserProcessRequest,
        user: User = Depends(Authenticator.validate),
    ) -> Response:
        """Store a process, in place of an earlier one (``PUT /process_graphs/{process_graph_id}``).

        What it calls need not exist yet; that is checked when the process is used.
        """
        given = body.model_extra or {}
        self._check_id(process_graph_id)
        _check_id_in_body(given.get("id"), process_graph_id)
        if given.get("process_graph") is None:
            raise ProcessGraphMissing("The process has no process graph: send it as {'process_graph': {…}}.")
        _check_structure(given["process_graph"])
        with refusing(ProcessInvalid):
            odd = odd_schema(given, refuses=not self._passes("parameter-schema"))
            if odd is not None:
                self._let_pass("parameter-schema", odd)
            # Where null is allowed it is the same as nothing, which is what all clients understand.
            told = {
                name: value for name, value in given.items() if value is not None or name not in _NULLABLE
            }
            process = {"id": process_graph_id} | told | {"id": process_graph_id}
            # In an object of its own: what users call their members must not mean anything to a store.
            self.store.resources.put(_KIND, user.user_id, process_graph_id, {"process": process})
        return Response(status_code=200)

    def delete_user_process(
        self, process_graph_id: str, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Delete a process; jobs and services that call it stay (``DELETE /process_graphs/…``)."""
        if not self.store.resources.remove(_KIND, user.user_id, process_graph_id):
            raise ProcessGraphNotFound(identifier=process_graph_id)
        return Response(status_code=204)

    def _check_id(self, process_id: str) -> None:
        if not _ID.fullmatch(process_id):
            raise _no_id(process_id)
        if self.replaces_predefined or process_id not in self.processes.signatures():
            return
        message = f"There is a predefined process {process_id!r}; give yours another id."
        if not self._passes("predefined-id"):
            raise PredefinedProcessExists(message)
        self._let_pass("predefined-id", message)

    def _passes(self, rule: str) -> bool:
        return bool({rule, "all"} & self.settings.lets_pass)

    def _let_pass(self, rule: str, message: str) -> None:
        if self.validation is not None:
            self.validation.let_pass("PUT /process_graphs", rule, message)


def _check_id_in_body(given: Any, process_id: str) -> None:
    """Check an id that does not count, except that it has to be one."""
    if isinstance(given, str) and given != process_id and not _SPECIFIED_ID.fullmatch(given):
        raise _no_id(given)


def _no_id(text: str) -> ProcessInvalid:
    return ProcessInvalid(
        f"The id of a process must consist of letters, digits and underscores, at most 200, got {text!r}."
    )


def _provided(name: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    told = [{"name": each, "description": each, "schema": {}, **facts} for each, facts in parameters.items()]
    return {
        "id": name,
        "description": f"The process {name!r}, which is defined by its provider.",
        "parameters": told,
        "returns": {"schema": {}},
    }


def _summary(process: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in process.items() if name not in _DETAILS}


def _check_structure(graph: Any, where: str = "") -> None:
    """Raise ``ProcessGraphInvalid`` if a process graph, or one in it, is none."""
    fault = first_fault(graph)
    if fault is not None:
        place = where if fault.node is None else f"{where}/{fault.node}"
        raise ProcessGraphInvalid(fault.message + (f" [at {place.removeprefix('/')}]" if place else ""))
    for node_id, node in graph.items():
        for inner in nested_graphs(arguments_of(node)):
            _check_structure(inner, f"{where}/{node_id}")
