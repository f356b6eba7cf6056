"""Secrets: no log, journal, repr, error or report of pytest shows them."""

import json
import logging
import traceback
from http.cookies import SimpleCookie

import pytest
import requests

PASSWORD = "pa55word-of-alice"
SECRET = "53cret-of-the-client"


@pytest.fixture(scope="session")
def mock_backend_settings():
    return {"users": {"alice": PASSWORD}}


@pytest.fixture
def secrets(issuer, mock_backend):
    """Use everything there is in every way, rightly and wrongly; return all secrets."""
    provider = issuer.provider
    provider.add_client(
        "web", SECRET, redirect_urls=["https://web.test/"], grant_types=["client_credentials"]
    )
    provider.interactive = True
    found = {PASSWORD, SECRET}
    form = requests.get(issuer.authorize().url, timeout=5).text
    request = form.partition('name="request" value="')[2].partition('"')[0]
    answer = {"request": request, "decision": "allow", "username": "alice", "password": PASSWORD}
    response = issuer("POST /consent", data=answer)
    cookie = SimpleCookie(response.headers["Set-Cookie"])["mock_backend_session"].value
    code = issuer.answered(response)["code"]
    tokens = issuer.redeem(code).json()
    device = issuer.device()
    issuer.poll(device)
    provider.confirm(device["user_code"])
    mock_backend.clock.advance(seconds=5)
    by_device = issuer.poll(device).json()
    issuer.redeem(code)
    tokens |= provider.tokens()
    service = issuer.token(auth=("web", SECRET), grant_type="client_credentials").json()
    issuer.token(client_id="web", client_secret=SECRET, grant_type="client_credentials")
    issuer.token(client_id="web", client_secret=SECRET + "x", grant_type="client_credentials")
    issuer.token(client_id="openeo-default", grant_type="password", username="alice", password=PASSWORD)
    issuer.token(client_id="openeo-default", grant_type="password", username="bob", password=PASSWORD)
    renewed = issuer.refresh(tokens["refresh_token"]).json()
    issuer.authorize(prompt="none", cookies={"mock_backend_session": cookie})
    for each in (tokens["access_token"], tokens["id_token"], tokens["refresh_token"]):
        issuer.me(each)
        issuer.me("x", each)
        issuer.userinfo(each)
        issuer.introspect(each)
        issuer("POST /userinfo", data={"access_token": each})
        issuer("GET /logout", params={"id_token_hint": each})
        requests.get(f"{mock_backend.url}/me", headers={"Authorization": f"Bearer {each}"}, timeout=5)
        requests.get(f"{mock_backend.url}/me", headers={"Authorization": each}, timeout=5)
        issuer.revoke(each)
    found |= {cookie, code, device["device_code"], issuer.verifier}
    for each in (tokens, by_device, service, renewed):
        found |= {each[kind] for kind in ("access_token", "refresh_token", "id_token") if kind in each}
    found |= {each.rpartition(".")[2] for each in found if each.count(".") == 2}
    return found


def shown(secrets, text):
    """Return the secrets that are in a text."""
    return {each for each in secrets if each in str(text)}


@pytest.fixture
def everything_shown(mock_backend):
    """Everything that a test can see of what happened, as text."""
    provider = mock_backend.oidc

    def texts():
        for journal in (mock_backend.requests, provider.requests):
            yield repr(journal)
            for each in journal:
                yield repr(each)
                yield each.query_string
                yield each.query
                yield each.headers
                yield each.body
                yield each.form
                yield each.error
        yield from map(repr, (provider, mock_backend, mock_backend.oidc_providers, mock_backend.users))
        yield from map(repr, (provider.clients, list(provider.clients.values()), provider.grants))
        yield from map(repr, provider.grants)
        yield from map(repr, mock_backend.users.values())
        yield from map(repr, provider.authorization.sessions.__dict__["_by_cookie"].values())
        yield json.dumps([each.json for each in mock_backend.requests], default=str)

    return texts


def test_nothing_secret_is_logged(caplog, secrets):
    # The control: it would be seen.
    caplog.set_level(logging.DEBUG)
    logging.getLogger("mock_backend").debug("a canary")
    assert "a canary" in caplog.text
    assert not shown(secrets, caplog.text)


