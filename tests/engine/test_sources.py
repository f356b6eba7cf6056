"""Sources read what they need, once, and tell how much that is."""

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from engine_cases.cubes import given, result
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.core.window import PixelIndex, Window, WindowReader, span
from mock_backend.engine.sources.memory import Remembered
from mock_backend.engine.sources.merging import Masked, Merged, Side
from mock_backend.engine.sources.resampling import Resampled
from mock_backend.engine.sources.source import Derived
from validation_cases.building import call, child, graph, par, reducer, ref

VALUES = np.random.default_rng(5).integers(0, 50, (4, 3, 6, 8)).astype(np.float64)
FLOW = given(VALUES)
GRID = FLOW.cube.grid
SIZES = VALUES.shape[:2]
#: From the second to the sixth column, from the second to the fourth row; of pixels of one degree.
FIELD = {"type": "Polygon", "coordinates": [[[1, -1], [6, -1], [6, -4], [1, -4], [1, -1]]]}
WHOLE = Window((span(4), span(3)), PixelIndex(GRID, span(6), span(8)))


@dataclass(frozen=True, eq=False)
class Counting(Derived):
    """Values of another source, and the shapes of the windows that were read."""

    shapes: list = field(default_factory=list)

    def read(self, window, reader):
        """Return the values of a window."""
        self.shapes.append(window.shape)
        return reader.read(self.source, window)


@pytest.fixture
def source():
    return Counting(FLOW.cube.source)


ELEMENTS = {
    "nir": call("array_element", data=par("data"), index=2),
    "red": call("array_element", data=par("data"), label="red"),
}


@pytest.mark.parametrize(
    ("last", "expected", "count"),
    [
        (call("subtract", x=ref("nir"), y=ref("red")), VALUES[:, 2] - VALUES[:, 0], 2),
        (call("max", data=[ref("nir"), ref("red")]), np.maximum(VALUES[:, 2], VALUES[:, 0]), 2),
        (call("sum", data=par("data")), VALUES.sum(axis=1), 3),
    ],
)
def test_bands_that_a_reducer_does_not_look_at_are_not_read(source, last, expected, count):
    step = call("reduce_dimension", data=par("cube"), dimension="bands", reducer=child(**ELEMENTS, last=last))
    cube = result(graph(n=step), cube=replace(FLOW, cube=replace(FLOW.cube, source=source)))

    np.testing.assert_array_equal(Values(cube).array(), expected)
    assert {shape[1] for shape in source.shapes} == {count}


@pytest.mark.parametrize("method", ["near", "bilinear", "lanczos", "average", "med"])
def test_pixels_are_read_once_to_make_others_of_them(source, method):
    other = replace(GRID, x_size=2.0, y_size=2.0, columns=4, rows=3)
    pixels = PixelIndex(other, span(3), span(4))
    WindowReader().read(Resampled(source, GRID, method, GRID), WHOLE.of_pixels(pixels))

    assert len(source.shapes) == 1


def test_what_several_read_counts_once(source):
    side = Side.of_itself(source, SIZES)
    twice = Merged(side, side)
    # Both sides are made of the same values.
    assert source.loaded(SIZES) == twice.loaded(SIZES) == 12
    assert Masked(source, Side.of_itself(given(VALUES).cube.source, SIZES)).loaded(SIZES) == 24

    many = source
    for _ in range(50):
        many = Merged(Side.of_itself(many, SIZES), Side.of_itself(source, SIZES))
    assert many.loaded(SIZES) == 12
    assert many.at_hand(SIZES) == twice.at_hand(SIZES)


def test_a_kernel_of_equal_factors_takes_few_sums_for_each_value():
    cube = result(graph(n=call("apply_kernel", data=par("cube"), kernel=[[1] * 601] * 601)), cube=FLOW)

    assert cube.effort < 100 * VALUES.size


@pytest.mark.parametrize(
    "step",
    [
        {
            "mean": call("reduce_spatial", data=par("cube"), reducer=reducer("mean")),
            "n": call("merge_cubes", cube1=par("cube"), cube2=ref("mean"), overlap_resolver=reducer("min")),
        },
        {
            "mean": call("aggregate_spatial", data=par("cube"), geometries=FIELD, reducer=reducer("mean")),
            "n": call("vector_to_raster", data=ref("mean"), target=par("cube")),
        },
    ],
    ids=["all pixels", "those of a polygon"],
)
def test_one_value_of_many_pixels_is_made_once_and_not_for_each_pixel(step):
    cube = result(graph(**step), cube=FLOW)

    assert cube.input_count <= 2 * VALUES.size
    assert cube.effort < result(graph(n=step["mean"]), cube=FLOW).effort + 100 * VALUES.size
    assert cube.source.at_hand(SIZES) < 100
    np.testing.assert_array_equal(Values(cube).window({}, slice(6), slice(8)), Values(cube).array()[0, 0])


@pytest.mark.parametrize("own", [[0, 1], [2, 3], [1], [0, 2], [1, 3]], ids=str)
def test_merged_values_are_where_a_side_has_them(own):
    others = [date for date in range(4) if date not in own]

    def side(dates, values):
        places = np.full(4, -1)
        places[dates] = span(len(dates))
        return Side(given(values).cube.source, (0, 1), (places, span(3)))

    merged = Merged(side(own, VALUES[own]), side(others, -VALUES[others]))
    expected = VALUES.copy()
    expected[others] *= -1
    np.testing.assert_array_equal(WindowReader().read(merged, WHOLE), expected)


def test_pixels_that_one_is_made_of_count():
    wide = replace(GRID, x_size=10.0, y_size=10.0, columns=1, rows=1)
    assert Resampled(FLOW.cube.source, GRID, "average", GRID).onto(wide).loaded(SIZES) == 1200


@pytest.mark.parametrize("kind", ["float32", "int16", "float64"])
def test_values_that_are_remembered_are_not_read_again(kind):
    gaps = np.where(VALUES > 40, np.nan, VALUES)
    flow = given(gaps, kind=kind)
    source = Counting(flow.cube.source)
    cube = replace(flow.cube, source=Remembered(source, GRID))
    expected = Values(cube).array()
    read = len(source.shapes)

    np.testing.assert_array_equal(Values(cube).array(), expected)
    part = Values(cube).window({"t": 3, "bands": 1}, slice(2, 5), slice(1, 7, 2))
    np.testing.assert_array_equal(part, expected[3, 1, 2:5, 1:7:2])
    assert len(source.shapes) == read
