"""The openeo client's job manager in chaos, beside itself where nothing goes wrong.

It is imported where it is used: a back-end has more to put on its clock where it is there.
"""

import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest import mock

import requests
from openeo.rest.connection import Connection
from openeo.rest.job import BatchJob
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import Clock, MockBackend
from mock_backend.control.scenarios import scenario_of

if TYPE_CHECKING:
    import pandas as pd

_CHAOS = "jobs by MultiBackendJobManager in chaos, to a no-op adapter"

_JOBS = 200
#: Jobs that run at a time on each of two back-ends, and for how many seconds after how many in the queue.
_RUNNING, _QUEUED, _LASTS = 2, 30, 300

_Key = tuple[str, str]


class _Replay(HTTPAdapter):
    """Answer as a back-end did at once; only a job's id and status are its own.

    Args:
        answers: The back-end's answers by method and path, with ``{}`` for the id of its job.
        job_id: The id of that job.
        now: Tells the time, in seconds.
    """

    def __init__(self, answers: dict[_Key, Response], job_id: str, now: SimpleNamespace) -> None:
        super().__init__()
        self._answers, self._job_id, self._now = answers, job_id, now
        self._starts: dict[str, float] = {}
        self._free = [0.0] * 2 * _RUNNING

    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002  # requests' signature
        """Return the answer."""
        method, path = request.method or "", request.path_url
        _, _, own, *_ = (*path.split("/", 3), "", "")
        if (method, path) == ("POST", "/jobs"):
            own = f"{self._job_id[:-6]}{len(self._starts):06}"
            self._starts[own] = float("inf")
        elif own not in self._starts:
            own = ""
        elif (method, path) == ("POST", f"/jobs/{own}/results"):
            slot = self._free.index(min(self._free))
            self._starts[own] = max(self._now.at + _QUEUED, self._free[slot])
            self._free[slot] = self._starts[own] + _LASTS
        known = self._answers[method, path.replace(own, "{}") if own else path]
        response, content = Response(), known.content
        response.status_code, response.url, response.request = known.status_code, request.url or "", request
        response.headers.update(known.headers)
        if own and not path.startswith("/results/"):
            content = content.replace(self._job_id.encode(), own.encode())
            for name in {"Location", "OpenEO-Identifier"} & known.headers.keys():
                response.headers[name] = known.headers[name].replace(self._job_id, own)
            if (method, path) == ("GET", f"/jobs/{own}"):
                content = content.replace(b'"finished"', b'"%s"' % self._status_of(own))
        response.raw = BytesIO(content)
        return response

    def _status_of(self, job_id: str) -> bytes:
        start, now = self._starts[job_id], self._now.at
        if start == float("inf"):
            return b"created"
        return b"queued" if now < start else b"running" if now < start + _LASTS else b"finished"


def _recorded(folder: Path) -> tuple[dict[_Key, Response], str, Connection]:
    """Return all answers of a back-end to a manager with one job, the job's id and the connection."""
    answers: dict[_Key, Response] = {}
    send = requests.Session.send

    def noting(session: requests.Session, request: PreparedRequest, **given: Any) -> Response:
        response = send(session, request, **given)
        path = request.path_url
        for job in backend.jobs:
            path = path.replace(job.job_id, "{}")
        assert response.content is not None  # which reads it
        answers[request.method or "", path] = response
        return response

    # A manager starts jobs by connections of its own, so no session's hook hears of all.
    with MockBackend("https://floor.test") as backend, mock.patch.object(requests.Session, "send", noting):
        connection = backend.connect(user=None)
        connection.authenticate_oidc_client_credentials("openeo-service", "secret")
        _run_jobs({"floor": connection}, 1, folder)
        return answers, backend.jobs.one().job_id, connection


def _run_jobs(connections: dict[str, Connection], jobs: int, folder: Path) -> "pd.DataFrame":
    import pandas as pd
    from openeo.extra.job_management import MultiBackendJobManager, create_job_db

    manager = MultiBackendJobManager(root_dir=folder)
    for name, connection in connections.items():
        manager.add_backend(name, connection=connection, parallel_jobs=4)
    table = create_job_db(folder / "jobs.csv", df=pd.DataFrame({"number": range(jobs)}))

    def create(row: Any, connection: Connection, **_: Any) -> BatchJob:
        return connection.load_collection("SENTINEL2_L2A").create_job(title=f"job {row['number']}")

    for _ in range(10 * jobs):
        try:
            manager.run_jobs(start_job=create, job_db=table)  # type: ignore[arg-type]  # called with a row
            return table.read()
        except requests.RequestException:
            pass  # a connection that is lost kills the manager; it goes on where it was
    raise AssertionError(f"{jobs} jobs have killed the manager {10 * jobs} times")


def _chaos(jobs: int) -> None:
    clock, chaos = Clock(), scenario_of("chaos")
    with (
        TemporaryDirectory() as folder,
        MockBackend.from_scenario(chaos, url="https://a.test", clock=clock) as a,
        MockBackend.from_scenario(chaos, url="https://b.test", clock=clock, seed=2) as b,
    ):
        connections = {each.url: each.connect(user=None) for each in (a, b)}
        for connection in connections.values():
            connection.authenticate_oidc_client_credentials("openeo-service", "secret")
        found = _run_jobs(connections, jobs, Path(folder))
        assert len(found) == jobs
        assert max(a.stats.most_running, b.stats.most_running) <= _RUNNING


def _calm(jobs: int, recorded: tuple[dict[_Key, Response], str, Connection]) -> None:
    import openeo.extra.job_management._manager as manager_module

    answers, job_id, connection = recorded
    with TemporaryDirectory() as folder:
        now = SimpleNamespace(at=0.0)

        def sleep(seconds: float) -> None:
            now.at += seconds

        replay = _Replay(answers, job_id, now)
        with (
            mock.patch.object(manager_module, "time", SimpleNamespace(time=time.time, sleep=sleep)),
            mock.patch.object(requests.Session, "get_adapter", return_value=replay),
        ):
            found = _run_jobs({"a": connection, "b": connection}, jobs, Path(folder))
        assert set(found["status"]) == {"finished"}
        assert len([*Path(folder).rglob("*.tif")]) >= jobs


def _job_manager(effort: Effort) -> Iterator[Row]:
    jobs = max(_JOBS // effort.scale, 4)
    with TemporaryDirectory() as folder:
        recorded = _recorded(Path(folder))
    ours, theirs = timed(lambda: _chaos(jobs)), timed(lambda: _calm(jobs, recorded))
    yield compare(ours, theirs, min(effort.processes, 3), processes=True).as_ratio(_CHAOS, goal=2.0)


BENCHMARKS = (Benchmark((_CHAOS,), _job_manager),)
