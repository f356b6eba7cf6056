"""Several back-ends offered as one, through the real client."""

import pytest
import requests
from openeo.api.process import Parameter
from openeo.rest import OpenEoApiError

from mock_backend import Clock, Fault, JobPlan, MockBackend
from mock_backend.control.faults import BrokenJson, Disconnect

EXTENT = {"west": 5, "south": 51, "east": 5.01, "north": 51.01}
PERIOD = ["2024-06-01", "2024-06-15"]

#: E.g. results without files, HTML of a proxy, deletions that are answered with 202.
deviates = pytest.mark.off_contract("back-ends behind a federation deviate from the specification")


@pytest.fixture
def vito(mock_backend_factory):
    vito = mock_backend_factory(url="https://vito.test", profile="cdse")
    vito.add_collection("ONLY_VITO", bands=["a"])
    return vito


@pytest.fixture
def eodc(mock_backend_factory):
    eodc = mock_backend_factory(url="https://eodc.test", profile={"dialect": "spec"})
    eodc.add_collection("ONLY_EODC", bands=["b"])
    eodc.add_process("shake", parameters=[{"name": "data", "description": "", "schema": {}}])
    return eodc


@pytest.fixture
def platform(mock_backend_factory, vito, eodc):
    return mock_backend_factory(url="https://platform.test", federation={"vito": vito, "eodc": eodc})


@pytest.fixture
def connection(platform):
    return platform.connect()


@pytest.fixture
def cube(connection):
    """A cube of a collection, small."""

    def load(collection, bands):
        loaded = connection.load_collection(collection, EXTENT, PERIOD, bands)
        return loaded.max_time()

    return load


class TestDiscovery:
    def test_the_back_ends(self, connection, eodc, mock_backend_clock):
        capabilities = connection.capabilities()

        told = capabilities.ext_federation_backend_details()
        assert {name: (each["url"], each["status"]) for name, each in told.items()} == {
            "vito": ("https://vito.test/openeo/1.2", "online"),
            "eodc": ("https://eodc.test", "online"),
        }
        assert "https://api.openeo.org/extensions/federation/0.1.0" in capabilities.get("conformsTo")

    def test_collections(self, connection):
        listing = connection.list_collections()

        backends = {each["id"]: each["federation:backends"] for each in listing}
        assert backends["SENTINEL2_L2A"] == ["vito", "eodc"]
        assert (backends["ONLY_VITO"], backends["ONLY_EODC"]) == (["vito"], ["eodc"])
        assert listing.ext_federation_missing() == []
        described = connection.describe_collection("ONLY_EODC")
        assert described["summaries"]["federation:backends"] == ["eodc"]
        assert described["links"][0]["href"] == "https://platform.test/openeo/1.2/collections/ONLY_EODC"

    def test_processes_formats_and_runtimes(self, connection):
        processes = {each["id"]: each["federation:backends"] for each in connection.list_processes()}
        formats = requests.get("https://platform.test/openeo/1.2/file_formats").json()
        runtimes = requests.get("https://platform.test/openeo/1.2/udf_runtimes").json()

        assert (processes["shake"], processes["ndvi"]) == (["eodc"], ["vito", "eodc"])
        assert formats["output"]["GTiff"]["federation:backends"] == ["vito", "eodc"]
        assert formats["federation:missing"] == []
        assert runtimes["Python"]["federation:backends"] == ["vito", "eodc"]

    @pytest.mark.parametrize("how", ["closed", "failing"])
    def test_back_ends_that_are_missing(self, connection, eodc, how):
        if how == "closed":
            eodc.close()
        else:
            eodc.inject(Fault(status=500), "GET *", times=None)

        for listing in (connection.list_collections(), connection.list_processes(), connection.list_jobs()):
            assert listing.ext_federation_missing() == ["eodc"]
        assert requests.get("https://platform.test/openeo/1.2/file_formats").json()["federation:missing"] == [
            "eodc"
        ]
        ids = [each["id"] for each in connection.list_collections()]
        assert ("ONLY_VITO" in ids, "ONLY_EODC" in ids) == (True, False)
        status = requests.get("https://platform.test/openeo/1.2/").json()["federation"]["eodc"]["status"]
        assert status == ("offline" if how == "closed" else "online")


