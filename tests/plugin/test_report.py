"""The section about the back-ends in the report of a failed test."""

import re


def test_a_failed_test_tells_jobs_exchanges_and_time(pytester):
    pytester.makepyfile(
        """
        def test_fails(mock_backend, mock_backend_factory):
            mock_backend_factory()
            mock_backend.connect().load_collection("SENTINEL2_L2A").create_job(title="ndvi")
            mock_backend.clock.advance("90s")
            assert mock_backend.jobs.one(title="ndvi").status == "finished"
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*mock back-end https://openeo.test*",
            "clock: 2025-06-01T12:01:30+00:00 (0:01:30 after its start, rate 0)",
            "jobs: 1",
            "*<Job j-* 'ndvi' created>",
            "exchanges: *",
            "*<POST /jobs -> 201>",
            "*mock back-end https://openeo-2.test*",
        ]
    )
    assert "basic//" not in result.stdout.str()


def test_services_are_told_if_there_are_any(pytester):
    pytester.makepyfile(
        """
        def test_fails(mock_backend):
            connection = mock_backend.connect()
            cube = connection.load_collection("SENTINEL2_L2A", bands=["B04"]).save_result("PNG")
            connection.create_service(cube.flat_graph(), type="XYZ", title="map", enabled=False)
            assert False
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.stdout.fnmatch_lines(["jobs: 0", "services: 1", "  <s-* XYZ 'map' disabled>", "exchanges: *"])


def test_only_the_last_exchanges_are_told(pytester):
    pytester.makepyfile(
        """
        import requests

        def test_fails(mock_backend):
            for _ in range(50):
                requests.get(mock_backend.url)
            assert False
        """
    )

    output = pytester.runpytest_inprocess("-p", "no:cacheprovider").stdout.str()

    assert "exchanges: 50 (the last 30)" in output
    assert output.count("<GET / -> 200>") == 30


def test_a_passed_test_tells_nothing(pytester):
    pytester.makepyfile("def test_passes(mock_backend): pass\ndef test_other(): assert False")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rA")

    result.assert_outcomes(passed=1, failed=1)
    result.stdout.no_fnmatch_line("*mock back-end*")


def test_a_failed_job_and_unused_orders_are_told(pytester):
    pytester.makepyfile(
        """
        from mock_backend import Fault, JobPlan

        def test_fails(mock_backend):
            mock_backend.plan(JobPlan.immediate(error="out of memory"), process="load_collection")
            mock_backend.plan(JobPlan(), process="misspelled")
            mock_backend.inject(Fault(503), "GET /me", times=3)
            job = mock_backend.connect().load_collection("SENTINEL2_L2A").create_job()
            job.start()
            mock_backend.connect().get("/jobs/nothing", check_error=False)
            assert False
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    told = re.sub(r"j-\d{6}[0-9a-f]{20}", "JOB", result.stdout.str())
    section = (
        told.partition("mock back-end https://openeo.test")[2].partition("\n")[2].partition("\n=====")[0]
    )
    orders_and_jobs, _, exchanges = section.partition("exchanges: ")
    assert orders_and_jobs + exchanges.splitlines()[-1] == (
        """\
clock: 2025-06-01T12:00:00+00:00 (0:00:00 after its start, rate 0)
in force: <JobPlan(queued='PT0S', running='PT0S', fails_at=1.0, error='out of memory') \
for process='load_collection': 1 hits>
in force: <JobPlan() for process='misspelled': 0 hits>
in force: <Fault(status=503) on GET /me: 0 hits, 3 left>
jobs: 1
  <Job JOB error>: out of memory
  +0:00:00 <GET /jobs/nothing -> 404 JobNotFound: The batch job 'nothing' does not exist.>"""
    )


def test_a_report_never_fails_itself(pytester):
    pytester.makepyfile(
        """
        def test_closed(mock_backend):
            mock_backend.close()
            assert False

        def test_with_a_file(mock_backend_factory, tmp_path):
            mock_backend_factory(store=tmp_path / "jobs.json").close()
            assert False

        def test_next():
            pass
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=2, passed=1)
    result.stdout.fnmatch_lines(["jobs: *closed*"])


def test_exchanges_with_providers_are_told_if_there_are_any(pytester):
    pytester.makepyfile(
        """
        def test_fails(mock_backend):
            connection = mock_backend.connect(user=None)
            connection.authenticate_oidc_client_credentials("openeo-service", "secret")
            assert False
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.stdout.fnmatch_lines(
        [
            "exchanges with the provider 'mock': *",
            "  +0:00:00 <GET /.well-known/openid-configuration -> 200>",
            "  +0:00:00 <POST /token -> 200>",
        ]
    )
