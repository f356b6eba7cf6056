"""User-defined processes by the openeo client."""

import pytest
from openeo.api.process import Parameter
from openeo.internal.warnings import UserDeprecationWarning
from openeo.processes import process
from openeo.rest import OpenEoApiError

NUMBER = Parameter.number("x", description="A number.")
DOUBLE = process("multiply", x=NUMBER, y=2)


@pytest.fixture
def udp(connection):
    return connection.save_user_defined_process("double", DOUBLE, parameters=[NUMBER])


@pytest.mark.calls(
    "Connection.save_user_defined_process",
    "Connection.list_user_defined_processes",
    "Connection.user_defined_process",
    "RESTUserDefinedProcess.describe",
    "RESTUserDefinedProcess.delete",
)
def test_a_process_is_stored_described_and_deleted(connection, refused, forget):
    udp = connection.save_user_defined_process(
        "double",
        DOUBLE,
        parameters=[NUMBER],
        summary="Twice.",
        description="Twice as much.",
        returns={"description": "It.", "schema": {"type": "number"}},
        categories=["math"],
        examples=[{"arguments": {"x": 1}, "returns": 2}],
        links=[{"rel": "about", "href": "https://math.test"}],
    )

    described = udp.describe()
    assert (described["id"], described["summary"]) == ("double", "Twice.")
    assert described["process_graph"]["multiply1"]["arguments"] == {"x": {"from_parameter": "x"}, "y": 2}
    assert described["parameters"] == [NUMBER.to_dict()]
    assert (described["categories"], described["returns"]["schema"]) == (["math"], {"type": "number"})
    assert described["examples"] == [{"arguments": {"x": 1}, "returns": 2}]
    [listed] = connection.list_user_defined_processes()
    assert (listed["id"], listed["description"]) == ("double", "Twice as much.")
    assert "process_graph" not in listed
    forget(connection)
    same = connection.user_defined_process("double")
    assert same.describe() == described

    same.delete()
    assert connection.list_user_defined_processes() == []
    for operation in (udp.describe, udp.delete):
        with refused("ProcessGraphNotFound", 404):
            operation()


@pytest.mark.calls("RESTUserDefinedProcess.store", "RESTUserDefinedProcess.update")
def test_a_process_is_stored_again(udp):
    udp.store(process("multiply", x=NUMBER, y=3), parameters=[NUMBER], summary="Thrice.")
    assert udp.describe()["process_graph"]["multiply1"]["arguments"]["y"] == 3
    assert udp.describe()["summary"] == "Thrice."

    with pytest.warns(UserDeprecationWarning, match="store"):
        udp.update(DOUBLE, parameters=[NUMBER])
    described = udp.describe()
    assert described["process_graph"]["multiply1"]["arguments"]["y"] == 2
    assert "summary" not in described, "what is not said again is gone"


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.calls("Connection.save_user_defined_process")
def test_predefined_processes_stay_as_they_are(connection, refused):
    with (
        pytest.warns(UserWarning, match="same id as a pre-defined process"),
        refused("PredefinedProcessExists", 400),
    ):
        connection.save_user_defined_process("add", DOUBLE, parameters=[NUMBER])
    with refused("ProcessInvalid", 400):
        connection.save_user_defined_process("to double", DOUBLE, parameters=[NUMBER])
    assert connection.list_user_defined_processes() == []


@pytest.mark.calls("DataCube.save_user_defined_process")
def test_a_cube_becomes_a_process(connection, cube):
    with pytest.warns(UserWarning, match="without parameters"):
        udp = cube.save_user_defined_process("monthly", summary="All of June.")

    assert udp.describe()["process_graph"] == cube.flat_graph()


@pytest.mark.calls("Connection.execute")
def test_stored_processes_are_called(mock_backend, connection, udp):
    node = connection.datacube_from_process("double", x=5)

    assert node.validate() == []
    connection.execute(node)
    named = connection.datacube_from_process("double", namespace="user", x=5)
    assert connection.create_job(named).status() == "created"
    udp.delete()
    with pytest.raises(OpenEoApiError, match="ProcessUnsupported"):
        connection.execute(node)
    assert connection.datacube_from_process("double", x=5).validate()[0]["code"] == "ProcessUnsupported"


@pytest.mark.calls("Connection.assert_user_defined_process_support")
def test_the_client_looks_whether_there_are_stored_processes(connection, forget):
    forget(connection)

    connection.assert_user_defined_process_support()
