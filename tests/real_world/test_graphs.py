"""Process graphs of real projects: what production accepts is accepted, what it refuses is refused."""

import json
from typing import Any

import pytest

from mock_backend import MockBackend

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
#: Graphs that it accepts and that are refused here, each with the code.
REFUSED = {
    # A mean of 64 thousand million values of one polygon: production takes hours for it.
    "a66554c28d": "ProcessGraphComplexity",
}
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


def refusal(connection: Any, row: dict[str, Any]) -> str:
    """Return the code by which a graph is refused; an empty one if it is accepted."""
    graph = row["process_graph"]
    if row.get("parameters"):
        process = {name: row[name] for name in ("process_graph", "parameters", "returns") if row.get(name)}
        answer = connection.put("/process_graphs/my_process", json=process, check_error=False)
        if answer.status_code != 200:
            return str(answer.json()["code"])
        call = {"process_id": "my_process", "namespace": "user", "arguments": row["arguments"]}
        graph = {"call": call | {"result": True}}
    elif "values" in row:
        graph = filled_in(graph, row["values"])
    answer = connection.post("/jobs", json={"process": {"process_graph": graph}}, check_error=False)
    return "" if answer.status_code == 201 else str(answer.json()["code"])


def test_production_and_we_agree(rows):
    with MockBackend(URL) as backend:
        connection = backend.connect(auto_validate=False)
        codes = {row["id"]: refusal(connection, row) for row in rows}

    refused = {row["id"]: codes[row["id"]] for row in rows if row["accepted_by_driver"] and codes[row["id"]]}
    assert refused == REFUSED
    known = [row for row in rows if not any(each in json.dumps(row) for each in UNKNOWN_NAMESPACES)]
    accepted = [row["id"] for row in known if not row["accepted_by_driver"] and not codes[row["id"]]]
    assert set(accepted) == ACCEPTED.keys()
