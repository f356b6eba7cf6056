"""File formats and UDF runtimes."""

import jsonschema
import pytest
import yaml

from mock_backend import MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.profiles import PROFILES

every_profile = pytest.mark.mock_backend(profile=list(PROFILES), api_version="1.2")


@pytest.fixture(scope="module")
def components(shared):
    return yaml.safe_load((shared / "openeo-api" / "openapi.yaml").read_text())["components"]


def test_formats_of_the_default(anonymous):
    formats = anonymous("GET /file_formats").json()

    ours = {"GTiff", "netCDF", "PNG", "JSON", "GeoJSON", "CSV", "Parquet", "Zarr"}
    assert formats["output"].keys() == {*ours, "CovJSON"}
    assert formats["input"].keys() == {"GTiff", "netCDF", "GeoJSON", "Parquet", "GPKG", "FlatGeobuf"}


@pytest.mark.mock_backend(profile=list(PROFILES))
def test_formats_have_types_and_described_parameters(anonymous):
    formats = anonymous("GET /file_formats").json()

    assert formats["output"]
    for direction in ("input", "output"):
        for entry in formats[direction].values():
            assert entry["gis_data_types"]
            for schema in entry["parameters"].values():
                assert schema["description"]
                jsonschema.Draft7Validator.check_schema(schema)
                if "default" in schema:
                    jsonschema.Draft7Validator(schema).validate(schema["default"])


@every_profile
def test_formats_are_what_the_specification_says(anonymous, components):
    """To the letter: a parameter's schema is one of three, and of one of them only."""
    validator = jsonschema.Draft7Validator(
        {"$ref": "#/components/schemas/file_format", "components": components}
    )
    for entries in anonymous("GET /file_formats").json().values():
        for entry in entries.values():
            validator.validate(entry)


def test_the_openeo_client_reads_formats(mock_backend_connection):
    assert {"GTiff", "netCDF", "JSON"} <= mock_backend_connection.list_output_formats().keys()
    assert "CSV" not in mock_backend_connection.list_input_formats()


def test_a_format_can_be_added(mock_backend, anonymous):
    level = {"type": "integer", "description": "How hard.", "default": 3}
    entry = mock_backend.add_file_format(
        "HDF5", gis_data_types=["raster"], parameters={"level": level}, description="One group a band."
    )
    formats = anonymous("GET /file_formats").json()

    assert formats["output"]["HDF5"] == entry
    assert entry == {
        "title": "HDF5",
        "gis_data_types": ["raster"],
        "parameters": {"level": level},
        "description": "One group a band.",
    }
    assert "HDF5" not in formats["input"]


def test_a_format_can_be_for_reading(mock_backend, anonymous):
    mock_backend.add_file_format(
        "LAS", gis_data_types=["pointcloud"], input=True, output=False, title="Lidar"
    )
    formats = anonymous("GET /file_formats").json()

    assert formats["input"]["LAS"]["title"] == "Lidar"
    assert "LAS" not in formats["output"]


def test_an_added_format_shares_nothing_with_what_was_given(mock_backend, anonymous):
    level = {"type": "string", "description": "Level.", "enum": ["low", "high"]}
    mock_backend.add_file_format("HDF5", gis_data_types=["raster"], parameters={"level": level})
    level["enum"].append("none")

    served = anonymous("GET /file_formats").json()["output"]["HDF5"]
    assert served["parameters"]["level"]["enum"] == ["low", "high"]


def test_an_added_format_is_in_one_back_end_until_it_is_reset(mock_backend):
    mock_backend.add_file_format("HDF5", gis_data_types=["raster"])

    with MockBackend("https://other.test") as other:
        assert "HDF5" not in other.connect().list_output_formats()
    mock_backend.reset()
    assert "HDF5" not in mock_backend.connect().list_output_formats()


@pytest.mark.parametrize(
    ("name", "facts", "message"),
    [
        ("", {}, "needs a name"),
        ("gtiff", {}, "already"),
        ("HDF5", {"gis_data_types": "raster"}, "a list"),
        ("HDF5", {"gis_data_types": []}, "a list"),
        ("HDF5", {"gis_data_types": ["cube"]}, "Unknown GIS data type 'cube'"),
        ("HDF5", {"output": False}, "neither"),
        ("HDF5", {"parameters": {"level": 3}}, "'level'"),
        ("HDF5", {"parameters": {"level": {"type": "integer"}}}, "description"),
        ("HDF5", {"parameters": {"level": {"description": "Level.", "default": object()}}}, "JSON"),
        ("HDF5", {"parameters": {"level": {"description": "Level.", "default": float("nan")}}}, "JSON"),
    ],
)
def test_what_is_no_format(mock_backend, name, facts, message):
    with pytest.raises(ValueError, match=message):
        mock_backend.add_file_format(name, **({"gis_data_types": ["raster"]} | facts))


@every_profile
def test_udf_runtimes_are_what_the_specification_says(anonymous, components, mock_backend_profile):
    runtimes = anonymous("GET /udf_runtimes").json()
    validator = jsonschema.Draft7Validator(
        {"$ref": "#/components/schemas/udf_programming_language", "components": components}
    )

    # Earth Engine runs none.
    assert ("Python" in runtimes) == (mock_backend_profile != "gee")
    for runtime in runtimes.values():
        validator.validate(runtime)
        assert runtime["default"] in runtime["versions"]
        assert runtime["title"]


def test_the_openeo_client_finds_the_runtime_of_a_udf(mock_backend_connection):
    cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04"])
    import openeo

    graph = cube.apply(openeo.UDF("def apply_datacube(cube, context):\n    return cube")).flat_graph()
    callback = graph["apply1"]["arguments"]["process"]["process_graph"]

    assert callback["runudf1"]["arguments"]["runtime"] == "Python"
    assert {"Python", "R"} <= mock_backend_connection.list_udf_runtimes().keys()


def test_the_runtimes_that_one_back_end_changes_are_its_own(anonymous):
    class Others(CollectionsRegister):
        def udf_runtimes(self):
            runtimes = super().udf_runtimes()
            runtimes["Julia"] = runtimes.pop("R")
            return runtimes

    with MockBackend("https://others.test", registers=[Others]) as backend:
        assert backend.connect().list_udf_runtimes().keys() > {"Python", "Julia"}
    assert {"Python", "R"} < anonymous("GET /udf_runtimes").json().keys()
    assert "Julia" not in anonymous("GET /udf_runtimes").json()
