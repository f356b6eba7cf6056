"""The guide's table of errors tells the truth: what it says causes an error does."""

import re
from pathlib import Path

import pytest

from mock_backend import Fault, JobPlan, MockBackend
from mock_backend.errors import BY_CODE
from mock_backend.settings import AppSettings

PAGE = Path(__file__).parents[3] / "docs" / "guide" / "errors.md"
ROWS = re.findall(r"^\| `(\w+)` \| (\d+) \| (.+) \|$", PAGE.read_text(), re.MULTILINE)
ADD = {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}


def graph_of(**node):
    return {"process": {"process_graph": {"add": ADD | node}}}


def service(**members):
    return {"process": graph_of()["process"], "type": "xyz"} | members


def started(api, mock_backend, plan, **members):
    mock_backend.plan(plan)
    job_id = api.create(**members)
    api.start(job_id)
    return job_id


#: Requests by the code of the error that they get.
REQUESTS = {
    "NotFound": lambda api, _: api("GET /nothing"),
    "UnsupportedApiVersion": lambda api, _: api("GET /openeo/0.4/jobs"),
    "BudgetInvalid": lambda api, _: api("POST /jobs", json=graph_of() | {"budget": -1}),
    "EstimateComplexity": lambda api, _: api(
        "GET /jobs/{}/estimate".format(
            api.create(
                {
                    "udf": {
                        "process_id": "run_udf",
                        "arguments": {"data": 1, "udf": "x = 1\ny = 2", "runtime": "Python"},
                        "result": True,
                    }
                }
            )
        )
    ),
    "PropertyNotEditable": lambda api, _: api(f"PATCH /jobs/{api.create()}", json={"status": "finished"}),
    "CollectionNotFound": lambda api, _: api("GET /collections/NOTHING"),
    "FileNotFound": lambda api, _: api("GET /files/nothing"),
    "FilePathInvalid": lambda api, _: api("PUT /files/a/%2E%2E/b", data=b"x"),
    "FileOperationUnsupported": lambda api, _: (
        api("PUT /files/a", data=b"x"),
        api("PUT /files/a/b", data=b"x"),
    )[1],
    "FolderOperationUnsupported": lambda api, _: (
        api("PUT /files/a/b", data=b"x"),
        api("PUT /files/a", data=b"x"),
    )[1],
    "ContentTypeInvalid": lambda api, _: api("POST /jobs", data="x", headers={"Content-Type": "text/plain"}),
    "ProcessGraphNotFound": lambda api, _: api("GET /process_graphs/nothing"),
    "ProcessInvalid": lambda api, _: api(
        "PUT /process_graphs/mine", json=graph_of()["process"] | {"parameters": [{"schema": {}}]}
    ),
    "ProcessGraphMissing": lambda api, _: api("POST /jobs", json={}),
    "ProcessGraphInvalid": lambda api, _: api("POST /jobs", json=graph_of(result=False)),
    "PredefinedProcessExists": lambda api, _: api("PUT /process_graphs/ndvi", json=graph_of()["process"]),
    "ProcessUnsupported": lambda api, _: api("POST /jobs", json=graph_of(process_id="ad")),
    "ProcessNamespaceInvalid": lambda api, backend: (
        backend.add_remote_processes({"https://example.org/add": {"id": "add"}}),
        api("POST /jobs", json=graph_of(process_id="sub", namespace="https://example.org/add")),
    )[1],
    "ProcessParameterUnsupported": lambda api, _: api(
        "POST /jobs", json=graph_of(arguments={"x": 1, "y": 2, "z": 3})
    ),
    "ProcessParameterInvalid": lambda api, _: api("POST /jobs", json=graph_of(arguments={"x": "1", "y": 2})),
    "ProcessParameterRequired": lambda api, _: api("POST /jobs", json=graph_of(arguments={"x": 1})),
    "JobNotFound": lambda api, _: api("GET /jobs/nothing"),
    "JobLocked": lambda api, backend: api(
        f"PATCH /jobs/{started(api, backend, JobPlan(running='1h'))}", json={"title": "new"}
    ),
    "JobNotFinished": lambda api, backend: api(
        f"GET /jobs/{started(api, backend, JobPlan(running='1h'))}/results"
    ),
    "JobNotStarted": lambda api, _: api(f"GET /jobs/{api.create()}/results"),
    "PaymentRequired": lambda api, backend: (
        backend.plan(JobPlan(running="10h")),
        api(f"POST /jobs/{api.create(budget=0.01)}/results"),
    )[1],
    "BillingPlanInvalid": lambda api, _: api("POST /jobs", json=graph_of() | {"plan": "nothing"}),
    "AuthenticationRequired": lambda api, _: api("GET /jobs", headers={"Authorization": None}),
    "AuthenticationSchemeInvalid": lambda api, _: api("GET /jobs", headers={"Authorization": "Digest x"}),
    "TokenInvalid": lambda api, _: api("GET /jobs", headers={"Authorization": "Bearer basic//wrong"}),
    "CredentialsInvalid": lambda api, _: api(
        "GET /credentials/basic", auth=("alice", "wrong"), headers={"Authorization": None}
    ),
    "ServiceNotFound": lambda api, _: api("GET /services/nothing"),
    "ServiceUnsupported": lambda api, _: api("POST /services", json=service(type="WCSX")),
    "ServiceConfigUnsupported": lambda api, _: api("POST /services", json=service(configuration={"zz": 1})),
    "ServiceConfigInvalid": lambda api, _: api(
        "POST /services", json=service(type="wms", configuration={"version": "0.0"})
    ),
}


