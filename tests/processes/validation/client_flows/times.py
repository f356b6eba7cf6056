"""Values over, along and between instants."""

import openeo
from openeo.processes import ProcessBuilder, if_

from client_flows.building import CODE, s2


def over_time(c):
    cube = s2(c)
    return [
        cube.max_time(),
        cube.min_time().filter_bands(["B04"]),
        cube.median_time(),
        cube.count_time(),
        cube.reduce_temporal("sd"),
        cube.reduce_dimension(
            dimension="t", reducer=lambda data: data.quantiles(probabilities=[0.25, 0.75])[0]
        ),
        cube.reduce_temporal(lambda data: data.quantiles(q=4).array_element(index=0)),
        cube.reduce_temporal(lambda data: data.quantiles(probabilities=5)[0]),
        cube.reduce_temporal(lambda data: data.count(condition=lambda x: x > 3)),
        cube.reduce_temporal(lambda data: data.count(condition=lambda x: x.is_valid().and_(x < 3))),
        cube.reduce_temporal(lambda data: data.count(condition=True)),
        cube.reduce_temporal(lambda data: data.count()),
        cube.reduce_temporal(lambda data: data.sort(asc=False, nodata=False).first(ignore_nodata=False)),
        cube.reduce_temporal(lambda data: data.rearrange(data.order())[0]),
        cube.reduce_temporal(lambda data: data.extrema()[1]),
        cube.reduce_temporal(lambda data: data.array_interpolate_linear().last()),
        cube.reduce_temporal(lambda data: data.max() - data.min()),
        cube.reduce_temporal(lambda data: data.array_filter(lambda x, label: label >= "2024-06-10").mean()),
        cube.reduce_temporal(lambda data: data.array_find(data.max(), reverse=True)),
        cube.reduce_temporal(lambda data: (data.max() > 3).and_(data.any())),
        cube.reduce_temporal(lambda data: data.any()),
    ]


def along_time(c):
    cube = s2(c)
    return [
        cube.apply_dimension("array_interpolate_linear", dimension="t"),
        cube.apply_dimension(lambda data: data.cumsum(), dimension="t"),
        cube.apply_dimension(
            lambda data: data.quantiles([0.1, 0.9]), dimension="t", target_dimension="bands"
        ),
        cube.apply_dimension(lambda data: data.quantiles([0.1, 0.9]), dimension="t", target_dimension="q"),
        cube.apply_dimension(
            lambda data: data.array_labels().array_apply(lambda x: x.date_shift(value=1, unit="day")),
            dimension="t",
        ),
        cube.filter_temporal("2024-06-05", "2024-06-10"),
        cube.filter_temporal(extent=["2024-06-05", None]),
        cube.filter_temporal(extent="2024-06"),
        cube.filter_labels(lambda value: value.date_between("2024-06-05", "2024-06-10"), dimension="t"),
        cube.process("filter_temporal", data=cube, extent=["2024-06-05", "2024-06-10"], dimension=None),
    ]


def periods_and_intervals(c):
    cube = s2(c)
    return [
        cube.aggregate_temporal_period("month", reducer="median"),
        cube.aggregate_temporal_period(period="dekad", reducer=lambda data: data.mean(ignore_nodata=True)),
        cube.aggregate_temporal_period("year", "max", dimension="t").reduce_dimension("t", "first"),
        cube.aggregate_temporal([["2024-06-01", "2024-06-10"], ["2024-06-10", "2024-06-20"]], "mean"),
        cube.aggregate_temporal(
            [["2024-06-01T00:00:00Z", "2024-06-10T00:00:00Z"]], reducer="mean", labels=["a"], dimension="t"
        ),
        cube.aggregate_temporal(
            intervals=[["2024-06-01", "2024-06-10"]],
            reducer=openeo.UDF(CODE, runtime="Python"),
            context={"a": 1},
        ),
        cube.process("climatological_normal", data=cube, period="month"),
        cube.process(
            "anomaly",
            data=cube,
            normals=cube.process("climatological_normal", data=cube, period="month"),
            period="month",
        ),
        cube.resample_cube_temporal(cube, dimension="t", valid_within=30),
    ]


def rank_composite(c):
    """The best observation of a period, by a score, as it is often done."""
    cube, scl = s2(c), s2(c, bands=["SCL"])

    def best(data: ProcessBuilder) -> ProcessBuilder:
        top = data.max()
        return data.array_apply(lambda x: x != top)

    rank = scl.band("SCL").apply(lambda x: if_(x == 4, 1.0, 0.5))
    size = [{"dimension": "x", "unit": "px", "value": 1}, {"dimension": "t", "value": "P1M"}]
    return [
        cube.mask(mask).aggregate_temporal_period("month", "first")
        for mask in (
            rank.apply_dimension(best, dimension="t"),
            rank.apply_neighborhood(
                lambda data: data.apply_dimension(dimension="t", process=best), size=size, overlap=[]
            ),
        )
    ]
