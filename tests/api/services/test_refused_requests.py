"""Requests of services that are refused: bad bodies, other users' services, no log-in."""

import pytest

from .conftest import ids

OPERATIONS = ["GET {}", "PATCH {}", "DELETE {}", "GET {}/logs"]


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
@pytest.mark.parametrize("operation", OPERATIONS)
def test_services_of_others_do_not_exist(mock_backend, api_of, service_of, assert_error, operation):
    alice, bob = api_of(mock_backend, "alice"), api_of(mock_backend, "bob")
    hers = service_of(alice)

    body = {"json": {"title": "his"}} if operation.startswith("PATCH") else {}
    response = bob(operation.format(f"/services/{hers}"), **body)

    assert_error(response, 404, "ServiceNotFound", hers)
    assert ids(bob("GET /services")) == []
    assert ids(alice("GET /services")) == [hers]


@pytest.mark.parametrize(
    "operation", ["GET /services", "POST /services", *(each.format("/services/x") for each in OPERATIONS)]
)
def test_the_api_needs_a_log_in(anonymous, assert_error, graph, operation):
    body = {"type": "XYZ", "process": {"process_graph": graph}}
    takes = operation.startswith(("POST", "PATCH"))

    response = anonymous(operation, **({"json": body} if takes else {}))

    assert_error(response, 401, "AuthenticationRequired")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_services_that_do_not_exist(api, assert_error, operation):
    body = {"json": {}} if operation.startswith("PATCH") else {}

    assert_error(api(operation.format("/services/s-1"), **body), 404, "ServiceNotFound", "'s-1'")


BAD = [
    ({"process": None}, "ProcessGraphMissing", []),
    ({"process": {}}, "ProcessGraphMissing", []),
    ({"process": {"process_graph": {}}}, "ProcessGraphInvalid", []),
    ({"process": 5}, "RequestInvalid", ["'process'"]),
    ({"title": 5}, "RequestInvalid", ["'title'"]),
    ({"description": []}, "RequestInvalid", ["'description'"]),
    ({"enabled": "yes"}, "RequestInvalid", ["'enabled'"]),
    ({"enabled": None}, "RequestInvalid", ["'enabled'"]),
    ({"configuration": []}, "RequestInvalid", ["'configuration'"]),
    ({"configuration": None}, "RequestInvalid", ["'configuration'"]),
    ({"log_level": "loud"}, "RequestInvalid", ["'log_level'"]),
    ({"budget": "much"}, "RequestInvalid", ["'budget'"]),
    ({"budget": -1}, "BudgetInvalid", ["-1"]),
    ({"plan": "gold"}, "BillingPlanInvalid", ["'gold'", "free"]),
    ({"plan": 1}, "RequestInvalid", ["'plan'"]),
]


def test_bad_requests_to_publish(api, assert_error, graph, example):
    for members, code, words in BAD:
        with example(members, code, words):
            body = {"type": "XYZ", "process": {"process_graph": graph}} | members

            assert_error(api("POST /services", json=body), 400, code, *words)
            assert ids(api("GET /services")) == []


def test_bad_requests_to_change(api, assert_error, publish, example):
    service_id = publish(title="Old")
    before = api(f"GET /services/{service_id}").json(), api(f"GET /services/{service_id}/logs").json()
    for members, code, words in BAD:
        with example(members, code, words):
            assert_error(
                api(f"PATCH /services/{service_id}", json={"title": "New"} | members), 400, code, *words
            )

            assert before == (
                api(f"GET /services/{service_id}").json(),
                api(f"GET /services/{service_id}/logs").json(),
            )


def test_without_type_or_body(api, assert_error, graph):
    assert_error(
        api("POST /services", json={"process": {"process_graph": graph}}), 400, "RequestInvalid", "'type'"
    )
    assert_error(api("POST /services", json={"type": "XYZ"}), 400, "ProcessGraphMissing")
    assert_error(api("POST /services"), 400, "RequestInvalid", "body")


@pytest.mark.parametrize("operation", ["POST", "PATCH"])
@pytest.mark.parametrize("value", ["NaN", '"\\ud800"', 250 * "[" + 250 * "]"], ids=["NaN", "half", "deep"])
def test_what_no_store_can_keep(api, assert_error, publish, value, operation):
    service_id = publish(title="Old")
    process = '{"process_graph": {"a": {"process_id": "pi", "arguments": {}, "result": true}}}'
    others = f'"type": "XYZ", "process": {process}, ' if operation == "POST" else ""
    path = "/services" if operation == "POST" else f"/services/{service_id}"

    response = api(
        f"{operation} {path}",
        data=f'{{{others}"mine": {value}}}',
        headers={"Content-Type": "application/json"},
    )

    assert_error(response, 400, "RequestInvalid")
    assert [each.get("title") for each in api("GET /services").json()["services"]] == ["Old"]
