"""Logs and failures of functions, code from elsewhere, and stand-ins for functions that do not run."""

import openeo
import pytest
import xarray
from openeo.rest import JobFailedException, OpenEoApiError

from mock_backend import JobPlan, MockBackend
from mock_backend.jobs import JobsRegister

from .conftest import FIELD, load, logs, udf


def test_logs(cube):
    function = udf("inspect(message='shape', data=list(cube.shape[:2]), level='warning')", "return cube")
    job = cube.apply_dimension(function, dimension="t").create_job()
    job.start()
    [line] = [each for each in job.logs() if each["message"] == "shape"]
    assert (line["level"], line["data"], line["code"]) == ("warning", [4, 2], "User")
    assert not [each for each in job.logs() if "Not computed here" in each["message"]]
    # Kept: the code is not run again for it.
    assert logs(job) == logs(job)
    assert [text for _, text in logs(job)][:3] == [
        "Batch job created.",
        "Batch job queued for processing.",
        "Processing started.",
    ]


def test_failures(cube, backend, tmp_path):
    failing = cube.apply(udf("inspect(message='before')", "raise ValueError('boom')"))
    job = failing.create_job()
    assert job.status() == "created"
    with pytest.raises(JobFailedException):
        job.start_and_wait()
    last = logs(job)[-1]
    message = (
        "OpenEO batch job failed: UDF exception while evaluating processing graph. Please check your user "
        'defined functions. stacktrace:\n  File "<string>", line 6, in apply_datacube\nValueError: boom'
    )
    assert last == ("error", message)
    assert ("info", "before") in logs(job)
    with pytest.raises(OpenEoApiError, match=r"(?s)\[500\] Internal: UDF exception .*boom"):
        failing.download(tmp_path / "x.tiff")
    # A failure that a test has ordered comes first.
    backend.plan(JobPlan.immediate(error="ordered"), title="x")
    job = failing.create_job(title="x")
    job.start()
    assert logs(job)[-1] == ("error", "ordered")


def test_code_runs_only_when_jobs_run(cube, backend, monkeypatch):
    import sys

    ran: list[int] = []
    monkeypatch.setitem(sys.modules, "counter_of_the_test", ran.append)
    counting = cube.apply(udf("sys.modules['counter_of_the_test'](1)", "return cube", before="import sys\n"))
    assert counting.validate() == []
    job = counting.create_job()
    job.describe()
    assert ran == []
    job.start()
    assert ran
    count = len(ran)
    job.get_results().get_metadata()
    assert len(ran) == count


def told(made) -> str:
    """Return what the log of a job warns of."""
    job = made.create_job()
    job.start()
    assert job.status() == "finished"
    return "\n".join(text for level, text in logs(job) if level == "warning")


@pytest.mark.parametrize(
    "archives", [["https://example.org/net.zip#nets_of_the_test", 3], "none", []], ids=str
)
def test_functions_that_read_files_of_archives_have_stand_ins(cube, archives):
    reading = cube.apply(udf("return load('nets_of_the_test/net.onnx')"))
    job = reading.create_job(job_options={"udf-dependency-archives": archives})
    job.start()

    fails = len(archives) != 2
    assert job.status() == ("error" if fails else "finished")
    warnings = "\n".join(text for level, text in logs(job) if level == "warning")
    assert ("not in the working directory: nets_of_the_test" in warnings) is not fails


def test_functions_that_cannot_run_have_stand_ins(cube, values):
    lacking = cube.apply(udf("return cube * 2", before="import not_there\n"))
    assert "not installed: not_there" in told(lacking)
    xarray.testing.assert_equal(values(lacking), values(cube))
    assert "the runtime 'R' is not available" in told(cube.apply(openeo.UDF("x <- 1", runtime="R")))


def sorted_first(data):
    return openeo.processes.run_udf(
        openeo.processes.sort(data), udf=udf("return cube").code, runtime="Python"
    )


