"""Strategies make what the back-end takes; the validator and the registers judge it."""

import subprocess
import sys
from contextlib import suppress

import pytest
import requests
from hypothesis import HealthCheck, Phase, find, given, settings

from mock_backend import JobPlan, MockBackend, strategies
from mock_backend.processes.validation import ValidationRegister

FEW = settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(strategies.process_graphs())
def test_process_graphs_are_valid(graph):
    register = MockBackend().registers.one(ValidationRegister)

    found = register.findings(graph, None)
    assert [problem.text for problem in (*found.refused, *found.passed)] == []


@settings(FEW)
@given(strategies.process_graphs())
def test_they_run(graph):
    with MockBackend(plan=JobPlan.immediate()) as backend:
        job = backend.connect().create_job({"process_graph": graph})
        job.start()
        assert backend.jobs[0].status == "finished", job.logs()


@settings(FEW)
@given(strategies.job_plans(ends=False))
def test_plans_are_kept(plan):
    with MockBackend(plan=plan) as backend:
        job = backend.connect().load_collection("SENTINEL2_L2A").create_job(validate=False)
        job.start()
        assert backend.jobs[0].job.run.plan == plan


@settings(FEW)
@given(strategies.job_plans())
def test_planned_jobs_end(plan):
    with MockBackend(plan=plan) as backend:
        job = backend.connect().load_collection("SENTINEL2_L2A").create_job(validate=False)
        job.start()
        for _ in range(12):
            backend.clock.advance("1h")
            job.status()
        assert backend.jobs[0].status == ("error" if plan.fails else "finished")


@settings(FEW)
@given(strategies.fault_orders(["GET /conformance"]))
def test_orders_of_faults_are_taken(order):
    with MockBackend() as backend:
        backend.order(order)
        for _ in range(30):
            with suppress(requests.RequestException):
                requests.get(backend.url + "/conformance", timeout=1)
        assert order.has_applied or not order.is_certain


@settings(FEW)
@given(strategies.fault_orders())
def test_all_their_routes_are_there(order):
    assert MockBackend().order(order) is order


@pytest.mark.parametrize(
    "process_id",
    ["ndvi", "reduce_dimension", "aggregate_temporal_period", "apply", "resample_spatial", "filter_bands"],
)
def test_each_step_comes(process_id):
    def has_it(graph):
        return any(node["process_id"] == process_id for node in graph.values())

    once = settings(max_examples=1000, phases=[Phase.generate])
    assert has_it(find(strategies.process_graphs(), has_it, settings=once))


def test_hypothesis_is_imported_by_strategies_only():
    program = "import mock_backend, sys; assert 'hypothesis' not in sys.modules"
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
