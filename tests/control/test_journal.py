"""``backend.requests``: what was asked."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend import Fault
from mock_backend.control import Exchange


def test_exchanges_are_noted_in_order(api, mock_backend):
    job_id = api.create(title="ndvi")
    mock_backend.clock.advance("1m")
    api(f"GET /jobs/{job_id}/results?partial=true&empty=")
    api("GET /nowhere")

    created, results, nowhere = mock_backend.requests

    assert (created.method, created.route, created.path, created.status) == ("POST", "/jobs", "/jobs", 201)
    assert created.json["title"] == "ndvi"
    assert results.route == "/jobs/{job_id}/results"
    assert results.path == f"/jobs/{job_id}/results"
    assert results.query == {"partial": "true", "empty": ""}
    assert (results.status, results.json, results.body) == (400, None, b"")
    assert results.at - created.at == mock_backend.clock.elapsed
    assert (nowhere.route, nowhere.status) == (None, 404)
    assert repr(nowhere) == "<GET /nowhere -> 404 NotFound: Resource not found.>"
    assert "partial=true" in repr(mock_backend.requests)


def test_selecting(api, mock_backend):
    for _ in range(2):
        api.create()
    api("POST /jobs", json={})
    api("GET /jobs")

    requests = mock_backend.requests
    assert [each.status for each in requests.select("POST /jobs")] == [201, 201, 400]
    assert len(requests.select("POST /jobs", status=201)) == 2
    assert len(requests.select("post /jobs")) == 3
    assert len(requests.select("* /jobs")) == 4
    assert len(requests.select("GET *")) == 1
    assert requests[0:2] == list(requests)[:2]


@pytest.mark.parametrize("route", ["/jobs", "GET", "GET jobs", "", "GET /jobs extra", None])
def test_routes_that_select_nothing_by_mistake_are_refused(mock_backend, route):
    with pytest.raises(ValueError, match="A route must be a method and a path template"):
        mock_backend.requests.select(route)


# -- secrets ----------------------------------------------------------------------------------------------

SECRET_MEMBERS = [
    "password",
    "client_secret",
    "refresh_token",
    "access_token",
    "id_token",
    "code",
    "code_verifier",
    "device_code",
    "token",
    "client_assertion",
    "assertion",
    "id_token_hint",
]
FORM = "application/x-www-form-urlencoded"


def exchange(*, query=b"", headers=(), body=b""):
    """Note a request."""
    noted = Exchange("POST", "/token", "/token", query, headers, datetime(2025, 6, 1, tzinfo=UTC))
    noted.append_body(body)
    return noted


def shown(noted):
    """Return all that an exchange shows of itself."""
    names = [name for name in dir(noted) if not name.startswith("_")]
    assert {"body", "form", "headers", "json", "query", "query_string"} <= set(names)
    return repr(noted) + "".join(repr(getattr(noted, name)) for name in names)


def test_secrets_are_blotted_out(api, mock_backend):
    api("GET /me")
    api("GET /credentials/basic", auth=("alice", "secret"))

    me, log_in = mock_backend.requests
    assert me.headers["authorization"] == "Bearer basic//***"
    assert log_in.headers["authorization"] == "Basic ***"


@pytest.mark.parametrize("name", ["Authorization", "proxy-authorization"])
@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Bearer basic//hush", "Bearer basic//***"),
        ("bearer oidc/egi/hush", "bearer oidc/egi/***"),
        ("Bearer hush", "Bearer ***"),
        ("Bearer oidc/hush", "Bearer ***"),
        ("Bearer oidc/hush-that-is-much-longer-than-an-id/x", "Bearer ***"),
        ("Basic hush", "Basic ***"),
        ("Digest username=hush, nonce=hush", "Digest ***"),
        ("hush", "***"),
        ("basic//hush", "***"),
        ("hush hush", "***"),
        ("Bearer", "***"),
        ("", "***"),
    ],
)
def test_credentials_in_headers_are_blotted_out(name, sent, expected):
    noted = exchange(headers=[(name.encode(), sent.encode())])

    assert noted.headers == {name.lower(): expected}
    assert "hush" not in shown(noted)


@pytest.mark.parametrize(
    ("name", "sent", "expected"),
    [
        ("Cookie", "session=hush; theme=dark", "***"),
        ("set-cookie", "session=hush", "***"),
        (
            "Referer",
            "https://app.test/?code=hush&state=1#token=hush",
            "https://app.test/?code=***&state=1#token=***",
        ),
        ("Accept", "code=1&x=2", "code=1&x=2"),
    ],
)
def test_other_headers_with_secrets(name, sent, expected):
    noted = exchange(headers=[(name.encode(), sent.encode())])

    assert noted.headers[name.lower()] == expected
    assert "hush" not in shown(noted)


def test_cookies_of_a_session_are_blotted_out(anonymous, mock_backend):
    anonymous("GET /", cookies={"session": "hush"}, headers={"Proxy-Authorization": "hush"})

    [noted] = mock_backend.requests
    assert (noted.headers["cookie"], noted.headers["proxy-authorization"]) == ("***", "***")


def test_forms_are_shown_without_their_secrets(anonymous, mock_backend):
    anonymous("POST /nowhere", data={"grant_type": "password", "username": "alice", "password": "h u&s=h"})

    [noted] = mock_backend.requests
    assert noted.form == {"grant_type": "password", "username": "alice", "password": "***"}
    assert noted.body == b"grant_type=password&username=alice&password=***"
    assert noted.json is None


@pytest.mark.parametrize("kind", [FORM, FORM.upper(), f"{FORM}; charset=UTF-8", f" {FORM} ;x=y"])
def test_forms_are_told_by_their_media_type(kind):
    noted = exchange(
        headers=[(b"Content-Type", kind.encode())], body=b"a=1&a=2&b=&c=%C3%BC+%26&token=hush&token="
    )

    assert noted.form == {"a": "2", "b": "", "c": "ü &", "token": ""}
    assert noted.body == b"a=1&a=2&b=&c=%C3%BC+%26&token=***&token="


@pytest.mark.parametrize("kind", ["application/json", "text/plain", None])
def test_other_bodies_stay_as_they_are(kind):
    body = b'{"password": "x", "process": "token=1&code=2"}'
    noted = exchange(headers=[] if kind is None else [(b"content-type", kind.encode())], body=body)

    assert noted.body == body
    assert noted.json["password"] == "x"
    assert noted.form == {}


def test_queries_are_shown_without_their_secrets(api, mock_backend):
    api("GET /jobs?code=hush&state=1&access_token=hush&id_token_hint=hush&limit=2&empty=&code")

    [noted] = mock_backend.requests
    assert noted.query_string == (b"code=***&state=1&access_token=***&id_token_hint=***&limit=2&empty=&code")
    assert noted.query["state"] == "1"
    assert noted.query["access_token"] == "***"
    assert "?code=***&state=1" in repr(noted)
    assert "hush" not in shown(noted) + repr(mock_backend.requests)


def test_the_application_gets_what_the_journal_does_not_show(mock_backend, anonymous):
    from fastapi import Request

    @mock_backend.app.post("/token")
    async def token(request: Request):
        return [
            request.query_params["code"],
            (await request.body()).decode(),
            request.headers["authorization"],
        ]

    response = anonymous("POST /token?code=a", data={"token": "b"}, headers={"Authorization": "c"})

    assert response.json() == ["a", "token=b", "c"]


MEMBERS = st.lists(st.tuples(st.sampled_from([*SECRET_MEMBERS, "state", "scope", "é"]), st.text()))
SECRETS = st.from_regex(r"[A-Z]{12}", fullmatch=True)


@given(MEMBERS, st.sampled_from(SECRET_MEMBERS), SECRETS, st.randoms())
def test_no_secret_is_shown_wherever_it_was_sent(members, name, secret, random):
    # Names may be written in many ways and mean the same.
    written = "".join(random.choice([letter, f"%{ord(letter):02x}", letter.upper()]) for letter in name)
    text = "&".join([urlencode(members), f"{written}={secret}", urlencode(members)]).strip("&").encode()
    noted = exchange(
        query=text,
        headers=[(b"content-type", FORM.encode()), (b"referer", b"https://app.test/?" + text)],
        body=text,
    )

    assert secret not in shown(noted)


@given(MEMBERS)
def test_all_but_secrets_is_shown_as_it_was_sent(members):
    text = urlencode(members).encode()
    noted = exchange(query=text, headers=[(b"content-type", FORM.encode())], body=text)

    assert noted.query_string == noted.body
    assert noted.query == noted.form
    assert list(noted.form) == list(parse_qs(text.decode(), keep_blank_values=True))
    for name, values in parse_qs(text.decode(), keep_blank_values=True).items():
        assert noted.form[name] == ("***" if name in SECRET_MEMBERS and values[-1] else values[-1])


def test_reports_of_failed_tests_keep_secrets(pytester):
    pytester.makepyfile(
        """
        import requests

        def test_failing(mock_backend):
            requests.post(mock_backend.url + "/token?code=hush", data={"password": "hush"}, timeout=5)
            requests.get(mock_backend.url + "/me", headers={"Authorization": "hush"}, timeout=5)
            noted = list(mock_backend.requests)
            assert [each.headers for each in noted] == [each.body for each in noted]
        """
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "--showlocals", "-vv")

    result.assert_outcomes(failed=1)
    report = result.stdout.str()
    assert "code=***" in report
    assert "hush" not in report.replace('code=hush"', "").replace('"password": "hush"', "").replace(
        '"Authorization": "hush"', ""
    )


# -- sizes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ["GET /job", "DELETE /jobs", "FETCH *", "PUT /jobs/{job_id}"])
def test_routes_that_could_never_match_are_refused(mock_backend, route):
    with pytest.raises(ValueError, match=r"No endpoint|nothing would ever match"):
        mock_backend.requests.select(route)


def test_routes_that_were_added_can_be_selected(mock_backend, api):
    @mock_backend.app.get("/hello/{name}")
    async def hello(name: str):
        return name

    api("GET /hello/openEO")

    assert mock_backend.requests.select("GET /hello/{name}")[0].status == 200


def test_bodies_that_no_client_read_are_noted_all_the_same(mock_backend, api):
    mock_backend.inject(Fault(503), "POST /jobs")
    api("POST /jobs", json={"title": "struck"})
    api("PUT /jobs", json={"title": "misled"})
    api("POST /nowhere", json={"title": "lost"})

    assert [each.json["title"] for each in mock_backend.requests] == ["struck", "misled", "lost"]


def test_preflights_can_be_selected(mock_backend, anonymous):
    anonymous("OPTIONS /jobs")

    assert mock_backend.requests.select("OPTIONS /jobs")[0].status == 204


def test_one_exchange_is_found_or_the_nearest_ones_are_told(mock_backend, api):
    api("GET /jobs")
    assert mock_backend.requests.one("GET /jobs", status=200).path == "/jobs"
    with pytest.raises(LookupError) as caught:
        mock_backend.requests.one("GET /jobs", status=503)
    assert str(caught.value) == (
        "Expected one exchange with GET /jobs, status=503, found 0. "
        "There are: <1 in all: <GET /jobs -> 200>>. "
        "The nearest one has status=200: leave that condition out to find it."
    )
    with pytest.raises(LookupError) as caught:
        mock_backend.requests.one("POST /result")
    assert str(caught.value) == (
        "Expected one exchange with POST /result, found 0. The latest are: <GET /jobs -> 200>."
    )
    api("GET /jobs")
    with pytest.raises(LookupError, match=r"found 2\. There are: .* or use select\(\)\."):
        mock_backend.requests.one("GET /jobs")
