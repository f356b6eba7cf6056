"""Refusals of results, and their messages."""

import io

import geopandas
import numpy as np
import pandas as pd
import pytest

from mock_backend import MockBackend
from mock_backend.results import File, Item, truncated


@pytest.mark.parametrize(
    "thing", [object(), {1, 2}, io.BytesIO(b"abc"), 1j, range(3), iter("abc"), Exception("no")]
)
def test_what_can_be_a_result(mock_backend, thing):
    with pytest.raises(TypeError, match=r"A result must be bytes, a text, a Path .*, got ") as caught:
        mock_backend.set_result(thing)
    assert type(thing).__name__ in str(caught.value)
    assert mock_backend.orders == []


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ({"a.tif": b"II*"}, r"This dict is to be JSON.* it contains bytes\. Several files are an Item"),
        ([{"a": {1, 2}}], r"This list is to be JSON.* it contains set"),
        ({(1, 2): 3}, r"This dict is to be JSON"),
        ([Item({"a": b""}), b"a"], "A list has Items only"),
        ([File(b"abc")], "Files in a list need names"),
        (np.array([object()]), "must hold numbers, got object"),
    ],
)
def test_what_json_cannot_say(mock_backend, value, message):
    with pytest.raises((TypeError, ValueError), match=message):
        mock_backend.set_result(value)


def test_what_contains_itself(mock_backend):
    endless = []
    endless.append(endless)

    with pytest.raises(TypeError, match="This list is to be JSON"):
        mock_backend.set_result(endless)


def test_paths_have_to_lead_somewhere(mock_backend, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"The result file .*june\.tif does not exist"):
        mock_backend.set_result(tmp_path / "june.tif")
    with pytest.raises(FileNotFoundError, match=r"The result folder .* has no files"):
        mock_backend.set_result(tmp_path)
    with pytest.raises(ValueError, match="is a folder; give it as the whole result"):
        Item({"a": tmp_path})


def test_texts_that_seem_to_be_paths(mock_backend, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "june.tif").touch()

    with pytest.raises(ValueError, match=r"give Path\('june.tif'\) for its content, or File\('june.tif'\)"):
        mock_backend.set_result("june.tif")
    mock_backend.set_result(File("june.tif"))
    mock_backend.set_result("july.tif")


@pytest.mark.parametrize(
    ("result", "name", "message"),
    [
        (
            pd.DataFrame({"a": [1]}),
            "a.tif",
            r"'a.tif' cannot be written: .* ends in \.csv, \.json, \.parquet",
        ),
        (geopandas.GeoSeries([]), "a.nc", r"ends in \.geojson, \.parquet, \.json, \.csv"),
        (np.arange(3), "a.tif", r"ends in \.json, \.npy"),
        (b"", "", "The name of a file must be like"),
        (b"", "a/", "The name of a file must be like"),
        (b"", "a//b", "The name of a file must be like"),
        (b"", "a\\b", "The name of a file must be like"),
        (b"", "a\n.tif", "The name of a file must be like"),
        (b"", 5, "The name of a file must be like"),
        (b"", "../a.tif", "leads nowhere else"),
        (b"", "/a.tif", "leads nowhere else"),
        (b"", "..", "leads nowhere else"),
    ],
)
def test_names(mock_backend, result, name, message):
    with pytest.raises(ValueError, match=message):
        mock_backend.set_result(result, name=name)


@pytest.mark.parametrize("media_type", ["png", "", "image/", "/png", 5, "image/pñg", "a/b\nc"])
def test_media_types(mock_backend, media_type):
    with pytest.raises(ValueError, match="A media type must be a str like"):
        mock_backend.set_result(b"", media_type=media_type)


