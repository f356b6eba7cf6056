"""Large tables, which are written in parts to temporary files."""

import gc
import weakref

import pytest

from mock_backend.engine.core.file_values import Values
from mock_backend.errors import OpenEOError
from mock_backend.http.content import read_range, size_of


@pytest.fixture
def in_parts(monkeypatch):
    """Let tables be written to temporary files in parts of few values."""
    monkeypatch.setattr("mock_backend.results.formats.layout._PART", 7)
    monkeypatch.setattr("mock_backend.results.formats.spooled.MAX_WRITTEN", 0)


DIMENSIONS = [
    ("geometry", "t", "bands"),
    ("t", "geometry"),
    ("level", "bands", "geometry"),
    ("bands", "t"),
    ("geometry",),
    ("bands",),
    (),
]
SERIES = [("geometry", "t", "bands"), ("t", "geometry"), ("geometry",)]


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [*(("CSV", each) for each in DIMENSIONS), *(("JSON", each) for each in DIMENSIONS if each in SERIES)],
    ids=str,
)
def test_a_text_is_the_same_in_parts(write, make_cube, request, name, dimensions):
    cube = make_cube(*dimensions, data_type="float64", others={"level": ("a,b", "low", "")})
    whole = write(name, cube)

    request.getfixturevalue("in_parts")
    parts = write(name, cube)

    assert parts.size == len(whole)
    assert b"".join(parts.read(0, parts.size)) == whole
    assert b"".join(parts.read(3, 9)) == whole[3:9]


@pytest.mark.parametrize("dimensions", DIMENSIONS, ids=str)
def test_a_parquet_file_holds_the_same_in_parts(saved, make_cube, request, dimensions):
    parquet = pytest.importorskip("pyarrow.parquet", reason="needs the extra parquet")
    cube = make_cube(*dimensions, data_type="float64", others={"level": ("a,b", "low", "")})
    whole = parquet.read_table(saved("Parquet", cube))

    request.getfixturevalue("in_parts")

    assert parquet.read_table(saved("Parquet", cube)).equals(whole, check_metadata=True)


def test_the_temporary_file_is_gone_with_its_last_reader(write, series, in_parts):
    content = write("CSV", series)
    file, alive = content._file, weakref.ref(content)
    reader = content.read(0, content.size)
    next(reader)

    del content
    gc.collect()
    assert alive() is not None

    del reader
    gc.collect()
    assert file.closed


def test_a_full_disk_is_told(write, series, in_parts, full_disk):
    with full_disk(10), pytest.raises(OpenEOError, match="TMPDIR") as caught:
        write("CSV", series)
    assert caught.value.status_code == 500


def test_a_table_without_rows_has_the_names_of_its_columns(write, make_cube):
    assert write("CSV", make_cube("t", "geometry", "bands", times=(), period=(None, None))) == (
        b"date,feature_index,B04,B08\n"
    )


def test_labels_that_need_all_others_are_computed_together(make_cube, write, in_parts, monkeypatch):
    reads = []
    cube = make_cube("t", "geometry")
    with monkeypatch.context() as whole:
        whole.setattr("mock_backend.results.formats.layout._PART", 1 << 21)
        expected = b"".join(read_range(found := write("CSV", cube), 0, size_of(found)))
    monkeypatch.setattr(type(cube.source), "loaded", lambda *_: 100)
    array = "mock_backend.engine.core.file_values.Values.array"
    real = Values.array
    monkeypatch.setattr(array, lambda self, labels: (reads.append(labels), real(self, labels))[1])
    content = write("CSV", cube)

    assert b"".join(read_range(content, 0, size_of(content))) == expected
    assert [list(each["t"]) for each in reads] == [[0, 1]]
