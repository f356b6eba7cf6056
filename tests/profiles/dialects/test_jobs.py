"""Back-ends differ: the same requests and the same client, with the dialect of each."""

import re
from datetime import timedelta

import pytest
import requests
from openeo.rest import OpenEoApiError, OpenEoApiPlainError, OpenEoRestError

from mock_backend import Fault, JobPlan

ALL = ["spec", "default", "cdse", "openeo-platform", "gee", "eodc"]
DRIVERS = ["cdse", "openeo-platform"]

every_profile = pytest.mark.mock_backend(profile=ALL)
drivers = pytest.mark.mock_backend(profile=DRIVERS)
deviates = pytest.mark.off_contract("back-ends deviate from the specification")


@pytest.fixture
def mock_backend_factory(mock_backend_factory):
    """Make back-ends with the same catalogue, so that the same graphs run on each."""

    def make(**options):
        if isinstance(name := options.get("profile"), str):
            options["profile"] = {"profile": name, "catalogue": "default"}
        return mock_backend_factory(**options)

    return make


@pytest.fixture
def backend(mock_backend):
    mock_backend.plan(JobPlan(queued="1m", running="10m"))
    return mock_backend


@pytest.fixture
def job_in(backend, api, mock_backend_profile):
    """Return the id of a job that has come to a status by itself, or by being cancelled."""

    def make(status):
        job_id = api.create(title=status)
        if status == "created":
            return job_id
        if status == "error":
            backend.plan(JobPlan(queued="1m", running="10m", error="out of memory"), title="error")
        if status == "queued":
            backend.clock.advance("1h")
        api.start(job_id)
        backend.clock.advance({"queued": "0s", "running": "5m", "canceled": "5m"}.get(status, "1h"))
        if status == "canceled":
            assert api(f"DELETE /jobs/{job_id}/results").status_code == 204
        assert api.status(job_id) == status
        return job_id

    return make


def answer(response):
    """Return the status of a response, with the code if it is an error."""
    if response.status_code < 400:
        return response.status_code
    return f"{response.status_code} {response.json()['code']}"


def table(text):
    """Read a table of expectations: profile, status of the job, what follows."""
    rows = [line.split(maxsplit=2) for line in text.strip().splitlines()]
    return [
        pytest.param(profile, status, rest, id=f"{profile}-{status}", marks=_marks(rest))
        for profile, status, rest in rows
    ]


def _marks(expected):
    # The specification has no results without files.
    return [deviates] if "| 200" in expected and "files" not in expected else []


class TestEveryBackEnd:
    @every_profile
    def test_a_job_through_the_client(self, mock_backend_connection, tmp_path):
        cube = mock_backend_connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent={"west": 5, "south": 51, "east": 5.01, "north": 51.01},
            temporal_extent=["2024-06-01", "2024-06-15"],
            bands=["B04"],
        )
        job = cube.max_time().create_job(out_format="GTiff", title="max")

        job.start_and_wait(print=lambda line: None)
        files = job.get_results().download_files(tmp_path, include_stac_metadata=False)

        assert [file.read_bytes()[:2] for file in files] == [b"II"]
        assert [each["id"] for each in mock_backend_connection.list_jobs()] == [job.job_id]
        assert job.logs(level="info")
        assert cube.max_time().download(format="GTiff")[:2] == b"II"

    @every_profile
    def test_a_failed_job_through_the_client(self, backend, mock_backend_connection):
        from openeo.rest import JobFailedException

        backend.plan(JobPlan(error="out of memory"))
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()

        with pytest.raises(JobFailedException):
            job.start_and_wait(print=lambda line: None)

        assert [each.message for each in job.logs(level="error")] == ["out of memory"]

    @every_profile
    def test_many_jobs_with_the_job_manager(self, mock_backend, mock_backend_connection, tmp_path):
        import pandas
        from openeo.extra.job_management import CsvJobDatabase, MultiBackendJobManager

        def start(row, connection, **_):
            return connection.load_collection("SENTINEL2_L2A").create_job(title=f"tile {row['tile']}")

        manager = MultiBackendJobManager(root_dir=tmp_path, poll_sleep=60)
        manager.add_backend("mock", connection=mock_backend_connection)
        database = CsvJobDatabase(tmp_path / "jobs.csv").initialize_from_df(
            pandas.DataFrame({"tile": range(5)})
        )

        manager.run_jobs(start_job=start, job_db=database)

        assert set(database.read()["status"]) == {"finished"}
        assert len(mock_backend.jobs) == 5