def test_names_go_with_single_files(mock_backend, tmp_path):
    (tmp_path / "a").touch()

    for several in (tmp_path, Item({"a": b""}), [Item({"a": b""})], truncated(Item({"a": b""}))):
        with pytest.raises(ValueError, match="name and media_type go with a single file"):
            mock_backend.set_result(several, name="a.tif")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"assets": {}}, "The assets of an item must be contents by their names"),
        ({"assets": "a.tif"}, "The assets of an item must be contents by their names"),
        ({"assets": {5: b""}}, "The name of a file must be like"),
        ({"assets": [File(b"", name="a"), File(b"", name="a")]}, "Two files are called 'a'"),
        ({"id": ""}, "The id of an item must be a str"),
        ({"id": 5}, "The id of an item must be a str"),
        ({"bbox": [1, 2, 3]}, "A bbox must be west, south, east and north"),
        ({"bbox": "5"}, "A bbox must be west, south, east and north"),
        ({"bbox": [5, 52, 6, 51]}, "must be west, south, east and north"),
        ({"bbox": [500_000, 51, 600_000, 52]}, "must be west, south, east and north"),
        ({"datetime": "June"}, "an instant must be written as"),
        ({"datetime": 2024}, "The time of an item must be a str"),
        ({"datetime": (None, None)}, "A time must be an instant, or first and last"),
        ({"datetime": ("2024-06-01",)}, "A time must be an instant, or first and last"),
        ({"datetime": ("2024-06-02", "2024-06-01")}, "A time cannot end before it begins"),
        ({"geometry": object()}, "The geometry of an item is what JSON can say"),
        ({"properties": {"a": object()}}, "The properties of an item is what JSON can say"),
    ],
)
def test_items(changes, message):
    with pytest.raises(ValueError, match=message):
        Item(**({"assets": {"a.tif": b""}} | changes))


def test_items_have_no_files_of_one_name(mock_backend):
    with pytest.raises(ValueError, match=r"Two files are called 'B04\.tif'"):
        mock_backend.set_result([Item({"B04.tif": b"1"}, id="a"), Item({"B04.tif": b"2"}, id="b")])


@pytest.mark.parametrize("times", [0, -1, 1.5, True])
def test_times(mock_backend, times):
    with pytest.raises(ValueError, match="times must be a whole number from 1"):
        mock_backend.set_result(b"", times=times)


def test_functions(mock_backend):
    async def late(graph):
        return b""

    with pytest.raises(TypeError, match="late is asynchronous"):
        mock_backend.set_result(late)
    with pytest.raises(TypeError, match="takes a, b, c; a function for results takes the process graph"):
        mock_backend.set_result(lambda a, b, c: b"")
    with pytest.raises(TypeError, match="takes graph, colour; a function"):
        mock_backend.set_result(lambda graph, *, colour: b"")


@pytest.mark.parametrize("at", [1.0, -0.1, -1, True, "half", None, float("nan")])
def test_where_files_are_cut(at):
    with pytest.raises(ValueError, match=r"at must be a part of the file, e\.g\. 0\.5, or a whole number"):
        truncated(b"abc", at=at)


def test_nothing_is_imported_for_it(tmp_path):
    import subprocess
    import sys

    script = (
        "import sys\n"
        "from mock_backend import MockBackend\n"
        "from mock_backend.results import Item\n"
        "MockBackend().set_result(Item({'a': b'x', 'b': {'c': 1}}))\n"
        "heavy = {'numpy', 'pandas', 'xarray', 'geopandas', 'shapely', 'pyproj', 'rasterio'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    found = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert found.stdout == "[]\n"


def test_the_book_of_a_back_end(mock_backend):
    order = mock_backend.set_result({"a": 1}, title="ndvi*", times=1)
    assert repr(order) == "<result {'a': 1} for title='ndvi*': 0 hits>"
    assert (order.hits, order.remaining) == (0, 1)
    assert mock_backend.orders == [order]

    mock_backend.reset()
    assert mock_backend.orders == []
    assert not order.active


def test_long_results_are_told_by_their_kind():
    order = MockBackend().set_result(pd.DataFrame({"a": range(100)}))

    assert repr(order) == "<result DataFrame for all jobs: 0 hits>"
