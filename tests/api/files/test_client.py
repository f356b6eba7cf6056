"""The openeo client works with files."""

import pytest
from openeo.rest import OpenEoApiError


@pytest.fixture
def connection(mock_backend_connection):
    return mock_backend_connection


def test_a_file_goes_there_and_back(connection, tmp_path):
    source = tmp_path / "source.bin"
    source.write_bytes(bytes(range(256)) * 5000)

    uploaded = connection.upload_file(source, target="folder/münster 1.bin")
    [listed] = connection.list_files()
    (tmp_path / "here").mkdir()
    target = listed.download(tmp_path / "here")

    assert uploaded.to_dict() == listed.to_dict()
    assert (listed.metadata["path"], listed.metadata["size"]) == ("folder/münster 1.bin", 1_280_000)
    assert target.name == "münster 1.bin"
    assert target.read_bytes() == source.read_bytes()


def test_the_default_target_is_the_files_name(connection, tmp_path):
    (tmp_path / "borders.geojson").write_text("{}")

    connection.upload_file(tmp_path / "borders.geojson")

    assert [str(file.path) for file in connection.list_files()] == ["borders.geojson"]


def test_an_empty_file(connection, tmp_path):
    (tmp_path / "empty").touch()

    assert connection.upload_file(tmp_path / "empty").metadata["size"] == 0
    assert connection.get_file("empty").download(tmp_path / "again").read_bytes() == b""


def test_a_file_is_replaced_and_deleted(connection, tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    file = connection.upload_file(tmp_path / "a")
    (tmp_path / "a").write_bytes(b"22")
    file.upload(tmp_path / "a")

    assert connection.get_file("a").download(tmp_path / "b").read_bytes() == b"22"
    file.delete()
    assert connection.list_files() == []
    with pytest.raises(OpenEoApiError, match=r"\[404\] FileNotFound: File 'a' does not exist"):
        file.delete()


def test_a_path_that_no_file_can_have(connection, tmp_path):
    (tmp_path / "a").touch()

    with pytest.raises(OpenEoApiError, match=r"\[400\] FilePathInvalid: .*':'"):
        connection.upload_file(tmp_path / "a", target="c:/absolute/path")


def test_the_capabilities_offer_files(connection):
    capabilities = connection.capabilities()

    assert capabilities.supports_endpoint("/files", method="GET")
    for method in ("GET", "PUT", "DELETE"):
        assert capabilities.supports_endpoint("/files/{path}", method=method)


def test_the_account_tells_of_storage(connection):
    me = connection.describe_account()

    assert me["user_id"] == "alice"
    assert me["default_plan"] == connection.capabilities().list_plans()[0]["name"]
    assert me["storage"] == {"free": 1 << 30, "quota": 1 << 30}
    assert None not in me.values()
