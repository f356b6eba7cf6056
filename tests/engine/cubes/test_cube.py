"""Data cubes without values: dimensions, labels and other names of labels."""

import pytest

from mock_backend.engine.cubes import Cube, Dimension

BANDS = Dimension(
    "bands",
    "bands",
    ("B04", "B05", "B06", "red"),
    {"green": ("B03",), "red": ("B04",), "rededge": ("B05", "B06")},
)
TIME = Dimension("t", "temporal")


@pytest.mark.parametrize("label", ["B04", "red", "rededge"])
def test_labels_and_their_other_names_are_there(label):
    assert BANDS.has(label)


@pytest.mark.parametrize("label", ["B11", "b04", "", 4, None, [], {}, True])
def test_others_are_not(label):
    assert not BANDS.has(label)


@pytest.mark.parametrize("label", ["anything", 5, [], {}])
def test_where_no_label_is_known_each_may_be_there(label):
    assert TIME.has(label)


@pytest.mark.parametrize(
    ("wanted", "kept"),
    [
        (["B06", "B04"], ("B06", "B04")),
        (["rededge"], ("B05", "B06")),
        (["rededge", "B05", "B04"], ("B05", "B06", "B04")),
        (["red"], ("red",)),
        (["B04", "B04"], ("B04",)),
        (["unknown"], ()),
        ([], ()),
    ],
)
def test_only_some_labels_in_the_order_asked_for(wanted, kept):
    assert BANDS.only(wanted).labels == kept


def test_other_names_go_with_their_labels():
    assert BANDS.only(["B06"]).aliases == {"rededge": ("B06",)}
    assert BANDS.renamed({"B05": "a"}).aliases == {"red": ("B04",), "rededge": ("B06",)}


def test_unknown_labels_stay_unknown():
    assert TIME.only(["a"]).labels is None
    assert TIME.renamed({"a": "b"}).labels is None


def test_renamed_labels_keep_their_places():
    assert BANDS.renamed({"B05": "x", "none": "y"}).labels == ("B04", "x", "B06", "red")


def test_what_is_no_longer_known():
    assert BANDS.unlabelled() == Dimension("bands", "bands")


class TestOfACollection:
    def test_bands_have_their_common_names(self):
        metadata = {
            "cube:dimensions": {
                "x": {"type": "spatial", "axis": "x"},
                "t": {"type": "temporal", "values": ["2024-06-01"]},
                "bands": {"type": "bands", "values": ["B04", "B05", "B06"]},
            },
            "summaries": {
                "bands": [
                    {"name": "B04", "eo:common_name": "red"},
                    {"name": "B05", "common_name": "rededge"},
                    {"name": "B06", "common_name": "rededge"},
                    {"name": "B07"},
                ]
            },
        }

        cube = Cube.of_collection(metadata)

        assert cube == Cube(
            {
                "x": Dimension("x", "spatial", axis="x"),
                # Time has labels that are not listed.
                "t": Dimension("t", "temporal"),
                "bands": Dimension(
                    "bands", "bands", ("B04", "B05", "B06"), {"red": ("B04",), "rededge": ("B05", "B06")}
                ),
            }
        )

    @pytest.mark.parametrize("place", ["bands", "eo:bands"])
    def test_wherever_bands_are_described(self, place):
        bands = [{"name": "a", "common_name": "red"}]
        dimensions = {"cube:dimensions": {"b": {"type": "bands", "values": ["a"]}}}

        for metadata in ({place: bands}, {"summaries": {place: bands}}):
            cube = Cube.of_collection(dimensions | metadata)
            assert cube is not None
            assert cube.dimensions["b"].aliases == {"red": ("a",)}

    @pytest.mark.parametrize("described", [None, 5, [], {"t": 5}, {"t": None}])
    def test_of_what_is_no_description_nothing_is_known(self, described):
        assert Cube.of_collection({"cube:dimensions": described}) is None
        assert Cube.of_collection({}) is None

    @pytest.mark.parametrize("values", [None, [], "B04", [["B04"]], [{}], 5])
    def test_odd_labels_are_unknown(self, values):
        cube = Cube.of_collection({"cube:dimensions": {"b": {"type": "bands", "values": values}}})

        assert cube == Cube({"b": Dimension("b", "bands")})


class TestChanges:
    cube = Cube({"x": Dimension("x", "spatial"), "t": TIME, "bands": BANDS})

    def test_with_others(self):
        assert list(self.cube.with_(Dimension("z", "other")).dimensions) == ["x", "t", "bands", "z"]
        assert self.cube.with_(BANDS.unlabelled()).dimensions["bands"].labels is None

    def test_by_kind(self):
        assert [each.name for each in self.cube.of_kind("spatial", "temporal")] == ["x", "t"]

    def test_bands_are_those_of_the_only_dimension_of_bands(self):
        assert self.cube.bands == BANDS
        assert self.cube.with_(Dimension("more", "bands")).bands is None
