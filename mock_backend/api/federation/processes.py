"""User-defined processes and validation, which a federation leaves to its back-ends."""

from typing import Any

from starlette.responses import Response

from mock_backend.api.federation.upstreams import Answer, FederatedRegister
from mock_backend.api.models import UserProcessRequest
from mock_backend.api.parameters import Depends
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import OpenEOError
from mock_backend.processes.definitions import UserProcessesRegister
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.register import ValidationRequest


def passed_on(answer: Answer) -> Response:
    """Return an answer of a back-end as one's own; raise ``OpenEOError`` if it is an error."""
    if (error := answer.error()) is not None:
        raise error
    return Response(answer.content, status_code=answer.status, media_type=answer.headers.get("content-type"))


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
        return passed_on(self.federation.ask(first, method, path, user, body=body, query=query))


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
