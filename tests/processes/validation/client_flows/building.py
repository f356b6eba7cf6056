"""Constants and functions that build parts of graphs."""

from typing import Any

import openeo

BOX = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}
MONTH = ["2024-06-01", "2024-07-01"]
POLYGON = {
    "type": "Polygon",
    "coordinates": [[[5.0, 51.2], [5.1, 51.2], [5.1, 51.3], [5.0, 51.3], [5.0, 51.2]]],
}
FEATURES = {
    "type": "FeatureCollection",
    "features": [
        {"type": "Feature", "properties": {"name": "a"}, "geometry": POLYGON},
        {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [5.05, 51.25]}},
    ],
}
CODE = "import xarray\n\ndef apply_datacube(cube, context):\n    return cube\n"


def process_graph(process_id: str, parameter: str = "data", **arguments: Any) -> dict[str, Any]:
    """Return a child process of one node."""
    given = {parameter: {"from_parameter": parameter}} | arguments
    return {"process_graph": {"only": {"process_id": process_id, "arguments": given, "result": True}}}


def s2(connection: openeo.Connection, bands=("B04", "B08"), **options: Any) -> openeo.DataCube:
    facts = {"spatial_extent": BOX, "temporal_extent": MONTH} | options
    return connection.load_collection("SENTINEL2_L2A", bands=list(bands) if bands else None, **facts)
