"""Starting, cancelling and limiting jobs, their ids, logs and deletion, in each dialect."""

import re
from datetime import timedelta

import pytest
from openeo.rest import OpenEoRestError

from dialect_tables import answer, deviates, drivers, table
from mock_backend import JobPlan


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
