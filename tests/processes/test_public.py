"""Processes by namespace, as back-ends built on openeo-python-driver have them."""

import pytest
from openeo.rest import OpenEoApiError, OpenEoClientException

GRAPH = {"1": {"process_id": "absolute", "arguments": {"x": {"from_parameter": "x"}}, "result": True}}
PARAMETERS = [{"name": "x", "description": "A number.", "schema": {"type": "number"}}]

pytestmark = pytest.mark.mock_backend(profile="cdse", users={"alice": "secret", "bob": "secret"})


@pytest.fixture
def shared(mock_backend):
    """Return alice's connection, with a process that is public and one that is not."""
    connection = mock_backend.connect("alice")
    connection.save_user_defined_process("shared", GRAPH, PARAMETERS, public=True)
    connection.save_user_defined_process("secret", GRAPH, PARAMETERS)
    return connection


def test_public_processes_are_listed_for_all_users(mock_backend, shared):
    listed = mock_backend.connect("bob").list_processes(namespace="u:alice")
    assert [each["id"] for each in listed] == ["shared"]
    assert "process_graph" not in listed[0]


def test_a_listing_tells_process_graphs_if_asked(api, shared):
    (process,) = api("GET /processes/u:alice", params={"full": "true"}).json()["processes"]
    assert process["process_graph"] == GRAPH


def test_the_client_describes_a_public_process(mock_backend, shared):
    process = mock_backend.connect(None).describe_process("shared", namespace="u:alice")
    assert [each["name"] for each in process["parameters"]] == ["x"]


def test_the_owner_learns_the_url_at_which_all_users_find_the_definition(api, anonymous, shared):
    process = shared.user_defined_process("shared").describe()
    (url,) = [each["href"] for each in process["links"] if each["rel"] == "canonical"]
    path = url.partition("/openeo/1.2")[2]
    assert path == "/processes/u:alice/shared"
    assert anonymous(f"GET {path}").json() == process


def test_a_private_process_has_no_url_and_is_not_found(anonymous, shared):
    assert "links" not in shared.user_defined_process("secret").describe()
    for path in ("u:alice/secret", "u:alice/no_such", "u:carol/shared", "backend/no_such"):
        answer = anonymous(f"GET /processes/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "ProcessUnsupported"), path


def test_the_namespace_backend_has_the_predefined_processes(shared):
    assert shared.describe_process("ndvi", namespace="backend")["id"] == "ndvi"
    with pytest.raises(OpenEoClientException):
        shared.describe_process("shared", namespace="backend")


def test_processes_of_providers_are_those_that_the_profile_knows(shared):
    process = shared.describe_process("Anomaly_Detection", namespace="vito")
    assert [each["name"] for each in process["parameters"]] == ["polygon", "date"]
    assert list(shared.list_processes(namespace="unknown")) == []


@pytest.mark.mock_backend(profile="spec")
def test_the_specification_has_no_such_operations(mock_backend, shared):
    assert "links" not in shared.user_defined_process("shared").describe()
    with pytest.raises(OpenEoApiError, match="FeatureUnsupported"):
        shared.list_processes(namespace="u:alice")
    assert not mock_backend.connect().capabilities().supports_endpoint("/processes/{namespace}")
