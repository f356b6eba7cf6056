"""The extension Workspaces: storage of users elsewhere, to which jobs can export results."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from mock_backend.api.export_workspaces import Workspaces
from mock_backend.api.models import Endpoint, Link
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister
from mock_backend.api.request_checks import check_editable, refusing
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import OpenEOError, RequestInvalid

_KIND = "workspaces"

_WORKSPACE = "/workspaces/{workspace_id}"

#: Time until a new workspace is ready.
_PROVISIONING = timedelta(seconds=10)

_PROVIDERS: dict[str, dict[str, Any]] = {
    "S3": {
        "title": "S3",
        "description": "Buckets of an object storage that speaks S3.",
        "intents": ["create", "register"],
        "parameters": {
            "username": {"type": "string", "description": "The access key of a bucket to register."},
            "password": {"type": "string", "description": "The secret key of a bucket to register."},
        },
        "links": [],
    }
}


class WorkspacePatch(BaseModel):
    """Request body of a change of a workspace."""

    model_config = ConfigDict(extra="allow")

    title: str | None = None
    description: str | None = None


class WorkspaceRequest(WorkspacePatch):
    """Request body of a new workspace, or of one to register that exists."""

    intent: Literal["create", "register"]
    type: str | None = None
    quota: Annotated[int | None, Field(ge=0)] = None
    url: str | None = None
    parameters: dict[str, Any] | None = None


class StorageWorkspace(BaseModel):
    """A workspace: the facts that are stored about it. Credentials are not."""

    id: str
    title: str | None = None
    description: str | None = None
    type: str
    quota: int | None = None
    url: str
    ready: datetime


class WorkspaceMetadata(BaseModel):
    """A workspace as the API shows it."""

    id: str
    title: str | None = None
    description: str | None = None
    type: str
    status: Literal["provisioning", "ready"]
    quota: int | None = None
    url: str | None = None
    free: int | None = None


class WorkspacesGetResponse(BaseModel):
    """A page of workspaces."""

    workspaces: list[WorkspaceMetadata]
    links: list[Link]


class WorkspacesRegister(KeepingRegister, Workspaces):
    """Serve ``/workspace_providers`` and ``/workspaces``."""

    served = (
        Endpoint(path="/workspace_providers", methods=("GET",), handler="list_providers"),
        Endpoint(path="/workspaces", methods=("GET",), handler="list_workspaces"),
        Endpoint(path="/workspaces", methods=("POST",), handler="create_workspace"),
        Endpoint(path=_WORKSPACE, methods=("GET",), handler="get_workspace"),
        Endpoint(path=_WORKSPACE, methods=("PATCH",), handler="update_workspace"),
        Endpoint(path=_WORKSPACE, methods=("DELETE",), handler="delete_workspace"),
    )

    def list_providers(self) -> dict[str, Any]:
        """List the providers of workspaces (``GET /workspace_providers``)."""
        return {"providers": _PROVIDERS}

    def list_workspaces(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        after: str | None = None,
        before: str | None = None,
    ) -> WorkspacesGetResponse:
        """List the user's workspaces (``GET /workspaces``)."""
        found, links = self._page(_KIND, "/workspaces", user.user_id, limit, after=after, before=before)
        workspaces = [self._shown(StorageWorkspace.model_validate(each)) for _, each in found]
        return WorkspacesGetResponse(workspaces=workspaces, links=links)

    def create_workspace(
        self, body: WorkspaceRequest, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Create or register a workspace (``POST /workspaces``); answers 201 with its URL and id."""
        registers = body.intent == "register"
        missing = [name for name in ("type", "url", "parameters") if getattr(body, name) is None]
        if registers and missing:
            raise RequestInvalid(f"To register a workspace, give its {' and '.join(missing)}.")
        names = {name.lower(): name for name in _PROVIDERS}
        if (name := names.get((body.type or "S3").lower())) is None:
            raise RequestInvalid(
                f"Unknown provider {body.type!r} of workspaces. Available: {', '.join(_PROVIDERS)}."
            )
        with self.lock, refusing():
            identifier = f"workspace-{self._next_number('workspace'):03d}"
            workspace = StorageWorkspace(
                id=identifier,
                title=body.title,
                description=body.description,
                type=name,
                quota=body.quota,
                url=(body.url if registers else None) or f"https://{identifier}.s3.example",
                ready=self.clock.now() + (timedelta(0) if registers else _PROVISIONING),
            )
            self._save(workspace, user)
        return self._created("/workspaces", identifier)

    def get_workspace(
        self, workspace_id: str, user: User = Depends(Authenticator.validate)
    ) -> WorkspaceMetadata:
        """Describe a workspace (``GET /workspaces/{workspace_id}``)."""
        return self._shown(self._own(workspace_id, user))

    def update_workspace(
        self, workspace_id: str, body: WorkspacePatch, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Change title and description (``PATCH /workspaces/{workspace_id}``); what the body omits stays."""
        with self.lock, refusing():
            workspace = self._own(workspace_id, user)
            check_editable(body, WorkspaceMetadata)
            changes = {
                name: getattr(body, name) for name in body.model_fields_set - {*(body.model_extra or ())}
            }
            self._save(workspace.model_copy(update=changes), user)
        return Response(status_code=204)

    def delete_workspace(self, workspace_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Remove a workspace (``DELETE /workspaces/{workspace_id}``)."""
        with self.lock:
            self.store.resources.remove(_KIND, user.user_id, self._own(workspace_id, user).id)
        return Response(status_code=204)

    def has(self, user_id: str, workspace_id: str) -> bool:
        """Tell whether a user has a workspace of an id."""
        return self.store.resources.get(_KIND, user_id, workspace_id) is not None

    def _own(self, workspace_id: str, user: User) -> StorageWorkspace:
        document = self.store.resources.get(_KIND, user.user_id, workspace_id)
        if document is None:
            raise OpenEOError(
                f"The workspace {workspace_id!r} does not exist.", code="WorkspaceNotFound", status=404
            )
        return StorageWorkspace.model_validate(document)

    def _save(self, workspace: StorageWorkspace, user: User) -> None:
        document = workspace.model_dump(mode="json", exclude_none=True)
        self.store.resources.put(_KIND, user.user_id, workspace.id, document)

    def _shown(self, workspace: StorageWorkspace) -> WorkspaceMetadata:
        ready = self.clock.now() >= workspace.ready
        facts = workspace.model_dump(exclude={"ready"} if ready else {"ready", "url"})
        status = "ready" if ready else "provisioning"
        # Nothing is really stored there.
        return WorkspaceMetadata(**facts, status=status, free=workspace.quota if ready else None)
