"""Requests of the openeo client while it builds process graphs, and their answers."""

import json

import openeo
import pytest
import requests
from openeo import UDF
from openeo.internal.warnings import UserDeprecationWarning
from openeo.metadata import metadata_from_stac
from openeo.rest.datacube import DataCube
from openeo.util import load_json_resource

BOX = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}
MONTH = ["2024-06-01", "2024-07-01"]
CODE = "def apply_datacube(cube, context):\n    return cube\n"


@pytest.fixture
def over_loopback(mock_backend, mock_backend_live) -> openeo.Connection:
    """A connection for what pystac reads: some of its versions reach only what has a socket."""
    connection = openeo.connect(mock_backend_live.url)
    connection.authenticate_bearer_token(mock_backend.token())
    return connection


def canonical(job: openeo.BatchJob) -> str:
    """Return the signed URL of a job's results."""
    links = job.get_results().get_metadata()["links"]
    return next(link["href"] for link in links if link["rel"] == "canonical")


@pytest.mark.calls("Connection.load_collection", "DataCube.load_collection")
def test_a_collection_is_loaded_with_its_metadata(mock_backend, connection, refused):
    cube = connection.load_collection("SENTINEL2_L2A", BOX, MONTH, bands=["B04", "B08"])

    assert cube.metadata.band_names == ["B04", "B08"]
    assert cube.create_job().describe()["process"]["process_graph"]["loadcollection1"]["arguments"] == {
        "id": "SENTINEL2_L2A",
        "spatial_extent": BOX,
        "temporal_extent": MONTH,
        "bands": ["B04", "B08"],
    }
    with refused("CollectionNotFound", 404):
        connection.load_collection("SENTINEL2_L9Z")
    # Some versions of the client ask all the same, and go on without an answer.
    unknown = connection.load_collection("SENTINEL2_L9Z", fetch_metadata=False)
    assert unknown.flat_graph()["loadcollection1"]["arguments"]["id"] == "SENTINEL2_L9Z"


@pytest.mark.calls("Connection.load_collection")
def test_filters_of_items_are_compared_with_the_queryables(connection, caplog):
    clouds = connection.load_collection("SENTINEL2_L2A", BOX, MONTH, max_cloud_cover=30)

    # The client warns of what it does not find in the collection's summaries and queryables.
    assert caplog.messages == []
    assert clouds.validate() == []


@pytest.mark.calls("Connection.imagecollection", "DataCube.create_collection")
def test_a_collection_is_loaded_by_old_names(connection):
    with pytest.warns(UserDeprecationWarning, match="load_collection"):
        cube = connection.imagecollection("SENTINEL2_L2A")
    with pytest.warns(UserDeprecationWarning, match="load_collection"):
        same = DataCube.create_collection("SENTINEL2_L2A", connection=connection)

    assert "B04" in cube.metadata.band_names
    assert cube.flat_graph() == same.flat_graph()


@pytest.mark.calls("Connection.load_stac_from_job")
@pytest.mark.mock_backend(rate=0)
def test_results_of_a_job_are_loaded_by_another(over_loopback, finished):
    first = over_loopback.job(finished.job_id)

    cube = over_loopback.load_stac_from_job(first, spatial_extent=BOX, temporal_extent=MONTH)

    graph = cube.create_job().describe()["process"]["process_graph"]
    [url] = [node["arguments"]["url"] for node in graph.values() if node["process_id"] == "load_stac"]
    assert url.partition("?")[0] == canonical(first).partition("?")[0]
    assert requests.get(url).json()["id"] == first.job_id
    assert cube.validate() == []


@pytest.mark.calls("Connection.load_stac_from_job")
@pytest.mark.mock_backend(rate=0)
def test_results_that_are_not_there_are_named_all_the_same(over_loopback, job, caplog):
    cube = over_loopback.load_stac_from_job(job.job_id)

    assert any("JobNotStarted" in message for message in caplog.messages)
    [node] = cube.flat_graph().values()
    assert node["arguments"]["url"] == f"{over_loopback.root_url}/jobs/{job.job_id}/results"
    assert cube.validate() == []


@pytest.mark.calls("Connection.load_stac", "DataCube.load_stac", "metadata_from_stac")
@pytest.mark.mock_backend(rate=0)
def test_results_of_a_job_are_a_stac_resource(over_loopback, finished):
    url = canonical(over_loopback.job(finished.job_id))

    cube = over_loopback.load_stac(url, BOX, MONTH)

    assert cube.validate() == []
    assert cube.create_job().status() == "created"
    # pystac reads them without a log-in.
    assert {"x", "y"} <= set(metadata_from_stac(url).dimension_names())