@pytest.mark.parametrize(
    ("mock_backend_profile", "status", "expected"),
    table(
        """
        spec   queued    202 queued
        spec   running   202 running
        spec   finished  202 queued
        spec   error     202 queued
        spec   canceled  202 queued
        cdse   queued    202 queued
        cdse   running   202 running
        cdse   finished  202 finished
        cdse   error     202 error
        cdse   canceled  501 JobTransitionNotImplemented canceled
        openeo-platform  finished  202 finished
        openeo-platform  canceled  202 queued
        gee    queued    400 JobNotFinished queued
        gee    running   400 JobNotFinished running
        gee    finished  202 queued
        gee    error     202 queued
        gee    canceled  202 queued
        eodc   queued    400 Internal queued
        eodc   running   400 Internal running
        eodc   finished  202 queued
        eodc   error     202 queued
        """
    ),
    indirect=["mock_backend_profile"],
)
def test_start(api, job_in, status, expected):
    job_id = job_in(status)

    found = answer(api(f"POST /jobs/{job_id}/results"))

    assert f"{found} {api.status(job_id)}" == expected


@pytest.mark.parametrize(
    ("mock_backend_profile", "status", "expected"),
    table(
        """
        spec   created   204 created
        spec   queued    204 created
        spec   running   204 canceled
        spec   finished  204 finished
        cdse   created   204 created
        cdse   queued    204 canceled
        cdse   running   204 canceled
        cdse   finished  204 finished
        cdse   error     204 error
        openeo-platform  queued  204 canceled
        gee    queued    204 created
        gee    running   204 canceled
        gee    error     204 error
        eodc   created   501 FeatureUnsupported created
        eodc   running   501 FeatureUnsupported running
        """
    ),
    indirect=["mock_backend_profile"],
)
def test_cancel(backend, api, job_in, status, expected):
    job_id = job_in(status)

    found = answer(api(f"DELETE /jobs/{job_id}/results"))

    assert f"{found} {api.status(job_id)}" == expected
    # What it has become stays so.
    if "canceled" in expected or "created" in expected:
        backend.clock.advance("1d")
        assert api.status(job_id) == expected.split()[-1]


@pytest.mark.parametrize(
    ("mock_backend_profile", "expected"),
    [("spec", "created"), ("gee", "canceled"), ("cdse", "canceled")],
    indirect=["mock_backend_profile"],
)
def test_cancel_without_partial_results(backend, api, job_in, expected):
    backend.plan(JobPlan(queued="1m", running="10m", partial_results=False))
    job_id = job_in("running")

    api(f"DELETE /jobs/{job_id}/results")

    assert api.status(job_id) == expected


