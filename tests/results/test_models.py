"""Results of machine learning."""

import pytest
import requests

from mock_backend import JobPlan, MockBackend

DATES = ["2024-06-01", "2024-06-20"]
BOX = {"west": 5.0, "south": 51.2, "east": 5.001, "north": 51.201}
POINTS = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"target": number},
            "geometry": {"type": "Point", "coordinates": [5.0005, 51.2005 + number / 10_000]},
        }
        for number in range(2)
    ],
}


@pytest.mark.parametrize("profile", ["cdse", "openeo-platform"])
def test_a_model_that_was_saved_can_be_loaded(profile):
    with MockBackend(profile=profile, plan=JobPlan.immediate()) as backend:
        connection = backend.connect()
        cube = connection.load_collection(
            "SENTINEL2_L2A",
            spatial_extent=BOX,
            temporal_extent=["2024-06-01", "2024-06-20"],
            bands=["B04", "B08"],
        ).mean_time()
        samples = cube.aggregate_spatial(POINTS, reducer="mean")
        job = samples.fit_class_random_forest(target=POINTS, num_trees=3).save_ml_model().create_job()
        job.start_and_wait(print=lambda _: None)

        found = job.get_results().get_metadata()
        (url,) = [each["href"] for each in found["links"] if "ml_model_metadata.json" in each["href"]]
        assert requests.get(url, timeout=10).json()["assets"].keys() == found["assets"].keys()
        assert list(found["assets"]) == ["randomforest.model.tar.gz"]
        assert any("fit_class_random_forest" in line["message"] for line in job.logs(level="warning"))

        model = connection.load_ml_model(id=url)
        predicted = cube.predict_random_forest(model=model, dimension="bands").create_job(out_format="GTiff")
        predicted.start_and_wait(print=lambda _: None)
        assert list(predicted.get_results().get_metadata()["assets"]) == ["openEO.tif"]
