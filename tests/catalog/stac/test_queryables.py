"""Queryables of collections."""

import jsonschema
import pytest


def test_queryables_are_a_json_schema(anonymous, mock_backend, collection_id):
    response = anonymous(f"GET /collections/{collection_id}/queryables")
    schema = response.json()

    assert response.headers["Content-Type"] == "application/schema+json"
    jsonschema.Draft201909Validator.check_schema(schema)
    assert schema["$id"] == f"{mock_backend.url}/collections/{collection_id}/queryables"
    assert schema["additionalProperties"] is False
    assert schema["properties"]["datetime"] == {
        "type": "string",
        "format": "date-time",
        "title": "Date and time",
    }
    assert all(each["title"] and "type" in each for each in schema["properties"].values())


def test_items_fit_the_queryables(anonymous, collection_id):
    schema = anonymous(f"GET /collections/{collection_id}/queryables").json()
    items = anonymous(f"GET /collections/{collection_id}/items?limit=50").json()["features"]

    assert items
    for item in items:
        properties = {name: value for name, value in item["properties"].items() if value is not None}
        period = {"start_datetime", "end_datetime"}
        jsonschema.Draft201909Validator(schema).validate(
            {name: value for name, value in properties.items() if name not in period}
        )


def test_queryables_follow_from_the_summaries(mock_backend, anonymous):
    mock_backend.add_collection(
        "MINE",
        summaries={
            "eo:cloud_cover": {"minimum": 0, "maximum": 50},
            "platform": ["a", "b"],
            "sar:polarizations": ["VV"],
            "level": {"type": "integer", "multipleOf": 5},
            "when": {"minimum": "a", "maximum": "z"},
            "mixed": ["a", 1],
            "nothing": [],
        },
    )
    schema = anonymous("GET /collections/MINE/queryables").json()
    properties = schema["properties"]

    assert properties["eo:cloud_cover"] == {
        "type": "number",
        "minimum": 0,
        "maximum": 50,
        "title": "Cloud cover in percent",
    }
    assert properties["platform"]["enum"] == ["a", "b"]
    assert properties["sar:polarizations"]["items"]["enum"] == ["VV"]
    assert properties["level"]["multipleOf"] == 5
    assert not {"when", "mixed", "nothing"} & properties.keys()
    assert {"id", "collection", "geometry", "datetime"} <= properties.keys()
    item = anonymous("GET /collections/MINE/items?limit=1").json()["features"][0]["properties"]
    assert item.keys() == {"datetime", "eo:cloud_cover", "platform", "sar:polarizations", "proj:epsg"}
    assert 0 <= item["eo:cloud_cover"] <= 50
    assert item["platform"] in ("a", "b")


def test_a_document_of_a_users_own_may_have_more_properties(mock_backend, anonymous):
    mock_backend.add_collection({"id": "MINE"})

    assert anonymous("GET /collections/MINE/queryables").json()["additionalProperties"] is True


@pytest.mark.parametrize(("name", "known"), [("eo:cloud_cover", True), ("eo:cloud", False)])
def test_the_openeo_client_warns_of_what_is_no_queryable(mock_backend_connection, caplog, name, known):
    import warnings

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        mock_backend_connection.load_collection("SENTINEL2_L2A", properties={name: lambda value: value <= 20})
    said = [str(each.message) for each in caught] + caplog.messages

    assert any(name in each for each in said) is not known
