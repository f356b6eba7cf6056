"""Dimensions: labels, other names of labels, and what collections describe."""

import pytest

from mock_backend.engine.cubes import Dimension, described_dimensions, only_of_bands

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

        names = {"red": ("B04",), "rededge": ("B05", "B06")}
        assert described_dimensions(metadata) == (
            Dimension("x", "spatial", axis="x"),
            # Time has labels that are not listed.
            Dimension("t", "temporal"),
            Dimension("bands", "bands", ("B04", "B05", "B06"), names),
        )

    @pytest.mark.parametrize("place", ["bands", "eo:bands"])
    def test_wherever_bands_are_described(self, place):
        bands = [{"name": "a", "common_name": "red"}]
        dimensions = {"cube:dimensions": {"b": {"type": "bands", "values": ["a"]}}}

        for metadata in ({place: bands}, {"summaries": {place: bands}}):
            (found,) = described_dimensions(dimensions | metadata)
            assert found.aliases == {"red": ("a",)}

    @pytest.mark.parametrize("described", [None, 5, [], {"t": 5}, {"t": None}])
    def test_of_what_is_no_description_nothing_is_known(self, described):
        assert described_dimensions({"cube:dimensions": described}) is None
        assert described_dimensions({}) is None

    @pytest.mark.parametrize("values", [None, [], "B04", [["B04"]], [{}], 5])
    def test_odd_labels_are_unknown(self, values):
        found = described_dimensions({"cube:dimensions": {"b": {"type": "bands", "values": values}}})

        assert found == (Dimension("b", "bands"),)


def test_bands_are_those_of_the_only_dimension_of_bands():
    dimensions = (Dimension("x", "spatial"), TIME, BANDS)
    assert only_of_bands(dimensions) == BANDS
    assert only_of_bands((*dimensions, Dimension("more", "bands"))) is None
    assert only_of_bands(()) is None
