"""Behaviours that the openeo client's own tests check with stubs by hand, with a back-end that answers."""

from datetime import timedelta

import pytest
from openeo.api.process import Parameter
from openeo.rest import JobFailedException, OpenEoApiError, OpenEoClientException
from openeo.rest.auth.oidc import OidcException

from mock_backend import Fault, JobPlan
from mock_backend.control.faults import Disconnect
from mock_backend.results import missing

TIFF = b"II*\0 pixels"
STATUS = "GET /jobs/{job_id}"


@pytest.fixture
def job(mock_backend):
    return mock_backend.connect().load_collection("SENTINEL2_L2A").create_job(title="job")


@pytest.fixture
def finished(mock_backend, job):
    mock_backend.set_result(TIFF)
    return job.start_and_wait()


@pytest.fixture
def anonymous(mock_backend):
    return mock_backend.connect(user=None)


def test_a_job_is_waited_for(mock_backend, job, capsys):
    job.start_and_wait()
    seen = [line.split(": ")[-1] for line in capsys.readouterr().out.splitlines()]
    assert seen[-1] == "finished (progress 100%)"
    assert mock_backend.clock.elapsed > timedelta(seconds=10)


def test_a_job_that_fails(mock_backend, job):
    mock_backend.plan(JobPlan(error="Out of memory."))
    with pytest.raises(JobFailedException, match="error"):
        job.start_and_wait()
    assert [entry["message"] for entry in job.logs(level="error")][-1] == "Out of memory."


def test_some_polls_that_fail_are_survived(mock_backend, job):
    mock_backend.inject(Disconnect("before"), STATUS, after=1, times=5)
    assert job.start_and_wait().status() == "finished"


def test_too_many_polls_that_fail(mock_backend, job):
    mock_backend.inject(Disconnect("before"), STATUS, after=1, times=None)
    with pytest.raises(OpenEoClientException, match="soft errors"):
        job.start_and_wait(soft_error_max=2)


def test_the_log_of_a_failure_is_printed(mock_backend, job, capsys):
    mock_backend.plan(JobPlan(error="Out of memory."))
    with pytest.raises(JobFailedException):
        job.start_and_wait()
    assert "Out of memory." in capsys.readouterr().out


def test_logs(mock_backend, finished):
    assert finished.logs()[0].level == "info"


def test_logs_of_a_level(mock_backend, job):
    mock_backend.plan(JobPlan(error="Out of memory."))
    job.start()
    mock_backend.clock.advance("1h")
    assert {entry.level for entry in job.logs(level="error")} == {"error"}
    assert mock_backend.requests[-1].query["level"] == "error"


@pytest.mark.mock_backend(asset_host=True)
def test_files_are_on_another_host(mock_backend, finished, tmp_path):
    asset = finished.get_results().get_assets()[0]
    assert not asset.href.startswith(mock_backend.url + "/")
    assert asset.download(tmp_path).read_bytes() == TIFF
    mock_backend.assert_good_citizen()  # the token went to no other host


def test_the_list_of_jobs(mock_backend, job):
    (listed,) = job.connection.list_jobs(limit=5)
    assert (listed["id"], listed["status"]) == (job.job_id, "created")
    assert mock_backend.requests[-1].query == {"limit": "5"}


def test_an_asset_in_a_folder(finished, tmp_path):
    assert finished.get_results().get_assets()[0].download(tmp_path).parent == tmp_path


def test_an_asset_that_is_not_there(mock_backend, job, tmp_path):
    mock_backend.set_result(missing(TIFF))
    job.start_and_wait()
    with pytest.raises(OpenEoApiError, match="FileNotFound"):
        job.get_results().download_files(tmp_path)


def test_an_expired_token_of_a_program_is_renewed(mock_backend, anonymous):
    anonymous.authenticate_oidc_client_credentials("openeo-service", "secret")
    mock_backend.oidc.expire_tokens()
    assert anonymous.describe_account()["user_id"]
    assert [grant.grant_type for grant in mock_backend.oidc.grants] == ["client_credentials"] * 2


def test_an_expired_token_of_a_person_is_renewed(mock_backend, anonymous):
    anonymous.authenticate_oidc_device(store_refresh_token=True)
    mock_backend.oidc.expire_tokens()
    assert anonymous.describe_account()["user_id"] == "alice"
    assert mock_backend.requests[-1].grant == "refresh_token"


def test_a_token_that_cannot_be_renewed(mock_backend, anonymous):
    anonymous.authenticate_oidc_client_credentials("openeo-service", "secret")
    mock_backend.oidc.expire_tokens()
    mock_backend.oidc.inject(Fault(400, code="invalid_client"), "POST /token", times=None)
    with pytest.raises(OpenEoApiError, match="TokenInvalid"):
        anonymous.describe_account()


def test_a_device_by_pkce(mock_backend, anonymous):
    mock_backend.oidc.add_client("mine")
    mock_backend.oidc.script_device("pending", "slow_down", "confirmed")
    anonymous.authenticate_oidc_device("mine", use_pkce=True)
    assert mock_backend.oidc.grants[-1].client_id == "mine"


def test_a_device_that_is_denied(mock_backend, anonymous):
    mock_backend.oidc.script_device("pending", "denied")
    with pytest.raises(OidcException, match="access_denied"):
        anonymous.authenticate_oidc_device()


def test_a_password_at_the_provider(mock_backend, anonymous):
    mock_backend.oidc.add_client("mine", "s3cret")
    anonymous.authenticate_oidc_resource_owner_password_credentials("alice", "secret", "mine", "s3cret")
    assert anonymous.describe_account()["user_id"] == "alice"


def test_a_process_is_stored(mock_backend, job):
    arguments = {"x": {"from_parameter": "x"}, "y": 2}
    graph = {"add": {"process_id": "add", "arguments": arguments, "result": True}}
    number = Parameter.number("x", "A number.")
    job.connection.save_user_defined_process("add_two", graph, parameters=[number])
    assert mock_backend.user_processes["alice"]["add_two"]["process_graph"] == graph


def test_files_go_up_and_come_back(mock_backend, job, tmp_path):
    (tmp_path / "mine.txt").write_text("hello")
    uploaded = job.connection.get_file("folder/mine.txt").upload(tmp_path / "mine.txt")
    assert uploaded.metadata["size"] == 5
    assert uploaded.download(tmp_path / "back.txt").read_text() == "hello"


def test_the_list_of_files(mock_backend, job, tmp_path):
    (tmp_path / "mine.txt").write_text("hello")
    job.connection.upload_file(tmp_path / "mine.txt")
    assert [str(file.path) for file in job.connection.list_files()] == ["mine.txt"]
