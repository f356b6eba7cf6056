"""The section about the back-ends in the report of a failed test."""


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
            "*<Job j-* 'ndvi' created> created 2025-06-01T12:00:00+00:00",
            "exchanges: *",
            "*<POST /jobs -> 201>",
            "*mock back-end https://openeo-2.test*",
        ]
    )
    assert "basic//" not in result.stdout.str()


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
