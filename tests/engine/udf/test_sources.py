"""The values that functions make of chunks, whichever part of a data cube is read."""

import pickle
import threading

import numpy as np
import pytest

from mock_backend.catalog import Band
from mock_backend.engine.core.window import PixelIndex, Window, WindowReader, positions_of, span
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.sources import functions
from mock_backend.engine.sources.functions import Functional
from mock_backend.engine.sources.memory import Failing, HeldValues
from mock_backend.engine.sources.neighbourhoods import Chunks
from mock_backend.engine.sources.zones import Patched
from mock_backend.engine.steps.processes.neighbourhoods import tile_of
from mock_backend.engine.udf.capture import logging_to
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.lifecycle.lines import Line

GRID = Grid("EPSG:32631", 640_000.0, 5_650_000.0, 10.0, 10.0, 30, 20)
TIMES = ["2024-06-01T00:00:00Z", "2024-06-06T00:00:00Z", "2024-06-11T00:00:00Z"]
BANDS = ["B04", "B08"]
WHOLE = {"t": TIMES, "bands": BANDS}
VALUES = np.random.default_rng(1).random((3, 2, 20, 30)).astype("float32")
SOURCE = HeldValues(VALUES, GRID)
CHUNKS = Chunks(GRID, 8, 7)


def code(*lines: str) -> str:
    """Return a function with a body."""
    head = "def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:"
    return "\n    ".join((f"import xarray\n\n{head}", *lines)) + "\n"


def whole(*lines: str, makes=WHOLE, made=("t", "bands"), chunks=CHUNKS, source=SOURCE) -> Functional:
    """Return a source whose function gets all instants and bands."""
    return Functional(source, code(*lines), {}, WHOLE, ("t", "bands"), makes, made, chunks=chunks)


def read(source, *others, rows=span(20), columns=span(30), grid=GRID):
    return source.read(Window(others, PixelIndex(grid, rows, columns)), WindowReader())


@pytest.mark.parametrize(
    ("rows", "columns"),
    [(span(20), span(30)), (positions_of([3, 9, 19]), positions_of([0, 29])), (span(1) + 7, span(5) + 11)],
)
def test_any_part_has_the_same_values(rows, columns):
    source = whole("return cube - cube.min('t')")
    expected = (VALUES - VALUES.min(0))[..., rows, :][..., columns]
    found = read(source, span(3), span(2), rows=rows, columns=columns)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, expected)
    one = read(source, positions_of([2, 0]), positions_of([1]), rows=rows, columns=columns)
    np.testing.assert_array_equal(one, expected[[2, 0], 1:])


def test_what_functions_see_does_not_depend_on_what_is_read():
    source = whole("return cube * 0 + float(cube.sum())")
    every = read(source, span(3), span(2))
    assert len(np.unique(every)) == 3 * 5  # chunks
    for row in range(0, 20, 3):
        part = read(source, span(3), span(2), rows=positions_of([row]), columns=span(30))
        np.testing.assert_array_equal(part, every[:, :, row : row + 1])


@pytest.mark.parametrize("at_once", [1, 500, 1 << 20])
def test_chunks_side_by_side_are_read_at_once(at_once, monkeypatch):
    monkeypatch.setattr(functions, "_STRIP", at_once)
    chunks = Chunks(GRID, 8, 7, overlap=(2, 3), is_padded=True)
    source = whole("return cube * 0 + float(cube.sum())", chunks=chunks)
    found = read(source, span(3), span(2))

    padded = np.pad(VALUES, ((0, 0), (0, 0), (2, 6), (3, 8)), constant_values=0).astype(np.float64)
    for row in range(0, 20, 8):
        for column in range(0, 30, 7):
            seen = padded[..., row : row + 12, column : column + 13]
            np.testing.assert_allclose(found[0, 0, row, column], seen.sum(), rtol=1e-4)


def test_dimensions_come_in_any_order_and_go():
    swapped = HeldValues(np.ascontiguousarray(VALUES.swapaxes(0, 1)), GRID)
    source = Functional(
        swapped,
        code("assert cube.dims == ('t', 'bands', 'y', 'x')", "return cube.max('t')"),
        {},
        WHOLE,
        ("bands", "t"),
        {"bands": BANDS},
        ("bands",),
        chunks=CHUNKS,
    )
    np.testing.assert_array_equal(read(source, span(2)), VALUES.max(0))


