"""The sample job of the page: small, quick, and with something to see."""

from typing import TYPE_CHECKING, Any

from mock_backend.catalog import CollectionsRegister

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend

#: Names of collections of Sentinel-2, and their red and near-infrared bands.
_COLLECTIONS = {
    "SENTINEL2_L2A": ("B04", "B08"),
    "SENTINEL2_L1C": ("B04", "B08"),
    "COPERNICUS/S2_SR_HARMONIZED": ("B4", "B8"),
    "COPERNICUS/S2_SR": ("B4", "B8"),
}


def sample(backend: "MockBackend") -> dict[str, Any]:
    """Return the body of ``POST /jobs`` for the sample job."""
    catalogue = backend.registers.one(CollectionsRegister)
    found = next((each for each in _COLLECTIONS if catalogue.get(each) is not None), None)
    if found is None:
        graph = {"sum": {"process_id": "add", "arguments": {"x": 1, "y": 2}, "result": True}}
        return {"title": "One and two", "process": {"process_graph": graph}}
    red, infrared = _COLLECTIONS[found]
    return {
        "title": "Greenness at Lake Constance",
        "process": {"process_graph": _ndvi(found, red, infrared)},
    }


def _ndvi(collection: str, red: str, infrared: str) -> dict[str, Any]:
    """Return the process graph of the largest vegetation index of a month."""
    bands = {
        name: {
            "process_id": "array_element",
            "arguments": {"data": {"from_parameter": "data"}, "index": index},
        }
        for index, name in enumerate(("red", "infrared"))
    }
    index = {
        "process_id": "normalized_difference",
        "arguments": {"x": {"from_node": "infrared"}, "y": {"from_node": "red"}},
        "result": True,
    }
    largest = {"process_id": "max", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    return {
        "load": {
            "process_id": "load_collection",
            "arguments": {
                "id": collection,
                "spatial_extent": {"west": 9.1, "south": 47.6, "east": 9.25, "north": 47.7},
                "temporal_extent": ["2024-06-01", "2024-07-01"],
                "bands": [red, infrared],
            },
        },
        "coarse": {
            "process_id": "resample_spatial",
            "arguments": {"data": {"from_node": "load"}, "resolution": 30},
        },
        "index": {
            "process_id": "reduce_dimension",
            "arguments": {
                "data": {"from_node": "coarse"},
                "dimension": "bands",
                "reducer": {"process_graph": {**bands, "index": index}},
            },
        },
        "largest": {
            "process_id": "reduce_dimension",
            "arguments": {
                "data": {"from_node": "index"},
                "dimension": "t",
                "reducer": {"process_graph": {"max": largest}},
            },
        },
        "save": {
            "process_id": "save_result",
            "arguments": {"data": {"from_node": "largest"}, "format": "GTiff"},
            "result": True,
        },
    }
