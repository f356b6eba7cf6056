"""Paths that files can have, and folders."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_backend.api.files.paths import check_path
from mock_backend.errors import FilePathInvalid

from .conftest import paths_of, put


@pytest.mark.parametrize(
    ("encoded", "path"),
    [
        ("europe/%C3%B6sterreich/m%C3%BCnster.shp", "europe/österreich/münster.shp"),
        ("a%20b/c+d%2Be.txt", "a b/c+d+e.txt"),
        ("%E9%9B%AA/%F0%9F%9B%B0", "雪/🛰"),
        ("100%25.txt", "100%.txt"),
        ("a%3Fb%23c;d=e,f@g!$()*~", "a?b#c;d=e,f@g!$()*~"),
        ("x/.hidden/...", "x/.hidden/..."),
        ("a%2Fb", "a/b"),
        ("files", "files"),
        ("a{path}", "a{path}"),
    ],
)
@pytest.mark.parametrize("own_app", [False, True])
def test_paths_are_decoded(api, mock_backend, encoded, path, own_app):
    if own_app:
        mock_backend.app  # noqa: B018  # asking for it is what makes the difference

    assert put(api, encoded, b"here")["path"] == path
    assert paths_of(api("GET /files")) == [path]
    assert api(f"GET /files/{encoded}").content == b"here"
    assert mock_backend.requests[-1].route == "/files/{path}"


BAD_PATHS = [
    ("/a.txt", ["slash", "root"]),
    ("a//b.txt", ["two slashes"]),
    ("a/", ["ends with a slash"]),
    ("a%5Cb", ["\\"]),
    ("c:/a", ["':'"]),
    ("it%27s", ["'"]),
    ("%22a%22", ['"']),
    ("a%00b", ["x00"]),
    ("a%0Ab", ["\\n"]),
    ("a%7F", ["x7f"]),
    ("%FF", ["UTF-8"]),
    ("a/" + "b" * 256, ["255 bytes"]),
    ("%C3%BC" * 128, ["255 bytes"]),
    ("/".join(["a" * 100] * 11), ["1024 bytes"]),
]


def test_paths_that_no_file_can_have(api, assert_error, example):
    for path, words in BAD_PATHS:
        for method in ["GET", "PUT", "DELETE"]:
            with example(path, words, method):
                assert_error(api(f"{method} /files/{path}", data=b"x"), 400, "FilePathInvalid", *words)
                assert paths_of(api("GET /files")) == []


@pytest.mark.parametrize("path", ["..", "../a", "a/../b", "a/..", ".", "./a", "a/./b"])
def test_relative_references_are_no_paths(path):
    # Clients resolve them before they send them, or else these are what arrives.
    with pytest.raises(FilePathInvalid, match="relative reference"):
        check_path(path)


@given(st.text(min_size=1, max_size=40))
@settings(deadline=None)
def test_a_path_is_what_the_specification_takes(path):
    try:
        check_path(path)
    except FilePathInvalid:
        return
    assert path.strip("/") == path
    assert not set(path) & set("\r\n\\:'\"")
    assert not {"", ".", ".."} & set(path.split("/"))


@pytest.mark.parametrize("path", ["folder", "folder/", "folder/sub"])
def test_folders_are_no_files(api, assert_error, path):
    put(api, "folder/sub/file.txt")

    assert_error(api(f"GET /files/{path}"), 400, "FileOperationUnsupported", "folder")
    assert_error(api(f"DELETE /files/{path}"), 400, "FileOperationUnsupported", "folder")
    code = "FilePathInvalid" if path.endswith("/") else "FolderOperationUnsupported"
    assert_error(api(f"PUT /files/{path}", data=b"x"), 400, code, "folder")
    assert paths_of(api("GET /files")) == ["folder/sub/file.txt"]


def test_nothing_is_inside_a_file(api, assert_error):
    put(api, "a/b")

    assert_error(api("PUT /files/a/b/c/d", data=b"x"), 400, "FileOperationUnsupported", "'a/b' is a file")
    assert_error(api("GET /files/a/b/c/d"), 404, "FileNotFound")


def test_folders_go_with_their_last_file(api):
    put(api, "folder/one")
    put(api, "folder/two")
    put(api, "folder.txt")  # sorts before what is in the folder
    api("DELETE /files/folder/one")
    api("DELETE /files/folder/two")

    assert put(api, "folder")["path"] == "folder"
    assert paths_of(api("GET /files")) == ["folder", "folder.txt"]
