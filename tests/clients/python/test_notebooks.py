"""Requests of the openeo client while a notebook shows its objects."""

import json
import re

import pytest
from openeo.api.process import Parameter
from openeo.processes import process


def shown(thing) -> dict:
    """Return what a component of a notebook gets to show."""
    [props] = re.findall(r'<script type="application/json">(.*)</script>', thing._repr_html_(), re.DOTALL)
    return json.loads(props)


@pytest.mark.calls("BatchJob._repr_html_", "JobResults._repr_html_")
def test_a_job_and_its_results(mock_backend, finished):
    about = shown(finished)
    assert (about["job"]["id"], about["job"]["status"]) == (finished.job_id, "finished")
    assert about["currency"] == mock_backend.settings.currency
    assert shown(finished.get_results())["data"]["id"] == finished.job_id


@pytest.mark.calls("JobResults._repr_html_")
def test_results_that_are_not_there(job):
    assert "JobNotStarted" in shown(job.get_results())["description"]


@pytest.mark.calls("Service._repr_html_")
def test_a_service(cube):
    service = cube.tiled_viewing_service("XYZ", title="bands")

    assert service._repr_html_()["title"] == "bands"


@pytest.mark.calls("RESTUserDefinedProcess._repr_html_")
def test_a_stored_process(connection):
    x = Parameter.number("x", description="A number.")
    udp = connection.save_user_defined_process("double", process("multiply", x=x, y=2), parameters=[x])

    assert shown(udp)["process"]["id"] == "double"


@pytest.mark.calls(
    "CollectionListingResponse._repr_html_",
    "ProcessListingResponse._repr_html_",
    "JobListingResponse._repr_html_",
    "LogsResponse._repr_html_",
)
def test_listings(connection, finished, forget):
    listings = {
        "collections": connection.list_collections(),
        "processes": connection.list_processes(),
        "data": connection.list_jobs(),
        "logs": finished.logs(),
    }
    for name, listing in listings.items():
        # Each asks for the capabilities again, in case they tell about a federation.
        forget(connection)
        assert shown(listing)[name] == list(listing)
        assert shown(listing)["federation"] is None
