"""Pages for people: they hold no HTML of others, and no other page shows them."""

import pytest

pytestmark = pytest.mark.usefixtures("interactive")

COOKIE = "mock_backend_session"
ALICE = {"username": "alice", "password": "secret"}
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><form action=https://evil.test>&amp;"


def every_page(issuer, cookie):
    """All pages there are, with HTML wherever input may be shown."""
    yield issuer.authorize(state=HTML, nonce=HTML)
    yield issuer.authorize(client_id=HTML)
    yield issuer.authorize(client_id=HTML, redirect_uri="https://web.test/")
    yield issuer.authorize(redirect_uri=HTML)
    yield issuer.authorize(state=HTML, cookies={COOKIE: cookie})
    yield issuer.authorize(login_hint=HTML, cookies={COOKIE: HTML})
    yield issuer("POST /consent", data={"request": HTML})
    yield issuer("GET /device")
    yield issuer("GET /device", params={"user_code": HTML})
    device = issuer.device(client_id="web", client_secret="s")
    yield issuer("GET /device", params={"user_code": device["user_code"]})
    yield issuer(
        "POST /device", data={"user_code": device["user_code"], "decision": "allow", "username": HTML}
    )
    yield issuer("POST /device", data={"user_code": device["user_code"], "decision": "deny"})
    yield issuer("GET /logout", params={"state": HTML})
    yield issuer("GET /logout", params={"id_token_hint": HTML})
    yield issuer("GET /logout", params={"post_logout_redirect_uri": HTML, "client_id": HTML})


@pytest.fixture
def pages(issuer, mock_backend, session_of):
    issuer.provider.title = HTML
    issuer.provider.add_client("web", "s", redirect_urls=["https://web.test/"], title=HTML)
    issuer.provider.add_client(HTML, "s", redirect_urls=["https://web.test/"])
    return list(every_page(issuer, session_of()))


def test_what_a_user_says_is_text(issuer, pages, page_of):
    for response in pages:
        page = page_of(response)
        assert {"script", "img", "iframe", "base", "object"}.isdisjoint(page.tags)
        assert all(action.startswith(issuer.url + "/") for _, action in page.actions)
    # The control: what they have been given is shown, as it is.
    assert HTML in page_of(pages[0]).text
    assert HTML in page_of(pages[2]).text
    assert HTML in page_of(pages[9]).text


def test_no_page_is_shown_in_a_frame_or_kept(pages):
    for response in pages:
        policy = response.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in policy
        assert "default-src 'none'" in policy
        assert "script-src" not in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Cache-Control"] == "no-store"


def test_a_redirect_tells_no_host_where_it_came_from(issuer):
    headers = issuer.authorize(prompt="none").headers

    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


# -- devices ------------------------------------------------------------------------------------------


def test_a_device_is_confirmed_at_the_page(issuer, mock_backend, answer, page_of, cookie_of):
    device = issuer.device()
    page = page_of(issuer("GET /device", params={"user_code": device["user_code"].lower()}))
    assert "openEO client" in page.text

    refused = answer(page, path="/device", username="alice", password="wrong")
    assert refused.status_code == 401
    assert issuer.poll(device).json()["error"] == "authorization_pending"
    done = answer(page, path="/device", **ALICE)

    assert done.status_code == 200
    assert cookie_of(done)["httponly"] is True
    mock_backend.clock.advance(seconds=5)
    assert issuer.poll(device).status_code == 200


def test_a_device_is_refused_at_the_page(issuer, answer, page_of):
    device = issuer.device()
    page = page_of(issuer("GET /device", params={"user_code": device["user_code"]}))
    answer(page, path="/device", decision="deny")

    assert issuer.poll(device).json()["error"] == "access_denied"
    # An answer counts once.
    assert answer(page, path="/device", **ALICE).status_code == 400


def test_looking_at_the_page_confirms_nothing(issuer, session_of):
    device = issuer.device()
    parameters = {"user_code": device["user_code"], "decision": "allow"}
    issuer("GET /device", params=parameters, cookies={COOKIE: session_of()})

    assert issuer.poll(device).json()["error"] == "authorization_pending"


@pytest.mark.parametrize("code", ["XXXX-XXXX", "", "ü", "\x00"])
def test_a_code_that_no_device_shows(issuer, code, page_of):
    response = issuer("POST /device", data={"user_code": code, "decision": "allow"} | ALICE)

    assert "user_code" in page_of(response).inputs
    assert "Set-Cookie" not in response.headers
