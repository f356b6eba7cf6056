"""Cubes are filtered, and their dimensions renamed and reshaped, as NumPy does it."""

from hypothesis import given as drawn
from hypothesis import strategies as st

from engine_cases.any_cubes import AXES, ORDER, SETTINGS, cubes, same
from engine_cases.cubes import TIMES, given, result, values_of
from validation_cases.building import call, child, graph, par, ref


@SETTINGS
@drawn(cubes(st.just(4), st.just(3), st.just(4), st.just(5)))
def test_filters(data):
    kind, values = data
    cube = given(values, kind=kind)
    found = result(
        graph(
            t=call("filter_temporal", data=par("cube"), extent=["2024-02-05", "2025-01-15"]),
            b=call("filter_bands", data=ref("t"), bands=["B11", "red"]),
            s=call("filter_bbox", data=ref("b"), extent={"west": 1, "south": -3, "east": 3, "north": 0}),
            f=call(
                "filter_labels",
                data=ref("s"),
                dimension="t",
                condition=child(c=call("text_begins", data=par("value"), pattern="2024-02-2")),
            ),
        ),
        cube=cube,
    )

    assert (found.times, found.of_kind("bands").labels) == (TIMES[2:3], ("B11", "B04"))
    assert found.grid.bounds == (1, -3, 3, 0)
    same(values_of(found, *ORDER), values[2:3, [2, 0], :3, 1:3])


@SETTINGS
@drawn(cubes())
def test_dimensions_are_renamed_added_and_dropped(data):
    kind, values = data
    found = result(
        graph(
            r=call("rename_dimension", data=par("cube"), source="t", target="time"),
            a=call("add_dimension", data=ref("r"), name="run", label="one"),
            d=call("drop_dimension", data=ref("a"), name="run"),
            b=call("add_dimension", data=ref("d"), name="run", label="two"),
        ),
        cube=given(values, kind=kind),
    )

    assert found.named("run").labels == ("two",)
    same(values_of(found, "time", "bands", "y", "x", "run"), values[..., None])


@SETTINGS
@drawn(cubes(), st.permutations(ORDER).map(lambda names: names[:2]))
def test_flatten_and_unflatten(data, names):
    kind, values = data
    flat = call("flatten_dimensions", data=par("cube"), dimensions=names, target_dimension="flat")
    back = call("unflatten_dimension", data=ref("f"), dimension="flat", target_dimensions=["one", "two"])
    cube = given(values, kind=kind)
    left = [each for each in ORDER if each not in names]
    moved = values.transpose([AXES[each] for each in (*left, *names)])

    same(values_of(result(graph(f=flat), cube=cube), *left, "flat"), moved.reshape(*moved.shape[:2], -1))
    same(values_of(result(graph(f=flat, b=back), cube=cube), *left, "one", "two"), moved)
