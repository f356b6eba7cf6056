"""The jobs of a federation: each is a job of one of its back-ends, with an id that begins with that one's."""

from collections.abc import Mapping
from typing import Any, Literal, Optional

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.federation.upstreams import Answer, FederatedRegister
from mock_backend.api.models import JobsRequest
from mock_backend.api.parameters import Depends
from mock_backend.api.urls import current_base
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import Internal, JobNotFound, ProcessGraphMissing
from mock_backend.jobs import JobsRegister
from mock_backend.jobs.outputs.stac_documents import status_only
from mock_backend.profiles.dialect import Refusal, ShownResults

#: Members of a request for a job beside its process and its options.
_MEMBERS = ("title", "description", "plan", "budget")

#: Errors of a back-end that are those of the process graph; others are the federation's.
_OF_GRAPHS = ("ProcessGraphMissing", "ProcessGraphInvalid")

_JSON = "application/json"


class FederatedJobs(FederatedRegister, JobsRegister):
    """Serve the jobs of all back-ends of the federation."""

    def list_jobs(  # type: ignore[override]  # with more members
        self,
        limit: Optional[int] = None,  # noqa: UP045  # the interface this follows spells it so
        user: User = Depends(Authenticator.validate),
        *,
        before: int | None = None,  # noqa: ARG002  # there is one page
        after: int | None = None,  # noqa: ARG002  # there is one page
    ) -> dict[str, Any]:
        """List the user's jobs at all back-ends.

        Args:
            limit: The maximum number for each back-end; None means all.
            before: Ignored.
            after: Ignored.
        """
        found, missing = self.federation.gather("/jobs", user, limit=limit)
        jobs = [
            {**job, "id": f"{name}-{job['id']}"} for name, listing in found.items() for job in listing["jobs"]
        ]
        told = {"federation:backends": list(found), "federation:missing": missing}
        return {"jobs": jobs, "links": [], **told}

    def create_job(self, body: JobsRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Create a job at the back-end that has all that its process graph asks for."""
        name, document = self._placed(body)
        document |= {key: value for key in _MEMBERS if (value := getattr(body, key)) is not None}
        answer = self.federation.ask(name, "POST", "/jobs", user, body=document)
        if (error := answer.error()) is not None:
            if error.openeo_code in _OF_GRAPHS:
                raise error
            raise Internal(message=f"the back-end {name!r} has not created the job: {error}")
        return self._created("/jobs", f"{name}-{answer.headers['openeo-identifier']}")

    def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:  # type: ignore[override]  # the answer of the back-end as it is
        """Describe a job."""
        return Response(to_json({**self._described(job_id, user), "id": job_id}), media_type=_JSON)

    def delete_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete a job."""
        return self._done("DELETE", job_id, "", user, 204)

    def logs(  # type: ignore[override]  # the answer of the back-end as it is
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        offset: str | None = None,
        level: Literal["debug", "info", "warning", "error", ""] = "debug",
        limit: int | None = None,
    ) -> Response:
        """Return a job's log."""
        query = {"offset": offset, "level": level or None, "limit": limit}
        return self._ask("GET", job_id, "/logs", user, query).passed_on()

    def get_results(
        self,
        job_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        partial: bool | Literal[""] = False,
    ) -> Response:
        """Return a job's results, whose files are downloaded from its back-end."""
        job = self._described(job_id, user)
        answer = self.dialect.results[job["status"]][partial is not False]
        if isinstance(answer, Refusal):
            raise answer.error()
        url = f"{current_base(self.settings.url)}/jobs/{job_id}/results"
        if answer is ShownResults.STATUS_ONLY:
            job = {**job, "id": job_id}
            return status_only(job, self.clock.now(), canonical=f"{url}?partial=true")
        document = self._ask("GET", job_id, "/results", user).json
        links = [link for link in document["links"] if link["rel"] != "self"]
        own = {"rel": "self", "href": url, "type": _JSON}
        return Response(to_json({**document, "id": job_id, "links": [own, *links]}), media_type=_JSON)

    def start_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Start a job, unless it has been started."""
        if self._described(job_id, user)["status"] not in self.dialect.starts:
            return self._done("POST", job_id, "/results", user, 202)
        return Response(status_code=202)

    def cancel_job(self, job_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Cancel a job."""
        return self._done("DELETE", job_id, "/results", user, 204)

    def process_sync_job(
        self, body: JobsRequest = JobsRequest(), user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Process a graph at the back-end that has all that it asks for."""
        name, document = self._placed(body)
        response = self.federation.ask(name, "POST", "/result", user, body=document).passed_on()
        response.headers["OpenEO-Identifier"] = self.new_request_id(next(self._requests))
        return response

    # -- inside ------------------------------------------------------------------------------------

    def _placed(self, body: JobsRequest) -> tuple[str, dict[str, Any]]:
        """Return the back-end for a request, and what it gets of process and job options."""
        graph = (body.process or {}).get("process_graph")
        if not isinstance(graph, dict):
            raise ProcessGraphMissing(
                "The request has no process graph: {'process': {'process_graph': {…}}}."
            )
        extra = body.model_extra or {}
        given = extra.get("job_options", extra)
        options = given if isinstance(given, dict) else {}
        name = self.federation.choose(graph, options)
        kept = {key: each for key, each in options.items() if not key.startswith(("_agg_", "federation:"))}
        process = {"process_graph": _without_prefix(graph, f"{name}-")}
        return name, {"process": process, **({"job_options": kept} if kept else {})}

    def _described(self, job_id: str, user: User) -> dict[str, Any]:
        found: dict[str, Any] = self._ask("GET", job_id, "", user).json
        return found

    def _done(self, method: str, job_id: str, path: str, user: User, status: int) -> Response:
        """Let the back-end of a job do something with it, and insist on the status of its answer."""
        found = self._ask(method, job_id, path, user).status
        if found != status:
            raise Internal(message=f"the back-end of the job {job_id!r} answers {found} instead of {status}")
        return Response(status_code=status)

    def _ask(
        self, method: str, job_id: str, path: str, user: User, query: Mapping[str, object] | None = None
    ) -> Answer:
        """Send a request about a job to its back-end.

        Raises:
            OpenEOError: If there is no such job, or if the back-end answers with an error.
        """
        name, _, own = job_id.partition("-")
        if name not in self.federation or not own or not self.federation[name].is_open:
            raise JobNotFound(identifier=job_id)
        answer = self.federation.ask(name, method, f"/jobs/{own}{path}", user, query=query)
        if (error := answer.error()) is not None:
            raise JobNotFound(identifier=job_id) if error.openeo_code == JobNotFound.code else error
        return answer


def _without_prefix(value: Any, prefix: str) -> Any:
    """Return a process graph whose ids of earlier jobs are those that their back-end gave them."""
    if isinstance(value, list):
        return [_without_prefix(each, prefix) for each in value]
    if not isinstance(value, dict):
        return value
    changed = {key: _without_prefix(each, prefix) for key, each in value.items()}
    arguments = changed.get("arguments")
    if changed.get("process_id") == "load_result" and isinstance(arguments, dict):
        identifier = arguments.get("id")
        if isinstance(identifier, str):
            changed["arguments"] = {**arguments, "id": identifier.removeprefix(prefix)}
    return changed
