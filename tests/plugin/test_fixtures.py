"""The fixtures and the marker."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

from mock_backend import Clock


def test_each_test_gets_a_fresh_back_end(pytester):
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.parametrize("n", range(3))
        def test_fresh(mock_backend, n):
            assert len(mock_backend.jobs) == 0
            assert mock_backend.clock.elapsed.total_seconds() == 0
            cube = mock_backend.connect().load_collection("SENTINEL2_L2A")
            job = cube.create_job()
            mock_backend.clock.advance("1h")
            assert job.job_id == "j-250601d420a4f05b7db5c6b352"
        """
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_the_connection_is_logged_in(mock_backend_connection, mock_backend):
    assert mock_backend_connection.describe_account()["user_id"] == "alice"
    assert mock_backend_connection.root_url == mock_backend.url == "https://openeo.test"


def test_the_clock_is_the_back_ends(mock_backend_clock, mock_backend):
    assert mock_backend_clock is mock_backend.clock
    assert mock_backend_clock.rate == 0
    assert mock_backend_clock.now() == datetime(2025, 6, 1, 12, tzinfo=UTC)


def test_more_back_ends_share_the_clock_and_have_their_own_hosts(mock_backend_factory, mock_backend):
    second, third = mock_backend_factory(), mock_backend_factory(users={"bob": "b"})

    assert [each.url for each in (mock_backend, second, third)] == [
        "https://openeo.test",
        "https://openeo-2.test",
        "https://openeo-3.test",
    ]
    assert mock_backend.clock is second.clock is third.clock
    assert third.connect().describe_account()["user_id"] == "bob"
    second.connect().load_collection("SENTINEL2_L2A").create_job()
    assert [len(each.jobs) for each in (mock_backend, second, third)] == [0, 1, 0]


def test_the_order_of_the_fixtures_does_not_matter(pytester):
    pytester.makepyfile(
        """
        def test_factory_first(mock_backend_factory, request):
            first = mock_backend_factory()
            backend = request.getfixturevalue("mock_backend")
            assert (first.url, backend.url) == ("https://openeo-2.test", "https://openeo.test")
        """
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


@pytest.mark.mock_backend(seed=7, users={"bob": "b"}, start="2030-01-01T00:00:00Z", rate=60)
def test_the_marker_sets_the_back_end_up(mock_backend, mock_backend_connection):
    assert mock_backend.settings.seed == 7
    assert mock_backend_connection.describe_account()["user_id"] == "bob"
    assert mock_backend.clock.rate == 60
    assert mock_backend.clock.start == datetime(2030, 1, 1, tzinfo=UTC)


@pytest.mark.mock_backend(user=None)
def test_no_user_is_logged_in_if_the_marker_says_so(mock_backend_connection):
    assert (
        mock_backend_connection.auth is None
        or not mock_backend_connection.auth.__class__.__name__.endswith("BearerAuth")
    )
    assert mock_backend_connection.list_collection_ids()


@pytest.mark.mock_backend(seed=1)
class TestMarkersOfAClass:
    @pytest.mark.mock_backend(users={"bob": "b"})
    def test_add_up(self, mock_backend):
        assert (mock_backend.settings.seed, list(mock_backend.users)) == (1, ["bob"])

    @pytest.mark.mock_backend(seed=2)
    def test_are_overridden(self, mock_backend):
        assert mock_backend.settings.seed == 2


class TestSettingsOfAFolder:
    @pytest.fixture
    def mock_backend_settings(self):
        return {"seed": 5, "users": {"carol": "c"}}

    @pytest.mark.mock_backend(seed=6)
    def test_are_the_markers_ground(self, mock_backend):
        assert (mock_backend.settings.seed, list(mock_backend.users)) == (6, ["carol"])


SHARED = Clock("2031-01-01T00:00:00Z")


@pytest.mark.mock_backend(clock=SHARED)
def test_a_clock_of_ones_own(mock_backend):
    assert mock_backend.clock is SHARED


def test_a_live_back_end_lives_in_real_time(mock_backend, mock_backend_live):
    assert mock_backend.clock.rate == 1
    assert abs(mock_backend.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    assert requests.get(mock_backend_live.url, timeout=5).json()["api_version"] == "1.2.0"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("@pytest.mark.mock_backend(7)", "*takes keyword arguments only*"),
        (
            "@pytest.mark.mock_backend(sede=7)",
            "*no setting 'sede'. The settings are: url, clock, store*rate, user, scenario, unused_orders.",
        ),
        ("@pytest.mark.mock_backend(url='openeo.test')", "*A back-end's URL must be absolute*"),
        ("@pytest.mark.mock_backend(start='2025-01-01')", "*needs a time zone*"),
        ("@pytest.mark.mock_backend(rate=-1)", "*rate must be 0*"),
    ],
)
def test_senseless_settings_say_what_is_wrong(pytester, line, message):
    pytester.makepyfile(f"import pytest\n{line}\ndef test(mock_backend): pass")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([message])


def test_the_marker_is_registered_and_explained(pytester):
    result = pytester.runpytest_inprocess("--markers")

    result.stdout.fnmatch_lines(["@pytest.mark.mock_backend*start*rate*"])


def test_fixtures_are_explained(pytester):
    pytester.makepyfile("")

    result = pytester.runpytest_inprocess("--fixtures", "-p", "no:cacheprovider")

    for name in ("", "_clock", "_connection", "_factory", "_live", "_settings"):
        result.stdout.fnmatch_lines([f"mock_backend{name}*"])
