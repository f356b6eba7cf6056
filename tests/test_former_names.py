"""Imports that earlier versions documented go on working."""

import pytest

#: All imports that the README and the guide of any version have shown.
IMPORTS = (
    "from mock_backend import Clock, Delay, Fault, JobPlan, MockBackend, OpenEOError",
    "from mock_backend.api.models import Endpoint",
    "from mock_backend.api.register import EndpointRegister",
    "from mock_backend.auth import Authenticator, User",
    "from mock_backend.catalog import Band, Collection, CollectionsRegister",
    "from mock_backend.compat import DummyBackend",
    "from mock_backend.content import BinaryResponse, etag_of, raw_body",
    "from mock_backend.control.faults import Disconnect, LoseLogs, Maintenance, NotFoundYet, RateLimit",
    "from mock_backend.control.faults import SlowBody, Truncate",
    "from mock_backend.control.scenarios import scenario_of, shrink",
    "from mock_backend.control_api import Front, Guard",
    "from mock_backend.control_api.guard import Guard",
    "from mock_backend.http.content import BinaryResponse, etag_of, raw_body",
    "from mock_backend.jobs import Job, JobsRegister",
    "from mock_backend.models import Endpoint",
    "from mock_backend.processes import UserProcessesRegister",
    "from mock_backend.processes.validation import RULES",
    "from mock_backend.profiles import PROFILES, profile_from",
    "from mock_backend.register import EndpointRegister",
    "from mock_backend.results import Item, missing, no_results, truncated",
    "from mock_backend.settings import AppSettings, VERSION",
    "from mock_backend.strategies import fault_orders, job_plans, process_graphs",
    "from mock_backend.validation import RULES",
)


@pytest.mark.parametrize("line", IMPORTS)
def test_documented_imports_work(line):
    exec(line, {})  # a line of the guide


def test_a_former_name_is_the_same_package():
    from mock_backend.api import models
    from mock_backend.models import Endpoint
    from mock_backend.models.endpoint import Endpoint as SameEndpoint

    assert Endpoint is SameEndpoint is models.Endpoint
    assert models.__spec__.name == "mock_backend.api.models"
