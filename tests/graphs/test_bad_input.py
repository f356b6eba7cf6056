"""What no result can be made of: the same clear error wherever it is asked for."""

import pytest

_AREA = {"west": 650_000, "south": 5_675_000, "east": 650_500, "north": 5_675_300, "crs": "EPSG:32631"}
_DATES = ["2024-06-01", "2024-06-15"]


def _graph(*, extent=_AREA, dates=_DATES, bands=("B04",), steps=(), format_="GTiff", options=None):
    load = {"id": "SENTINEL2_L2A", "spatial_extent": extent, "temporal_extent": dates, "bands": list(bands)}
    nodes = {"load": {"process_id": "load_collection", "arguments": load}}
    last = "load"
    for number, (process, arguments) in enumerate(steps):
        node = {"process_id": process, "arguments": {"data": {"from_node": last}} | arguments}
        nodes[last := f"step{number}"] = node
    save = {"data": {"from_node": last}, "format": format_} | ({"options": options} if options else {})
    return nodes | {"save": {"process_id": "save_result", "arguments": save, "result": True}}


_WORLD = {"west": -180, "south": -56, "east": 180, "north": 83}
_FINE = ("resample_spatial", {"resolution": 0.0005, "projection": "EPSG:32631"})


@pytest.mark.parametrize(
    ("graph", "code", "words"),
    [
        # What there is no format, or no option, for.
        (_graph(format_="GTif"), "ProcessParameterInvalid", ("'GTif'", "GTiff")),
        (_graph(format_="HDF5"), "ProcessParameterInvalid", ("'HDF5'", "netCDF")),
        (_graph(format_="CSV"), "FormatUnsuitable", ("CSV", "netCDF")),
        (_graph(options={"compress": "MIDDLE-OUT"}), "ProcessParameterInvalid", ("compress", "DEFLATE")),
        (_graph(options={"compres": "NONE"}), "ProcessParameterInvalid", ("'compres'", "compress")),
        (_graph(options={"zlevel": "high"}), "ProcessParameterInvalid", ("zlevel",)),
        # What would be too large.
        (_graph(steps=[_FINE]), "ProcessGraphComplexity", ("600,000,000,000", "resolution")),
        (_graph(extent=_WORLD), "ProcessGraphComplexity", ("extent",)),
        # Where and when nothing is.
        (_graph(extent=_AREA | {"east": 650_000}), "ProcessParameterInvalid", ("spatial_extent",)),
        (_graph(extent=_AREA | {"north": 5_600_000}), "ProcessParameterInvalid", ("spatial_extent",)),
        (_graph(dates=["2024-06-15", "2024-06-01"]), "TemporalExtentEmpty", ("2024-06-15",)),
        (_graph(dates=["2024-06-01", "2024-06-01"]), "TemporalExtentEmpty", ("2024-06-01",)),
        # Coordinate systems that are none.
        (_graph(extent=_AREA | {"crs": 999_999}), "ProcessParameterInvalid", ("999999",)),
        (_graph(extent=_AREA | {"crs": "EPSG:abc"}), "ProcessParameterInvalid", ("EPSG:abc",)),
        (
            _graph(steps=[("resample_spatial", {"projection": 999_999})]),
            "ProcessParameterInvalid",
            ("projection", "999999"),
        ),
        (
            _graph(steps=[("resample_spatial", {"resolution": -10})]),
            "ProcessParameterInvalid",
            ("resolution",),
        ),
    ],
)
def test_it_is_refused_wherever_it_is_asked_for(api, assert_error, graph, code, words):
    body = {"process": {"process_graph": graph}}
    created = api("POST /jobs", json=body)
    assert_error(created, 400, code, *words)
    assert_error(api("POST /result", json=body), 400, code, *words)
    job_id = api.create()
    assert_error(api(f"PATCH /jobs/{job_id}", json=body), 400, code, *words)
    (problem,) = api("POST /validation", json=body["process"]).json()["errors"]
    assert problem["code"] == code
    assert problem["message"] in created.json()["message"]


@pytest.mark.parametrize(
    "graph",
    [
        _graph(extent={"west": 5.15, "south": 51.2, "east": 5.15, "north": 51.2}),
        _graph(dates=["2024-06-05", "2024-06-06"]),
        _graph(dates=["2031-01-01", "2031-02-01"]),
        _graph(dates=["1999-01-01", "1999-02-01"]),
    ],
    ids=["a point", "no visit", "future", "past"],
)
def test_what_has_no_data_is_answered_all_the_same(api, graph):
    """Either a result or an openEO error; a mock that breaks is of no use."""
    response = api("POST /result", json={"process": {"process_graph": graph}})
    assert response.status_code == 200 or response.json()["code"] in (
        "NoDataAvailable",
        "TemporalExtentEmpty",
    )