class TestJobs:
    @pytest.mark.parametrize(
        ("collection", "band", "name"), [("ONLY_VITO", "a", "vito"), ("ONLY_EODC", "b", "eodc")]
    )
    def test_a_whole_life(self, cube, connection, vito, eodc, tmp_path, collection, band, name):
        backend, other = (vito, eodc) if name == "vito" else (eodc, vito)
        job = cube(collection, [band]).create_job(out_format="GTiff", title="life", job_options={"a": 1})

        assert job.job_id == f"{name}-{backend.jobs.one(title='life').job_id}"
        assert backend.jobs[0].additional == {"job_options": {"a": 1}}
        assert len(other.jobs) == 0
        assert job.status() == "created"
        job.start_and_wait(print=lambda line: None)
        (file,) = job.get_results().download_files(tmp_path, include_stac_metadata=False)
        assert file.read_bytes()[:2] == b"II"
        metadata = job.get_results().get_metadata()
        own = [link["href"] for link in metadata["links"] if link["rel"] == "self"]
        assert (metadata["id"], own) == (
            job.job_id,
            [f"https://platform.test/openeo/1.2/jobs/{job.job_id}/results"],
        )
        assert [each.message for each in job.logs(level="info")]
        assert job.describe()["id"] == job.job_id
        job.delete()
        assert len(backend.jobs) == 0
        with pytest.raises(OpenEoApiError, match=f"JobNotFound: The batch job '{job.job_id}'"):
            job.describe()

    def test_all_are_listed(self, cube, connection, vito, eodc):
        ids = [
            cube(collection, [band]).create_job().job_id
            for collection, band in (("ONLY_EODC", "b"), ("ONLY_VITO", "a"), ("ONLY_VITO", "a"))
        ]

        listing = connection.list_jobs()

        assert sorted(each["id"] for each in listing) == sorted(ids)
        assert {each["id"].partition("-")[0] for each in listing} == {"vito", "eodc"}

    def test_cancelling(self, cube, vito, eodc, mock_backend_clock):
        for collection, band in (("ONLY_VITO", "a"), ("ONLY_EODC", "b")):
            job = cube(collection, [band]).create_job()
            job.start()
            job.stop()

        assert (vito.jobs[0].status, eodc.jobs[0].status) == ("canceled", "created")

    def test_a_start_goes_on_only_where_it_can(self, cube, vito):
        job = cube("ONLY_VITO", ["a"]).create_job()
        job.start_and_wait(print=lambda line: None)

        job.start()

        assert job.status() == "finished"
        assert len(vito.requests.select("POST /jobs/{job_id}/results")) == 1

    @deviates
    def test_results_before_there_are_any(self, cube, platform, eodc, api_of):
        job = cube("ONLY_EODC", ["b"]).create_job()
        api = api_of(platform)

        assert api(f"GET /jobs/{job.job_id}/results").json()["code"] == "JobNotFinished"
        document = api(f"GET /jobs/{job.job_id}/results?partial=true").json()
        assert (document["id"], document["openeo:status"]) == (job.job_id, "running")
        eodc.plan(JobPlan(error="no"))
        job.start()
        platform.clock.advance("1h")
        assert api(f"GET /jobs/{job.job_id}/results?partial=true").json()["openeo:status"] == "error"

    def test_users_are_the_same_everywhere(self, mock_backend_factory, vito, eodc, cube):
        users = {"alice": "a", "bob": "b"}
        platform = mock_backend_factory(
            url="https://two.test", users=users, federation={"vito": vito, "eodc": eodc}
        )
        platform.connect("bob").load_collection("ONLY_EODC").create_job()

        assert platform.connect("alice").list_jobs() == []
        assert eodc.jobs[0].user_id == "bob"

    def test_synchronous_processing(self, cube, platform, eodc):
        assert cube("ONLY_EODC", ["b"]).download(format="GTiff")[:2] == b"II"

        assert len(eodc.requests.select("POST /result")) == 1

    def test_earlier_results(self, connection, cube, vito):
        first = cube("ONLY_VITO", ["a"]).create_job()
        first.start_and_wait(print=lambda line: None)

        second = connection.load_result(first.job_id).create_job(validate=False)

        assert second.job_id.startswith("vito-")
        (node,) = vito.jobs[1].nodes("load_result")
        assert node.arguments["id"] == vito.jobs[0].job_id


