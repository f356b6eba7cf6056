"""Options of the plugin, documented fixtures, fixtures of wider scopes."""

import pytest


@pytest.fixture
def run(pytester):
    def run(text, *arguments):
        pytester.makepyfile(test_it=text)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)

    return run


def test_the_help_has_a_section(pytester):
    result = pytester.runpytest_inprocess("--help")

    result.stdout.fnmatch_lines(
        [
            "openEO mock back-end:",
            "  --mock-backend-profile=PROFILE",
            "  --mock-backend-unused-orders=ORDERS",
            "*mock_backend_profile (string):*",
            "*mock_backend_unused_orders (string):*",
        ]
    )


def test_each_fixture_is_documented_in_a_line(pytester):
    output = pytester.runpytest_inprocess("--fixtures").stdout.str()

    for name, line in {
        "mock_backend_settings [session scope]": "Settings of the back-ends in reach; to be overridden",
        "mock_backend_clock": "The virtual clock that all back-ends of this test share.",
        "mock_backend_factory": "A factory of further back-ends in one test:",
        "mock_backend_profile": "The profile of ``mock_backend`` if the test runs with several,",
        "mock_backend": "A fresh openEO back-end, reachable in this process at ``mock_backend.url``.",
        "mock_backend_connection": "A connection of the openeo client to ``mock_backend``, logged in.",
        "mock_backend_async_client": "An ``httpx.AsyncClient`` for ``mock_backend``, logged in:",
        "mock_backend_module [module scope]": "A back-end for all tests of a module, which forgets",
        "mock_backend_session [session scope]": "A back-end for all tests of a run, which forgets",
        "mock_backend_live": "The ``mock_backend`` of the test on a real loopback socket, too:",
    }.items():
        assert any(each.startswith(name + " -- ") for each in output.splitlines()), name
        assert f"    {line}" in output, line


@pytest.mark.parametrize("arguments", [["--mock-backend-profile=gee"], ["-o", "mock_backend_profile=gee"]])
def test_a_profile_for_all_that_name_none(run, arguments):
    run(
        """
        import pytest

        def test_none(mock_backend):
            assert mock_backend.settings.profile.name == "gee"

        @pytest.mark.mock_backend(profile="cdse")
        def test_its_own(mock_backend):
            assert mock_backend.settings.profile.name == "cdse"
        """,
        *arguments,
    ).assert_outcomes(passed=2)


@pytest.mark.parametrize("fixture", ["mock_backend_module", "mock_backend_session"])
def test_a_shared_back_end_begins_anew(run, fixture):
    result = run(
        f"""
        import pytest

        @pytest.fixture(scope="session")
        def mock_backend_settings():
            return {{"users": {{"bob": "b"}}, "start": "2030-01-01T00:00:00Z", "unused_orders": "report"}}

        seen = []

        @pytest.mark.parametrize("run", range(3))
        def test(run, {fixture}, mock_backend):
            backend = {fixture}
            seen.append(backend)
            assert backend is seen[0] is not mock_backend
            assert backend.connect().describe_account()["user_id"] == "bob"
            assert (len(backend.jobs), backend.clock.now().year) == (0, 2030)
            backend.connect().load_collection("SENTINEL2_L2A").create_job()
            backend.clock.advance(days=400)
            assert run < 2

        def test_without():
            assert len(seen[0].jobs) == 0
        """
    )

    result.assert_outcomes(passed=3, failed=1)
    result.stdout.fnmatch_lines(["*mock back-end https://openeo-*.test*", "jobs: 1"])


@pytest.mark.parametrize("user", ["", "user=None"])
def test_an_asynchronous_client(run, user):
    result = run(
        f"""
        import asyncio
        import pytest
        import trio

        @pytest.mark.mock_backend({user})
        @pytest.mark.parametrize("run", [asyncio.run, lambda coroutine: trio.run(lambda: coroutine)])
        def test(mock_backend_async_client, run):
            async def ask():
                async with mock_backend_async_client as client:
                    return (await client.get("/me")).status_code

            assert run(ask()) == {401 if user else 200}
        """
    )

    result.assert_outcomes(passed=2)


def test_public_types_are_those_of_fixtures():
    from mock_backend import Exchange, JobView, LiveServer, MockBackend

    with MockBackend() as backend:
        job: JobView = backend.connect().load_collection("SENTINEL2_L2A").create_job() and backend.jobs[0]
        assert isinstance(job, JobView)
        assert isinstance(backend.requests[0], Exchange)
        assert isinstance(backend.live(), LiveServer)
