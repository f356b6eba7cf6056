"""The interface that this follows: ``Job`` and ``JobsRegister`` of openeo-fastapi."""

import asyncio
import inspect
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import Depends, Header, Response

from mock_backend import JobPlan, MockBackend
from mock_backend.api.models import BatchJob, Endpoint, JobsRequest, Links
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.errors import FeatureUnsupported
from mock_backend.jobs import Job, JobsRegister
from mock_backend.processes.definitions import ProcessesRegister
from mock_backend.settings import AppSettings

ALICE, BOB = User(user_id="alice"), User(user_id="bob")

METHODS = {
    "list_jobs": ["limit"],
    "create_job": ["body"],
    "update_job": ["job_id", "body"],
    "get_job": ["job_id"],
    "delete_job": ["job_id"],
    "estimate": ["job_id"],
    "logs": ["job_id"],
    "get_results": ["job_id"],
    "start_job": ["job_id"],
    "cancel_job": ["job_id"],
    "process_sync_job": ["body"],
}


@pytest.fixture
def register():
    return JobsRegister(AppSettings(), Links([]))


@pytest.fixture
def body(graph):
    return JobsRequest(process={"process_graph": graph}, title="ndvi")


@pytest.mark.parametrize(("name", "parameters"), METHODS.items())
def test_methods_take_what_the_interface_says(name, parameters):
    _, *seen = inspect.signature(getattr(JobsRegister, name)).parameters.values()

    positional = [each.name for each in seen if each.kind is inspect.Parameter.POSITIONAL_OR_KEYWORD]
    user = next(each for each in seen if each.name == "user")
    assert positional == [*parameters, "user"]
    assert user.default.dependency is Authenticator.validate


def test_the_python_default_of_limit_is_ten(register, body):
    for _ in range(12):
        register.create_job(body, user=ALICE)

    assert len(register.list_jobs(user=ALICE).jobs) == 10
    assert len(register.list_jobs(limit=None, user=ALICE).jobs) == 12


def test_two_arguments_make_a_working_register(register, body):
    created = register.create_job(body, user=ALICE)
    job_id = created.headers["OpenEO-Identifier"]

    assert created.status_code == 201
    assert register.start_job(job_id, user=ALICE).status_code == 202
    register.clock.advance("1h")
    assert register.get_job(job_id, user=ALICE).status == "finished"
    assert register.get_results(job_id, user=ALICE).status_code == 200
    assert register.logs(job_id, user=ALICE).logs
    assert register.estimate(job_id, user=ALICE).costs
    assert register.cancel_job(job_id, user=ALICE).status_code == 204
    assert register.update_job(job_id, JobsRequest(title="new"), user=ALICE).status_code == 204
    assert register.process_sync_job(body, user=ALICE).status_code == 200
    assert register.delete_job(job_id, user=ALICE).status_code == 204
    assert register.list_jobs(user=ALICE).jobs == []


def test_endpoints_name_what_is_served(register):
    served = {(method, endpoint.path) for endpoint in register.endpoints for method in endpoint.methods}

    assert len(served) == 11
    assert {("GET", "/jobs"), ("POST", "/result"), ("DELETE", "/jobs/{job_id}/results")} <= served


def test_patching_a_job_takes_over_what_was_set():
    job = Job(
        job_id="j-1", process={}, user_id="alice", created=datetime(2025, 6, 1, tzinfo=UTC), title="old"
    )

    assert job.patch(JobsRequest(title="new", budget=5)) is job
    assert (job.title, job.budget, job.description) == ("new", 5, None)
    other = Job(job_id="j-2", process={"a": 1}, user_id="bob", created=datetime(2026, 1, 1, tzinfo=UTC))
    job.patch(other)
    assert (job.job_id, job.user_id, job.process, job.title) == ("j-1", "alice", {"a": 1}, "new")


@pytest.mark.parametrize("patch", [{"title": "new"}, None, "new", BatchJob])
def test_patching_with_anything_else_is_a_type_error(patch):
    job = Job(job_id="j-1", process={}, user_id="alice", created=datetime(2025, 6, 1, tzinfo=UTC))

    with pytest.raises(TypeError, match="Job or a JobsRequest"):
        job.patch(patch)


def test_a_job_reads_attributes_and_ignores_unknown_keys():
    class Row:
        job_id, process, user_id = "j-1", {}, "alice"
        created, colour = datetime(2025, 6, 1, tzinfo=UTC), "red"

    assert Job.model_validate(Row()).job_id == "j-1"
    assert not hasattr(Job.model_validate({**vars(Row), "colour": 1}), "colour")