def test_each_instant_by_itself():
    body = [
        "assert cube.dims == ('bands', 'y', 'x')",
        "return (cube.sel(bands='B08') - cube.sel(bands='B04')) * int(cube.attrs['t'][8:10])",
    ]
    source = Functional(
        SOURCE, code(*body), {}, {"bands": BANDS}, (0, "bands"), {}, (0,), TIMES, chunks=CHUNKS
    )
    days = np.array([1, 6, 11], "float32")[:, None, None]
    np.testing.assert_array_equal(read(source, span(3)), (VALUES[:, 1] - VALUES[:, 0]) * days)


def test_cubes_without_bands_have_one():
    source = Functional(
        HeldValues(VALUES[:, 0], GRID),
        code("assert cube.shape[:2] == (3, 1) and 'bands' not in cube.coords", "return cube + 1"),
        {},
        {"t": TIMES},
        ("t",),
        {"t": TIMES},
        ("t",),
        chunks=CHUNKS,
    )
    np.testing.assert_array_equal(read(source, span(3)), VALUES[:, 0] + 1)


def test_neighbourhoods_are_whole_and_have_an_overlap():
    body = [
        "assert cube.shape == (3, 2, 12, 11), cube.shape",
        "assert cube.x.values[1] - cube.x.values[0] == 10 and cube.y.values[1] - cube.y.values[0] == -10",
        "return cube.fillna(0).rolling(y=3, x=3, center=True).sum()",
    ]
    source = whole(*body, chunks=Chunks(GRID, 8, 7, (2, 2), is_padded=True))
    padded = np.pad(VALUES, [(0, 0), (0, 0), (1, 1), (1, 1)]).astype("float64")
    expected = sum(padded[:, :, i : i + 20, j : j + 30] for i in range(3) for j in range(3))
    np.testing.assert_allclose(read(source, span(3), span(2)), expected, rtol=1e-5)


def test_chunks_of_cubes_whose_area_is_not_chosen_yet_are_those_of_the_area():
    source = whole("return cube * 0 + float(cube.sum())", chunks=Chunks(GRID, 8, 7, is_chosen=False))
    area = GRID.window(3, 4, 12, 9)
    found = read(source, span(3), span(2), rows=span(12), columns=span(9), grid=area)
    part = VALUES[:, :, 3:15, 4:13].astype("float64")
    for rows in (slice(0, 8), slice(8, 12)):
        for columns in (slice(0, 7), slice(7, 9)):
            expected = part[..., rows, columns].sum()
            np.testing.assert_allclose(found[..., rows, columns], expected, rtol=1e-5)


def test_finer_pixels_and_labels_in_another_order():
    body = [
        "values = cube.values[:1, :1].repeat(2, -1).repeat(3, -2)",
        "values = numpy.concatenate([values, values * 2], 1)",
        "return xarray.DataArray(values, dims=cube.dims, coords={'bands': ['b', 'a']})",
    ]
    chunks = Chunks(GRID, 8, 7, finer=(3, 2))
    assert (chunks.made.x_size, chunks.made.y_size, chunks.made.bounds) == (5.0, 10 / 3, GRID.bounds)
    source = whole(*body, makes={"bands": ["a", "b"]}, made=("bands",), chunks=chunks)
    found = read(source, span(2), rows=span(60), columns=span(60), grid=chunks.made)
    expected = VALUES[0, 0].repeat(2, -1).repeat(3, -2)
    np.testing.assert_array_equal(found, np.stack([expected * 2, expected]))
    part = read(source, span(2), rows=positions_of([22, 59]), columns=positions_of([13]), grid=chunks.made)
    np.testing.assert_array_equal(part, np.stack([expected * 2, expected])[:, [22, 59]][:, :, [13]])


def test_without_pixels():
    source = Functional(
        HeldValues(VALUES[:, :, 0, 0]),
        code("assert cube.dims == ('t',)", "return cube.cumsum('t')"),
        {},
        {"t": TIMES},
        ("t", 0),
        {"t": TIMES},
        (0, "t"),
    )
    found = source.read(Window((span(2), span(3))), WindowReader())
    np.testing.assert_allclose(found, VALUES[:, :, 0, 0].cumsum(0).T, rtol=1e-6)


