"""The billing plans of jobs and services: the specification says how to resolve them."""

import pytest

from mock_backend import JobPlan, MockBackend
from mock_backend.auth.accounts import User
from mock_backend.settings import AppSettings


@pytest.fixture
def plan_of(graph):
    """Create a job or a service and return the plan that it is on."""

    def create(api, resource, **members):
        body = {"type": "XYZ"} if resource == "services" else {}
        response = api(f"POST /{resource}", json=body | {"process": {"process_graph": graph}} | members)
        assert response.status_code == 201, response.text
        return response.headers["Location"], api("GET " + response.headers["Location"]).json()["plan"]

    return create


@pytest.mark.parametrize("resource", ["jobs", "services"])
@pytest.mark.parametrize(
    ("members", "expected"), [({}, "free"), ({"plan": None}, "free"), ({"plan": "Premium"}, "Premium")]
)
def test_who_names_no_plan_gets_the_default(api, plan_of, resource, members, expected):
    assert plan_of(api, resource, **members)[1] == expected
    assert api("GET /me").json()["default_plan"] == "free"


@pytest.mark.parametrize("resource", ["jobs", "services"])
def test_the_plan_of_the_user_comes_before_that_of_the_back_end(api_of, plan_of, resource):
    def validate() -> User:
        return User(user_id="alice", default_plan="premium")

    with MockBackend("https://paid.test", authenticate=validate) as backend:
        api = api_of(backend)

        assert api("GET /me").json()["default_plan"] == "premium"
        assert plan_of(api, resource)[1] == "premium"
        assert plan_of(api, resource, plan="free")[1] == "free"


@pytest.mark.parametrize("resource", ["jobs", "services"])
def test_null_leaves_the_plan_as_it_is(api, plan_of, resource):
    where, plan = plan_of(api, resource, plan="premium")

    assert api(f"PATCH {where}", json={"plan": None, "title": "new"}).status_code == 204
    assert api(f"GET {where}").json()["plan"] == plan == "premium"
    assert api(f"PATCH {where}", json={"plan": "free"}).status_code == 204
    assert api(f"GET {where}").json()["plan"] == "free"


def test_plans_are_a_setting(api_of, plan_of, graph):
    process = {"process_graph": graph}
    settings = AppSettings(billing_plans=("Basic", "Pro"))
    with MockBackend("https://plans.test", settings=settings) as backend:
        api = api_of(backend)
        billing = api("GET /").json()["billing"]
        assert (billing["default_plan"], [each["name"] for each in billing["plans"]]) == (
            "Basic",
            ["Basic", "Pro"],
        )
        assert plan_of(api, "jobs")[1] == api("GET /me").json()["default_plan"] == "Basic"
        refused = api("POST /jobs", json={"process": process, "plan": "free"}).json()
        assert refused["message"] == "Unknown billing plan 'free'. Available: Basic, Pro."


def test_a_synchronous_request_needs_what_is_left_of_the_budget(api_of, graph):
    with MockBackend("https://poor.test", users={"alice": {"password": "secret", "budget": 3}}) as backend:
        api, body = api_of(backend), {"process": {"process_graph": graph}}
        assert api("POST /result", json=body).status_code == 200
        backend.plan(JobPlan.immediate(costs=3))
        api.start(api.create(graph))
        assert api("GET /me").json()["budget"] == 0
        refused = api("POST /result", json=body)
        assert (refused.status_code, refused.json()["code"]) == (402, "PaymentRequired")
        assert refused.json()["message"] == "Nothing is left of the budget of the user."
