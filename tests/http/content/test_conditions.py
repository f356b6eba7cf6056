"""Conditional requests: content that a client knows already."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mock_backend.errors import RequestInvalid
from mock_backend.http.content import etag_of
from mock_backend.http.content.conditions import Validators

TAG = '"abc"'
MODIFIED = datetime(2025, 6, 1, 12, 0, 0, 250_000, UTC)
SAME, BEFORE, AFTER = (
    "Sun, 01 Jun 2025 12:00:00 GMT",
    "Sun, 01 Jun 2025 11:59:59 GMT",
    "Sun, 01 Jun 2025 12:00:01 GMT",
)
VERSION = Validators(TAG, MODIFIED)


def test_the_headers():
    assert VERSION.headers() == {"ETag": TAG, "Last-Modified": SAME}
    assert Validators().headers() == {}
    assert (
        Validators(None, MODIFIED.astimezone(timezone(timedelta(hours=2)))).headers()["Last-Modified"] == SAME
    )


@pytest.mark.parametrize(
    ("headers", "known"),
    [
        ({}, False),
        ({"if-none-match": TAG}, True),
        ({"if-none-match": '"x", W/"abc"'}, True),
        ({"if-none-match": "*"}, True),
        ({"if-none-match": '"x"'}, False),
        ({"if-none-match": "abc"}, False),
        ({"if-modified-since": SAME}, True),
        ({"if-modified-since": AFTER}, True),
        ({"if-modified-since": BEFORE}, False),
        ({"if-modified-since": "yesterday"}, False),
        # The entity tag is the better witness.
        ({"if-none-match": '"x"', "if-modified-since": AFTER}, False),
        ({"if-none-match": TAG, "if-modified-since": BEFORE}, True),
    ],
)
def test_whether_a_client_has_it(headers, known):
    assert VERSION.are_known(headers) is known


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"if-range": TAG}, True),
        ({"if-range": f"W/{TAG}"}, False),
        ({"if-range": '"x"'}, False),
        ({"if-range": SAME}, True),
        ({"if-range": AFTER}, False),
        ({"if-range": "nonsense"}, False),
    ],
)
def test_whether_parts_would_fit(headers, allowed):
    assert VERSION.allow_parts(headers) is allowed


@pytest.mark.parametrize(
    ("headers", "met"),
    [
        ({"if-match": TAG}, True),
        ({"if-match": "*"}, True),
        ({"if-match": f'"x", {TAG}'}, True),
        ({"if-match": f"W/{TAG}"}, False),
        ({"if-match": '"x"'}, False),
        ({"if-unmodified-since": SAME}, True),
        ({"if-unmodified-since": BEFORE}, False),
        ({"if-unmodified-since": "nonsense"}, True),
        ({"if-match": TAG, "if-unmodified-since": BEFORE}, True),
    ],
)
def test_whether_it_is_the_version_that_is_meant(headers, met):
    if met:
        VERSION.require(headers)
        return
    with pytest.raises(RequestInvalid) as caught:
        VERSION.require(headers)
    assert caught.value.status_code == 412


def test_without_validators_nothing_is_known():
    nothing = Validators()

    assert not nothing.are_known({"if-none-match": TAG})
    assert not nothing.are_known({"if-modified-since": AFTER})
    assert not nothing.allow_parts({"if-range": SAME})


def test_the_same_content_has_the_same_tag():
    assert etag_of(b"a") == etag_of(b"a") != etag_of(b"b")
    assert etag_of(b"")[0] == etag_of(b"")[-1] == '"'
