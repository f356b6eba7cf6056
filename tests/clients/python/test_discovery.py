"""Discovery by the openeo client: collections, processes, formats, runtimes."""

import pytest
from openeo.internal.processes.parse import parse_remote_process_definition
from openeo.internal.warnings import UserDeprecationWarning
from openeo.rest import OpenEoClientException
from openeo.rest.connection import paginate

BOX = [5.0, 51.2, 5.1, 51.3]


@pytest.mark.calls("Connection.list_collections", "Connection.list_collection_ids")
def test_collections_are_listed(mock_backend, connection):
    mock_backend.add_collection("MINE", bands=["B1"], title="Mine")

    listing = connection.list_collections()
    [mine] = [each for each in listing if each["id"] == "MINE"]

    assert mine["title"] == "Mine"
    assert connection.list_collection_ids() == [each["id"] for each in listing]
    assert len(set(connection.list_collection_ids())) == len(listing) > 1
    assert {"self", "root"} <= {link.rel for link in listing.links}


@pytest.mark.calls("Connection.describe_collection")
def test_a_collection_is_described(connection, refused):
    collection = connection.describe_collection("SENTINEL2_L2A")

    assert (collection["id"], collection["type"]) == ("SENTINEL2_L2A", "Collection")
    assert {"x", "y", "t", "bands"} == set(collection["cube:dimensions"])
    with refused("CollectionNotFound", 404):
        connection.describe_collection("SENTINEL2_L9Z")


@pytest.mark.calls("Connection.collection_metadata")
def test_the_client_reads_dimensions_and_bands(connection, refused):
    metadata = connection.collection_metadata("SENTINEL2_L2A")

    assert set(metadata.dimension_names()) == {"x", "y", "t", "bands"}
    described = connection.describe_collection("SENTINEL2_L2A")["cube:dimensions"]
    assert metadata.band_names == described["bands"]["values"]
    assert metadata.temporal_dimension.name == "t"
    with refused("CollectionNotFound"):
        connection.collection_metadata("SENTINEL2_L9Z")


@pytest.mark.calls("Connection.collection_items", "paginate", later=True)
def test_items_come_page_by_page(connection):
    during = ["2024-06-01", "2024-06-20"]
    pages = list(connection.collection_items("SENTINEL2_L2A", BOX, during, limit=2))
    [everything] = connection.collection_items("SENTINEL2_L2A", BOX, during, limit=100)

    items = [item for page in pages for item in page["features"]]
    assert items == everything["features"]
    assert [len(page["features"]) for page in pages[:-1]] == [2] * (len(pages) - 1)
    assert len({item["id"] for item in items}) == len(items) > 2
    assert {item["collection"] for item in items} == {"SENTINEL2_L2A"}
    assert all("2024-06-01" <= item["properties"]["datetime"] < "2024-06-21" for item in items)


@pytest.mark.calls("Connection.collection_items", later=True)
def test_items_of_nothing(connection, refused):
    [page] = connection.collection_items("SENTINEL2_L2A", BOX, ["1999-01-01", "1999-02-01"])

    assert page["features"] == []
    with refused("CollectionNotFound", 404):
        next(connection.collection_items("SENTINEL2_L9Z"))


@pytest.mark.calls("paginate", later=True)
def test_pages_of_whatever_has_pages(connection, cube):
    for number in range(5):
        cube.create_job(title=f"job {number}")

    pages = list(paginate(connection, "/jobs", {"limit": 2}, lambda page, number: (number, page["jobs"])))

    assert [number for number, _ in pages] == [1, 2, 3]
    assert sorted(job["title"] for _, jobs in pages for job in jobs) == [f"job {n}" for n in range(5)]


@pytest.mark.calls("Connection.list_processes", "Connection.describe_process")
def test_processes(mock_backend, connection, refused):
    mock_backend.add_process("double", parameters=["x"], returns={"type": "number"})

    ids = [process["id"] for process in connection.list_processes()]

    assert len(set(ids)) == len(ids) > 100
    assert {"load_collection", "save_result", "double"} <= set(ids)
    described = mock_backend.connect().describe_process("double")
    assert [parameter["name"] for parameter in described["parameters"]] == ["x"]
    assert described["returns"]["schema"] == {"type": "number"}
    with pytest.raises(OpenEoClientException, match="does not exist"):
        connection.describe_process("triple")
    with refused("FeatureUnsupported", 501):
        connection.list_processes(namespace="made-up")


@pytest.mark.calls("parse_remote_process_definition")
def test_processes_can_be_read_without_a_connection(mock_backend):
    process = parse_remote_process_definition(f"{mock_backend.url}/processes", process_id="ndvi")

    assert [parameter.name for parameter in process.parameters] == ["data", "nir", "red", "target_band"]
    assert process.get_parameter("nir").default == "nir"


@pytest.mark.calls(
    "Connection.list_file_formats", "Connection.list_input_formats", "Connection.list_output_formats"
)
def test_file_formats(mock_backend):
    mock_backend.add_file_format("XYZ1", gis_data_types=["raster"], input=True, output=False)

    # A connection remembers formats, so each method gets a new one.
    formats = mock_backend.connect().list_file_formats()

    assert set(formats) == {"input", "output"}
    assert mock_backend.connect().list_input_formats() == formats["input"]
    assert mock_backend.connect().list_output_formats() == formats["output"]
    assert "XYZ1" in formats["input"].keys() - formats["output"].keys()
    assert formats["output"]["GTiff"]["gis_data_types"] == ["raster"]


@pytest.mark.calls("Connection.list_file_types")
def test_file_formats_by_their_old_name(connection):
    with pytest.warns(UserDeprecationWarning, match="list_output_formats"):
        types = connection.list_file_types()

    assert "GTiff" in types


@pytest.mark.calls("Connection.list_service_types")
def test_service_types(connection):
    types = connection.list_service_types()

    assert {"XYZ", "WMS"} == set(types)
    assert types["XYZ"]["configuration"]


@pytest.mark.calls("Connection.list_udf_runtimes")
def test_udf_runtimes(connection):
    runtimes = connection.list_udf_runtimes()

    assert runtimes["Python"]["type"] == "language"
    assert runtimes["Python"]["default"] in runtimes["Python"]["versions"]