@pytest.mark.calls("Connection.load_stac")
@pytest.mark.mock_backend(rate=0)
def test_our_collections_are_stac_resources(over_loopback):
    cube = over_loopback.load_stac(f"{over_loopback.root_url}/collections/SENTINEL2_L2A", bands=["B04"])

    assert cube.metadata.band_names == ["B04"]
    assert cube.validate() == []


@pytest.mark.calls("Connection.load_url")
def test_a_url_is_loaded(connection, forget, caplog):
    forget(connection)
    cube = connection.load_url("https://files.test/points.geojson", format="GeoJSON")

    assert caplog.messages == []
    assert cube.validate() == []
    [problem] = connection.load_url("https://files.test/points.xyz", format="Tapestry").validate()
    assert (problem["code"], "Tapestry" in problem["message"]) == ("ProcessParameterInvalid", True)
    assert "not listed in back-end input formats" in caplog.text


@pytest.mark.calls("DataCube.sar_backscatter")
def test_the_client_reads_choices_from_a_process(connection, caplog):
    cube = connection.load_collection("SENTINEL1_GRD", BOX, MONTH, bands=["VV"])

    backscatter = cube.sar_backscatter()
    # The default is what the back-end's process says.
    [node] = [each for each in backscatter.flat_graph().values() if each["process_id"] == "sar_backscatter"]
    assert node["arguments"]["coefficient"] == "gamma0-terrain"
    assert backscatter.validate() == []
    with pytest.raises(Exception, match="Invalid `sar_backscatter` coefficient 'made-up'"):
        cube.sar_backscatter(coefficient="made-up")
    assert caplog.messages == []


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.calls("VectorCube.vector_to_raster")
def test_the_client_reads_names_from_a_process(mock_backend, connection, cube):
    vectors = connection.load_geojson({"type": "Point", "coordinates": [5, 51]})
    assert vectors.vector_to_raster(cube).validate()[0]["code"] == "ProcessUnsupported"
    mock_backend.add_process(
        "vector_to_raster",
        parameters=["data", "target_cube"],
        returns={"type": "object", "subtype": "datacube"},
    )

    connection = mock_backend.connect()
    vectors = connection.load_geojson({"type": "Point", "coordinates": [5, 51]})
    target = connection.load_collection("SENTINEL2_L2A", BOX, MONTH)
    raster = vectors.vector_to_raster(target)

    assert "target_cube" in raster.flat_graph()["vectortoraster1"]["arguments"]
    assert raster.validate() == []


@pytest.mark.calls("UDF.get_runtime", "UDF.get_run_udf_callback", "build_child_callback")
def test_the_runtime_of_a_udf_is_one_of_the_back_end(mock_backend, connection, cube, forget):
    udf = UDF(CODE)
    assert udf.get_runtime(connection) in connection.list_udf_runtimes()

    forget(connection)
    assert udf.get_run_udf_callback(connection).arguments["runtime"] == "Python"
    forget(connection)
    assert cube.apply(process=udf).validate() == []
    assert cube.reduce_dimension(dimension="t", reducer=udf).validate() == []


@pytest.mark.calls("VectorCube.run_udf")
def test_a_udf_on_vectors(connection):
    vectors = connection.load_geojson({"type": "Point", "coordinates": [5, 51]})

    processed = vectors.run_udf(UDF(CODE))

    assert processed.flat_graph()["runudf1"]["arguments"]["runtime"] == "Python"
    assert processed.validate() == []


@pytest.mark.calls("UDF.from_url", "load_json_resource")
def test_signed_urls_need_no_connection(finished):
    url = canonical(finished)

    assert load_json_resource(url)["id"] == finished.job_id
    assert json.loads(UDF.from_url(url, runtime="Python").code)["id"] == finished.job_id


@pytest.mark.mock_backend(profile="spec")
def test_processes_that_we_have_not_are_refused(connection, finished, refused):
    with refused("ProcessUnsupported", 400):
        connection.load_result(finished.job_id).create_job()
    with refused("ProcessUnsupported", 400):
        connection.datacube_from_process("made_up", namespace="backend", x=1).execute()


def test_graphs_are_read_back_from_a_job(connection, cube, finished):
    stored = finished.describe()["process"]["process_graph"]

    loaded = connection.datacube_from_flat_graph(stored)
    assert loaded.flat_graph() == stored
    assert connection.datacube_from_json(json.dumps(stored)).create_job().status() == "created"
