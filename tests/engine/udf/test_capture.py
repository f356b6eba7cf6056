"""Lines that functions log, print and warn of."""

import logging
import sys
import warnings

import numpy as np
import pytest

from mock_backend.engine.udf.runner import run_udf
from mock_backend.lifecycle.lines import Line

HEAD = """
import logging, sys, warnings
import xarray
from openeo.udf import inspect

log = logging.getLogger(__name__)

def apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:
"""


def told(body: str, cube) -> list[Line]:
    lines: list[Line] = []
    run_udf(
        HEAD + "".join(f"    {each}\n" for each in body.split("; ")) + "    return cube\n",
        cube,
        {},
        log=lines.append,
    )
    return lines


def test_inspect(cube):
    body = (
        'inspect(data=[cube.shape], message="shape"); '
        'inspect(message="careful", level="warning", code="Mine"); '
        'inspect(data={"a": float("nan")}, level="error"); inspect(message="detail", level="debug")'
    )
    assert told(body, cube) == [
        Line("info", "shape", [[3, 2, 4, 5]], "User"),
        Line("warning", "careful", None, "Mine"),
        Line("error", "", "{'a': nan}", "User"),
        Line("debug", "detail", None, "User"),
    ]


def test_arrays_are_described(cube):
    [line] = told("inspect(data=cube)", cube)
    assert isinstance(line.data, str)
    assert line.data.startswith("<xarray.DataArray 'openEODataChunk' (t: 3, bands: 2, y: 4, x: 5)>")
    assert len(line.data) <= 2001


def test_logging(cube):
    body = (
        'log.info("one %s", 1); log.debug("no"); log.warning("two"); logging.error("three"); '
        'logging.getLogger("library").critical("four"); log.info("five", extra={"data": 5})'
    )
    assert told(body, cube) == [
        Line("info", "one 1"),
        Line("warning", "two"),
        Line("error", "three"),
        Line("error", "four"),
        Line("info", "five"),
    ]


def test_exceptions_are_logged_with_their_tracebacks(cube):
    lines: list[Line] = []
    body = (
        "    try:\n        1 / 0\n    except ArithmeticError:\n        log.exception('oh')\n    return cube\n"
    )
    run_udf(HEAD + body, cube, {}, log=lines.append)
    assert [line.level for line in lines] == ["error"]
    assert lines[0].message.startswith("oh\nTraceback (most recent call last):\n")
    assert lines[0].message.endswith("ZeroDivisionError: division by zero")


def test_printing(cube, capsys):
    assert told('print("a", 1, sep="-"); print(); print("err", file=sys.stderr)', cube) == [
        Line("debug", "a-1"),
        Line("debug", ""),
        Line("debug", "err"),
    ]
    assert capsys.readouterr() == ("", "")


def test_printing_to_files(cube):
    assert told(
        'import io; out = io.StringIO(); print("x", file=out); inspect(message=out.getvalue())', cube
    ) == [Line("info", "x\n", None, "User")]


def test_warnings_are_logged_even_where_they_are_errors(cube):
    # As in this test suite.
    assert any(action == "error" for action, *_ in warnings.filters)
    before = warnings.filters[:]
    assert told('warnings.warn("careful"); import numpy as np; np.nanmean(cube * np.nan)', cube) == [
        Line("warning", "UserWarning: careful"),
        Line("warning", "RuntimeWarning: Mean of empty slice"),
    ]
    assert warnings.filters == before


def test_logging_of_the_process_is_left_as_it_was(cube, caplog):
    root = logging.getLogger()
    handlers, level, path = root.handlers[:], root.level, sys.path[:]
    body = (
        "logging.basicConfig(level=10, force=True); logging.root.handlers.clear(); "
        "logging.root.setLevel(10); "
        'sys.path.insert(0, "/nowhere")'
    )
    told(body, cube)
    assert (root.handlers, root.level, sys.path) == (handlers, level, path)
    assert not any(each.filters for each in handlers)
    assert logging.getLogger("openeo.udf.debug").level == logging.NOTSET
    assert told('log.info("again")', cube) == [Line("info", "again")]


def test_other_handlers_get_what_they_would_get_anyway(cube, caplog):
    with caplog.at_level(logging.WARNING):
        told('log.info("quiet"); log.warning("loud"); inspect(message="quiet, too")', cube)
    assert caplog.messages == ["loud"]
    caplog.clear()
    with caplog.at_level(logging.DEBUG, logger="mine"):
        told('logging.getLogger("mine.own").debug("asked for")', cube)
    assert caplog.messages == ["asked for"]


def test_only_a_number_of_lines_are_kept(cube):
    lines = told("[log.info(n) for n in range(5000)]", cube)
    assert len(lines) == 1001
    assert lines[-1] == Line("warning", "Only the first 1000 lines of a run of a UDF are kept.")


def test_lines_that_cannot_be_written_fail_nothing(cube, monkeypatch):
    monkeypatch.setattr(logging, "raiseExceptions", False)
    assert told('log.info("%d", "x"); log.info("after")', cube) == [Line("info", "after")]


def test_a_run_within_a_run_has_a_log_of_its_own(cube):
    outer: list[Line] = []
    inner: list[Line] = []
    sys.modules["inner_run_of_the_test"] = run_inner = lambda: run_udf(  # type: ignore[assignment]  # found by the code
        HEAD + "    log.info('inner')\n    return cube\n", cube, {}, log=inner.append
    )
    assert callable(run_inner)
    try:
        run_udf(
            HEAD + "    sys.modules['inner_run_of_the_test']()\n    log.info('outer')\n    return cube\n",
            cube,
            {},
            log=outer.append,
        )
    finally:
        del sys.modules["inner_run_of_the_test"]
    assert inner == [Line("info", "inner")]
    assert outer == [Line("info", "outer")]


@pytest.mark.parametrize("data", [np.float32(1.5), {1: 2}, {"a": (1, 2)}, object()])
def test_any_data_can_be_inspected(data, cube):
    from mock_backend.engine.udf.capture import json_or_description

    assert json_or_description(data) in ("np.float32(1.5)", "1.5", {"1": 2}, {"a": [1, 2]}, repr(data))
