"""A process of users, and storing it."""

import pytest

ABSOLUTE = {"abs": {"process_id": "absolute", "arguments": {"x": {"from_parameter": "x"}}, "result": True}}
PARAMETER = {"name": "x", "description": "A number.", "schema": {"type": "number"}}


@pytest.fixture
def store(api):
    """Store a process and check that this worked."""

    def put(process_id="size", **members):
        response = api(f"PUT /process_graphs/{process_id}", json={"process_graph": ABSOLUTE} | members)
        assert (response.status_code, response.content) == (200, b""), response.text

    return put


def ids(response):
    """Return the ids of a listing of processes."""
    assert response.status_code == 200, response.text
    return [process["id"] for process in response.json()["processes"]]
