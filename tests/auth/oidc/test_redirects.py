"""Redirects: people are sent to the client's own addresses only (RFC 9700, section 4.1)."""

from urllib.parse import parse_qs, urlsplit

import pytest

LOOK_ALIKES = [
    "http://localhost@evil.test/callback",
    "http://localhost:8912@evil.test/callback",
    "http://localhost:pass@localhost:80/callback",
    "http://localhost.evil.test/callback",
    "http://evil.test/localhost/callback",
    "http://evil.test#http://localhost/callback",
    "http://evil.test/?http://localhost/callback",
    "http://localhost\\.evil.test/callback",
    "http://evil.test\\@localhost/callback",
    "http://localhost:80\\@evil.test/callback",
    "http://local\thost/callback",
    "http://localhost/call\nback",
    "http://localhost\r\nX-Injected: yes/callback",
    " http://localhost/callback",
    "http://localhost/callback ",
    "//localhost/callback",
    "//evil.test/callback",
    "/callback",
    "callback",
    "localhost/callback",
    "https://localhost/callback",
    "ftp://localhost/callback",
    "http://127.0.0.2/callback",
    "http://127.1/callback",
    "http://2130706433/callback",
    "http://0.0.0.0/callback",
    "http://[::1]/callback",
    "http://[::1/callback",
    "http://[::ffff:127.0.0.1]/callback",
    "http://localhost./callback",
    "http://lоcalhost/callback",  # noqa: RUF001  # a Cyrillic o is the point
    "http://localhost%2eevil.test/callback",
    "http://localhost:99999/callback",
    "http://localhost:-1/callback",
    "http://localhost:٨٠/callback",
    "http://localhost/callback/../admin",
    "http://localhost/callback/",
    "http://localhost/Callback",
    "http://localhost/callback?next=https://evil.test",
    "http://localhost/callback#fragment",
    "http://localhost/callback;x",
    "http://localhost//callback",
    "javascript:alert(1)",
    "javascript://localhost/callback%0aalert(1)",
    "data:text/html,<script>alert(1)</script>",
    "https://editor.openeo.org/other",
    "https://editor.openeo.org.evil.test/",
    "https://editor.openeo.org:444/",
    "https://EDITOR.openeo.org/",
    "http://editor.openeo.org/",
    "\x00",
    "é",
]

OWN = [
    "https://editor.openeo.org/",
    "http://localhost/callback",
    "http://localhost:1/callback",
    "http://LOCALHOST:8080/callback",
    "http://localhost:65535/",
    "http://127.0.0.1:9999/callback",
]


@pytest.mark.parametrize("url", LOOK_ALIKES)
def test_no_user_is_sent_elsewhere(issuer, url):
    response = issuer.authorize(redirect_uri=url)

    assert response.status_code == 400
    assert "Location" not in response.headers
    assert response.headers["Content-Type"].startswith("text/html")
    assert "redirect_uri" in response.text


@pytest.mark.parametrize("url", OWN)
def test_people_are_sent_to_the_clients_own_addresses(issuer, url):
    response = issuer.authorize(redirect_uri=url)

    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{url}?code=")


@pytest.mark.parametrize(
    "changes", [{"redirect_uri": None}, {"redirect_uri": ""}, {"client_id": "unknown"}], ids=str
)
@pytest.mark.parametrize("more", [{}, {"response_type": "token"}, {"prompt": "none"}], ids=str)
def test_without_a_client_or_an_address_no_user_is_sent_anywhere(issuer, changes, more):
    response = issuer.authorize(**changes, **more)

    assert response.status_code == 400
    assert "Location" not in response.headers


def test_an_error_goes_to_no_foreign_address_either(issuer):
    response = issuer.authorize(redirect_uri="https://evil.test/", response_type="nonsense")

    assert (response.status_code, "Location" in response.headers) == (400, False)


