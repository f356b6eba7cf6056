"""Small given data, and jobs whose files are opened."""

from tempfile import mkdtemp

import numpy as np
import pytest
import xarray as xr

from mock_backend import JobPlan

#: Rows from the north, of 10 metres.
ROWS, COLUMNS = 12, 10
UTM = "EPSG:32631"


@pytest.fixture
def mock_backend_settings():
    return {"plan": JobPlan.immediate()}


@pytest.fixture
def connection(mock_backend):
    return mock_backend.connect()


@pytest.fixture
def random():
    return np.random.default_rng(14)


@pytest.fixture
def give(mock_backend):
    """Make arrays by date, row and column the bands of a collection; return them as xarray has them."""

    def give_(name, dates, *, size=10, **bands):
        rows, columns = next(iter(bands.values())).shape[1:]
        coordinates = {
            "t": np.array(dates, "datetime64[ns]"),
            "y": 5_700_000.0 - size * (np.arange(rows) + 0.5),
            "x": 640_000.0 + size * (np.arange(columns) + 0.5),
        }
        variables = {band: (("t", "y", "x"), values) for band, values in bands.items()}
        data = xr.Dataset(variables, coordinates, attrs={"crs": UTM})
        mock_backend.add_collection(name, data=data)
        return data.astype("float64")

    return give_


@pytest.fixture
def optical(give, random):
    """Make half a year of Sentinel-2: plants that grow and wither, clouds, and classes of both."""
    dates = np.arange("2024-03-04", "2024-09-01", 10, dtype="datetime64[D]")
    shape = len(dates), ROWS, COLUMNS
    season = np.sin(np.linspace(0, np.pi, len(dates)))[:, None, None] * random.uniform(0.5, 1, shape[1:])
    classes = random.choice([4, 5, 8, 9, 3], shape, p=[0.6, 0.25, 0.05, 0.05, 0.05]).astype("uint8")
    cloud = np.where(classes >= 8, 4000, 0) - np.where(classes == 3, 300, 0)
    red = 1800 - 1300 * season + cloud + random.integers(0, 90, shape)
    near = 2000 + 2500 * season + cloud + random.integers(0, 90, shape)
    return give("SENTINEL2_L2A", dates, B04=red.astype("int16"), B08=near.astype("int16"), SCL=classes)


@pytest.fixture
def by_job(tmp_path):
    """Run a job and open the file that it makes."""

    def run(cube):
        job = cube.create_job(out_format="netCDF")
        job.start_and_wait(print=lambda _: None)
        folder = mkdtemp(dir=tmp_path)
        [path] = job.get_results().download_files(folder, include_stac_metadata=False)
        assert not [each.message for each in job.logs() if "Not computed" in each.message]
        with xr.open_dataset(path) as found:
            return found.drop_vars("crs", errors="ignore").load()

    return run


@pytest.fixture
def assert_same():
    """Compare what was computed with what xarray makes of it: as float32, by dimensions and coordinates."""

    def check(found, expected, *, rtol=1e-6, atol=0.0):
        if isinstance(found, xr.Dataset):
            [found] = found.data_vars.values()
        assert set(found.dims) == set(expected.dims)
        for name in expected.dims:
            np.testing.assert_array_equal(found[name], expected[name])
        wanted = expected.astype("float32").values
        np.testing.assert_allclose(found.transpose(*expected.dims), wanted, rtol=rtol, atol=atol)

    return check