def test_a_job_knows_the_class_that_tinydb_keeps_it_in(tmp_path, api_of):
    from tinydb.table import Document

    assert issubclass(Job.get_orm(), Document)


# -- subclassing, as openeo-fastapi's guides show it ------------------------------------------------


class QuietJobsRegister(JobsRegister):
    """Override a method."""

    def logs(self, job_id: str, user: User = Depends(Authenticator.validate)):
        raise FeatureUnsupported("No logs here.")


class PinningJobsRegister(JobsRegister):
    """Add an endpoint, the guides' way: a constructor of two arguments."""

    def __init__(self, settings, links) -> None:
        super().__init__(settings, links)
        self.pinned = []

    def _initialize_endpoints(self):
        endpoints = super()._initialize_endpoints()
        endpoints.append(Endpoint(path="/jobs/{job_id}/pin", methods=["POST"], handler="pin_job"))
        return endpoints

    def pin_job(self, job_id: str, user: User = Depends(Authenticator.validate)):
        self.pinned.append((self.get_job(job_id, user=user).id, user.user_id))
        return {"pinned": len(self.pinned)}


class ExtendedJob(Job):
    """Extend the job."""

    project: str | None = None


class ProjectJobsRegister(JobsRegister):
    job_class = ExtendedJob

    async def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)):
        job = self.find(job_id)
        return super().get_job(job_id, user).model_copy(update={"title": f"{job.project}/{job.title}"})


def test_overriding_a_method(api_of, assert_error):
    with MockBackend("https://quiet.test", registers=[QuietJobsRegister]) as backend:
        api = api_of(backend)
        job_id = api.create()

        assert_error(api(f"GET /jobs/{job_id}/logs"), 501, "FeatureUnsupported", "No logs here.")
        assert api.status(job_id) == "created"


def test_adding_an_endpoint(api_of):
    with MockBackend("https://pins.test", registers=[PinningJobsRegister]) as backend:
        api = api_of(backend)
        job_id = api.create()

        assert api(f"POST /jobs/{job_id}/pin").json() == {"pinned": 1}
        assert backend.jobs.one().job_id == job_id
        assert {"path": "/jobs/{job_id}/pin", "methods": ["POST"]} in api("GET /").json()["endpoints"]


@pytest.mark.parametrize("kind", ["memory", "file"])
def test_extending_the_job(api_of, tmp_path, kind):
    store = tmp_path / "jobs.json" if kind == "file" else None
    with MockBackend("https://projects.test", registers=[ProjectJobsRegister], store=store) as backend:
        api = api_of(backend)
        job_id = api.create(title="ndvi", project="forest")

        assert api(f"GET /jobs/{job_id}").json()["title"] == "forest/ndvi"
        assert backend.jobs[0].job.project == "forest"


async def by_key(x_key: str = Header("unknown")) -> User:
    return User(user_id=x_key)


def each_user_is_bob():
    return BOB


@pytest.mark.parametrize(("authenticate", "expected"), [(by_key, "carol"), (each_user_is_bob, "bob")])
def test_replacing_the_authentication(api_of, authenticate, expected):
    with MockBackend("https://keys.test", authenticate=authenticate) as backend:
        api = api_of(backend)
        response = api("GET /me", headers={"X-Key": "carol", "Authorization": ""})
        body = {"process": {"process_graph": {"a": {"process_id": "pi", "arguments": {}, "result": True}}}}
        api("POST /jobs", json=body, headers={"X-Key": "carol"})

        assert response.json()["user_id"] == expected
        assert backend.jobs[0].user_id == expected


def test_back_ends_do_not_see_each_others_overrides(api_of, assert_error):
    with (
        MockBackend("https://plain.test") as plain,
        MockBackend("https://quiet.test", registers=[QuietJobsRegister]) as quiet,
        MockBackend("https://bob.test", authenticate=each_user_is_bob) as bobs,
        MockBackend("https://pins.test", registers=[PinningJobsRegister]) as pins,
    ):
        ids = {backend: api_of(backend).create() for backend in (plain, quiet, bobs, pins)}
        logs = {each: api_of(each)(f"GET /jobs/{ids[each]}/logs").status_code for each in ids}
        owners = {each: each.jobs[0].user_id for each in ids}
        pinned = {each: api_of(each)(f"POST /jobs/{ids[each]}/pin").status_code for each in ids}

    assert logs == {plain: 200, quiet: 501, bobs: 200, pins: 200}
    assert owners == {plain: "alice", quiet: "alice", bobs: "bob", pins: "alice"}
    assert pinned == {plain: 404, quiet: 404, bobs: 404, pins: 200}


