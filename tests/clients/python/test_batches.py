"""Batch jobs from all that the openeo client builds."""

import json

import pytest
from openeo.internal.warnings import UserDeprecationWarning
from openeo.rest.mlmodel import MlModel
from openeo.rest.multiresult import MultiResult
from openeo.rest.stac_resource import StacResource

POINT = {"type": "Point", "coordinates": [5.05, 51.25]}


def processes(job) -> list[str]:
    """Return the ids of the processes that a job calls."""
    return [node["process_id"] for node in job.describe()["process"]["process_graph"].values()]


@pytest.fixture
def vectors(connection):
    return connection.load_geojson(POINT)


@pytest.fixture
def model(mock_backend, vectors):
    """A model, of processes that the back-end would not have by itself."""
    train = ["predictors", "target", {"name": "num_trees", "schema": {"type": "integer"}, "optional": True}]
    mock_backend.add_process("fit_class_random_forest", parameters=train, returns={"type": "object"})
    mock_backend.add_process("save_ml_model", parameters=["data", "options"], returns={"type": "boolean"})
    mock_backend.add_process("load_ml_model", parameters=["id"], returns={"type": "object"})
    return vectors.fit_class_random_forest(target=POINT, num_trees=10)


@pytest.mark.calls("DataCube.create_job", "DataCube.execute_batch")
def test_jobs_of_a_cube(cube, tmp_path, quiet):
    job = cube.create_job(out_format="netCDF", title="created", log_level="error")
    assert (job.describe()["title"], job.describe()["log_level"]) == ("created", "error")
    assert processes(job) == ["load_collection", "save_result"]

    job = cube.execute_batch(tmp_path / "cube.tiff", title="executed", job_options={"cores": 2}, **quiet)
    described = job.describe()
    assert (described["title"], described["status"]) == ("executed", "finished")
    assert described["job_options"] == {"cores": 2}
    assert (tmp_path / "cube.tiff").read_bytes() == job.get_results().get_asset().load_bytes()


@pytest.mark.calls("DataCube.send_job", "VectorCube.send_job")
def test_jobs_by_their_old_name(cube, vectors):
    for each in (cube, vectors):
        with pytest.warns(UserDeprecationWarning, match="create_job"):
            job = each.send_job(title="sent")
        assert job.describe()["title"] == "sent"


@pytest.mark.calls("VectorCube.create_job", "VectorCube.execute_batch")
def test_jobs_of_a_vector_cube(vectors, tmp_path, quiet):
    job = vectors.create_job(title="created")
    assert (job.describe()["title"], processes(job)) == ("created", ["load_geojson", "save_result"])

    job = vectors.execute_batch(tmp_path / "points.geojson", title="executed", **quiet)
    assert (job.describe()["title"], job.status()) == ("executed", "finished")
    assert (tmp_path / "points.geojson").read_bytes() == job.get_results().get_asset().load_bytes()


@pytest.mark.calls("StacResource.create_job", "StacResource.execute_batch")
def test_jobs_of_a_saved_result(cube, tmp_path, quiet):
    saved = cube.save_result("GTiff")
    assert isinstance(saved, StacResource)

    job = saved.create_job(title="created")
    assert (job.describe()["title"], processes(job)) == ("created", ["load_collection", "save_result"])
    exported = saved.export_workspace("mine", merge="all")
    assert processes(exported.create_job()) == ["load_collection", "save_result", "export_workspace"]

    job = saved.execute_batch(tmp_path / "file", title="executed", **quiet)
    assert (job.describe()["title"], job.status()) == ("executed", "finished")
    assert (tmp_path / "file").read_bytes() == job.get_results().get_asset().load_bytes()


@pytest.mark.calls("MultiResult.create_job", "MultiResult.execute_batch")
def test_jobs_with_several_results(cube, capsys):
    several = MultiResult([cube.save_result("GTiff"), cube.ndvi("B08", "B04").save_result("netCDF")])

    job = several.create_job(title="created")
    assert sorted(processes(job)) == ["load_collection", "ndvi", "save_result", "save_result"]
    job = several.execute_batch(title="executed")
    assert (job.describe()["title"], job.status()) == ("executed", "finished")
    assert "finished" in capsys.readouterr().out


@pytest.mark.calls("MlModel.create_job", "MlModel.execute_batch")
def test_jobs_of_a_model(connection, model, tmp_path, quiet):
    job = model.create_job(title="created")
    assert processes(job) == ["load_geojson", "fit_class_random_forest", "save_ml_model"]

    job = model.execute_batch(tmp_path / "model", title="executed", **quiet)
    assert (job.describe()["title"], job.status()) == ("executed", "finished")
    assert json.loads((tmp_path / "model").read_bytes()) == job.get_results().get_asset().load_json()
    loaded = connection.load_ml_model(job)
    assert isinstance(loaded, MlModel)
    assert loaded.create_job().describe()["process"]["process_graph"]["loadmlmodel1"]["arguments"] == {
        "id": job.job_id
    }


@pytest.mark.calls("MlModel.create_job")
@pytest.mark.mock_backend(profile="spec")
def test_models_need_processes_that_are_not_official(connection, refused):
    with refused("ProcessUnsupported", 400):
        connection.load_ml_model("https://models.test/forest.json").create_job()
