"""Failures of user-defined functions, worded as CDSE words them."""

import pickle
import signal

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.runner import run_udf

HEAD = "import xarray\n\ndef apply_datacube(cube: xarray.DataArray, context: dict) -> xarray.DataArray:\n"


def failure(code, cube):
    with pytest.raises(UdfFailure) as caught:
        run_udf(code, cube, {}, log=lambda _: None)
    return caught.value


def test_exceptions_are_told_with_the_part_of_the_traceback_that_is_the_functions(cube):
    code = "def inner():\n    raise ValueError('boom')\n\n" + HEAD + "    return inner()\n"
    found = failure(code, cube)
    assert found.message == (
        "UDF exception while evaluating processing graph. Please check your user defined functions. "
        'stacktrace:\n  File "<string>", line 7, in apply_datacube\n  File "<string>", line 2, in inner\n'
        "ValueError: boom"
    )
    assert found.stacktrace is not None
    assert found.stacktrace.endswith("ValueError: boom")


def test_exceptions_of_the_module_and_syntax_errors(cube):
    assert failure("1 / 0\n" + HEAD + "    return cube\n", cube).message.endswith(
        'File "<string>", line 1, in <module>\nZeroDivisionError: division by zero'
    )
    found = failure("def apply_datacube(cube:\n", cube).message
    assert 'File "<string>", line 1' in found
    assert "SyntaxError: " in found


def test_causes_are_told_too(cube):
    body = (
        "    try:\n        {}['B99']\n    except KeyError as e:\n        raise TypeError('no band') from e\n"
    )
    found = failure(HEAD + body, cube).message
    assert "KeyError: 'B99'" in found
    assert found.endswith("TypeError: no band")


def test_long_tracebacks_are_shortened(cube):
    body = "    def deep(n):\n        return deep(n - 1) if n else 1 / 0\n"
    code = HEAD + body + "    return [deep(n) for n in [400]] or cube\n"
    # Python itself counts frames that repeat; these differ.
    code += "".join(f"def f{n}():\n    return f{n + 1}()\n" for n in range(120)) + "def f120():\n    1 / 0\n"
    code = code.replace("[deep(n) for n in [400]]", "f0()")
    found = failure(code, cube)
    assert "... skipped stack frames ..." in found.message
    assert found.message.endswith("ZeroDivisionError: division by zero")
    assert len(found.message) < 1500
    assert found.stacktrace is not None
    assert "skipped" not in found.stacktrace


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("import sys; sys.exit('enough')", "SystemExit: enough"),
        ("exit()", "SystemExit: None"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise GeneratorExit", "GeneratorExit"),
    ],
)
def test_functions_cannot_end_the_process(statement, told, cube):
    assert failure(HEAD + f"    {statement}\n", cube).message.rstrip().endswith(told)


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="there are no signals")
def test_a_real_interrupt_passes(cube):
    # A process that was started in the background may ignore them.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    code = HEAD + "    import signal\n    signal.raise_signal(signal.SIGINT)\n    return cube\n"
    try:
        with pytest.raises(KeyboardInterrupt):
            run_udf(code, cube, {}, log=lambda _: None)
    finally:
        signal.signal(signal.SIGINT, before)


def test_what_test_frameworks_raise_passes(cube):
    code = HEAD + "    import pytest\n    pytest.fail('the time limit of the test')\n"
    with pytest.raises(pytest.fail.Exception, match="the time limit"):
        run_udf(code, cube, {}, log=lambda _: None)


def test_failures_can_be_sent_between_processes(cube):
    found = failure(HEAD + "    return missing\n", cube)
    copy = pickle.loads(pickle.dumps(found))
    assert (copy.message, copy.stacktrace) == (found.message, found.stacktrace)


def test_a_value_of_what_a_function_failed_to_make_fails_with_the_job():
    code = "def apply_udf_data(data: UdfData) -> UdfData:\n    raise ValueError('no such dates')\n"
    dates = {"data": ["2024-06-01", "2024-07-01"], "udf": code, "runtime": "Python"}
    first = {"data": {"from_node": "dates"}, "index": 0}
    graph = {
        "dates": {"process_id": "run_udf", "arguments": dates},
        "first": {"process_id": "array_element", "arguments": first, "result": True},
    }
    with MockBackend(plan=JobPlan.immediate()) as backend:
        job = backend.connect().create_job(graph)

        job.start()

        assert job.status() == "error"
        assert any("no such dates" in each.message for each in job.logs())


def test_a_failure_crosses_processes_with_its_code():
    copy = pickle.loads(pickle.dumps(UdfFailure("there.", code="FeatureUnsupported", status=501)))

    assert (copy.openeo_code, copy.status_code) == ("FeatureUnsupported", 501)
    assert copy.message == "there."