@pytest.fixture
def caplog(caplog):
    """From the beginning, not from the test's first line on; what urllib3 logs are paths."""
    caplog.set_level(logging.DEBUG)
    return caplog


def test_nothing_secret_is_in_what_a_test_looks_at(secrets, everything_shown, mock_backend):
    for text in everything_shown():
        assert not shown(secrets, text), text
    # The controls: it would be there, and who asked for what is.
    assert len(mock_backend.oidc.requests) > 20
    assert "/token" in repr(mock_backend.oidc.requests.select("POST /token")[0])
    forms = [each.form for each in mock_backend.oidc.requests.select("POST /token")]
    assert {
        "grant_type": "password",
        "client_id": "openeo-default",
        "username": "bob",
        "password": "***",
    } in forms


def test_nothing_secret_is_in_an_error(issuer, secrets):
    tokens = issuer.provider.tokens()
    secrets |= {tokens["refresh_token"], tokens["access_token"]}
    answers = [
        issuer.me(tokens["access_token"], "nowhere"),
        issuer.me(tokens["refresh_token"]),
        issuer.me(tokens["access_token"] + "x"),
        issuer.userinfo(tokens["refresh_token"]),
        issuer.refresh(tokens["access_token"]),
        issuer.token(grant_type=SECRET, client_id="web", client_secret="x"),
        issuer.token(grant_type="password", client_id="openeo-default", username="alice", password="x"),
        issuer("GET /logout", params={"id_token_hint": tokens["access_token"]}),
        issuer("POST /token", data=f"client_secret={SECRET}&client_secret={SECRET}&client_id=web"),
        issuer(
            "POST /token",
            data=f"client_secret={SECRET}&client_secret={SECRET}&client_id=web",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ),
    ]
    for response in answers:
        assert response.status_code >= 400
        assert not shown(secrets, response.text + str(response.headers)), response.text


def test_nothing_secret_is_in_an_exception(mock_backend, secrets):
    tokens = mock_backend.oidc.tokens()
    mock_backend.oidc.rotate_keys(keep_old=False)
    with pytest.raises(Exception, match="not signed") as error:
        mock_backend.oidc.user_of(tokens["access_token"])
    with pytest.raises(ValueError, match="secret") as other:
        mock_backend.oidc.add_client("web", b"a secret of the wrong type")
    for raised in (error.value, other.value):
        text = "".join(traceback.format_exception_only(raised))
        assert not shown({tokens["access_token"], "a secret of the wrong type"}, text)


def test_nothing_secret_is_in_the_report_of_a_failed_test(pytester):
    pytester.makepyfile(
        """
        import requests

        def test_log_in(mock_backend):
            provider = mock_backend.oidc
            provider.add_client("web", "53cret-of-the-client", redirect_urls=["https://web.test/"])
            url = provider.url + "/token"
            form = {"grant_type": "password", "username": "alice", "password": "secret-pa55word"}
            requests.post(url, {**form, "client_id": "openeo-default"})
            requests.post(url, form, auth=("web", "53cret-of-the-client"))
            requests.post(url, {**form, "client_id": "web", "client_secret": "53cret-of-the-client"})
            token = "3vil.tok3n.abc"
            for bearer in (token, "oidc/mock/" + token, "oidc/x/" + token):
                requests.get(mock_backend.url + "/me", headers={"Authorization": "Bearer " + bearer})
            del form, url, token, bearer
            check(provider, mock_backend)

        def check(provider, mock_backend):
            clients, requests, exchanges = provider.clients, provider.requests, mock_backend.requests
            assert (clients, requests[0], exchanges[0], provider.grants) == ()
        """
    )
    text = "\n".join(pytester.runpytest_subprocess("-vv", "--showlocals", "--tb=long").stdout.lines)

    # The source of the test is its author's to show.
    told = "\n".join(line for line in text.splitlines() if not line.startswith(("    ", ">")))
    assert "POST /token -> 400" in told  # the control
    assert "Client(id='web'" in told
    assert not shown({"53cret-of-the-client", "secret-pa55word", "3vil.tok3n.abc"}, told), told
