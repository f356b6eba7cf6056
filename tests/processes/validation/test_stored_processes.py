"""Processes that users have stored count where their processes are checked."""

import pytest

from validation_cases.building import NUMBER, TEXT, call, graph, one, par, process

TWICE = process(one("multiply", x=par("x"), y=2), x=NUMBER)


def codes(api, nodes) -> list[str]:
    response = api("POST /validation", json={"process_graph": nodes})
    assert response.status_code == 200, response.text
    return [each["code"] for each in response.json()["errors"]]


@pytest.fixture
def stored(api):
    assert api("PUT /process_graphs/twice", json=TWICE).status_code == 200


@pytest.mark.parametrize("namespace", [None, "user"])
def test_they_are_found(api, stored, namespace):
    nodes = graph(n=call("twice", x=2) | {"namespace": namespace})

    assert codes(api, nodes) == []
    assert api.create(nodes)


def test_only_by_whom_they_belong_to(api, anonymous, stored, mock_backend_factory, api_of):
    assert codes(anonymous, one("twice", x=2)) == ["ProcessUnsupported"]
    backend = mock_backend_factory(users={"alice": "a", "bob": "b"})
    assert api_of(backend, "alice")("PUT /process_graphs/twice", json=TWICE).status_code == 200

    assert codes(api_of(backend, "alice"), one("twice", x=2)) == []
    assert codes(api_of(backend, "bob"), one("twice", x=2)) == ["ProcessUnsupported"]


@pytest.mark.mock_backend(profile="spec")
def test_as_they_are_now(api, stored):
    assert codes(api, one("twice", x="a")) != []
    api("PUT /process_graphs/twice", json=process(one("text_concat", data=[par("x")]), x=TEXT))

    assert codes(api, one("twice", x="a")) == []

    api("DELETE /process_graphs/twice")
    assert codes(api, one("twice", x="a")) == ["ProcessUnsupported"]


def test_what_is_wrong_inside_refuses_a_job(api, assert_error):
    """A process may be stored before those that it calls."""
    assert api("PUT /process_graphs/outer", json=process(one("inner"))).status_code == 200

    response = api("POST /jobs", json={"process": {"process_graph": graph(n=call("outer"))}})

    assert_error(response, 400, "ProcessUnsupported", "'inner'", "[at n/n]")


def test_recursion_refuses_a_job(api, assert_error):
    for name, other in ("a", "b"), ("b", "a"):
        assert api(f"PUT /process_graphs/{name}", json=process(one(other))).status_code == 200

    response = api("POST /jobs", json={"process": {"process_graph": one("a")}})

    assert_error(response, 400, "ProcessGraphInvalid", "a → b → a")


def test_too_much_refuses_a_job(api, assert_error):
    for number in range(20):
        inner = {name: call(f"p{number + 1}") for name in "abcd"}
        api(f"PUT /process_graphs/p{number}", json=process(graph(**inner)))
    api("PUT /process_graphs/p20", json=process(one("pi")))

    response = api("POST /jobs", json={"process": {"process_graph": one("p0")}})

    assert_error(response, 400, "ProcessGraphComplexity", "28,725 steps", "20,000")


def test_references_that_are_none_refuse_to_be_stored(api, assert_error):
    for wrong in ({"from_node": 5}, {"from_node": "gone"}):
        response = api("PUT /process_graphs/p", json={"process_graph": one("absolute", x=wrong)})
        assert_error(response, 400, "ProcessGraphInvalid", "'from_node'", "[at n]")


def test_the_openeo_client_stores_and_uses_them(mock_backend_connection):
    from openeo.api.process import Parameter
    from openeo.processes import process as call_process

    number = Parameter.number("x", "A number.")
    mock_backend_connection.save_user_defined_process(
        "plus", call_process("add", x=number, y=Parameter.number("y", "Another.", default=1)), [number]
    )

    cube = mock_backend_connection.load_collection("SENTINEL2_L2A", bands=["B04"])
    applied = cube.apply(lambda x: call_process("plus", namespace="user", x=x))
    assert applied.validate() != [], "y is used, but not among the parameters"

    mock_backend_connection.save_user_defined_process(
        "plus",
        call_process("add", x=number, y=Parameter.number("y", "Another.", default=1)),
        [number, Parameter.number("y", "Another.", default=1)],
    )
    assert applied.validate() == []
    assert mock_backend_connection.datacube_from_process("plus", namespace="user", x=3).validate() == []


def test_a_process_that_is_not_there_is_hinted_at_where_it_is(api):
    api("PUT /process_graphs/greenness", json={"process_graph": graph(n=call("pi"))})

    def message(process_id, namespace):
        node = call(process_id) | {"namespace": namespace, "result": True}
        found = api("POST /validation", json={"process_graph": {"n": node}}).json()["errors"]
        assert [each["code"] for each in found] == ["ProcessUnsupported"]
        return found[0]["message"]

    assert "Did you mean 'greenness'?" in message("grenness", "user")
    assert "its namespace is 'user'" in message("greenness", "backend")
