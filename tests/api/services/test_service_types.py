"""``GET /service_types``, and what they allow to configure."""

import pytest

from mock_backend import MockBackend
from mock_backend.api.services import ServicesRegister


@pytest.fixture
def types(anonymous):
    response = anonymous("GET /service_types")
    assert response.status_code == 200, response.text
    return response.json()


def test_there_are_tiles_and_maps(types):
    assert types.keys() == {"XYZ", "WMS"}
    for each in types.values():
        assert each["title"]
        assert each["description"]
        assert each["links"]


def test_settings_are_described_and_their_defaults_are_among_their_values(types):
    settings = [setting for each in types.values() for setting in each["configuration"].values()]

    assert len(settings) >= 4
    for setting in settings:
        assert setting["description"]
        assert setting["default"] in setting["enum"]


def test_tiles_have_a_place(types):
    names = {parameter["name"] for parameter in types["XYZ"]["process_parameters"]}

    assert {"x", "y", "z"} <= names


@pytest.mark.parametrize("name", ["xyz", "XYZ", "Xyz"])
def test_the_case_of_a_type_does_not_matter(api, publish, name):
    assert api(f"GET /services/{publish(name)}").json()["type"] == "XYZ"


@pytest.mark.parametrize(("name", "words"), [("WMTS", ["'WMS'"]), ("", ["'XYZ', 'WMS'"]), ("csw", ["'WMS'"])])
def test_types_that_are_not_offered(api, assert_error, graph, name, words):
    body = {"type": name, "process": {"process_graph": graph}}

    assert_error(api("POST /services", json=body), 400, "ServiceUnsupported", repr(name), *words)


REFUSED = [
    ("WMS", {"versoin": "1.1.1"}, "ServiceConfigUnsupported", ["'versoin'", "'version'"]),
    ("XYZ", {"version": "1.1.1"}, "ServiceConfigUnsupported", ["'version'", "'tile_size'"]),
    ("WMS", {"version": "2.0"}, "ServiceConfigInvalid", ["'version'", "1.1.1"]),
    ("WMS", {"version": None}, "ServiceConfigInvalid", ["'version'"]),
    ("XYZ", {"tile_size": "256"}, "ServiceConfigInvalid", ["'tile_size'"]),
    ("XYZ", {"tile_size": 300}, "ServiceConfigInvalid", ["'tile_size'"]),
]


@pytest.mark.parametrize(("name", "configuration", "code", "words"), REFUSED)
def test_settings_that_are_refused(api, assert_error, graph, name, configuration, code, words):
    body = {"type": name, "process": {"process_graph": graph}, "configuration": configuration}

    assert_error(api("POST /services", json=body), 400, code, *words)
    assert api("GET /services").json()["services"] == []


@pytest.mark.parametrize(("name", "configuration", "code", "words"), REFUSED)
def test_settings_that_are_refused_later(api, assert_error, publish, name, configuration, code, words):
    service_id = publish(name)
    before = api(f"GET /services/{service_id}").json()

    response = api(f"PATCH /services/{service_id}", json={"configuration": configuration})

    assert_error(response, 400, code, *words)
    assert api(f"GET /services/{service_id}").json() == before


def test_a_back_end_may_offer_others(api_of, service_of, assert_error, graph):
    class Features(ServicesRegister):
        def service_types(self):
            setting = {"type": "integer", "description": "How many.", "minimum": 1, "required": True}
            return super().service_types() | {
                "WFS": {"configuration": {"count": setting}, "process_parameters": []}
            }

    with MockBackend("https://features.test", registers=[Features]) as backend:
        api = api_of(backend)
        body = {"type": "wfs", "process": {"process_graph": graph}}
        assert_error(api("POST /services", json=body), 400, "ServiceConfigRequired", "'count'")
        too_few = body | {"configuration": {"count": 0}}
        assert_error(api("POST /services", json=too_few), 400, "ServiceConfigInvalid", "'count'")
        service_id = service_of(api, "wfs", configuration={"count": 3})
        service = api(f"GET /services/{service_id}").json()

    assert (service["type"], service["configuration"]) == ("WFS", {"count": 3})
    assert service["url"] == f"https://features.test/services/{service_id}/wfs"


def test_what_one_back_end_changes_is_its_own(anonymous):
    class Larger(ServicesRegister):
        def service_types(self):
            types = super().service_types()
            types["XYZ"]["configuration"]["tile_size"]["enum"].append(1024)
            del types["WMS"]
            return types

    before = anonymous("GET /service_types").json()
    with MockBackend("https://larger.test", registers=[Larger]) as backend:
        types = backend.connect().list_service_types()

    assert types.keys() == {"XYZ"}
    assert types["XYZ"]["configuration"]["tile_size"]["enum"] == [256, 512, 1024]
    assert anonymous("GET /service_types").json() == before
