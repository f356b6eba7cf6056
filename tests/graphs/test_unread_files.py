"""Files are written when they are read, and not before."""

from collections import Counter

import pytest

from mock_backend.engine.core.window import WindowReader
from mock_backend.results import formats
from typical_graphs.graphs import GRAPHS


@pytest.fixture
def written(monkeypatch):
    """Number of files written in each format."""
    counts = Counter()
    for name in formats.format_names():
        kind = type(formats.find_format(name))

        def write(self, part, options, *, original=kind.write):
            counts[self.name] += 1
            return original(self, part, options)

        monkeypatch.setattr(kind, "write", write)
    return counts


@pytest.fixture
def windows(monkeypatch):
    """The windows that were computed."""
    found = []
    read = WindowReader.read

    def noted(self, source, window):
        found.append(window)
        return read(self, source, window)

    monkeypatch.setattr(WindowReader, "read", noted)
    return found


@pytest.mark.mock_backend(seed=4711)
@pytest.mark.parametrize("format_", ["GTiff", "netCDF", "PNG", "Zarr", "JSON"])
def test_results_that_no_client_reads_are_never_computed(connection, written, windows, format_):
    jobs = [GRAPHS["time_series"](connection).create_job(out_format=format_) for _ in range(3)]
    for job in jobs:
        job.start_and_wait(print=lambda _: None)
        job.describe()
        job.logs()
        job.estimate()
    connection.list_jobs()
    assert not written
    assert not windows


@pytest.mark.mock_backend(seed=4712)
def test_a_file_is_written_once_for_all_who_read_it(connection, written, windows, tmp_path):
    job = GRAPHS["time_series"](connection).create_job(out_format="netCDF")
    job.start_and_wait(print=lambda _: None)
    for turn in "123":
        job.get_results().download_files(tmp_path / turn)
    GRAPHS["time_series"](connection).download(tmp_path / "again.nc")
    assert written == {"netCDF": 1}
    assert windows


@pytest.mark.mock_backend(seed=4713)
def test_validation_and_refusals_compute_nothing(connection, written, windows):
    cube = GRAPHS["time_series"](connection)
    assert not cube.save_result("GTiff").validate()
    with pytest.raises(Exception, match="CSV"):
        cube.create_job(out_format="CSV")
    assert not written
    assert not windows
