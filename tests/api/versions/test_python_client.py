"""The openeo client with API 1.2 and 1.3, and with plain tokens where these are announced."""

import re

import openeo
import pytest
from openeo.rest import OpenEoApiError
from openeo.rest.auth.auth import BearerAuth

VERSIONS = ("1.2", "1.3")


def with_plain_token(connection):
    """Let a connection send its token as openeo-python-client 859 has it: plain where that is announced."""
    classes = connection.capabilities().capabilities.get("conformsTo", [])
    if any(re.fullmatch(r"https://api\.openeo\.org/[^/]+/authentication/jwt", each) for each in classes):
        connection.auth = BearerAuth(bearer=connection.auth.bearer.rpartition("/")[2])
    return connection


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def connection(backend, version):
    return openeo.connect(f"https://versions.test/openeo/{version}")


def by_password(connection, backend):
    return connection.authenticate_basic("alice", "secret")


def by_client_credentials(connection, backend):
    return connection.authenticate_oidc_client_credentials("openeo-service", "secret")


def by_device(connection, backend):
    return connection.authenticate_oidc_device()


@pytest.mark.parametrize("log_in", [by_password, by_client_credentials, by_device])
def test_logging_in_with_tokens_as_the_version_wants_them(backend, connection, version, log_in):
    log_in(connection, backend)
    prefixed = connection.describe_account()["user_id"]
    with_plain_token(connection)

    assert ("/" in connection.auth.bearer) is (version == "1.2")
    assert connection.describe_account()["user_id"] == prefixed
    job = connection.load_collection("SENTINEL2_L2A", bands=["B04"]).create_job(title="mine")
    assert [each["id"] for each in connection.list_jobs()] == [job.job_id]


def test_an_expired_token_tells_the_client_to_renew_it(backend, connection):
    connection.authenticate_oidc_client_credentials("openeo-service", "secret")
    with_plain_token(connection)
    connection._oidc_auth_renewer = None
    backend.clock.advance("3h")

    with pytest.raises(OpenEoApiError, match=r"\[403\] TokenInvalid"):
        connection.describe_account()


def test_a_job_from_beginning_to_end(backend, connection, version, tmp_path):
    connection.authenticate_basic("alice", "secret")
    cube = connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.22},
        temporal_extent=["2024-06-01", "2024-06-20"],
        bands=["B04"],
    )
    job = cube.create_job(title="all", additional={"label": "x"})
    job.start_and_wait(print=lambda *_: None)

    described = job.describe()
    assert described["label"] == "x"
    assert {"queued", "started", "unpublished"} <= described.keys() or version == "1.2"
    (path, *_) = job.get_results().download_files(tmp_path)
    assert path.exists()
    assert [entry.level for entry in job.logs()]
    sync = connection.download(cube.max_time().flat_graph())
    assert sync.startswith((b"II", b"MM"))


def test_what_it_discovers(connection, version):
    connection.authenticate_basic("alice", "secret")

    assert connection.capabilities().api_version() == f"{version}.0"
    assert connection.capabilities().supports_endpoint("/processing_parameters", "GET")
    assert "GTiff" in connection.list_file_formats()["output"]
    assert {"add", "export_workspace"} <= {each["id"] for each in connection.list_processes()}
    assert connection.list_udf_runtimes()
    assert connection.list_service_types()
    cube = connection.load_collection("SENTINEL2_L2A", bands=["B04"])
    assert connection.validate_process_graph(cube.save_result("GTiff").flat_graph()) == []
