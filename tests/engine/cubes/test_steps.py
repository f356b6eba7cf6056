"""Effects of processes on cubes, and what is unknown afterwards."""

from typing import Any

import pytest

from mock_backend.engine.cubes import Cube, CubeCall, Dimension, follow
from mock_backend.engine.cubes.sources import SOURCES
from mock_backend.engine.cubes.steps import STEPS
from mock_backend.processes.definitions.predefined import signatures

X, Y, T = Dimension("x", "spatial"), Dimension("y", "spatial"), Dimension("t", "temporal")
BANDS = Dimension("bands", "bands", ("B04", "B08"), {"red": ("B04",), "nir": ("B08",)})
CUBE = Cube({each.name: each for each in (X, Y, T, BANDS)})
VECTORS = Cube({"places": Dimension("places", "geometry")})
DEFAULTS: dict[str, dict[str, Any]] = {
    name: {each["name"]: each.get("default") for each in found["parameters"] if each.get("optional")}
    for name, found in signatures().items()
}


def after(process_id: str, /, unknown: tuple[str, ...] = (), **arguments: Any) -> Cube | None:
    """Return what comes out of a sound call; arguments that are cubes are given as such."""
    cubes = {name: value for name, value in arguments.items() if isinstance(value, Cube)}
    call = CubeCall(process_id, arguments, DEFAULTS[process_id], cubes, open={*unknown, *cubes})
    found = follow(call)
    assert call.remarks == []
    return found


def names(cube: Cube | None) -> list[str] | None:
    return None if cube is None else list(cube.dimensions)


def test_all_steps_are_of_processes_that_there_are():
    assert STEPS.keys() | SOURCES.keys() <= signatures().keys()


def test_of_unknown_cubes_nothing_is_known():
    for process_id in STEPS:
        assert after(process_id, dimension="t") is None


def test_of_other_processes_nothing_is_known():
    for process_id in signatures().keys() - STEPS.keys() - SOURCES.keys():
        assert after(process_id, data=CUBE) is None


@pytest.mark.parametrize(
    ("process_id", "arguments", "expected"),
    [
        ("reduce_dimension", {"dimension": "t"}, ["x", "y", "bands"]),
        ("reduce_spatial", {}, ["t", "bands"]),
        ("add_dimension", {"name": "run", "label": 1}, ["x", "y", "t", "bands", "run"]),
        ("drop_dimension", {"name": "t"}, ["x", "y", "bands"]),
        ("rename_dimension", {"source": "t", "target": "time"}, ["x", "y", "time", "bands"]),
        ("ndvi", {}, ["x", "y", "t"]),
        ("ndvi", {"target_band": "v"}, ["x", "y", "t", "bands"]),
        ("aggregate_spatial", {"geometries": {"type": "Point"}}, ["t", "bands", "geometry"]),
        ("aggregate_spatial", {"geometries": VECTORS}, ["t", "bands", "places"]),
        (
            "aggregate_spatial",
            {"geometries": VECTORS, "target_dimension": "n"},
            ["t", "bands", "places", "n"],
        ),
        ("flatten_dimensions", {"dimensions": ["t", "bands"], "target_dimension": "tb"}, ["x", "y", "tb"]),
        ("flatten_dimensions", {"dimensions": ["t", "bands"], "target_dimension": "t"}, ["x", "y", "t"]),
        (
            "unflatten_dimension",
            {"dimension": "t", "target_dimensions": ["year", "t"]},
            ["x", "y", "bands", "year", "t"],
        ),
        ("apply_dimension", {"dimension": "t", "target_dimension": "q"}, ["x", "y", "bands", "q"]),
        ("apply_dimension", {"dimension": "t", "target_dimension": "bands"}, ["x", "y", "bands"]),
        ("apply_dimension", {"dimension": "t"}, ["x", "y", "t", "bands"]),
        ("filter_temporal", {"extent": []}, ["x", "y", "t", "bands"]),
        ("mask", {}, ["x", "y", "t", "bands"]),
    ],
)
def test_dimensions(process_id, arguments, expected):
    assert names(after(process_id, data=CUBE, **arguments)) == expected


@pytest.mark.parametrize(
    ("process_id", "arguments", "expected"),
    [
        ("filter_bands", {"bands": ["nir"]}, ("B08",)),
        ("filter_bands", {"bands": ["B08", "red"]}, ("B08", "B04")),
        ("filter_bands", {"wavelengths": [[0.6, 0.7]]}, None),
        ("filter_bands", {"bands": ["B04"], "wavelengths": [[0.6, 0.7]]}, None),
        ("filter_labels", {"dimension": "bands"}, None),
        ("filter_labels", {"dimension": "t"}, ("B04", "B08")),
        ("apply_dimension", {"dimension": "bands"}, None),
        ("apply_dimension", {"dimension": "t", "target_dimension": "bands"}, None),
        ("ndvi", {"target_band": "v"}, ("B04", "B08", "v")),
        ("rename_labels", {"dimension": "bands", "target": ["a"]}, ("a", "B08")),
        ("rename_labels", {"dimension": "bands", "source": ["B08"], "target": ["a"]}, ("B04", "a")),
        ("rename_labels", {"dimension": "bands", "source": ["nir"], "target": ["a"]}, ("B04", "a")),
        (
            "rename_labels",
            {"dimension": "bands", "source": ["B08", "B04"], "target": ["B04", "B08"]},
            ("B08", "B04"),
        ),
        ("sar_backscatter", {}, None),
        ("cloud_detection", {}, None),
        ("mask", {}, ("B04", "B08")),
    ],
)
def test_bands(process_id, arguments, expected):
    found = after(process_id, data=CUBE, **arguments)

    assert found is not None
    assert found.dimensions["bands"].labels == expected


