"""Every failure is an openEO error object."""

import json

import pytest

from mock_backend import errors


def test_codes_and_statuses_are_the_specifications(shared):
    official = json.loads((shared / "openeo-api" / "errors.json").read_text())
    # Nothing in the list fits a malformed request; the other one is of the extension for remote processes.
    own = {"RequestInvalid", "ProcessNamespaceInvalid"}

    classes = [
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, errors.OpenEOError)
    ]
    assert len(classes) > 20
    for each in classes:
        if each.code not in own:
            assert each.status == official[each.code]["http"], each.code


@pytest.mark.parametrize("own_app", [False, True])
def test_unknown_paths(mock_backend, anonymous, assert_error, own_app):
    if own_app:
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference

    assert_error(anonymous("GET /nowhere"), 404, "NotFound")
    assert_error(anonymous("POST /jobs/x/y/z"), 404, "NotFound")
    assert_error(anonymous("POST /credentials/oidc/x"), 404, "NotFound")
    assert_error(anonymous("GET /jobs//results/"), 401, "AuthenticationRequired")


def test_methods_that_a_path_does_not_take(api, assert_error):
    response = api("PUT /jobs")

    assert_error(response, 405, "FeatureUnsupported", "GET, HEAD, POST")
    assert response.headers["Allow"] == "GET, HEAD, POST"


def test_an_error_reads_well():
    error = errors.JobNotFound(identifier="j-1")

    assert str(error) == "[404] JobNotFound: The batch job 'j-1' does not exist."
    assert errors.OpenEOError("Too hot.", code="Teapot", status=418).openeo_code == "Teapot"


@pytest.mark.parametrize(
    ("status", "code"),
    [(404, "NotFound"), (405, "FeatureUnsupported"), (418, "RequestInvalid"), (503, "Internal")],
)
def test_http_errors_of_another_projects_routes(mock_backend, anonymous, assert_error, status, code):
    from fastapi import HTTPException

    @mock_backend.app.get("/own")
    async def own():
        raise HTTPException(status, "as it is", headers={"X-Own": "1"})

    response = anonymous("GET /own")

    assert_error(response, status, code)
    assert response.headers["X-Own"] == "1"


def test_error_details_of_another_projects_routes_are_kept(mock_backend, anonymous, assert_error):
    from fastapi import HTTPException

    @mock_backend.app.get("/own")
    async def own():
        raise HTTPException(409, {"code": "Conflict", "message": "Twice."})

    assert_error(anonymous("GET /own"), 409, "Conflict", "Twice.")


def test_long_values_are_not_repeated_in_full(api, assert_error, graph):
    response = api("POST /jobs", json={"process": {"process_graph": graph}, "log_level": "x" * 5000})

    assert_error(response, 400, "RequestInvalid", "'log_level'", "xxx…")
    assert len(response.json()["message"]) < 500
