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
        return {"title": "One and two", "process": _graph(sum=_node("add", x=1, y=2))}
    red, infrared = _COLLECTIONS[found]
    return {"title": "Greenness at Lake Constance", "process": _ndvi(found, red, infrared)}


def _ndvi(collection: str, red: str, infrared: str) -> dict[str, Any]:
    """Return the process of the largest vegetation index of a month."""
    data = {"from_parameter": "data"}
    index = _graph(
        red=_node("array_element", data=data, index=0),
        infrared=_node("array_element", data=data, index=1),
        index=_node("normalized_difference", x={"from_node": "infrared"}, y={"from_node": "red"}),
    )
    largest = _graph(max=_node("max", data=data))
    return _graph(
        load=_node(
            "load_collection",
            id=collection,
            spatial_extent={"west": 9.1, "south": 47.6, "east": 9.25, "north": 47.7},
            temporal_extent=["2024-06-01", "2024-07-01"],
            bands=[red, infrared],
        ),
        coarse=_node("resample_spatial", data={"from_node": "load"}, resolution=30),
        index=_node("reduce_dimension", data={"from_node": "coarse"}, dimension="bands", reducer=index),
        largest=_node("reduce_dimension", data={"from_node": "index"}, dimension="t", reducer=largest),
        save=_node("save_result", data={"from_node": "largest"}, format="GTiff"),
    )


def _node(process_id: str, **arguments: Any) -> dict[str, Any]:
    return {"process_id": process_id, "arguments": arguments}


def _graph(**nodes: dict[str, Any]) -> dict[str, Any]:
    """Return a process whose last node has the result."""
    last = [*nodes][-1]
    return {"process_graph": nodes | {last: nodes[last] | {"result": True}}}
