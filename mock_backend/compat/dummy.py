"""``DummyBackend``: the attributes and methods of the openeo client's stub, on a ``MockBackend``."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mock_backend.auth.accounts import User
from mock_backend.backend import MockBackend
from mock_backend.compat.registers import CompatCollections, CompatJobs, CompatValidation
from mock_backend.jobs.changing import plant
from mock_backend.transports.asgi_driver import Reply, request_scope

if TYPE_CHECKING:
    from openeo.rest.connection import Connection

_Item = TypeVar("_Item")

#: The operations that it answers where requests-mock answers all others.
_ROUTES = (
    ("POST", "result"),
    ("POST", "jobs"),
    ("POST", r"jobs/(job-\d+)/results"),
    ("GET", r"jobs/(job-\d+)"),
    ("GET", r"jobs/(job-\d+)/results"),
    ("DELETE", r"jobs/(job-\d+)/results"),
    ("HEAD", r"jobs/(.*?)/results/result\.data"),
    ("GET", r"jobs/(.*?)/results/result\.data"),
    ("GET", r"jobs/(.*?)/logs"),
    ("POST", "validation"),
)


class DummyBackend:
    """A back-end that accepts anything, for tests that were written for the openeo client's stub.

    New tests are better served by ``MockBackend`` itself: see the guide, "Moving from stubs".

    Args:
        requests_mock: The mocker of requests-mock of the test, which answers all other requests to the
            host; None if nothing else does.
        connection: The connection to the back-end; one of its own by default.
        url: The URL of the back-end if there is no connection.
    """

    DEFAULT_RESULT = b'{"what?": "Result data"}'

    def __init__(
        self,
        requests_mock: Any = None,
        connection: "Connection | None" = None,
        *,
        url: str = "https://openeo.test",
    ) -> None:
        self._requests_mock = requests_mock
        self.file_formats: dict[str, dict[str, Any]] = {"input": {}, "output": {}}
        self.collections: dict[str, dict[str, Any]] = {}
        self.sync_requests: list[dict[str, Any]] = []
        self.sync_requests_full: list[dict[str, Any]] = []
        self.batch_jobs: dict[str, dict[str, Any]] = {}
        self.batch_jobs_full: dict[str, dict[str, Any]] = {}
        self.validation_requests: list[Any] = []
        self.next_result: Any = self.DEFAULT_RESULT
        self.next_validation_errors: Any = []
        #: The usage that finished jobs tell: value and unit by name.
        self.next_batch_job_usage: dict[str, dict[str, Any]] = {
            "cpu": {"unit": "cpu-seconds", "value": 1234.5},
            "memory": {"unit": "mb-seconds", "value": 34567.89},
            "duration": {"unit": "seconds", "value": 2345},
        }
        self.extra_job_metadata_fields: list[str] = []
        #: Returns the status of a job at its start and at each look after that.
        self.job_status_updater: Callable[..., str] = lambda **_: "finished"
        #: Returns the id of a job from its process graph, or None for the next number.
        self.job_id_generator: Callable[..., str | None] | None = None
        self._forced: dict[str, str] = {}
        self._failures: dict[str | None, dict[str, Any]] = {}
        root = url if connection is None else connection.root_url
        #: The back-end that answers.
        self.backend = MockBackend(
            root.rstrip("/"),
            registers=[CompatCollections, CompatValidation, CompatJobs],
            authenticate=lambda: User(user_id="alice"),
        )
        for register in self.backend.registers:
            if isinstance(register, CompatCollections | CompatValidation | CompatJobs):
                register.dummy = self
        if requests_mock is None:
            self.backend.open()
        for method, path in _ROUTES:
            self._pass_on(method, path)
        self.connection = self.backend.connect(user=None) if connection is None else connection

    @classmethod
    def at_url(
        cls, root_url: str, *, requests_mock: Any = None, capabilities: Mapping[str, Any] | None = None
    ) -> "DummyBackend":
        """Return one at a URL, with a connection to it.

        Args:
            root_url: The URL.
            requests_mock: The mocker that answers for the root URL; None if the back-end does itself.
            capabilities: Arguments of the openeo client's ``build_capabilities``.
        """
        if requests_mock is None:
            return cls(url=root_url)
        from openeo.rest._testing import build_capabilities
        from openeo.rest.connection import Connection

        root_url = root_url.rstrip("/") + "/"
        requests_mock.get(root_url, json=build_capabilities(**(capabilities or {})))
        return cls(requests_mock, Connection(root_url))

    def close(self) -> None:
        """Leave no trace."""
        self.backend.close()

    def __enter__(self) -> "DummyBackend":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- orders -------------------------------------------------------------------------------------

    def setup_collection(
        self,
        collection_id: str,
        *,
        temporal: bool | tuple[str, str] = True,
        bands: Sequence[str] = ("B1", "B2", "B3"),
    ) -> "DummyBackend":
        """Offer a collection with dimensions ``x`` and ``y``, ``t`` and ``bands``."""
        dimensions: dict[str, Any] = {"x": {"type": "spatial"}, "y": {"type": "spatial"}}
        if temporal:
            extent = temporal if isinstance(temporal, tuple) else [None, None]
            dimensions["t"] = {"type": "temporal", "extent": extent}
        if bands:
            dimensions["bands"] = {"type": "bands", "values": list(bands)}
        self.collections[collection_id] = {"id": collection_id, "cube:dimensions": dimensions}
        self._pass_on("GET", f"collections/{re.escape(collection_id)}")
        return self

    def setup_file_format(
        self,
        name: str,
        type: str = "output",  # noqa: A002  # the name in the client
        gis_data_types: Iterable[str] = ("raster",),
    ) -> "DummyBackend":
        """Offer a file format."""
        self.file_formats[type][name] = {
            "title": name,
            "gis_data_types": list(gis_data_types),
            "parameters": {},
        }
        self._pass_on("GET", "file_formats")
        return self

    def setup_credentials_oidc(
        self,
        *,
        issuer: str = "https://oidc.test",
        id: str = "oi",  # noqa: A002  # the name in the client
    ) -> "DummyBackend":
        """Name an identity provider; only where requests-mock answers, as the back-end has its own."""
        if self._requests_mock is not None:
            provider = {"id": id, "issuer": issuer, "title": id, "scopes": ["openid"]}
            url = self.connection.build_url("/credentials/oidc")
            self._requests_mock.get(url, json={"providers": [provider]})
        return self

    def setup_job_start_failure(
        self,
        *,
        job_id: str | None = None,
        status_code: int = 500,
        response_body: str | bytes | Mapping[str, Any] | None = None,
    ) -> None:
        """Refuse the start of a job, or of all jobs, and leave it with status ``error``."""
        if response_body is None:
            response_body = {"code": "Internal", "message": "No job starting for you, buddy"}
        body = response_body if isinstance(response_body, bytes) else json.dumps(response_body).encode()
        self._failures[job_id] = {"status_code": status_code, "response_body": body}

    def setup_simple_job_status_flow(
        self,
        *,
        queued: int = 1,
        running: int = 4,
        final: str = "finished",
        final_per_job: Mapping[str, str] | None = None,
    ) -> None:
        """Let jobs be queued and running for some looks, and end then."""
        course = ["queued"] * queued + ["running"] * running
        left: defaultdict[str, list[str]] = defaultdict(course.copy)

        def next_status(job_id: str, **_: Any) -> str:
            return left[job_id].pop(0) if left[job_id] else (final_per_job or {}).get(job_id, final)

        self.job_status_updater = next_status

    # -- questions ----------------------------------------------------------------------------------

    def get_sync_pg(self) -> dict[str, Any]:
        """Return the process graph of the only synchronous request."""
        return _only(self.sync_requests, "synchronous request")

    def get_sync_post_data(self) -> dict[str, Any]:
        """Return the body of the only synchronous request."""
        return _only(self.sync_requests_full, "synchronous request")

    def get_batch_pg(self) -> dict[str, Any]:
        """Return the process graph of the only batch job."""
        return dict(_only([*self.batch_jobs.values()], "batch job")["pg"])

    def get_batch_post_data(self) -> dict[str, Any]:
        """Return the body of the request for the only batch job."""
        return _only([*self.batch_jobs_full.values()], "batch job")

    def get_validation_pg(self) -> Any:
        """Return the process graph of the only request for validation."""
        return _only(self.validation_requests, "request for validation")

    def get_pg(self, process_id: str | None = None) -> dict[str, Any]:
        """Return the only process graph that was sent to be processed, or its only node of a process.

        Args:
            process_id: The process.
        """
        graphs = [*self.sync_requests, *(job["pg"] for job in self.batch_jobs.values())]
        graph: dict[str, dict[str, Any]] = _only(graphs, "process graph")
        if process_id is None:
            return graph
        found = [node for node in graph.values() if node.get("process_id") == process_id]
        return _only(found, f"node of {process_id!r}")

    def execute(self, cube: Any, process_id: str | None = None) -> dict[str, Any]:
        """Execute a cube synchronously, and return its process graph, or its only node of a process."""
        cube.execute()
        return self.get_pg(process_id=process_id)

    # -- for the registers --------------------------------------------------------------------------

    def next_job_id(self, process_graph: Any) -> str:
        """Return the id of the next job."""
        generator = self.job_id_generator
        job_id = generator(process_graph=process_graph) if generator is not None else None
        return job_id if job_id and job_id not in self.batch_jobs else f"job-{len(self.batch_jobs):03d}"

    def note_job(self, job_id: str, sent: dict[str, Any]) -> None:
        """Note that a job was created."""
        self.batch_jobs_full[job_id] = sent
        told = {name: sent[name] for name in ("title", "description") if name in sent}
        extra = {name: sent.get(name) for name in self.extra_job_metadata_fields}
        graph = sent["process"]["process_graph"]
        self.batch_jobs[job_id] = {"job_id": job_id, "pg": graph, "status": "created"} | told | extra

    def note_synchronous(self, sent: dict[str, Any]) -> int:
        """Note a synchronous request; return its number."""
        self.sync_requests_full.append(sent)
        self.sync_requests.append(sent["process"]["process_graph"])
        return len(self.sync_requests)

    def next_status(self, job_id: str) -> str:
        """Return the status of a job at another look."""
        current = self.batch_jobs[job_id]["status"]
        return self._forced.get(job_id) or self.job_status_updater(job_id=job_id, current_status=current)

    def force_status(self, job_id: str, status: str) -> None:
        """Let a job have a status for good."""
        self._forced[job_id] = status

    def _set_job_status(self, job_id: str, status: str) -> None:
        """Set the status of a job for good, as tests of the client do."""
        self.force_status(job_id, status)
        self.batch_jobs[job_id]["status"] = status

    def start_failure(self, job_id: str) -> dict[str, Any] | None:
        """Return the ordered refusal of a start; None without one."""
        return self._failures.get(job_id) or self._failures.get(None)

    def result_bytes(self) -> bytes:
        """Return the result as a file has it."""
        result = self.next_result
        if isinstance(result, dict | list):
            result = json.dumps(result)
        return result.encode() if isinstance(result, str) else bytes(result)

    def plant(self, job_id: str) -> None:
        """Add a job to the back-end that a test has written into ``batch_jobs``."""
        register = self.backend.registers.one(CompatJobs)
        if job_id in self.batch_jobs and register.store.get(job_id) is None:
            told = self.batch_jobs[job_id]
            plant(register, "alice", {"id": job_id, "process_graph": told.get("pg")})

    def _pass_on(self, method: str, path: str) -> None:
        """Let requests-mock answer as the back-end does, whose clock and waits are not in force then."""
        if self._requests_mock is not None:
            pattern = re.compile(re.escape(self.backend.url) + f"/+{path}($|[?])")
            self._requests_mock.register_uri(method, pattern, content=self._answer)

    def _answer(self, request: Any, context: Any) -> bytes:
        target = request.url.removeprefix(self.backend.url)
        target = "/" + target.lstrip("/")
        host = self.backend.url.partition("//")[2].partition("/")[0]
        headers = [
            (name.lower().encode(), str(value).encode("latin-1")) for name, value in request.headers.items()
        ]
        body = request.body or b""
        reply = Reply(
            self.backend.asgi,
            request_scope(request.method, "https", host, 443, target, [(b"host", host.encode()), *headers]),
            body.encode() if isinstance(body, str) else body,
        )
        reply.begin()
        context.status_code = reply.status
        # A stub has no other headers.
        told = {name.decode().lower(): value.decode("latin-1") for name, value in reply.headers}
        names = ["OpenEO-Identifier", "Location"]
        if request.method == "HEAD":
            names.append("Content-Length")
        context.headers.update({name: told[name.lower()] for name in names if name.lower() in told})
        return reply.body()


def _only(found: Sequence[_Item], noun: str) -> _Item:
    if len(found) != 1:
        raise AssertionError(f"Expected single {noun}, but found {len(found)}: {found}")
    return found[0]