@pytest.mark.parametrize(
    ("mock_backend_profile", "status", "expected"),
    table(
        """
        spec   created   400 JobNotStarted  | 400 JobNotStarted
        spec   queued    400 JobNotFinished | 400 JobNotFinished
        spec   running   400 JobNotFinished | 200 running files
        spec   canceled  200 canceled files | 200 canceled files
        spec   finished  200 finished files | 200 finished files
        spec   error     424 Internal       | 424 Internal
        cdse   created   400 JobNotFinished | 200 running
        cdse   queued    400 JobNotFinished | 200 running
        cdse   running   400 JobNotFinished | 200 running
        cdse   canceled  400 JobNotFinished | 200 canceled
        cdse   finished  200 finished files | 200 finished files
        cdse   error     400 JobNotFinished | 200 error
        openeo-platform  created  400 JobNotFinished | 200 running
        gee    created   400 JobNotStarted  | 400 JobNotStarted
        gee    queued    400 JobNotFinished | 400 QueryParameterUnsupported
        gee    running   400 JobNotFinished | 400 QueryParameterUnsupported
        gee    canceled  400 JobNotStarted  | 400 JobNotStarted
        gee    error     424 Internal       | 424 Internal
        eodc   created   500 Internal       | 500 Internal
        eodc   running   500 Internal       | 500 Internal
        eodc   error     500 Internal       | 500 Internal
        eodc   finished  200 finished files | 200 finished files
        """
    ),
    indirect=["mock_backend_profile"],
)
def test_results(api, job_in, status, expected):
    job_id = job_in(status)

    def shown(query):
        response = api(f"GET /jobs/{job_id}/results{query}")
        if response.status_code >= 400:
            return answer(response)
        document = response.json()
        files = " files" if "assets" in document else ""
        return f"200 {document['openeo:status']}{files}"

    assert f"{shown('')} | {shown('?partial=true')}" == re.sub(r"\s+\|", " |", expected)


class TestResultsToCome:
    """The signed URL is that of the results if ``partial=true`` is answered before there are any."""

    @drivers
    @deviates
    def test_the_signed_url_leads_to_the_results_in_the_end(self, backend, api, anonymous, job_in):
        job_id = job_in("created")
        before = api(f"GET /jobs/{job_id}/results?partial=true").json()
        (url,) = [link["href"] for link in before["links"] if link["rel"] == "canonical"]

        assert anonymous(f"GET {url}").json()["openeo:status"] == "running"
        api.start(job_id)
        assert anonymous(f"GET {url}").json()["openeo:status"] == "running"
        assert answer(anonymous(f"GET {url.removesuffix('&partial=true')}")) == "400 JobNotFinished"
        backend.clock.advance("1h")
        assert anonymous(f"GET {url}").json()["assets"]
        backend.clock.advance("8d")
        assert answer(anonymous(f"GET {url}")) == "410 ResultLinkExpired"

    @drivers
    @deviates
    def test_a_job_that_is_gone(self, api, anonymous, job_in):
        job_id = job_in("created")
        (link,) = api(f"GET /jobs/{job_id}/results?partial=true").json()["links"]
        api(f"DELETE /jobs/{job_id}")

        assert answer(anonymous(f"GET {link['href']}")) == "404 JobNotFound"

    @pytest.mark.mock_backend(profile="cdse")
    @deviates
    def test_a_job_that_loads_results_to_come(self, mock_backend, mock_backend_factory, api, tmp_path):
        """Jobs across back-ends, as openeo-aggregator makes them."""
        other = mock_backend_factory(profile="cdse").connect()
        job_id = api.create()
        (link,) = api(f"GET /jobs/{job_id}/results?partial=true").json()["links"]

        job = other.load_stac(link["href"]).create_job(out_format="GTiff")
        api.start(job_id)
        job.start_and_wait(print=lambda line: None)

        assert job.get_results().download_files(tmp_path)


class TestSignedUrls:
    @drivers
    def test_they_name_the_owner(self, mock_backend, api, anonymous, job_in):
        job_id = job_in("finished")
        document = api(f"GET /jobs/{job_id}/results").json()
        links = {link["rel"]: link["href"] for link in document["links"]}
        asset = document["assets"]["openEO_2024-06-04Z.tif"]["href"]

        own = rf"{mock_backend.url}/jobs/{job_id}/results"
        form = rf"{own}(/items|/assets)?/YWxpY2U=/[0-9a-f]+(/.+)?\?expires=\d+"
        for url in (links["canonical"], links["item"], asset):
            assert re.fullmatch(form, url), url
            assert anonymous(f"GET {url}").status_code == 200
            forged = url.replace("/results/", "/results/x/") if url == asset else url + "0"
            assert anonymous(f"GET {forged}").status_code in (403, 404)
        mock_backend.clock.advance("8d")
        assert answer(anonymous(f"GET {asset}")) == "410 ResultLinkExpired"

    @pytest.mark.mock_backend(profile="cdse", asset_host=True)
    def test_a_host_of_their_own(self, api, job_in):
        job_id = job_in("finished")
        asset = api(f"GET /jobs/{job_id}/results").json()["assets"]["openEO_2024-06-04Z.tif"]["href"]

        assert asset.startswith("https://assets.openeo.test/jobs/")
        assert requests.get(asset).status_code == 200

    def test_each_dialect_has_one_form(self, api, anonymous, job_in):
        job_id = job_in("finished")

        assert answer(anonymous(f"GET /jobs/{job_id}/results/YWxpY2U=/abc?expires=1")) == "404 NotFound"


