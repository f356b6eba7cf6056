"""Graphs that have no result: the same clear error wherever it is asked for."""

import pytest

from typical_graphs.opening import UNNAMED, open_all

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
_SQUARE = _AREA | {"east": 651_000, "north": 5_676_000}
_FINE = ("resample_spatial", {"resolution": 0.001})


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize(
    ("graph", "code", "words"),
    [
        # What there is no format, or no option, for.
        (_graph(format_="GTif"), "ProcessParameterInvalid", ("'GTif'", "GTiff")),
        (_graph(format_="HDF5"), "ProcessParameterInvalid", ("'HDF5'", "netCDF")),
        (_graph(format_="CSV"), "FormatUnsuitable", ("CSV", "netCDF")),
        (_graph(options={"compress": "MIDDLE-OUT"}), "ProcessParameterInvalid", ("compress", "DEFLATE")),
        (_graph(options={"zlevel": "high"}), "ProcessParameterInvalid", ("zlevel",)),
        # What would be too large.
        (
            _graph(extent=_SQUARE, steps=[_FINE]),
            "ProcessGraphComplexity",
            ("1,000,000,000,000", "resolution"),
        ),
        (_graph(extent=_WORLD), "ProcessGraphComplexity", ("extent",)),
        # Where and when nothing is.
        (_graph(extent=_AREA | {"east": 650_000}), "ProcessParameterInvalid", ("spatial_extent",)),
        (_graph(extent=_AREA | {"north": 5_600_000}), "ProcessParameterInvalid", ("spatial_extent",)),
        (_graph(dates=["2024-06-15", "2024-06-01"]), "TemporalExtentEmpty", ("2024-06-15",)),
        (_graph(dates=["2024-06-01", "2024-06-01"]), "TemporalExtentEmpty", ("2024-06-01",)),
        # Coordinate systems that are none.
        (_graph(extent=_AREA | {"crs": 999_999}), "ProcessParameterInvalid", ("999999",)),
        (_graph(extent=_AREA | {"crs": 1025}), "ProcessParameterInvalid", ("1025",)),
        (_graph(extent=_AREA | {"crs": "EPSG:abc"}), "ProcessParameterInvalid", ("EPSG:abc",)),
        (
            _graph(steps=[("resample_spatial", {"projection": 999_999})]),
            "ProcessParameterInvalid",
            ("projection", "999999"),
        ),
        (
            _graph(steps=[("resample_spatial", {"projection": 1025})]),
            "ProcessParameterInvalid",
            ("projection", "1025"),
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


@pytest.mark.parametrize("options", [{"compres": "NONE"}, {"compress": "deflate"}, {"zlevel": None}, {}])
def test_options_that_others_may_know_are_left_alone(api, options):
    """Back-ends have more of them than they tell, and few care about upper and lower case."""
    body = {"process": {"process_graph": _graph(options=options)}}
    assert api("POST /jobs", json=body).status_code == 201
    assert api("POST /validation", json=body["process"]).json() == {"errors": []}


@pytest.mark.mock_backend(profile="spec")
@pytest.mark.parametrize("dates", [["2031-01-01", "2031-02-01"], ["1999-01-01", "1999-02-01"]])
def test_when_there_are_no_data_is_said(api, assert_error, dates):
    body = {"process": {"process_graph": _graph(dates=dates)}}
    for route in ("POST /jobs", "POST /result"):
        assert_error(api(route, json=body), 400, "NoDataAvailable", "SENTINEL2_L2A")


def test_a_short_period_has_data_wherever_it_is(connection, tmp_path):
    """Sentinel-2 is not there on the 6th; whoever tests with one day of it gets one all the same."""
    cube = connection.load_collection("SENTINEL2_L2A", _AREA, ["2024-06-06", "2024-06-07"], ["B04"])
    cube.download(tmp_path / UNNAMED, format="netCDF")
    assert open_all("netCDF", [tmp_path / UNNAMED])["dates"] == ("2024-06-06",)
