"""Facts about pixels in documents, compared with the files."""

import math

import numpy as np
import pytest
import rasterio
import requests
import xarray

from mock_backend import JobPlan
from mock_backend.engine.sources.landscape_values import Painted

LOAD = {
    "process_id": "load_collection",
    "arguments": {
        "id": "SENTINEL2_L2A",
        "spatial_extent": {"west": 5.0, "south": 51.2, "east": 5.005, "north": 51.203},
        "temporal_extent": ["2024-06-01", "2024-06-15"],
        "bands": ["B04", "B08"],
    },
}


def loading(**arguments):
    return LOAD | {"arguments": LOAD["arguments"] | arguments}


def saving(asked, **nodes):
    """A process graph that saves what its last node returns."""
    last = list(nodes)[-1]
    save = {
        "process_id": "save_result",
        "arguments": {"data": {"from_node": last}, **asked},
        "result": True,
    }
    return {**nodes, "save": save}


NDVI = {"process_id": "ndvi", "arguments": {"data": {"from_node": "load"}, "nir": "B08", "red": "B04"}}
DEGREES = {
    "process_id": "resample_spatial",
    "arguments": {"data": {"from_node": "load"}, "resolution": 0.0005, "projection": 4326},
}
MODEL = {
    "process_id": "add_dimension",
    "arguments": {"data": {"from_node": "load"}, "name": "model", "label": "a", "type": "other"},
}

GTIFF, NETCDF = {"format": "GTiff"}, {"format": "netCDF"}
GRAPHS = {
    "bands": saving(GTIFF, load=LOAD),
    "bands of several types": saving(GTIFF, load=loading(bands=["B04", "SCL"])),
    "a band a file": saving(
        GTIFF | {"options": {"separate_asset_per_band": True}}, load=loading(bands=["B04", "SCL"])
    ),
    "NDVI": saving(GTIFF, load=LOAD, ndvi=NDVI),
    "degrees": saving(GTIFF, load=LOAD, resampled=DEGREES),
    "one more dimension": saving(GTIFF, load=LOAD, more=MODEL),
    "without time": saving(GTIFF, load=loading(id="COPERNICUS_30", temporal_extent=None, bands=["DEM"])),
}


@pytest.fixture
def assets(api, mock_backend):
    """Run a process graph, and return its assets with their bytes."""

    def run(graph):
        mock_backend.plan(JobPlan.immediate())
        job_id = api.create(graph)
        api.start(job_id)
        document = api(f"GET /jobs/{job_id}/results").json()
        return [(each, requests.get(each["href"]).content) for each in document["assets"].values()]

    return run


def same(one, other):
    return one == other or (math.isnan(float(one)) and math.isnan(float(other)))


def check_statistics(band, values, nodata):
    """Hold a band's statistics to its values."""
    valid = values[np.isfinite(values) & (values != nodata)].astype("float64")
    told = band["statistics"]
    assert told["valid_percent"] == pytest.approx(100 * valid.size / values.size)
    for name, found in (
        ("minimum", valid.min()),
        ("maximum", valid.max()),
        ("mean", valid.mean()),
        ("stddev", valid.std()),
    ):
        assert told[name] == pytest.approx(found, rel=1e-5), name


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_of_geotiffs(assets, graph):
    found = assets(graph)

    assert found
    for asset, content in found:
        with rasterio.MemoryFile(content) as memory, memory.open() as tiff:
            assert asset["proj:code"] == tiff.crs.to_string()
            assert asset["proj:bbox"] == pytest.approx(list(tiff.bounds))
            assert asset["proj:shape"] == list(tiff.shape)
            assert asset["proj:transform"] == pytest.approx(list(tiff.transform)[:6])
            assert [each["name"] for each in asset["bands"]] == list(tiff.descriptions)
            assert [each["data_type"] for each in asset["bands"]] == list(tiff.dtypes)
            for number, band in enumerate(asset["bands"], start=1):
                assert same(band["nodata"], tiff.nodata)
                check_statistics(band, tiff.read(number), tiff.nodata)


def test_of_netcdf(assets, tmp_path):
    ((asset, content),) = assets(saving(NETCDF, load=loading(bands=["B04", "SCL"])))
    path = tmp_path / "openEO.nc"
    path.write_bytes(content)

    with xarray.open_dataset(path, mask_and_scale=False) as dataset:
        for band in asset["bands"]:
            variable = dataset[band["name"]]
            assert band["data_type"] == str(variable.dtype)
            assert same(band["nodata"], variable.attrs["_FillValue"])
            check_statistics(band, variable.values, band["nodata"])
        assert asset["proj:shape"] == [dataset.sizes["y"], dataset.sizes["x"]]


def test_files_and_their_statistics_are_made_of_the_same_values(assets, monkeypatch):
    made, read = [], Painted.read

    def counting(self, window, reader):
        made.append(math.prod(window.shape))
        return read(self, window, reader)

    monkeypatch.setattr(Painted, "read", counting)
    # A place of its own: what other tests have asked for is kept.
    load = loading(spatial_extent={"west": 5.1, "south": 51.2, "east": 5.105, "north": 51.203})
    files = assets(saving(GTIFF, load=load))

    once = sum(math.prod(asset["proj:shape"]) * len(asset["bands"]) for asset, _ in files)
    assert sum(made) == once
    made.clear()
    assert len(assets(saving(NETCDF, load=load))) == 1
    assert sum(made) == once


def test_pictures_have_no_bands(assets):
    for asset, _ in assets(saving({"format": "PNG"}, load=LOAD)):
        assert asset["proj:code"].startswith("EPSG:326")
        assert "bands" not in asset


def test_the_dimension_of_months_has_ends(api, mock_backend):
    mean = {"process_id": "mean", "arguments": {"data": {"from_parameter": "data"}}, "result": True}
    months = {
        "process_id": "aggregate_temporal_period",
        "arguments": {
            "data": {"from_node": "load"},
            "period": "month",
            "reducer": {"process_graph": {"mean": mean}},
        },
    }
    mock_backend.plan(JobPlan.immediate())
    job_id = api.create(saving(NETCDF, load=LOAD, months=months))
    api.start(job_id)

    time = api(f"GET /jobs/{job_id}/results").json()["cube:dimensions"]["t"]

    assert time["values"] == ["2024-06"]
    assert time["extent"] == ["2024-06-01T00:00:00Z", "2024-06-15T00:00:00Z"]
