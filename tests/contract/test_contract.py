"""Violations that the contract finds, by a document of a page."""

import json

import pytest

from openeo_contract import Answer, Contract

CORS = {
    "access-control-allow-origin": "*",
    "access-control-expose-headers": "Link, Location, OpenEO-Costs, OpenEO-Identifier",
}
REFUSAL = {
    "description": "",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}},
}
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "string"},
        "created": {"type": "string", "format": "date-time"},
        "note": {"type": "string", "nullable": True},
        "dimension": {"$ref": "#/components/schemas/dimension"},
        # A name that is a keyword elsewhere.
        "default": {"type": "number", "nullable": True},
    },
}
DOCUMENT = {
    "openapi": "3.0.2",
    "paths": {
        "/things": {
            "get": {
                "responses": {
                    "200": {"content": {"application/json": {"schema": {"type": "array", "items": THING}}}},
                    "4XX": {"$ref": "#/components/responses/refusal"},
                }
            },
            "post": {
                "responses": {
                    "201": {
                        "headers": {
                            "Location": {"required": True, "schema": {"type": "string", "format": "uri"}},
                            "OpenEO-Costs": {"schema": {"type": "number", "minimum": 0}},
                        }
                    },
                    "4XX": {"$ref": "#/components/responses/refusal"},
                }
            },
        },
        "/things/{id}": {
            "parameters": [],
            "get": {"responses": {"200": {"content": {"application/json": {"schema": THING}}}}},
        },
        "/things/best": {"get": {"responses": {"204": {}}}},
        "/files/{path}": {
            "get": {
                "responses": {
                    "200": {"content": {"application/octet-stream": {"schema": {"format": "binary"}}}}
                }
            }
        },
        "/any": {"get": {"responses": {"200": {"content": {"*/*": {}}}}}},
    },
    "components": {
        "responses": {"refusal": REFUSAL},
        "schemas": {
            "error": {
                "type": "object",
                "required": ["code", "message"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            },
            "dimension": {
                "type": "object",
                "required": ["type"],
                "properties": {"type": {"type": "string"}},
                "discriminator": {
                    "propertyName": "type",
                    "mapping": {"spatial": "#/components/schemas/spatial"},
                },
            },
            "spatial": {
                "allOf": [
                    {"$ref": "#/components/schemas/dimension"},
                    {
                        "required": ["axis"],
                        "properties": {"axis": {"enum": ["x", "z"]}},
                        "discriminator": {
                            "propertyName": "axis",
                            "mapping": {"x": "#/components/schemas/horizontal"},
                        },
                    },
                ]
            },
            "horizontal": {"allOf": [{"$ref": "#/components/schemas/spatial"}, {"required": ["extent"]}]},
        },
    },
}


@pytest.fixture(scope="module")
def contract():
    return Contract(DOCUMENT)


@pytest.fixture
def violations(contract):
    """Judge an answer: ``violations("GET /things", 200, [])``."""

    def judge(route, status, content=None, *, text=None, headers=(), **about):
        method, _, path = route.partition(" ")
        body = text if text is not None else b"" if content is None else json.dumps(content).encode()
        sent = CORS | ({"content-type": "application/json"} if body else {}) | dict(headers)
        kept = {name: value for name, value in sent.items() if value is not None}
        answer = Answer(method, path, status, kept, body, len(body), **about)
        return contract.violations(answer)

    return judge


ERROR = {"code": "Odd", "message": "It is odd."}
LOCATION = {"location": "https://x.test/things/1"}


@pytest.mark.parametrize(
    ("route", "status", "content", "headers"),
    [
        ("GET /things", 200, [], {}),
        (
            "GET /things",
            200,
            [{"id": "a", "unknown": 1}],
            {"content-type": "Application/JSON; charset=utf-8"},
        ),
        ("GET /things", 418, ERROR, {}),
        ("HEAD /things", 200, None, {"content-type": "application/json"}),
        ("POST /things", 201, None, LOCATION),
        ("POST /things", 201, None, LOCATION | {"openeo-costs": "0.5"}),
        ("GET /things/a", 200, {"id": "a", "note": None, "default": None}, {}),
        ("GET /things/a", 200, {"id": "a", "dimension": {"type": "spatial", "axis": "z"}}, {}),
        ("GET /things/a", 200, {"id": "a", "dimension": {"type": "bands"}}, {}),
        ("GET /things/best", 204, None, {}),
        ("GET /any", 200, {"whatever": 1}, {"content-type": "image/png"}),
        ("PUT /things", 405, ERROR, {}),
        ("GET /elsewhere", 200, {"no": "idea"}, {"content-type": "text/html"}),
        ("GET /elsewhere", 404, ERROR, {}),
        (
            "OPTIONS /things",
            204,
            None,
            {"access-control-allow-headers": "Authorization", "access-control-allow-methods": "GET"},
        ),
    ],
)
def test_answers_by_the_book(violations, route, status, content, headers):
    assert violations(route, status, content, headers=headers) == []


@pytest.mark.parametrize(
    ("route", "status", "content", "headers", "complaint"),
    [
        ("GET /things", 202, [], {}, "status is not documented; these are: 200, 4XX"),
        ("GET /things", 503, ERROR, {}, "status is not documented"),
        ("GET /things", 200, {}, {}, 'is not of type "array"'),
        ("GET /things", 200, [{}], {}, 'body[0]: "id" is a required property'),
        ("GET /things", 200, [{"id": "a", "created": "today"}], {}, 'is not a "date-time"'),
        ("GET /things", 200, [], {"content-type": "text/html"}, "the media type is 'text/html'"),
        ("GET /things", 200, None, {}, "the media type is ''; documented: application/json"),
        ("GET /things", 400, {"message": "no"}, {}, '"code" is a required property'),
        ("GET /things", 400, {"code": 1, "message": "no"}, {}, "body['code']"),
        ("GET /things/a", 200, {"id": "a", "default": "x"}, {}, "body['default']"),
        ("GET /things/a", 200, {"id": "a", "dimension": {"type": "spatial"}}, {}, '"axis" is a required'),
        (
            "GET /things/a",
            200,
            {"id": "a", "dimension": {"type": "spatial", "axis": "x"}},
            {},
            '"extent" is a required',
        ),
        ("POST /things", 201, None, {}, "the header location is missing"),
        ("POST /things", 201, None, {"location": "no uri"}, "header location 'no uri'"),
        ("POST /things", 201, None, LOCATION | {"openeo-costs": "free"}, "header openeo-costs 'free'"),
        ("POST /things", 201, {"id": "a"}, LOCATION, "there is to be no body, but there are 11 bytes"),
        ("HEAD /things", 200, [], {}, "there is to be no body"),
        ("GET /things/best", 200, {"id": "a"}, {}, "these are: 204"),
        ("PUT /things", 200, None, {}, "the document has no such operation"),
        ("PUT /things", 405, "no", {}, 'is not of type "object"'),
        ("GET /elsewhere", 404, None, {}, "the media type is ''"),
        ("OPTIONS /things", 200, None, {}, "a preflight is answered with 204"),
        ("OPTIONS /things", 204, None, {}, "Access-Control-Allow-Headers lacks Authorization"),
        (
            "GET /things",
            200,
            [],
            {"access-control-allow-origin": None},
            "Access-Control-Allow-Origin is missing",
        ),
        ("GET /things", 200, [], {"access-control-expose-headers": "Link"}, "lacks location, openeo-costs"),
    ],
)
def test_violations(violations, route, status, content, headers, complaint):
    found = violations(route, status, content, headers=headers)

    assert any(complaint in each for each in found), found
    assert all(f"-> {status}: " in each for each in found)


@pytest.mark.parametrize("text", [b'{"id": NaN}', b"[Infinity]", b"{", b"\xff", b"[] []"])
def test_what_is_not_json(violations, text):
    (found,) = violations("GET /things", 200, text=text)

    assert "the body is not JSON" in found


def test_parts_of_a_body_are_for_who_asks_for_them(violations):
    binary = {"text": b"part", "headers": {"content-type": "application/octet-stream"}}

    assert violations("GET /files/deep/down.bin", 206, ranged=True, **binary) == []
    assert violations("GET /files/deep/down.bin", 206, **binary)
    several = {"content-type": "multipart/byteranges; boundary=x"}
    assert violations("GET /files/deep/down.bin", 206, text=b"--x", headers=several, ranged=True) == []
    assert violations("GET /files/deep/down.bin", 200, text=b"--x", headers=several, ranged=True)


def test_nothing_is_sent_again_to_who_has_it(violations):
    assert violations("GET /files/a", 304, conditional=True) == []
    assert violations("GET /files/a", 304)
    assert violations("GET /files/a", 304, text=b"again", conditional=True)


def test_a_verdict_is_for_one_text_only(violations):
    for _ in range(2):
        assert violations("GET /things", 200, [{"id": "a"}]) == []
        assert violations("GET /things", 200, [{"id": 1}])


def test_messages_are_few_and_short(violations):
    found = violations("GET /things", 200, [{"created": "x" * 5000}] * 100)

    assert 0 < len(found) <= 3
    assert all(len(each) < 600 for each in found)
