"""Consent: only answers of the user who was asked count."""

import pytest

pytestmark = pytest.mark.usefixtures("interactive")

COOKIE = "mock_backend_session"
ALICE = {"username": "alice", "password": "secret"}
HTML = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><form action=https://evil.test>&amp;"


def test_who_logs_in_and_says_yes_is_sent_back_with_a_code(issuer, ask, answer):
    page = ask()
    assert page.actions == [("post", f"{issuer.url}/consent")]
    assert {"username", "password", "request"} <= page.inputs

    response = answer(page, **ALICE)

    assert response.status_code == 303  # RFC 9700, section 4.12: the form must not go to the client
    code = issuer.answered(response)["code"]
    assert issuer.me(issuer.redeem(code).json()["access_token"]).json()["user_id"] == "alice"


def test_who_is_logged_in_only_says_yes(issuer, ask, answer, session_of):
    cookie = session_of("bob")
    page = ask(cookie)
    assert "bob" in page.text
    assert not {"username", "password"} & page.inputs

    code = issuer.answered(answer(page, cookie))["code"]

    assert issuer.me(issuer.redeem(code).json()["access_token"]).json()["user_id"] == "bob"


@pytest.mark.parametrize("decision", ["deny", "", "ALLOW", "yes"])
def test_anything_but_yes_is_no(issuer, ask, answer, decision):
    response = answer(ask(), decision=decision, **ALICE)

    answered = issuer.answered(response)
    assert answered["error"] == "access_denied"
    assert (answered["state"], answered["iss"]) == ("a state", issuer.url)
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize(
    "typed",
    [
        {},
        {"username": "alice"},
        {"username": "alice", "password": "wrong"},
        {"username": HTML, "password": "x"},
    ],
)
def test_a_wrong_password_leaves_the_page_open(issuer, ask, answer, typed, page_of):
    page = ask()
    response = answer(page, **typed)

    assert response.status_code == 401
    assert "Set-Cookie" not in response.headers
    again = page_of(response)
    assert again.hidden == page.hidden
    assert {"script", "img"}.isdisjoint(again.tags)
    assert issuer.answered(answer(again, **ALICE))["code"]


# -- whose answer counts ------------------------------------------------------------------------------


@pytest.mark.parametrize("request_key", ["", "x" * 22, None, HTML])
def test_an_answer_without_having_been_asked(issuer, session_of, request_key, page_of):
    data = {"decision": "allow", **({} if request_key is None else {"request": request_key})}
    response = issuer("POST /consent", data=data | ALICE, cookies={COOKIE: session_of()})

    assert response.status_code == 400
    assert "Location" not in response.headers
    assert "script" not in page_of(response).tags


def test_an_answer_counts_once(issuer, ask, answer, session_of):
    cookie = session_of()
    for decision in ("allow", "deny"):
        page = ask(cookie)
        assert "Location" in answer(page, cookie, decision).headers
        replayed = answer(page, cookie)
        assert (replayed.status_code, "Location" in replayed.headers) == (400, False)


def test_who_was_not_asked_in_a_session_has_not_said_yes_in_it(issuer, ask, answer, session_of, page_of):
    # Another person has opened the page, and makes alice's browser send the form (CSRF).
    hers, his = session_of("alice"), session_of("bob")
    for opened_with in (None, his):
        page = ask(opened_with)

        response = answer(page, hers)

        assert response.status_code == 401
        assert "Location" not in response.headers
        assert {"username", "password"} <= page_of(response).inputs


def test_a_page_from_another_browser_counts_with_a_password(issuer, ask, answer, session_of):
    page = ask(session_of("bob"))

    code = issuer.answered(answer(page, **ALICE))["code"]

    assert issuer.me(issuer.redeem(code).json()["access_token"]).json()["user_id"] == "alice"


def test_the_page_cannot_be_asked_by_a_get(issuer, ask):
    page = ask()

    assert issuer("GET /consent", params=page.hidden | ALICE | {"decision": "allow"}).status_code == 405


def test_scripts_of_other_origins_read_no_page(issuer):
    # RFC 9700, section 2.6; the others are for scripts.
    for path in ("/authorize", "/device", "/logout"):
        assert "Access-Control-Allow-Origin" not in issuer(f"GET {path}").headers
        assert "Access-Control-Allow-Origin" not in issuer(f"OPTIONS {path}").headers
    assert "Access-Control-Allow-Origin" not in issuer("POST /consent", data={}).headers
    for path in ("/.well-known/openid-configuration", "/jwks", "/userinfo", "/nowhere"):
        assert issuer(f"GET {path}").headers["Access-Control-Allow-Origin"] == "*"
    preflight = issuer("OPTIONS /token")
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]


def test_the_session_of_an_account_that_is_gone(issuer, ask, session_of, mock_backend):
    cookie = session_of("bob")
    mock_backend.users.remove("bob")
    mock_backend.users.add("bob", "another")

    assert "password" in ask(cookie).inputs


@pytest.mark.parametrize(
    "changes", [{"prompt": "login"}, {"prompt": "select_account"}, {"max_age": "60"}], ids=str
)
def test_a_session_that_will_not_do(issuer, ask, answer, session_of, mock_backend, changes, claims):
    cookie = session_of()
    mock_backend.clock.advance(seconds=61)
    page = ask(cookie, **changes)
    assert "password" in page.inputs
    assert answer(page, cookie).status_code == 401

    tokens = issuer.redeem(issuer.answered(answer(page, cookie, **ALICE))["code"]).json()
    about = claims(tokens["id_token"])
    assert about["auth_time"] == about["iat"]


def test_a_session_that_will(issuer, ask, session_of, mock_backend):
    cookie = session_of()
    mock_backend.clock.advance(seconds=60)

    for changes in ({"max_age": "60"}, {"prompt": "consent"}, {}):
        assert "password" not in ask(cookie, **changes).inputs


def test_no_user_may_be_asked(issuer, session_of):
    assert issuer.answered(issuer.authorize(prompt="none"))["error"] == "login_required"
    assert "code" in issuer.answered(issuer.authorize(prompt="none", cookies={COOKIE: session_of()}))
    stale = issuer.authorize(prompt="none", cookies={COOKIE: "nonsense"})
    assert issuer.answered(stale)["error"] == "login_required"