SIZE = [{"dimension": each, "value": 32, "unit": "px"} for each in "xy"]
MONTHLY = [*SIZE, {"dimension": "t", "value": "P1M"}]
#: Places where production takes no functions, with the reason.
UNSUPPORTED = {
    "several processes": (lambda cube: cube.apply_dimension(sorted_first, dimension="t"), "other processes"),
    "pixels": (lambda cube: cube.apply_dimension(udf("return cube"), dimension="x"), "of time and of bands"),
    "months": (lambda cube: cube.apply_neighborhood(udf("return cube"), size=MONTHLY), "'P1M'"),
    "period": (lambda cube: cube.aggregate_temporal_period("month", udf("return cube")), "apply_dimension"),
    "temporal": (
        lambda cube: cube.aggregate_temporal([["2024-06-01", "2024-06-11"]], reducer=udf("return cube")),
        "apply_dimension",
    ),
    "spatial": (lambda cube: cube.aggregate_spatial(FIELD, udf("return cube")), "apply_dimension"),
    "window": (
        lambda cube: cube.aggregate_spatial_window(udf("return cube"), size=[2, 2]),
        "apply_dimension",
    ),
    "resolver": (lambda cube: cube.merge_cubes(cube, udf("return cube")), "apply_dimension"),
}


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_functions_where_production_takes_none_fail_the_job(name, cube):
    build, words = UNSUPPORTED[name]
    job = build(cube).create_job(out_format="JSON")
    job.start()
    assert job.status() == "error"
    message = logs(job)[-1][1]
    assert "FeatureUnsupported" in message
    assert words in message


@pytest.mark.parametrize("name", UNSUPPORTED)
def test_functions_that_must_not_run_have_stand_ins_anywhere(name):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=False) as backend:
        made = UNSUPPORTED[name][0](load(backend.connect()))
        assert "user-defined functions do not run here" in told(made)


@pytest.mark.parametrize("allowed", [True, False])
def test_policies(allowed, values):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=allowed) as backend:
        cube = load(backend.connect())
        lacking = cube.apply(udf("return cube * 2", before="import not_there\n"))
        job = lacking.create_job()
        job.start()
        assert job.status() == ("error" if allowed else "finished")
        assert ("ModuleNotFoundError: not installed: not_there" in logs(job)[-1][1]) is allowed
        factor = 2 if allowed else 1
        xarray.testing.assert_equal(values(cube.apply(udf("return cube * 2"))), values(cube) * factor)


@pytest.mark.parametrize(("allowed", "factor"), [(None, 1), (True, 2)])
def test_code_over_a_socket_runs_if_that_is_allowed(allowed, factor, values):
    with MockBackend(plan=JobPlan.immediate(), run_udfs=allowed) as backend:
        connection = openeo.connect(backend.live().api_url).authenticate_basic("alice", "secret")
        cube = load(connection)
        xarray.testing.assert_equal(values(cube.apply(udf("return cube * 2"))), values(cube) * factor)


def test_code_at_urls_and_in_files(cube, backend, values, tmp_path):
    path = tmp_path / "udf.py"
    path.write_text(udf("return cube * 2").code)
    doubled = values(cube) * 2
    remote = openeo.UDF("https://example.test/udf.py", runtime="Python")
    assert "there is no code known at 'https://example.test/udf.py'" in told(cube.apply(remote))
    backend.add_url("https://example.test/udf.py", path)
    xarray.testing.assert_equal(values(cube.apply(remote)), doubled)
    cube.connection.upload_file(path, "mine/udf.py")
    xarray.testing.assert_equal(values(cube.apply(openeo.UDF("mine/udf.py", runtime="Python"))), doubled)


def test_permissions_are_those_of_jobs(backend, cube):
    job = cube.apply(udf("return cube")).create_job()
    assert backend.registers.one(JobsRegister).find(job.job_id).run_udfs is None


def test_nothing_is_imported_before_a_function_runs():
    import subprocess
    import sys

    code = (
        "import sys\nfrom mock_backend import MockBackend\n"
        "with MockBackend() as backend:\n    backend.connect().describe_collection('SENTINEL2_L2A')\n"
        "heavy = 'mock_backend.engine.udf', 'openeo.udf.run'\n"
        "print([each for each in sys.modules if each.startswith(heavy)])\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.splitlines()[-1] == "[]"