@pytest.mark.parametrize(
    ("process_id", "arguments"),
    [
        ("reduce_dimension", {"dimension": "t"}),
        ("add_dimension", {"name": "run", "label": 1}),
        ("drop_dimension", {"name": "t"}),
        ("rename_dimension", {"source": "t", "target": "time"}),
        ("rename_labels", {"dimension": "bands", "target": ["a"]}),
        ("apply_dimension", {"dimension": "t", "target_dimension": "q"}),
        ("filter_labels", {"dimension": "t"}),
        ("flatten_dimensions", {"dimensions": ["t"], "target_dimension": "tb"}),
        ("unflatten_dimension", {"dimension": "t", "target_dimensions": ["a", "b"]}),
        ("aggregate_spatial", {"geometries": {"type": "Point"}, "target_dimension": "n"}),
        ("ndvi", {"target_band": "v"}),
    ],
)
def test_by_an_unknown_name_nothing_is_known_or_as_little_as_possible(process_id, arguments):
    """Whatever it is, there is nothing to remark on afterwards."""
    for name in arguments:
        found = after(process_id, unknown=(name,), data=CUBE, **arguments)
        assert found is None or found.dimensions["bands"].labels in (None, ("B04", "B08"))


def test_unknown_bands():
    found = after("filter_bands", unknown=("bands",), data=CUBE, bands=["B04"])

    assert found is not None
    assert found.dimensions["bands"] == Dimension("bands", "bands")


class TestMerging:
    def test_bands_of_both(self):
        other = Cube({"bands": Dimension("bands", "bands", ("B08", "B11"), {"nir": ("B08",)})})

        merged = after("merge_cubes", cube1=CUBE, cube2=other)

        assert merged is not None
        assert merged.dimensions["bands"] == Dimension(
            "bands", "bands", ("B04", "B08", "B11"), {"red": ("B04",), "nir": ("B08",)}
        )

    def test_dimensions_of_both(self):
        assert names(after("merge_cubes", cube1=CUBE.without("t"), cube2=VECTORS)) == [
            "x",
            "y",
            "bands",
            "places",
        ]

    def test_unknown_labels_of_one_make_those_of_both_unknown(self):
        merged = after("merge_cubes", cube1=CUBE, cube2=Cube({"bands": BANDS.unlabelled()}))

        assert merged is not None
        assert merged.dimensions["bands"].labels is None

    def test_an_unknown_cube(self):
        assert after("merge_cubes", cube1=CUBE, cube2=5) is None


COLLECTIONS = {
    "A": {
        "cube:dimensions": {"t": {"type": "temporal"}, "b": {"type": "bands", "values": ["B1", "B2"]}},
        "bands": [{"name": "B1", "common_name": "red"}],
    },
    "DEM": {"cube:dimensions": {"x": {"type": "spatial", "axis": "x"}}},
    "?": {},
}


class TestLoading:
    def load(self, name: str, /, unknown: tuple[str, ...] = (), **arguments: Any) -> Cube | None:
        given = {"id": name} | arguments
        call = CubeCall(
            "load_collection",
            given,
            DEFAULTS["load_collection"],
            collection=COLLECTIONS.get,
            open={*unknown},
        )
        found = follow(call)
        assert call.remarks == []
        return found

    def test_all_bands_or_some(self):
        for given, labels in (
            ({}, ("B1", "B2")),
            ({"bands": None}, ("B1", "B2")),
            ({"bands": ["red"]}, ("B1",)),
        ):
            found = self.load("A", **given)
            assert found is not None
            assert found.dimensions["b"].labels == labels

    def test_unknown_bands(self):
        found = self.load("A", unknown=("bands",), bands=["B1"])

        assert found is not None
        assert found.dimensions["b"].labels is None

    def test_a_collection_without_bands(self):
        assert names(self.load("DEM", bands=["any"])) == ["x"]

    @pytest.mark.parametrize("name", ["?", "none"])
    def test_a_collection_that_says_nothing(self, name):
        assert self.load(name) is None

    def test_an_unknown_collection(self):
        assert self.load("A", unknown=("id",)) is None

    def test_geometries(self):
        assert names(after("load_geojson", data={})) == ["geometry"]
        assert names(after("load_geojson", data={}, properties=["a"])) == ["geometry", "properties"]
        assert after("load_geojson", unknown=("properties",), data={}, properties=["a"]) is None
        assert after("vector_buffer", geometries=VECTORS) == VECTORS