def test_what_is_no_register_is_refused():
    with pytest.raises(TypeError, match="subclasses of EndpointRegister"):
        MockBackend(registers=[Job])


def test_a_failure_in_an_override_is_an_openeo_error(api_of, assert_error, caplog):
    class Broken(JobsRegister):
        def list_jobs(self, limit: int = 10, user: User = Depends(Authenticator.validate)):
            raise ZeroDivisionError("nothing to share")

    with MockBackend("https://broken.test", registers=[Broken]) as backend:
        response = api_of(backend)("GET /jobs")

    assert_error(response, 500, "Internal", "ZeroDivisionError", "nothing to share")
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.off_contract("a user's own methods may answer what the API does not know")
def test_responses_of_overrides_may_be_anything(api_of):
    class Various(JobsRegister):
        def get_job(self, job_id: str, user: User = Depends(Authenticator.validate)):
            return {"none": None, "text": Response(b"raw"), "dict": {"a": 1}}[job_id]

    with MockBackend("https://various.test", registers=[Various]) as backend:
        api = api_of(backend)
        answers = [api(f"GET /jobs/{kind}") for kind in ("none", "text", "dict")]

    assert [(each.status_code, each.content) for each in answers] == [
        (204, b""),
        (200, b"raw"),
        (200, b'{"a":1}'),
    ]


def test_job_ids_are_deterministic_and_differ_between_seeds_and_hosts(api_of):
    def ids(url, **options):
        with MockBackend(url, plan=JobPlan(), **options) as backend:
            api = api_of(backend)
            return [api.create(), api.create()]

    first = ids("https://one.test")

    assert first == ids("https://one.test")
    assert len({*first, *ids("https://one.test", seed=1), *ids("https://two.test")}) == 6
    assert all(job_id.startswith("j-250601") for job_id in first)


def test_an_override_that_waits_is_carried_out_once(api_of):
    class Slow(JobsRegister):
        async def create_job(self, body: JobsRequest, user: User = Depends(Authenticator.validate)):
            response = super().create_job(body, user)
            await asyncio.sleep(0.01)
            return response

    with MockBackend("https://slow.test", registers=[Slow]) as backend:
        api_of(backend).create()
        assert len(backend.jobs) == len(backend.requests) == 1


def test_overrides_may_wait_on_the_clock_in_many_threads(api_of):
    class Slow(JobsRegister):
        def list_jobs(self, limit: int | None = 10, user: User = Depends(Authenticator.validate)):
            self.clock.sleep(60)
            return super().list_jobs(limit, user)

    with MockBackend("https://slow.test", registers=[Slow]) as backend, ThreadPoolExecutor(4) as executor:
        answers = list(executor.map(lambda _: api_of(backend)("GET /jobs").status_code, range(4)))

        assert answers == [200] * 4
        assert timedelta(minutes=1) <= backend.clock.elapsed <= timedelta(minutes=4)


def test_a_back_end_may_ask_another_that_needs_a_loop(api_of):
    def relay(target):
        class Relay(JobsRegister):
            async def list_jobs(self, limit: int | None = 10, user: User = Depends(Authenticator.validate)):
                await asyncio.sleep(0.001)
                if target is not None:
                    api_of(target)("GET /jobs")
                return super().list_jobs(limit, user)

        return Relay

    with (
        MockBackend("https://inner.test", registers=[relay(None)]) as inner,
        MockBackend("https://outer.test", registers=[relay(inner)]) as outer,
    ):
        assert api_of(outer)("GET /jobs").json()["jobs"] == []
        assert len(inner.requests) == 1


def test_processes_added_to_one_back_end_are_in_no_other():
    class More(ProcessesRegister):
        def definitions(self):
            found = super().definitions()
            found["mine"] = found["add"] | {"id": "mine"}
            return found

    with (
        MockBackend("https://more.test", registers=[More]) as more,
        MockBackend("https://plain.test") as plain,
    ):
        ids = [{each["id"] for each in backend.connect().list_processes()} for backend in (more, plain)]

    assert ["mine" in each for each in ids] == [True, False]


def test_two_registers_cannot_take_one_place():
    with pytest.raises(ValueError, match=r"same place.*PinningJobsRegister"):
        MockBackend(registers=[QuietJobsRegister, PinningJobsRegister])
