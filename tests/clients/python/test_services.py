"""Secondary web services by the openeo client."""

import sys
from types import SimpleNamespace

import pytest
import requests
from openeo.internal.warnings import UserDeprecationWarning


@pytest.mark.calls(
    "Connection.create_service",
    "Connection.list_services",
    "Service.describe_service",
    "Service.delete_service",
)
def test_a_service_is_created_described_and_deleted(connection, cube, refused):
    graph = cube.ndvi("B08", "B04").flat_graph()
    service = connection.create_service(graph, "XYZ", title="NDVI", configuration={"tile_size": 512})

    described = service.describe_service()
    assert (described["id"], described["type"], described["title"]) == (service.service_id, "XYZ", "NDVI")
    assert described["configuration"]["tile_size"] == 512
    assert (described["enabled"], described["process"]["process_graph"]) == (True, graph)
    assert [each["id"] for each in connection.list_services()] == [service.service_id]
    assert connection.service(service.service_id).describe_service() == described

    service.delete_service()
    assert connection.list_services() == []
    for operation in (service.describe_service, service.delete_service, service.logs):
        with refused("ServiceNotFound", 404):
            operation()


@pytest.mark.calls("Connection.create_service")
def test_what_can_be_no_service_is_refused(connection, cube, refused):
    with refused("ServiceUnsupported", 400):
        connection.create_service(cube.flat_graph(), "Telegraph")
    with refused("ProcessUnsupported", 400):
        connection.create_service(cube.process("made_up", data=cube).flat_graph(), "XYZ")
    assert connection.list_services() == []


@pytest.mark.calls("DataCube.tiled_viewing_service", "Service.logs")
def test_a_cube_is_shown(connection, cube):
    service = cube.tiled_viewing_service("wms", title="bands")

    assert service.describe_service()["type"] == "WMS"
    url = service.describe_service()["url"]
    assert "WMS_Capabilities" in requests.get(url, {"service": "WMS", "request": "GetCapabilities"}).text
    logs = service.logs()
    assert logs
    assert {"id", "level", "message"} <= set(logs[0])
    assert service.logs(offset=logs[-1].id) == []
    assert service.logs(level="error") == []


@pytest.mark.calls("Connection.remove_service")
def test_a_service_is_deleted_by_an_old_name(connection, cube):
    service = cube.tiled_viewing_service("XYZ")

    with pytest.warns(UserDeprecationWarning, match="delete_service"):
        connection.remove_service(service.service_id)

    assert connection.list_services() == []


@pytest.mark.calls("DataCube.preview")
def test_a_preview_shows_tiles(connection, cube, monkeypatch):
    """The map is a stand-in: what counts is the service behind it."""
    shown = []
    widgets = SimpleNamespace(
        Map=lambda **_: SimpleNamespace(add=shown.append, fit_bounds=shown.append),
        TileLayer=lambda url: url,
        basemaps=SimpleNamespace(OpenStreetMap=SimpleNamespace(Mapnik=None)),
    )
    monkeypatch.setitem(sys.modules, "ipyleaflet", widgets)
    monkeypatch.setattr("openeo.rest.datacube.in_jupyter_context", lambda: True)

    preview = cube.preview()

    [service] = connection.list_services()
    url, bounds = shown
    assert (service["url"], bounds) == (url, [[51.2, 5.0], [51.21, 5.01]])
    tile = requests.get(url.format(z=12, x=2105, y=1366))
    assert (tile.status_code, tile.headers["Content-Type"]) == (200, "image/png")
    preview.delete_service()
    assert connection.list_services() == []
