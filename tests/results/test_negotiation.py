"""Negotiation: which of the two documents a client gets, with which media type."""

import asyncio
import json

import pytest

from mock_backend.results.documents.stac.common_members import ResultsResponse


def answer(response, accept=None):
    """Return the headers and the body of an answer."""
    sent = []

    async def send(message):
        sent.append(message)

    async def receive():
        raise AssertionError("an answer reads nothing")

    headers = [] if accept is None else [(b"accept", accept.encode())]
    asyncio.run(response({"type": "http", "method": "GET", "headers": headers}, receive, send))
    start, body = sent
    return {name.decode(): value.decode() for name, value in start["headers"]}, json.loads(body["body"])


def negotiated(accept):
    response = ResultsResponse(lambda: {"a": "Collection"}, lambda: {"a": "Item"}, {"OpenEO-Costs": "0"})
    return answer(response, accept)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/json",
        "application/json, text/plain, */*",
        "application/*",
        "application/geo+jsonx",
        "application/json, application/geo+json;q=0",
        "application/geo+json ; q=0.000, */*",
    ],
)
def test_the_collection_is_for_all_users(accept):
    headers, body = negotiated(accept)

    assert body == {"a": "Collection"}
    assert headers["content-type"] == "application/json"
    assert headers["vary"] == "Accept"
    assert headers["openeo-costs"] == "0"


@pytest.mark.parametrize(
    "accept",
    [
        "application/geo+json",
        "Application/GEO+JSON",
        "text/html, application/geo+json;q=0.9, */*;q=0.1",
        "application/geo+json; q=0.01",
        "application/json,application/geo+json",
    ],
)
def test_the_item_is_for_those_who_name_it(accept):
    headers, body = negotiated(accept)

    assert body == {"a": "Item"}
    assert headers["content-type"] == "application/geo+json"
    assert headers["vary"] == "Accept"
    assert headers["openeo-costs"] == "0"


def test_only_the_document_that_is_asked_for_is_made():
    def refuse():
        raise AssertionError("it is not wanted")

    assert answer(ResultsResponse(dict, refuse), "*/*")[1] == {}
    assert answer(ResultsResponse(refuse, dict), "application/geo+json")[1] == {}