class TestChoice:
    def test_the_first_one_that_has_it_all(self, cube, connection):
        assert cube("SENTINEL2_L2A", ["B04"]).create_job().job_id.startswith("vito-")
        shaken = cube("SENTINEL2_L2A", ["B04"]).process("shake", data=cube("SENTINEL2_L2A", ["B04"]))
        assert shaken.create_job().job_id.startswith("eodc-")

    @pytest.mark.parametrize("option", ["federation:force-backend", "_agg_force_backend"])
    def test_the_clients_choice(self, cube, eodc, option):
        job = cube("SENTINEL2_L2A", ["B04"]).create_job(job_options={option: "eodc", "memory": "1g"})

        assert job.job_id.startswith("eodc-")
        assert eodc.jobs[0].additional == {"job_options": {"memory": "1g"}}

    def test_a_choice_that_there_is_not(self, cube):
        with pytest.raises(OpenEoApiError, match="'wwu' is not one of"):
            cube("SENTINEL2_L2A", ["B04"]).create_job(job_options={"federation:force-backend": "wwu"})

    def test_collections_of_several_back_ends(self, cube):
        both = cube("ONLY_VITO", ["a"]).merge_cubes(cube("ONLY_EODC", ["b"]))

        assert [each["code"] for each in both.validate()] == ["BackendLookupFailure"]
        with pytest.raises(OpenEoApiError, match="BackendLookupFailure"):
            both.create_job(validate=False)

    def test_graphs_are_no_graphs(self, platform, api_of, assert_error):
        api = api_of(platform)

        assert_error(api("POST /jobs", json={"process": {}}), 400, "ProcessGraphMissing")
        assert_error(api("POST /jobs", json={"process": {"process_graph": {}}}), 400, "ProcessGraphInvalid")


class TestFailures:
    def test_of_creating_a_job(self, cube, vito):
        vito.inject(Fault(code="StorageFailure"), "POST /jobs")

        with pytest.raises(OpenEoApiError, match=r"\[500\] Internal: .*'vito'.*StorageFailure"):
            cube("ONLY_VITO", ["a"]).create_job()

    def test_errors_pass(self, cube, vito):
        job = cube("ONLY_VITO", ["a"]).create_job()
        vito.inject(Fault(code="StorageFailure"), "GET /jobs/{job_id}")

        with pytest.raises(OpenEoApiError, match=r"\[500\] StorageFailure"):
            job.status()

    @deviates
    def test_what_is_no_error_of_the_api_is_500(self, cube, vito):
        job = cube("ONLY_VITO", ["a"]).create_job()
        vito.inject(Fault(status=502), "GET /jobs/{job_id}")

        with pytest.raises(OpenEoApiError, match=r"\[500\] Internal: .*502"):
            job.status()

    @deviates
    def test_answers_that_clients_do_not_expect(self, mock_backend_factory, vito):
        eodc = mock_backend_factory(profile="eodc")
        platform = mock_backend_factory(federation={"eodc": eodc})
        job = platform.connect().load_collection("SENTINEL2_L2A").create_job(out_format="netCDF")

        with pytest.raises(OpenEoApiError, match=r"\[500\] Internal: .*202 instead of 204"):
            job.delete()

    def test_back_ends_that_are_closed(self, cube, eodc):
        job = cube("ONLY_EODC", ["b"]).create_job()
        eodc.close()

        with pytest.raises(OpenEoApiError, match="JobNotFound"):
            job.status()
        load = {"process_id": "load_collection", "arguments": {"id": "ONLY_EODC"}, "result": True}
        with pytest.raises(OpenEoApiError, match="BackendLookupFailure"):
            job.connection.create_job({"load": load})


