"""Graphs that call processes by the URL of their definition."""

import json

import pytest
from openeo.api.process import Parameter
from openeo.rest import OpenEoApiError
from openeo.rest.udp import build_process_dict

URL = "https://example.org/udp/halve.json"
HALVE = {
    "id": "halve",
    "process_graph": {
        "half": {"process_id": "divide", "arguments": {"x": {"from_parameter": "x"}, "y": 2}, "result": True}
    },
    "parameters": [{"name": "x", "description": "A number.", "schema": {"type": "number"}}],
    "returns": {"description": "Half of it.", "schema": {"type": "number"}},
}
EXTENTS = {
    "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.02, "north": 51.22},
    "temporal_extent": ["2024-06-01", "2024-06-20"],
}


def calling(process_id="halve", namespace=URL, **arguments):
    node = {"process_id": process_id, "namespace": namespace, "arguments": arguments, "result": True}
    return {"process": {"process_graph": {"call": node}}}


@pytest.fixture
def red(mock_backend):
    """A process like those of catalogues of algorithms, registered at a URL: the latest red of an area."""
    connection = mock_backend.connect()
    cube = connection.load_collection(
        "SENTINEL2_L2A",
        spatial_extent=Parameter.spatial_extent(),
        temporal_extent=Parameter.temporal_interval(),
        bands=["B04"],
        fetch_metadata=False,
    ).reduce_dimension(dimension="t", reducer="last")
    parameters = [Parameter.spatial_extent(), Parameter.temporal_interval()]
    url = "https://example.org/udp/red.json"
    mock_backend.add_remote_processes(
        {url: build_process_dict(cube, process_id="red", parameters=parameters)}
    )
    return url


class TestRegistered:
    def test_it_is_computed(self, mock_backend, api):
        mock_backend.add_remote_processes({URL: HALVE})

        assert api("POST /result", json=calling(x=7)).json() == 3.5
        assert not mock_backend.leniencies

    def test_its_data_cube_is_what_its_graph_makes(self, mock_backend, red, tmp_path):
        connection = mock_backend.connect()
        cube = connection.datacube_from_process("red", namespace=red, **EXTENTS)
        job = cube.create_job(out_format="GTiff")
        job.start_and_wait(print=lambda _: None)

        [item] = [
            asset
            for asset in job.get_results().get_assets()
            if asset.metadata["type"].startswith("image/tiff")
        ]
        assert [band["name"] for band in item.metadata["bands"]] == ["B04"]

    def test_what_follows_it_is_checked(self, mock_backend, red):
        cube = mock_backend.connect().datacube_from_process("red", namespace=red, **EXTENTS)

        [problem] = cube.filter_bands(["B08"]).validate()
        assert problem["rule"] == "unknown-band"

    def test_arguments_are_held_to_its_parameters(self, mock_backend, api, assert_error):
        mock_backend.add_remote_processes({URL: HALVE})

        assert_error(api("POST /jobs", json=calling()), 400, "ProcessParameterRequired")

    @pytest.mark.mock_backend(profile="spec")
    def test_so_they_are_by_the_specification(self, mock_backend, api, assert_error):
        mock_backend.add_remote_processes({URL: HALVE})

        assert api("POST /jobs", json=calling(x=1)).status_code == 201
        assert_error(api("POST /jobs", json=calling(x=1, y=2)), 400, "ProcessParameterUnsupported")
        assert_error(api("POST /jobs", json=calling(x="1")), 400, "ProcessParameterInvalid")

    def test_its_own_faults_are_found(self, mock_backend, api, assert_error):
        graph = json.loads(json.dumps(HALVE["process_graph"]))
        graph["half"]["process_id"] = "devide"
        mock_backend.add_remote_processes({URL: HALVE | {"process_graph": graph}})

        assert_error(api("POST /jobs", json=calling(x=1)), 400, "ProcessUnsupported")

    def test_it_may_call_others(self, mock_backend, api):
        other = "https://example.org/udp/quarter.json"
        graph = {
            "a": calling(x={"from_parameter": "x"})["process"]["process_graph"]["call"] | {"result": False}
        }
        graph["b"] = calling(x={"from_node": "a"})["process"]["process_graph"]["call"]
        mock_backend.add_remote_processes(
            {URL: HALVE, other: HALVE | {"id": "quarter", "process_graph": graph}}
        )

        assert api("POST /result", json=calling("quarter", other, x=2)).json() == 0.5

    def test_one_that_calls_itself(self, mock_backend, api, assert_error):
        graph = calling(x={"from_parameter": "x"})["process"]["process_graph"]
        mock_backend.add_remote_processes({URL: HALVE | {"process_graph": graph}})

        assert_error(api("POST /jobs", json=calling(x=1)), 400, "ProcessGraphInvalid", "halve → halve")

    def test_one_of_a_users_with_its_id_is_another(self, mock_backend, api):
        graph = calling(x={"from_parameter": "x"})["process"]["process_graph"]
        mock_backend.add_remote_processes({URL: HALVE})
        answer = api("PUT /process_graphs/halve", json={**HALVE, "process_graph": graph})
        assert answer.status_code == 200, answer.text

        assert api("POST /result", json=calling(namespace="user", x=1)).json() == 0.5

    def test_one_of_a_predefined_ones_id_is_another(self, mock_backend, api):
        mock_backend.add_remote_processes({URL: HALVE | {"id": "add"}})

        assert api("POST /result", json=calling("add", x=1)).json() == 0.5

    def test_it_may_lack_its_graph(self, mock_backend, api, assert_error):
        definition = {name: value for name, value in HALVE.items() if name != "process_graph"}
        mock_backend.add_remote_processes({URL: definition})

        assert_error(api("POST /jobs", json=calling()), 400, "ProcessParameterRequired")
        assert isinstance(api("POST /result", json=calling(x=7)).json(), float)

    def test_without_its_graph_it_returns_a_data_cube_where_it_is_asked_for(self, mock_backend):
        cube = {"description": "A cube.", "schema": {"type": "object", "subtype": "datacube"}}
        parameters = [{"name": name, "schema": {}} for name in EXTENTS]
        mock_backend.add_remote_processes({URL: {"id": "ndvi", "parameters": parameters, "returns": cube}})
        connection = mock_backend.connect()
        job = connection.datacube_from_process("ndvi", namespace=URL, **EXTENTS).create_job(
            out_format="netCDF"
        )
        job.start_and_wait(print=lambda _: None)

        bbox = job.get_results().get_metadata()["extent"]["spatial"]["bbox"][0]
        assert bbox == pytest.approx([5.0, 51.2, 5.02, 51.22], abs=0.01)

    def test_after_a_reset_it_is_unknown(self, mock_backend, api):
        mock_backend.add_remote_processes({URL: HALVE})
        mock_backend.reset()
        api("POST /jobs", json=calling(x=7))

        assert [each.rule for each in mock_backend.leniencies] == ["unknown-namespace"]


