"""The billing plans of jobs and services: the specification says how to resolve them."""

import pytest

from mock_backend import MockBackend
from mock_backend.auth.accounts import User


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