@pytest.mark.parametrize(
    ("mock_backend_profile", "form"),
    [
        ("spec", r"j-250601[0-9a-f]{20}"),
        ("cdse", r"j-250601\d{6}[0-9a-f]{20}"),
        ("openeo-platform", r"vito-j-250601\d{6}[0-9a-f]{20}"),
        ("gee", r"[A-Za-z0-9]{16}"),
        ("eodc", r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"),
    ],
    indirect=["mock_backend_profile"],
)
def test_ids_of_jobs(mock_backend, api, form):
    ids = [api.create() for _ in range(3)]

    assert all(re.fullmatch(form, each) for each in ids), ids
    assert len(set(ids)) == 3
    assert [api(f"GET /jobs/{each}").json()["id"] for each in ids] == ids


@pytest.mark.parametrize(
    ("mock_backend_profile", "identifier", "costs"),
    [
        ("spec", r"r-250601[0-9a-f]{20}", "0"),
        ("cdse", r"r-250601\d{6}[0-9a-f]{20}", None),
        ("gee", None, "0"),
        ("eodc", None, None),
    ],
    indirect=["mock_backend_profile"],
)
def test_headers_of_synchronous_processing(api, graph, identifier, costs):
    headers = api("POST /result", json={"process": {"process_graph": graph}}).headers

    assert headers.get("OpenEO-Costs") == costs
    if identifier is None:
        assert "OpenEO-Identifier" not in headers
    else:
        assert re.fullmatch(identifier, headers["OpenEO-Identifier"])


@pytest.mark.parametrize(
    ("mock_backend_profile", "metrics", "costs", "header"),
    [
        ("spec", "cpu memory duration input_pixel", True, "0"),
        (
            "cdse",
            "cpu memory duration input_pixel max_executor_memory network_received",
            True,
            None,
        ),
        ("gee", "", 0, None),
        ("eodc", "", None, None),
    ],
    indirect=["mock_backend_profile"],
)
def test_usage_and_costs(mock_backend, api, job_in, metrics, costs, header):
    job_id = job_in("finished")

    job = api(f"GET /jobs/{job_id}").json()

    assert job.get("usage", {}).keys() == set(metrics.split())
    assert all({"value", "unit"} == each.keys() for each in job.get("usage", {}).values())
    assert (job["costs"] > 0) if costs is True else (job.get("costs") == costs)
    assert mock_backend.jobs[0].costs == job.get("costs", 0)
    assert api(f"GET /jobs/{job_id}/results").headers.get("OpenEO-Costs") == header


@pytest.mark.mock_backend(profile="cdse")
class TestConcurrentJobs:
    def test_two_may_run(self, api, job_in, backend):
        running = [job_in("running"), job_in("running")]
        third = job_in("created")

        response = api(f"POST /jobs/{third}/results")

        assert answer(response) == "400 ConcurrentJobLimit"
        assert "2 other jobs are running" in response.json()["message"]
        assert api.status(third) == "created"
        api(f"DELETE /jobs/{running[0]}/results")
        api.start(third)

    def test_ten_may_wait(self, api, job_in, backend):
        for _ in range(10):
            api.start(api.create())

        assert answer(api(f"POST /jobs/{api.create()}/results")) == "400 ConcurrentJobLimit"

    @pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
    def test_for_each_user(self, api, api_of, job_in, backend):
        job_in("running"), job_in("running")
        bob = api_of(backend, "bob")

        bob.start(bob.create())

    @pytest.mark.mock_backend(profile="spec")
    def test_any_number_by_the_specification(self, api, job_in):
        assert len({job_in("running") for _ in range(3)}) == 3


@pytest.mark.parametrize(
    ("mock_backend_profile", "status", "expected"),
    table(
        """
        spec  created  200 1
        cdse  created  200 0
        cdse  queued   200 0
        cdse  running  200 4
        eodc  created  404 NotFound
        """
    ),
    indirect=["mock_backend_profile"],
)
def test_logs(api, job_in, status, expected):
    response = api(f"GET /jobs/{job_in(status)}/logs?level=info")

    found = f"200 {len(response.json()['logs'])}" if response.ok else answer(response)
    assert found == expected


@drivers
def test_logs_that_cannot_be_read(mock_backend, mock_backend_connection):
    job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
    order = mock_backend.inject(Fault(status=500, message="Log store is gone."), "GET /jobs/{job_id}/logs")

    assert [(each.level, each.message) for each in job.logs()] == [("error", "Log store is gone.")]
    assert order.hits == 1
    assert [each.level for each in job.logs()] != ["error"]


def test_logs_that_cannot_be_read_are_an_error_elsewhere(mock_backend, mock_backend_connection):
    job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
    mock_backend.inject(Fault(status=500), "GET /jobs/{job_id}/logs")

    with pytest.raises(OpenEoApiError, match="500"):
        job.logs()


class TestUnsupported:
    @drivers
    def test_what_the_driver_does_not_serve(self, api, job_in):
        job_id = job_in("created")

        assert answer(api(f"PATCH /jobs/{job_id}", json={"title": "new"})) == "501 FeatureUnsupported"
        assert answer(api(f"GET /jobs/{job_id}/estimate")) == "501 FeatureUnsupported"

    @pytest.mark.parametrize(
        ("mock_backend_profile", "methods"),
        [
            ("spec", {"GET", "PATCH", "DELETE"}),
            ("cdse", {"GET", "DELETE"}),
            ("eodc", {"GET", "PATCH", "DELETE"}),
        ],
        indirect=["mock_backend_profile"],
    )
    def test_it_is_not_listed(self, api, mock_backend_profile, methods):
        listed = {each["path"]: set(each["methods"]) for each in api("GET /").json()["endpoints"]}

        assert listed["/jobs/{job_id}"] == methods
        assert ("/jobs/{job_id}/estimate" in listed) == (mock_backend_profile == "spec")


@pytest.mark.mock_backend(profile="eodc")
@deviates
def test_deletion_that_is_only_accepted(mock_backend, mock_backend_connection):
    job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()

    with pytest.raises(OpenEoRestError, match="202"):
        job.delete()

    assert len(mock_backend.jobs) == 1


@pytest.mark.parametrize(
    ("mock_backend_profile", "status"),
    [("spec", 403), ("cdse", 403), ("eodc", 401)],
    indirect=["mock_backend_profile"],
)
def test_tokens_that_are_invalid(mock_backend, api, status, assert_error):
    mock_backend.users.revoke("alice")

    assert_error(api("GET /me"), status, "TokenInvalid")


@pytest.mark.mock_backend(profile="eodc")
def test_the_client_renews_its_token_whatever_the_status(mock_backend):
    mock_backend.oidc.access_token_ttl = "5m"
    connection = mock_backend.connect(user=None)
    connection.authenticate_oidc_device(store_refresh_token=True)
    mock_backend.clock.advance("1h")

    assert connection.describe_account()["user_id"] == "alice"
    assert 401 in [each.status for each in mock_backend.requests]


@pytest.mark.mock_backend(profile="gee")
def test_results_are_an_item(api, job_in):
    response = api(f"GET /jobs/{job_in('finished')}/results", headers={"Accept": "application/json"})

    assert response.json()["type"] == "Feature"


class TestFailuresOfProxies:
    @drivers
    @deviates
    @pytest.mark.parametrize("status", [502, 503, 504])
    def test_they_are_html(self, mock_backend, anonymous, status):
        mock_backend.inject(Fault(status=status, retry_after=7), "GET /collections")

        response = anonymous("GET /collections")

        assert response.status_code == status
        assert response.headers["Content-Type"].startswith("text/html")
        assert response.headers["Retry-After"] == "7"
        assert f"<h1>{status} " in response.text

    @drivers
    @deviates
    def test_the_clients_polling_survives_them(self, mock_backend, mock_backend_connection):
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
        mock_backend.inject(Fault(status=502), "GET /jobs/{job_id}", times=3)

        job.start_and_wait(print=lambda line: None)

        assert job.status() == "finished"

    @pytest.mark.mock_backend(profile="cdse")
    def test_errors_with_a_code_of_their_own_are_not_theirs(self, mock_backend, anonymous, assert_error):
        mock_backend.inject(Fault(code="InfrastructureMaintenance"), "GET /collections")

        assert_error(anonymous("GET /collections"), 503, "InfrastructureMaintenance")


class TestAfterTheEffect:
    """The client is told of an error, and what it has asked for has happened."""

    @pytest.mark.parametrize(
        "mock_backend_profile", ["spec", pytest.param("cdse", marks=deviates)], indirect=True
    )
    def test_a_start(self, mock_backend, mock_backend_connection):
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()
        mock_backend.inject(Fault(status=502, after_effect=True), "POST /jobs/{job_id}/results")

        with pytest.raises(OpenEoApiPlainError, match="502"):
            job.start()

        assert job.status() == "queued"
        assert [each.status for each in mock_backend.requests.select("POST /jobs/{job_id}/results")] == [502]

    def test_a_job_that_is_unknown(self, mock_backend, api, graph, assert_error):
        mock_backend.inject(Fault(status=500, after_effect=True), "POST /jobs")
        body = {"process": {"process_graph": graph}, "title": "lost"}

        assert_error(api("POST /jobs", json=body), 500, "Internal", "ordered")

        assert mock_backend.jobs.one().title == "lost"
        assert mock_backend.requests[-1].json == body

    def test_what_the_request_would_have_got_does_not_matter(self, mock_backend, api, assert_error):
        mock_backend.inject(Fault(status=503, after_effect=True), "GET /jobs/{job_id}")

        assert_error(api("GET /jobs/none"), 503, "InfrastructureBusy")
        assert_error(api("GET /jobs/none"), 404, "JobNotFound")

    def test_behind_a_socket(self, mock_backend_live, mock_backend, api):
        job_id = api.create()
        mock_backend.inject(Fault(status=502, after_effect=True), "POST /jobs/{job_id}/results")
        headers = {"Authorization": f"Bearer {mock_backend.token()}"}

        response = requests.post(f"{mock_backend_live.url}/jobs/{job_id}/results", headers=headers)

        assert response.status_code == 502
        assert api.status(job_id) == "queued"


@pytest.mark.mock_backend(profile=["spec", "cdse"])
class TestLag:
    """A start that can be seen only after a while."""

    def test_the_status_comes_late(self, backend, api):
        backend.plan(JobPlan(queued="1m", running="10m", lag="5s"))
        job_id = api.create()
        api.start(job_id)

        assert api.status(job_id) == "created"
        backend.clock.advance("5s")
        assert api.status(job_id) == "queued"
        backend.clock.advance("55s")
        assert api.status(job_id) == "running"

    def test_the_clients_polling_survives_it(self, backend, mock_backend_connection):
        backend.plan(JobPlan(queued="1m", running="10m", lag="12s"))
        job = mock_backend_connection.load_collection("SENTINEL2_L2A").create_job()

        job.start_and_wait(print=lambda line: None)

        assert backend.jobs[0].job.run.number == 1

    def test_who_starts_again_has_two_runs(self, backend, api):
        backend.plan(JobPlan(queued="1m", running="10m", lag="5s"))
        job_id = api.create()
        api.start(job_id)
        backend.clock.advance("4s")
        if api.status(job_id) == "created":
            api.start(job_id)

        job = backend.jobs[0].job
        assert (job.run.number, job.run.started - job.created) == (2, timedelta(seconds=4))
