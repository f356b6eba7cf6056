"""The openeo client, unchanged, logs in by OpenID Connect: in this process, and through a socket."""

import openeo
import pytest
from openeo.rest.auth.oidc import OidcException

from mock_backend import JobPlan


@pytest.fixture(scope="session")
def mock_backend_settings():
    # A frozen clock for the live server, too, so that waits jump there as well.
    return {"rate": 0, "users": {"alice": "secret", "bob": "builder"}}


@pytest.fixture(params=["in-process", "live"])
def front(request, mock_backend):
    """The URL to connect to: every flow is the same in this process and through a socket."""
    if request.param == "live":
        return request.getfixturevalue("mock_backend_live").url
    return mock_backend.url


@pytest.fixture
def oidc(mock_backend):
    """The default provider."""
    return mock_backend.oidc


@pytest.fixture
def connect(front):
    """Make connections without a log-in."""

    def make(**options) -> openeo.Connection:
        return openeo.connect(front, **options)

    return make


@pytest.fixture
def connection(connect):
    return connect()


@pytest.fixture
def account():
    """Tell whom a back-end takes a connection's user for."""

    def ask(connection: openeo.Connection) -> str:
        return connection.describe_account()["user_id"]

    return ask


@pytest.fixture
def seconds(mock_backend_clock):
    """Tell how many seconds have passed on the clock."""
    return lambda: mock_backend_clock.elapsed.total_seconds()


@pytest.fixture
def long_job(mock_backend):
    """Make a job of two hours, of which the client takes five seconds and more between two looks."""
    mock_backend.plan(JobPlan(queued="10m", running="1h50m"))

    def make(connection: openeo.Connection) -> openeo.BatchJob:
        return connection.load_collection("SENTINEL2_L2A").create_job(title="two hours")

    return make


@pytest.fixture
def quiet():
    """Options for methods that would print what they do."""
    return {"print": lambda *_: None}


@pytest.fixture
def renewals(oidc):
    """The grants by which a client has renewed its access token since this was asked last."""
    seen = 0

    def new(grant_type: str = "refresh_token"):
        nonlocal seen
        grants = oidc.grants.select(grant_type)
        fresh, seen = grants[seen:], len(grants)
        return fresh

    return new


@pytest.fixture
def log_in_refused():
    """Expect a log-in to fail in the client's own way: ``with log_in_refused("invalid_grant"):``."""

    def expect(words: str):
        return pytest.raises(OidcException, match=words)

    return expect


@pytest.fixture
def refused():
    """Expect the back-end to refuse: ``with refused("TokenInvalid"):``."""

    def expect(code: str, words: str = ""):
        return pytest.raises(openeo.rest.OpenEoApiError, match=rf"^\[403\] {code}: .*{words}")

    return expect