def test_functions_run_once_for_a_chunk_and_their_lines_are_told_once():
    source = whole("print(float(cube.x[0]))", "return cube")
    lines: list[Line] = []
    with logging_to(lines.append):
        for _ in range(2):
            read(source, span(3), span(2), columns=span(10))
    assert [each.message for each in lines] == ["640005.0", "640075.0"] * 3
    # Nowhere, if no job is processed.
    again = pickle.loads(pickle.dumps(source))
    np.testing.assert_array_equal(read(again, span(3), span(2)), read(source, span(3), span(2)))
    assert len(lines) == 6


def test_several_threads_read_the_same():
    source = whole("return cube.cumsum('t')")
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(read(source, span(3), span(2)))) for _ in range(4)
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(found) == 4
    for each in found[1:]:
        np.testing.assert_array_equal(each, found[0])


def test_values_within_geometries():
    west, north = 5.0, 51.0
    grid = Grid("EPSG:4326", west, north, 0.1, 0.1, 10, 10)
    held = HeldValues(np.arange(100.0).reshape(10, 10), grid)

    def box(left: int, top: int, right: int, bottom: int):
        x0, x1, y0, y1 = west + left / 10, west + right / 10, north - bottom / 10, north - top / 10
        return {"type": "Polygon", "coordinates": [[[x0, y0], [x1, y0], [x1, y1], [x0, y1], [x0, y0]]]}

    other = HeldValues(-np.arange(100.0).reshape(10, 10), grid)
    source = Patched(((box(1, 1, 4, 3), held), (box(3, 2, 6, 5), other)))
    found = read(source, rows=span(10), columns=span(10), grid=grid)
    expected = np.full((10, 10), np.nan)
    expected[1:3, 1:4] = held.values[1:3, 1:4]
    expected[2:5, 3:6] = other.values[2:5, 3:6]
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ("return cube.max('t').isel(bands=[0])", "it has 1 labels of 'bands', and expected were: B04, B08"),
        ("return cube.max('t').isel(x=[0])", "it has 8 by 1 pixels where 8 by 7 were expected"),
        ("return cube.max('t').rename(x='lon')", "it has the dimensions ['bands', 'y', 'lon'] where"),
    ],
)
def test_results_that_will_not_do(body, wrong):
    with pytest.raises(UdfFailure) as caught:
        read(whole(body, makes={"bands": BANDS}, made=("bands",)), span(2))
    assert wrong in caught.value.message


def test_a_result_that_is_not_reduced_has_its_first_label():
    lines = []
    with logging_to(lines.append):
        found = read(whole("return cube", makes={"bands": BANDS}, made=("bands",)), span(2))
        read(whole("return cube", makes={"bands": BANDS}, made=("bands",)), span(1))
        first = read(whole("return cube.isel(t=[0])", makes={"bands": BANDS}, made=("bands",)), span(2))

    np.testing.assert_array_equal(found, first)
    # Of all chunks it is told once.
    [line] = lines
    assert "3 labels of 't'" in line.message
    assert line.level == "warning"


def test_failures_fail_when_values_are_read():
    with pytest.raises(UdfFailure, match="why"):
        read(Failing(UdfFailure("why")), span(2))


def test_chunks_that_would_be_too_large_fail_before_they_are_read():
    huge = Grid("EPSG:32631", 0.0, 5_650_000.0, 10.0, 10.0, 10_000, 10_000)
    source = whole("return cube", chunks=Chunks(huge, 10_000, 10_000))
    with pytest.raises(UdfFailure, match="MemoryError: a UDF would get 600,000,000 values at once"):
        read(source, span(1), span(1), rows=span(1), columns=span(1), grid=huge)


@pytest.mark.parametrize(
    ("dates", "bands", "size"), [(1, 3, 256), (128, 2, 256), (129, 2, 128), (5000, 30, 32)]
)
def test_windows_of_long_series_have_fewer_pixels(dates, bands, size):
    dimensions = (
        Dimension("t", "temporal", tuple(map(str, range(dates)))),
        Dimension("bands", "bands", tuple(map(str, range(bands)))),
    )
    assert tile_of(DataCube(dimensions, (Band("a"),) * bands)) == size