class TestProcesses:
    def test_they_are_those_of_the_first_back_end(self, connection, vito, eodc):
        graph = {
            "add": {"process_id": "add", "arguments": {"x": {"from_parameter": "x"}, "y": 2}, "result": True}
        }

        parameter = Parameter.number("x", "A number.", default=1)
        connection.save_user_defined_process("three", graph, parameters=[parameter])

        assert list(vito.user_processes["alice"]) == ["three"]
        assert eodc.user_processes == {"alice": {}}
        assert [each["id"] for each in connection.list_user_defined_processes()] == ["three"]
        assert connection.user_defined_process("three").describe()["process_graph"] == graph
        connection.user_defined_process("three").delete()
        assert connection.list_user_defined_processes() == []
        with pytest.raises(OpenEoApiError, match="ProcessGraphNotFound"):
            connection.user_defined_process("three").describe()

    def test_validation_names_the_back_end(self, connection):
        graph = {
            "load": {
                "process_id": "load_collection",
                "arguments": {"id": "ONLY_EODC", "spatial_extent": "x", "temporal_extent": None},
                "result": True,
            }
        }

        first, *others = connection.validate_process_graph(graph)

        assert first["code"] == "UpstreamValidationInfo"
        assert "'eodc'" in first["message"]
        assert others

    def test_a_back_end_that_cannot_validate(self, cube, eodc):
        eodc.inject(Fault(status=500), "POST /validation")

        (problem,) = cube("ONLY_EODC", ["b"]).validate()

        assert (problem["code"], "'eodc'" in problem["message"]) == ("UpstreamValidationFailure", True)


class TestMakingOne:
    def test_the_clock_is_that_of_the_back_ends(self, platform, vito, mock_backend_clock):
        assert platform.clock is vito.clock is mock_backend_clock

    def test_clocks_must_be_the_same(self):
        one, two = MockBackend("https://one.test"), MockBackend("https://two.test")

        with pytest.raises(ValueError, match="share a clock"):
            MockBackend(federation={"one": one, "two": two})
        with pytest.raises(ValueError, match="share a clock"):
            MockBackend(federation={"one": one}, clock=Clock())

    @pytest.mark.parametrize("name", ["VITO", "my-vito", ""])
    def test_ids(self, name):
        with pytest.raises(ValueError, match="lower-case letters and digits"):
            MockBackend(federation={name: MockBackend("https://one.test")})

    def test_of_nothing(self):
        with pytest.raises(ValueError, match="at least one"):
            MockBackend(federation={})

    def test_without_pytest(self):
        clock = Clock()
        with (
            MockBackend("https://one.test", clock=clock) as one,
            MockBackend("https://two.test", clock=clock) as two,
            MockBackend("https://both.test", federation={"one": one, "two": two}) as both,
        ):
            assert both.settings.profile.name == "openeo-platform"
            assert both.connect().load_collection("SENTINEL2_L2A").create_job().job_id.startswith("one-")


class TestBrokenAnswers:
    """Faults of a federation's back-ends, as its clients see them."""

    FAULTS = (Disconnect(), Disconnect("body"), BrokenJson(), Fault(200, body="x"), Fault(500))

    @pytest.mark.parametrize("fault", FAULTS, ids=str)
    def test_a_listing_tells_who_is_missing(self, platform, vito, fault):
        vito.inject(fault, "GET /jobs")

        headers = {"Authorization": f"Bearer {platform.token()}"}
        answer = requests.get(f"{platform.url}/jobs", headers=headers)

        assert (answer.status_code, answer.json()["federation:missing"]) == (200, ["vito"])

    def test_a_job_is_an_error(self, connection, cube, vito):
        job = cube("ONLY_VITO", ["a"]).create_job()
        vito.inject(Disconnect(), "GET /jobs/{job_id}")

        with pytest.raises(OpenEoApiError, match=r"\[500\] Internal: \[502\] The connection was lost"):
            job.status()