class TestUnknown:
    @pytest.mark.mock_backend(profile="spec")
    def test_without_the_extension_urls_are_no_namespaces(self, mock_backend, api, assert_error):
        assert_error(api("POST /jobs", json=calling(x=7)), 400, "ProcessUnsupported", URL)

    @pytest.mark.mock_backend(profile="spec", extensions=["remote-process-definition"])
    def test_it_is_refused_by_the_specification(self, mock_backend, api, assert_error):
        assert_error(api("POST /jobs", json=calling(x=7)), 400, "ProcessNamespaceInvalid", URL, "'halve'")
        [problem] = api("POST /validation", json=calling(x=7)["process"]).json()["errors"]

        assert (problem["code"], problem["rule"]) == ("ProcessNamespaceInvalid", "unknown-namespace")

    @pytest.mark.parametrize("profile", ["default", "cdse"])
    def test_production_would_look_so_it_is_taken_as_it_comes(self, mock_backend_factory, profile):
        backend = mock_backend_factory(profile=profile)
        connection = backend.connect()
        cube = connection.datacube_from_process("red", namespace=URL, anything={"a": [1]}, **EXTENTS)
        job = cube.filter_bands(["RED"]).create_job(out_format="GTiff")
        job.start_and_wait(print=lambda _: None)

        assert [each.rule for each in backend.leniencies] == ["unknown-namespace"]
        assert any(URL in each.message for each in job.logs(level="warning"))
        assert job.get_results().get_assets()

    @pytest.mark.parametrize(
        ("name", "media_type"),
        [("GeoJSON", "application/geo+json"), ("GTiff", "image/tiff"), ("CSV", "text/csv")],
    )
    def test_it_may_be_what_its_file_format_holds(self, mock_backend, name, media_type):
        cube = mock_backend.connect().datacube_from_process("red", namespace=URL, **EXTENTS)
        job = cube.save_result(name).create_job()
        job.start_and_wait(print=lambda _: None)

        assert {each.metadata["type"].partition(";")[0] for each in job.get_results().get_assets()} == {
            media_type
        }

    def test_it_is_not_the_predefined_one_of_its_id(self, mock_backend, api):
        # Which would refuse these arguments.
        assert api("POST /jobs", json=calling("ndvi", data=7, nir=True)).status_code == 201

    def test_another_process_at_a_known_url_is_refused(self, mock_backend, api, assert_error):
        mock_backend.add_remote_processes({URL: HALVE})

        assert_error(
            api("POST /jobs", json=calling("double", x=7)), 400, "ProcessNamespaceInvalid", "'halve'"
        )

    @pytest.mark.mock_backend(relaxed=["unknown-process"])
    def test_that_can_be_relaxed(self, mock_backend, api):
        mock_backend.add_remote_processes({URL: HALVE})

        assert api("POST /jobs", json=calling("double", x=7)).status_code == 201

    def test_the_client_says_why(self, mock_backend):
        mock_backend.add_remote_processes({URL: HALVE})
        cube = mock_backend.connect().datacube_from_process("double", namespace=URL)

        with pytest.raises(OpenEoApiError, match=r"ProcessNamespaceInvalid: The value passed for namespace"):
            cube.create_job(validate=False)


def test_graphs_of_the_real_world_call_them(shared, mock_backend_factory):
    """Definitions that graphs in public repositories refer to, without their own graphs."""
    folder = shared / "real-world"
    definitions = json.loads((folder / "remote-processes.json").read_text())
    lines = (folder / "graphs.jsonl").read_text().splitlines()
    rows = [json.loads(line) for line in lines if '"namespace":"http' in line]
    backend = mock_backend_factory(profile="cdse")
    backend.add_remote_processes(definitions.values())
    connection = backend.connect(auto_validate=False)

    for row in rows:
        if "parameters" not in row and "values" not in row:
            body = {"process": {"process_graph": row["process_graph"]}}
            answer = connection.post("/jobs", json=body, check_error=False)
            assert answer.status_code == 201, (row["id"], answer.text)
    assert len(backend.jobs) > 30
    assert "unknown-namespace" not in {each.rule for each in backend.leniencies}
