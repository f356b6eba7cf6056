"""Synchronous processing and validation by the openeo client, of whatever can be processed."""

import json

import pytest

ADD = {"add": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
MADE_UP = {"only": {"process_id": "made_up", "arguments": {}, "result": True}}


@pytest.mark.calls("Connection.execute")
def test_a_graph_is_executed(mock_backend, connection):
    seen = []

    result = connection.execute(
        ADD, additional={"tag": "a"}, job_options={"cores": 2}, on_response_headers=seen.append
    )

    [exchange] = mock_backend.requests.select("POST /result")
    assert exchange.json == {"process": {"process_graph": ADD}, "tag": "a", "job_options": {"cores": 2}}
    assert [float(headers["OpenEO-Costs"]) >= 0 for headers in seen] == [True]
    assert json.loads(connection.execute(ADD, auto_decode=False).content) == result


@pytest.mark.calls("Connection.execute", "Connection.download")
def test_what_is_no_graph_is_refused(connection, refused, tmp_path):
    with refused("ProcessUnsupported", 400):
        connection.execute(MADE_UP)
    with refused("ProcessUnsupported", 400):
        connection.download(MADE_UP, tmp_path / "file")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.calls("Connection.download")
def test_a_result_is_downloaded(connection, cube, tmp_path):
    graph = cube.save_result("GTiff").flat_graph()

    content = connection.download(graph)
    connection.download(graph, tmp_path / "new" / "file")

    assert isinstance(content, bytes)
    assert (tmp_path / "new" / "file").read_bytes() == content != b""


@pytest.mark.calls("Connection.download")
def test_processes_can_be_read_from_files(mock_backend, connection, tmp_path):
    path = tmp_path / "process.json"
    path.write_text(json.dumps({"process_graph": ADD}), encoding="utf-8")

    connection.download(str(path))

    assert mock_backend.requests.select("POST /result")[0].json == {"process": {"process_graph": ADD}}


@pytest.mark.calls("Connection.validate_process_graph")
def test_validation(connection, cube):
    assert connection.validate_process_graph(cube) == []
    assert connection.validate_process_graph([cube.save_result("GTiff"), cube.ndvi("B08", "B04")]) == []
    [problem] = connection.validate_process_graph(MADE_UP)
    assert problem["code"] == "ProcessUnsupported"
    assert "made_up" in problem["message"]


@pytest.mark.calls("DataCube.validate", "VectorCube.validate", "MlModel.validate", "StacResource.validate")
def test_all_that_is_built_can_be_validated(connection, cube):
    assert cube.validate() == []
    assert connection.load_geojson({"type": "Point", "coordinates": [5, 51]}).validate() == []
    assert cube.save_result("GTiff").validate() == []
    assert connection.load_ml_model("model").validate() == []
    [problem] = cube.process("made_up", data=cube).validate()
    assert problem["code"] == "ProcessUnsupported"
    [problem] = connection.load_collection("SENTINEL2_L9Z", fetch_metadata=False).validate()
    assert problem["code"] == "CollectionNotFound"


@pytest.mark.calls("DataCube.execute", "DataCube.download")
def test_a_cube_is_processed(mock_backend, cube, tmp_path):
    seen = []
    series = cube.reduce_spatial("mean")
    result = series.execute()
    content = cube.download(format="netCDF", options={"tiles": True}, on_response_headers=seen.append)
    cube.download(tmp_path / "cube.tiff", job_options={"cores": 2})

    executed, downloaded, written = (each.json for each in mock_backend.requests.select("POST /result"))
    assert executed["process"]["process_graph"] == series.flat_graph()
    assert result["coords"]["t"]["data"] == ["2024-06-04T00:00:00"]
    saved = downloaded["process"]["process_graph"]["saveresult1"]["arguments"]
    assert (saved["format"], saved["options"]) == ("netCDF", {"tiles": True})
    assert (len(seen), bool(content)) == (1, True)
    assert written["process"]["process_graph"]["saveresult1"]["arguments"]["format"] == "GTiff"
    assert written["job_options"] == {"cores": 2}
    assert (tmp_path / "cube.tiff").stat().st_size > 0


@pytest.mark.calls("VectorCube.execute", "VectorCube.download")
def test_a_vector_cube_is_processed(mock_backend, connection, tmp_path):
    cube = connection.load_geojson({"type": "Point", "coordinates": [5, 51]}, properties=["name"])
    result = cube.execute()
    content = cube.download(format="GeoJSON")
    cube.download(tmp_path / "cube.parquet")

    executed, downloaded, written = (each.json for each in mock_backend.requests.select("POST /result"))
    assert executed["process"]["process_graph"] == cube.flat_graph()
    assert isinstance(result, dict)
    assert downloaded["process"]["process_graph"]["saveresult1"]["arguments"]["format"] == "GeoJSON"
    assert content != b""
    assert written["process"]["process_graph"]["saveresult1"]["arguments"]["format"].lower() == "parquet"
    assert (tmp_path / "cube.parquet").stat().st_size > 0


@pytest.mark.calls("StacResource.download", "DataCube.save_result")
def test_a_saved_result_is_processed(cube, forget, tmp_path):
    forget(cube.connection)
    saved = cube.save_result("PNG")

    saved.download(tmp_path / "picture.png")

    assert (tmp_path / "picture.png").read_bytes() == saved.download() != b""
    with pytest.raises(ValueError, match="Invalid format 'Tapestry'"):
        cube.save_result("Tapestry")
