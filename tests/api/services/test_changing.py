"""Changing and deleting services."""

import pytest

from .conftest import ids


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "New"),
        ("description", "New"),
        ("enabled", False),
        ("configuration", {"tile_size": 512, "colormap": "greys"}),
        ("budget", 7),
        ("plan", "Premium"),
        ("log_level", "error"),
        ("mine", {"a": [1]}),
    ],
)
def test_a_change_changes_that_and_nothing_else(api, publish, name, value):
    service_id = publish(title="Old", description="Old", budget=1)
    before = api(f"GET /services/{service_id}").json()

    response = api(f"PATCH /services/{service_id}", json={name: value})

    assert (response.status_code, response.content) == (204, b"")
    assert api(f"GET /services/{service_id}").json() == before | {name: value}


def test_the_process_can_be_changed(api, publish, everywhere):
    service_id = publish()
    api(f"PATCH /services/{service_id}", json={"process": {"process_graph": everywhere}})

    service = api(f"GET /services/{service_id}").json()
    assert service["process"] == {"process_graph": everywhere}
    assert service["attributes"] == {}


def test_a_new_configuration_takes_the_place_of_the_old_one(api, publish):
    service_id = publish(configuration={"tile_size": 512})
    api(f"PATCH /services/{service_id}", json={"configuration": {"colormap": "greys"}})

    assert api(f"GET /services/{service_id}").json()["configuration"] == {
        "tile_size": 256,
        "colormap": "greys",
    }


def test_null_takes_away_except_for_the_plan(api, publish):
    service_id = publish(title="Old", description="Old", budget=1, plan="premium", log_level="error")
    nothing = dict.fromkeys(("title", "description", "budget", "plan", "log_level"))
    assert api(f"PATCH /services/{service_id}", json=nothing).status_code == 204

    service = api(f"GET /services/{service_id}").json()
    assert not {"title", "description", "budget"} & service.keys()
    assert (service["plan"], service["log_level"]) == ("premium", "info")


def test_a_change_of_nothing(api, publish):
    service_id = publish(title="Old")
    before = api(f"GET /services/{service_id}").json(), api(f"GET /services/{service_id}/logs").json()

    assert api(f"PATCH /services/{service_id}", json={}).status_code == 204

    assert before == (
        api(f"GET /services/{service_id}").json(),
        api(f"GET /services/{service_id}/logs").json(),
    )


@pytest.mark.parametrize("name", ["id", "url", "type", "created", "costs", "usage", "attributes", "links"])
def test_what_cannot_be_changed(api, assert_error, publish, name):
    service_id = publish(title="Old")
    before = api(f"GET /services/{service_id}").json()

    response = api(f"PATCH /services/{service_id}", json={"title": "New", name: before.get(name)})

    assert_error(response, 400, "PropertyNotEditable", f"'{name}'")
    assert api(f"GET /services/{service_id}").json() == before


def test_deletion(api, assert_error, publish):
    kept, deleted = publish(), publish()

    response = api(f"DELETE /services/{deleted}")

    assert (response.status_code, response.content) == (204, b"")
    assert_error(api(f"GET /services/{deleted}"), 404, "ServiceNotFound", deleted)
    assert_error(api(f"DELETE /services/{deleted}"), 404, "ServiceNotFound", deleted)
    assert ids(api("GET /services")) == [kept]