def test_the_table_has_all_codes_with_their_statuses():
    assert {code: int(status) for code, status, _ in ROWS} == {
        code: error.status for code, error in BY_CODE.items()
    }


# Production would let some of them pass.
@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize("code", REQUESTS)
def test_requests_cause_what_the_table_says(api, mock_backend, assert_error, code):
    assert_error(REQUESTS[code](api, mock_backend), BY_CODE[code].status, code)


@pytest.mark.parametrize("code", ["ResultLinkExpired", "PermissionsInsufficient"])
def test_signed_urls_cause_what_the_table_says(api, anonymous, mock_backend, assert_error, code):
    job_id = started(api, mock_backend, JobPlan.immediate())
    assets = api(f"GET /jobs/{job_id}/results").json()["assets"]
    url = next(iter(assets.values()))["href"]
    if code == "ResultLinkExpired":
        mock_backend.clock.advance(days=8)
    else:
        url = url[:-1] + ("0" if url[-1] != "0" else "1")

    assert_error(anonymous(f"GET {url}"), BY_CODE[code].status, code)


@pytest.mark.parametrize(("code", "size"), [("FileSizeExceeded", 9), ("StorageQuotaExceeded", 6)])
def test_large_files_cause_what_the_table_says(api_of, assert_error, code, size):
    settings = AppSettings(storage_quota=10, max_file_size=8)
    with MockBackend("https://small.test", settings=settings) as backend:
        api = api_of(backend)
        assert api("PUT /files/a", data=b"x" * 6).status_code == 200
        assert_error(api("PUT /files/b", data=b"x" * size), BY_CODE[code].status, code)


def test_the_other_errors_are_ordered(api, mock_backend, assert_error):
    told_elsewhere = {
        "ResultLinkExpired",
        "PermissionsInsufficient",
        "FileSizeExceeded",
        "StorageQuotaExceeded",
        # Tests of validation have it.
        "ProcessGraphComplexity",
    }
    for code, status, cause in ROWS:
        if code not in REQUESTS and code not in told_elsewhere:
            assert "ordered" in cause, code
            mock_backend.inject(Fault(code=code), "GET /jobs")
            assert_error(api("GET /jobs"), int(status), code)
