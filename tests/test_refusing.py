"""Values that JSON can say but nothing here can hold."""

import pytest


@pytest.mark.parametrize("value", ["NaN", '"\\ud800"'])
def test_a_refusal_is_one_sentence(api, assert_error, graph, value):
    service = api("POST /services", json={"type": "XYZ", "process": {"process_graph": graph}})

    body, headers = f'{{"mine": {value}}}', {"Content-Type": "application/json"}
    response = api(f"PATCH {service.headers['Location']}", data=body, headers=headers)

    assert_error(response, 400, "RequestInvalid", "not valid JSON")
    assert response.json()["message"].endswith(".")
    assert not response.json()["message"].endswith("..")
