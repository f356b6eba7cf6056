"""Services by the openeo client."""

import pytest
from openeo.rest import OpenEoApiError


@pytest.fixture
def cube(mock_backend_connection):
    return mock_backend_connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent={"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3},
        bands=["B04", "B08"],
    ).ndvi(nir="B08", red="B04")


@pytest.fixture
def service(mock_backend_connection, cube):
    return mock_backend_connection.create_service(
        cube.flat_graph(), type="wms", title="NDVI", configuration={"version": "1.1.1"}
    )


def test_a_service_is_published_described_and_deleted(mock_backend_connection, service):
    described = service.describe_service()

    assert (described["id"], described["type"], described["title"]) == (service.service_id, "WMS", "NDVI")
    assert described["configuration"]["version"] == "1.1.1"
    assert described["process"]["process_graph"]["ndvi1"]["process_id"] == "ndvi"
    assert [each["id"] for each in mock_backend_connection.list_services()] == [service.service_id]
    assert mock_backend_connection.service(service.service_id).describe_service() == described
    service.delete_service()
    assert mock_backend_connection.list_services() == []
    with pytest.raises(OpenEoApiError, match="ServiceNotFound"):
        service.describe_service()


def test_types_are_listed(mock_backend_connection):
    assert set(mock_backend_connection.list_service_types()) == {"XYZ", "WMS"}


def test_logs_are_read(mock_backend_connection, service):
    [created, enabled] = service.logs()
    mock_backend_connection.patch(f"/services/{service.service_id}", json={"enabled": False})

    assert created.message == "Secondary service created."
    [disabled] = service.logs(offset=enabled.id, level="warning")
    assert "disabled" in disabled.message


def test_a_cube_of_a_service_may_use_its_parameters(mock_backend_connection):
    from openeo.api.process import Parameter

    cube = mock_backend_connection.load_collection(
        "SENTINEL2_L2A", spatial_extent=Parameter.bounding_box("spatial_extent"), bands=["B04"]
    )

    service = mock_backend_connection.create_service(cube.flat_graph(), type="XYZ")

    assert service.describe_service()["attributes"] == {}
