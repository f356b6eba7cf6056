"""The user's files by the openeo client."""

from pathlib import PurePosixPath

import pytest

CONTENT = b"id,value\n1,\xc3\xa4\n\x00\xff"


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source" / "table.csv"
    path.parent.mkdir()
    path.write_bytes(CONTENT)
    return path


@pytest.mark.calls("Connection.upload_file", "Connection.list_files", "UserFile.download", "UserFile.delete")
@pytest.mark.parametrize("target", ["table.csv", "folder/of folders/täble 2+3 (a).csv"])
def test_a_file_is_uploaded_listed_downloaded_and_deleted(
    mock_backend, connection, source, tmp_path, target, refused
):
    assert connection.list_files() == []

    uploaded = connection.upload_file(source, target)

    assert uploaded.path == PurePosixPath(target)
    assert uploaded.metadata["size"] == len(CONTENT)
    assert uploaded.metadata["modified"] == f"{mock_backend.clock.now():%Y-%m-%dT%H:%M:%SZ}"
    [listed] = connection.list_files()
    assert listed.to_dict() == uploaded.to_dict()
    downloaded = listed.download(tmp_path)
    assert downloaded == tmp_path / PurePosixPath(target).name
    assert downloaded.read_bytes() == CONTENT

    listed.delete()
    assert connection.list_files() == []
    for operation in (lambda: uploaded.download(tmp_path / "gone"), uploaded.delete):
        with refused("FileNotFound", 404):
            operation()


@pytest.mark.calls("UserFile.upload", "Connection.upload_file")
def test_a_file_is_replaced(mock_backend, connection, source, tmp_path):
    file = connection.get_file("folder/a.bin")
    first = file.upload(source)
    mock_backend.clock.advance("1h")
    source.write_bytes(b"")

    second = file.upload(source)

    assert (second.path, second.metadata["size"]) == (first.path, 0)
    assert second.metadata["modified"] > first.metadata["modified"]
    assert file.download(tmp_path / "copy").read_bytes() == b""
    assert connection.upload_file(source).path == PurePosixPath("table.csv")
    assert [str(each.path) for each in connection.list_files()] == ["folder/a.bin", "table.csv"]


@pytest.mark.calls("UserFile.download", "UserFile.delete")
def test_folders_are_no_files(connection, source, tmp_path, refused):
    connection.upload_file(source, "folder/a.csv")
    folder = connection.get_file("folder")

    with refused("FileOperationUnsupported"):
        folder.download(tmp_path / "copy")
    with refused("FileOperationUnsupported"):
        folder.delete()
    assert len(connection.list_files()) == 1


@pytest.mark.calls("Connection.list_files", "UserFile.download")
@pytest.mark.mock_backend(users={"alice": "secret", "bob": "builder"})
def test_files_of_another_user(mock_backend, connection, source, tmp_path, refused):
    connection.upload_file(source, "a.csv")
    bob = mock_backend.connect(user="bob")

    assert bob.list_files() == []
    with refused("FileNotFound", 404):
        bob.get_file("a.csv").download(tmp_path / "copy")


@pytest.mark.calls("Connection.upload_file")
def test_uploaded_files_are_processed(connection, tmp_path):
    path = tmp_path / "points.geojson"
    path.write_text('{"type": "Point", "coordinates": [5, 51]}', encoding="utf-8")

    uploaded = connection.upload_file(path)
    vectors = connection.vectorcube_from_paths([str(uploaded.path)], format="GeoJSON")

    assert vectors.validate() == []
    assert vectors.create_job().status() == "created"
