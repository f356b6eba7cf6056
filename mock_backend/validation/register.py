"""The validation of processes, for the endpoint and for all registers that take process graphs."""

from functools import cached_property
from typing import Any

from fastapi import Depends
from pydantic import BaseModel, ConfigDict

from mock_backend.auth import Authenticator, User
from mock_backend.models import Endpoint
from mock_backend.processes import Graph, ProcessesRegister, check_process, graph_errors
from mock_backend.register import EndpointRegister

_ENDPOINTS = (Endpoint(path="/validation", methods=("POST",), handler="validate"),)


class ValidationRequest(BaseModel):
    """What a client sends to have a process checked."""

    model_config = ConfigDict(extra="allow")

    process_graph: Any = None


class ValidationRegister(EndpointRegister):
    """Serve ``/validation`` and check processes for the other registers."""

    provides = "validation"

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    @cached_property
    def processes(self) -> ProcessesRegister:
        """Which processes there are."""
        return ProcessesRegister(self.settings)

    def validate(
        self,
        body: ValidationRequest,
        user: User = Depends(Authenticator.validate),  # noqa: ARG002  # the operation needs a log-in
    ) -> dict[str, Any]:
        """Report what is wrong with a process graph; a graph without faults has an empty list."""
        if body.process_graph is None:
            return {"errors": []}
        found = graph_errors(body.process_graph, self.processes.definitions())
        return {"errors": [{"code": error.openeo_code, "message": error.message} for error in found]}

    def require(self, process: Any, user: User) -> Graph:  # noqa: ARG002  # whose own processes count
        """Return the process graph of a request's ``process`` if it can be processed.

        Args:
            process: What the client sent as ``process``.
            user: Who sent it.

        Raises:
            OpenEOError: The first of its problems.
        """
        return check_process(process, self.processes.definitions())