@pytest.mark.parametrize("url", ["https://evil.test/", "http://localhost@evil.test/callback"])
def test_no_user_is_sent_elsewhere_after_the_log_out(issuer, url):
    parameters = {"client_id": "openeo-default", "post_logout_redirect_uri": url, "state": "x"}
    assert issuer("GET /logout", params=parameters).status_code == 400
    # Nor where no client says whose address it might be.
    assert issuer("GET /logout", params={"post_logout_redirect_uri": issuer.callback}).status_code == 400

    own = issuer("GET /logout", params=parameters | {"post_logout_redirect_uri": issuer.callback})
    assert (own.status_code, own.headers["Location"]) == (303, f"{issuer.callback}?state=x")


@pytest.mark.parametrize(
    "state",
    [
        "a\r\nSet-Cookie: x=y",
        "\n\n<html>",
        "näh 日本",
        "&code=other&iss=evil",
        "#fragment",
        "\x00",
        "%0d%0a",
        "x" * 5000,
    ],
    ids=ascii,
)
@pytest.mark.parametrize("how", [{}, {"response_type": "nonsense"}], ids=["code", "error"])
def test_a_state_is_text_and_comes_back_as_it_was(issuer, state, how):
    response = issuer.authorize(state=state, **how)

    location = response.headers["Location"]
    assert "Set-Cookie" not in response.headers
    assert location.isascii()
    assert location.isprintable()
    query = parse_qs(urlsplit(location).query, keep_blank_values=True)
    assert query["state"] == [state]
    assert query["iss"] == [issuer.url]
    assert not urlsplit(location).fragment


def test_an_address_with_a_query_keeps_it(issuer):
    issuer.provider.add_client("web", redirect_urls=["https://web.test/back?tab=2"])

    location = issuer.authorize(client_id="web", redirect_uri="https://web.test/back?tab=2").headers[
        "Location"
    ]

    assert location.startswith("https://web.test/back?tab=2&code=")


def test_an_application_may_have_a_scheme_of_its_own(issuer):
    # RFC 8252, section 7.1.
    issuer.provider.add_client("app", redirect_urls=["org.openeo.app:/back"])

    response = issuer.authorize(client_id="app", redirect_uri="org.openeo.app:/back")

    assert response.headers["Location"].startswith("org.openeo.app:/back?code=")


def test_a_port_of_ones_own_is_for_loopback_addresses_only(issuer):
    issuer.provider.add_client("web", redirect_urls=["http://web.test/back"])

    assert issuer.authorize(client_id="web", redirect_uri="http://web.test/back").status_code == 302
    assert issuer.authorize(client_id="web", redirect_uri="http://web.test:8080/back").status_code == 400


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8399", "http://localhost:5173"])
def test_a_web_page_on_this_machine_finds_itself_in_the_list(mock_backend, anonymous, origin):
    listed = anonymous("GET /credentials/oidc", headers={"Origin": origin}).json()
    (client,) = listed["providers"][0]["default_clients"]

    assert f"{origin}/" in client["redirect_urls"]
    assert mock_backend.oidc.clients[client["id"]].takes_redirect(origin)


@pytest.mark.parametrize(
    "origin",
    ["null", "https://evil.test", "http://localhost.evil.test:80", "http://localhost:80@evil.test", ""],
)
def test_no_other_page_does(mock_backend, anonymous, origin):
    usual = anonymous("GET /credentials/oidc").json()

    assert anonymous("GET /credentials/oidc", headers={"Origin": origin}).json() == usual
    assert not mock_backend.oidc.clients["openeo-default"].takes_redirect(origin)


def test_the_root_of_a_host_may_lack_its_slash(mock_backend):
    client = mock_backend.oidc.clients["openeo-default"]

    assert client.takes_redirect("https://editor.openeo.org")
    assert not client.takes_redirect("https://editor.openeo.org?x=/")
    assert not client.takes_redirect("https://editor.openeo.orgs")
