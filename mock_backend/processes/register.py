"""Endpoints about processes and the validation of process graphs."""

from typing import Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from mock_backend.auth import Authenticator, User
from mock_backend.models import Endpoint
from mock_backend.processes.definitions import predefined_processes
from mock_backend.processes.graph import graph_errors
from mock_backend.register import EndpointRegister

_ENDPOINTS = (
    Endpoint(path="/processes", methods=("GET",), handler="list_processes"),
    Endpoint(path="/validation", methods=("POST",), handler="validate"),
)


class ValidationRequest(BaseModel):
    """What a client sends to have a process checked."""

    model_config = ConfigDict(extra="allow")

    process_graph: Any = None


class ProcessesRegister(EndpointRegister):
    """Serve ``/processes`` and ``/validation``."""

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def definitions(self) -> dict[str, dict[str, Any]]:
        """Return the processes of this back-end by id; override it to add your own."""
        return dict(predefined_processes())

    def list_processes(self) -> dict[str, Any]:
        """List the predefined processes; all of them, whatever ``limit`` says (clients read one page)."""
        return {"processes": list(self.definitions().values()), "links": []}

    def validate(
        self,
        body: ValidationRequest,
        user: User = Depends(Authenticator.validate),  # noqa: ARG002  # the operation needs a log-in
    ) -> dict[str, Any]:
        """Report what is wrong with a process graph; a graph without faults has an empty list."""
        if body.process_graph is None:
            return {"errors": []}
        found = graph_errors(body.process_graph, self.definitions())
        return {"errors": [{"code": error.openeo_code, "message": error.message} for error in found]}
