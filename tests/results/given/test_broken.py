"""Results that are broken on purpose."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.errors import OpenEOError
from mock_backend.results import File, Item, empty, missing, no_results, truncated, wrong_type
from mock_backend.results.given.product import given_of

CONTENT = b"II*\0" + bytes(range(96))


def contents(product):
    return {name: asset.content for name, asset in product.by_name.items()}


def test_truncated_files(product):
    made = product(truncated(CONTENT), "GTiff")

    assert contents(made) == {"openEO.tif": CONTENT[:50]}
    assert made.by_name["openEO.tif"].length == 50
    assert made.by_name["openEO.tif"].media_type == "image/tiff; application=geotiff"


@given(st.binary(max_size=100), st.floats(0, 1, exclude_max=True) | st.integers(0, 200))
def test_what_is_left_of_a_file_is_its_beginning(content, at):
    [asset] = given_of(truncated(File(content, name="a.bin"), at=at)).product(_NoJob()).by_name.values()

    expected = at if isinstance(at, int) else int(at * len(content))
    assert asset.content == content[:expected]
    assert asset.length == min(expected, len(content))


class _NoJob:
    """The demand of a file that has a name."""

    class extent:  # noqa: N801  # as the attribute is called
        bbox = None

    interval = (None, None)
    prefix = ending = None


def test_a_truncated_file_on_disk(product, tmp_path):
    path = tmp_path / "june.tif"
    path.write_bytes(CONTENT)

    made = product(truncated(path, at=7))
    assert contents(made) == {"june.tif": CONTENT[:7]}
    path.unlink()
    assert made.by_name["june.tif"].length is None


def test_checksums_are_those_of_what_is_there(product):
    broken = product(truncated(CONTENT, at=7)).by_name["openEO.tif"]
    whole = product(CONTENT[:7]).by_name["openEO.tif"]

    assert broken.checksum == whole.checksum


@pytest.mark.parametrize(
    ("asked", "name", "media_type"),
    [
        ("GTiff", "openEO.tif", "image/tiff; application=geotiff"),
        (None, "result.bin", "application/octet-stream"),
    ],
)
def test_empty_files_are_called_like_others(product, asked, name, media_type):
    [asset] = product(empty(), asked).by_name.values()

    assert (asset.name, asset.media_type, asset.content, asset.length) == (name, media_type, b"", 0)


def test_wrong_types(product):
    made = product(wrong_type(CONTENT, "image/png"))

    assert [(each.name, each.media_type) for each in made.by_name.values()] == [("openEO.tif", "image/png")]
    assert contents(made) == {"openEO.tif": CONTENT}


def test_missing_files_are_listed(product):
    [asset] = product(missing(), "GTiff").by_name.values()

    assert (asset.name, asset.length, asset.checksum) == ("openEO.tif", None, None)
    with pytest.raises(OpenEOError, match=r"openEO\.tif") as caught:
        _ = asset.content
    assert (caught.value.openeo_code, caught.value.status_code) == ("FileNotFound", 404)


def test_no_results(product):
    made = product(no_results(), "GTiff")

    assert (made.items, made.assets) == ((), ())


@pytest.mark.parametrize(
    "result",
    [
        Item({"a": b"12", "b": b"34"}),
        [Item({"a": b"12"}), Item({"b": b"34"})],
        [File(b"12", name="a"), File(b"34", name="b")],
        lambda: Item({"a": b"12", "b": b"34"}),
        lambda: truncated(Item({"a": b"12345678", "b": b"3"}), at=2),
    ],
)
def test_everything_can_be_broken(product, result):
    assert contents(product(truncated(result, at=1))) == {"a": b"1", "b": b"3"}


def test_a_folder_can_be_broken(product, tmp_path):
    (tmp_path / "a").write_bytes(b"12")
    (tmp_path / "b").write_bytes(b"34")

    assert contents(product(truncated(tmp_path))) == {"a": b"1", "b": b"3"}


def test_some_files_of_many_can_be_broken(product):
    item = Item({"a.csv": truncated(b"12"), "b.csv": b"34", "c.csv": wrong_type(truncated(b"56"), "x/y")})

    made = product(item)
    assert contents(made) == {"a.csv": b"1", "b.csv": b"34", "c.csv": b"5"}
    assert made.by_name["c.csv"].media_type == "x/y"


def test_functions_can_return_what_is_broken(product):
    assert contents(product(lambda: truncated(b"1234"), name="a.csv")) == {"a.csv": b"12"}
    assert product(lambda: no_results()).items == ()


def test_breaking_leaves_the_file_as_it_is(product, tmp_path):
    path = Path(tmp_path / "a.csv")
    path.write_bytes(b"1234")
    _ = contents(product(truncated(path)))

    assert path.read_bytes() == b"1234"


def test_several_ways_of_breaking(product):
    made = product(wrong_type(truncated(truncated(b"12345678")), "x/y"), name="a.csv")

    assert contents(made) == {"a.csv": b"12"}
    assert made.by_name["a.csv"].media_type == "x/y"
