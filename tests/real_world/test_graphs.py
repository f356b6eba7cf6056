"""Process graphs of real projects: what production accepts is accepted, what it refuses is refused."""

import json
import os
from pathlib import Path
from typing import Any

import pytest
import rasterio
import requests
import xarray

from mock_backend import JobPlan, MockBackend

URL = "https://openeo.dataspace.copernicus.eu"
#: Graphs that the front-end of CDSE refuses and that are accepted here, each with its reason.
ACCEPTED = {
    "77c9be8228": "it could not fetch the file of load_url",
    "255c81c423": "it could not fetch the file of load_url",
    "afa564a50b": "it could not fetch the file of load_url",
    "be8954bde2": "run_cwl_to_stac is offered by CDSE, and not by its front-end alone",
    "0552e7a879": "run_cwl_to_stac is offered by CDSE, and not by its front-end alone",
    "ff5329769a": "it runs no UDFs on vector cubes when it validates, but does so in jobs",
    "e121d0434a": "it runs no UDFs on vector cubes when it validates, but does so in jobs",
    "4af8dd2520": "it runs no UDFs on vector cubes when it validates, but does so in jobs",
    "c739aab532": "the UDF runtime EOAP-CWL is offered by CDSE, and not by its front-end alone",
    "b59940d561": "chunk_polygon is offered by CDSE up to version 1.1 of the API",
    "7175b2bad7": "chunk_polygon is offered by CDSE up to version 1.1 of the API",
}
#: Graphs that take little time each, and have nearly all the processes of the others.
SAMPLE = """
    1255fda647 e6878f1775 58df014d37 e9b96215b9 4740984673 a647d1aeab 3ec3809133 d48de9382f
    c1d10214a1 400602ae0b f0cc864ebd cdf75650c9 d1622e0e8d 00c22ba672 e699884e8b 1b1a05e65e
    58cf7cfaeb 2c4be76444 c721c26293 6774c16c5e f06856950b b2134ac521 1d684f823a 3d1e7b7103
    e7b37746d7 8342651311 ef675a1b58 0023a5bfa7 a6ee8fe70f 41773c1f8a 31b843f573 12474626d9
    fe1f39ed97 4f6ab122f5 e94f891a45 5a84d6e692 008bf69e9e 8b02d4bb12 fb1e0c850e cf9ebce4aa
"""
#: Namespaces that are the names of providers or that it could not fetch: what they hold is not known.
UNKNOWN_NAMESPACES = ('"namespace": "http', '"namespace": "vito"', '"namespace": "apex"')


@pytest.fixture(scope="module")
def rows(shared) -> list[dict[str, Any]]:
    file = shared / "real-world" / "graphs.jsonl"
    if not file.exists():
        pytest.skip("The graphs of real projects are not here.")
    return [json.loads(line) for line in file.read_text().splitlines()]


def filled_in(graph: Any, values: dict[str, Any]) -> Any:
    """Return a graph with values in the place of parameters."""
    if isinstance(graph, dict):
        if graph.keys() == {"from_parameter"} and graph["from_parameter"] in values:
            return values[graph["from_parameter"]]
        return {key: filled_in(value, values) for key, value in graph.items()}
    return [filled_in(each, values) for each in graph] if isinstance(graph, list) else graph


def created(connection: Any, row: dict[str, Any]) -> Any:
    """Return the answer to a request for a job with a graph, or to one for the process that it is of."""
    graph = row["process_graph"]
    if row.get("parameters"):
        process = {name: row[name] for name in ("process_graph", "parameters", "returns") if row.get(name)}
        answer = connection.put("/process_graphs/my_process", json=process, check_error=False)
        if answer.status_code != 200:
            return answer
        call = {"process_id": "my_process", "namespace": "user", "arguments": row["arguments"]}
        graph = {"call": call | {"result": True}}
    elif "values" in row:
        graph = filled_in(graph, row["values"])
    return connection.post("/jobs", json={"process": {"process_graph": graph}}, check_error=False)


def refusal(connection: Any, row: dict[str, Any]) -> str:
    """Return the code by which a graph is refused; an empty one if it is accepted."""
    answer = created(connection, row)
    return "" if answer.status_code == 201 else str(answer.json()["code"])


def test_production_and_we_agree(rows):
    with MockBackend(URL) as backend:
        connection = backend.connect(auto_validate=False)
        codes = {row["id"]: refusal(connection, row) for row in rows}

    refused = {row["id"]: codes[row["id"]] for row in rows if row["accepted_by_driver"] and codes[row["id"]]}
    assert not refused
    known = [row for row in rows if not any(each in json.dumps(row) for each in UNKNOWN_NAMESPACES)]
    accepted = [row["id"] for row in known if not row["accepted_by_driver"] and not codes[row["id"]]]
    assert set(accepted) == ACCEPTED.keys()


def opened(name: str, url: str, folder: Path) -> bool:
    """Open a file as its users do; of large ones that are computed where they are read just the beginning."""
    answer = requests.get(url, headers={"Range": "bytes=0-400000"}, timeout=60)
    assert answer.status_code in (200, 206), answer.text
    size = int(answer.headers.get("Content-Range", f"/{len(answer.content)}").split("/")[1])
    file, ending = folder / name.replace("/", "_"), name.rsplit(".", 1)[-1]
    file.write_bytes(answer.content)
    if ending == "tif":
        os.truncate(file, size)
        with rasterio.open(file) as found:
            return bool(found.count and found.width and found.height)
    if size > len(answer.content):
        file.write_bytes(requests.get(url, timeout=60).content)
    if ending == "nc":
        with xarray.open_dataset(file, engine="h5netcdf") as found:
            return bool(found.sizes)
    if ending in ("json", "geojson"):
        return json.loads(file.read_text()) is not ...
    return file.read_bytes().startswith(b"\x89PNG") if ending == "png" else "," in file.read_text()


@pytest.mark.parametrize("row_id", SAMPLE.split())
def test_files_of_a_sample_open(rows, row_id, tmp_path):
    row = next(each for each in rows if each["id"] == row_id)
    with MockBackend(URL, plan=JobPlan.immediate()) as backend:
        connection = backend.connect(auto_validate=False)
        job = connection.job(created(connection, row).headers["OpenEO-Identifier"])
        job.start()
        assert job.status() == "finished", job.logs()
        assets = connection.get(f"/jobs/{job.job_id}/results").json()["assets"]
        assert assets
        assert all(opened(name, asset["href"], tmp_path) for name, asset in assets.items())
