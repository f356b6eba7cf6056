"""The provider's pages in Chromium, clicked through by a person."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
import requests
import time_machine
from js_clients import Browser, page_server

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
CLIENT = "openeo-default"

pytestmark = pytest.mark.parametrize("url", ["live"], indirect=True)


@pytest.fixture(scope="module")
def chromium():
    browser = Browser()
    yield browser
    browser.close()


@pytest.fixture
def browser(chromium) -> Browser:
    """A browser that has never been anywhere."""
    return chromium.anew()


@pytest.fixture
def provider(mock_backend):
    mock_backend.oidc.interactive = True
    return mock_backend.oidc


@pytest.fixture(scope="module")
def callback(tmp_path_factory):
    """A page of an application."""
    folder = tmp_path_factory.mktemp("application")
    (folder / "index.html").write_text("<!doctype html><title>Back</title><p>Back at the application.")
    with page_server(folder) as (origin, _):
        yield f"{origin}/"


@pytest.fixture
def log_in_url(issuer, callback):
    """The page to which an application sends people to log in."""

    def make(**more: str) -> str:
        asked = {
            "client_id": CLIENT,
            "redirect_uri": callback,
            "response_type": "code",
            "scope": "openid profile email offline_access",
            "state": "a&b=c",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        }
        return f"{issuer}/authorize?{urlencode(asked | more)}"

    return make


@pytest.fixture
def redeem(issuer, callback):
    """Redeem the code that a browser has brought; returns the tokens and what the id token says."""

    def ask(browser: Browser) -> tuple[dict, dict]:
        form = {
            "grant_type": "authorization_code",
            "client_id": CLIENT,
            "code": answer_of(browser)["code"],
            "redirect_uri": callback,
            "code_verifier": VERIFIER,
        }
        tokens = requests.post(f"{issuer}/token", data=form).json()
        answer = requests.get(
            f"{issuer}/userinfo", headers={"Authorization": f"Bearer {tokens['access_token']}"}
        )
        return tokens, answer.json()

    return ask


def answer_of(browser: Browser) -> dict[str, str]:
    """Return what a browser has brought to the application."""
    assert browser.text == "Back at the application.", browser.url
    return dict(parse_qsl(urlsplit(browser.url).query))


def log_in(browser: Browser, url: str) -> None:
    browser.open(url).fill(User_name="alice", Password="secret").click("Allow")


def test_logs_in_after_a_wrong_password(provider, url, browser, log_in_url, redeem, me):
    browser.open(log_in_url())
    assert "openEO client" in browser.text
    assert "offline_access" in browser.text

    browser.fill(User_name="alice", Password="wrong").click("Allow")
    assert browser.status == 401
    assert "do not match" in browser.text
    # The name is still there, and the cursor where it is needed.
    assert browser.run("document.activeElement.name") == "password"
    browser.fill(Password="secret").click("Allow")

    assert answer_of(browser)["state"] == "a&b=c"
    tokens, about = redeem(browser)
    assert about["sub"] == "alice"
    assert me(url, tokens["access_token"]) == "alice"
    [grant] = provider.grants
    assert (grant.grant_type, grant.user) == ("authorization_code", "alice")


def test_the_keyboard_is_enough(provider, browser, log_in_url):
    browser.open(log_in_url())
    for key in [*"bob", "Tab", "b"]:
        browser.press(key)

    browser.press("Enter", leads_on=True)

    assert "code" in answer_of(browser)


def test_says_no(provider, browser, log_in_url):
    browser.open(log_in_url()).click("Deny")

    answer = answer_of(browser)
    assert (answer["error"], answer["state"]) == ("access_denied", "a&b=c")
    assert "code" not in answer
    assert not provider.grants


def test_a_user_who_is_logged_in_is_not_asked_for_the_password(provider, browser, log_in_url, redeem):
    log_in(browser, log_in_url())

    browser.open(log_in_url())

    assert "logged in as alice" in browser.text
    assert not browser.asks_for("Password")
    browser.click("Allow")
    assert redeem(browser)[1]["sub"] == "alice"


def test_no_user_is_asked_where_none_may_be(provider, browser, log_in_url):
    browser.open(log_in_url(prompt="none"))
    assert answer_of(browser)["error"] == "login_required"

    log_in(browser, log_in_url())
    browser.open(log_in_url(prompt="none"))
    assert "code" in answer_of(browser)


@pytest.mark.parametrize("demand", [{"prompt": "login"}, {"max_age": "60"}], ids=["prompt", "age"])
def test_an_application_can_demand_the_password(provider, mock_backend, browser, log_in_url, redeem, demand):
    log_in(browser, log_in_url())
    # Behind a socket sessions age in real time.
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2)):
        browser.open(log_in_url(**demand))

        assert browser.asks_for("Password")
        browser.fill(User_name="bob", Password="b").click("Allow")
        assert redeem(browser)[1]["sub"] == "bob"


def test_connects_a_device(provider, mock_backend, url, issuer, browser, me):
    device = requests.post(f"{issuer}/device_authorization", data={"client_id": CLIENT}).json()

    def poll() -> dict:
        mock_backend.clock.advance("10s")
        form = {
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "client_id": CLIENT,
            "device_code": device["device_code"],
        }
        return requests.post(f"{issuer}/token", data=form).json()

    assert poll()["error"] == "authorization_pending"

    browser.open(device["verification_uri"]).fill(Code="BCDF-GHJK").click("Continue")
    assert "No device is waiting" in browser.text
    browser.fill(Code=device["user_code"].lower().replace("-", " ")).click("Continue")
    browser.fill(User_name="bob", Password="wrong").click("Allow")
    assert "do not match" in browser.text
    browser.fill(Password="b").click("Allow")
    assert "connected" in browser.text

    assert me(url, poll()["access_token"]) == "bob"
    # The code is used, and the browser is logged in.
    assert "No device is waiting" in browser.open(device["verification_uri_complete"]).text


def test_refuses_a_device(provider, issuer, browser):
    device = requests.post(f"{issuer}/device_authorization", data={"client_id": CLIENT}).json()

    browser.open(device["verification_uri_complete"]).click("Deny")

    assert "no access" in browser.text
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": CLIENT}
    answer = requests.post(f"{issuer}/token", data=form | {"device_code": device["device_code"]})
    assert answer.json()["error"] == "access_denied"


def test_logging_out_ends_the_session(provider, url, issuer, callback, browser, log_in_url, redeem, me):
    log_in(browser, log_in_url())
    tokens, _ = redeem(browser)
    over = {"client_id": CLIENT, "post_logout_redirect_uri": callback, "state": "over"}

    browser.open(f"{issuer}/logout?{urlencode(over)}")

    assert parse_qs(urlsplit(browser.url).query) == {"state": ["over"]}
    assert me(url, tokens["access_token"]) == "TokenInvalid"
    assert browser.open(log_in_url()).asks_for("Password")


def test_no_user_is_asked_unless_the_provider_is_interactive(provider, browser, log_in_url, redeem):
    provider.interactive, provider.default_user = False, "bob"

    browser.open(log_in_url())

    assert redeem(browser)[1]["sub"] == "bob"


@pytest.mark.parametrize(
    "wrong",
    [{"client_id": "unknown"}, {"redirect_uri": "https://elsewhere.test/"}],
    ids=["client", "redirect"],
)
def test_no_user_is_sent_to_a_stranger(provider, browser, log_in_url, issuer, wrong):
    browser.open(log_in_url(**wrong))

    assert browser.status == 400
    assert browser.url.startswith(issuer)
    assert "cannot go on" in browser.text


@pytest.mark.parametrize("page", ["fresh", "wrong", "logged in", "device", "error", "over"])
def test_pages_fit_and_can_be_read(provider, browser, issuer, log_in_url, page):
    browser.resize(360, 640).open(log_in_url())
    if page == "wrong":
        browser.fill(User_name="alice", Password="wrong").click("Allow")
    elif page == "logged in":
        log_in(browser, log_in_url())
        browser.open(log_in_url())
    elif page == "device":
        browser.open(f"{issuer}/device")
    elif page == "error":
        browser.open(log_in_url(client_id="n" * 200))
    elif page == "over":
        browser.open(f"{issuer}/logout")

    assert browser.run("document.documentElement.scrollWidth <= innerWidth"), "it has to be scrolled sideways"
    assert browser.run("document.documentElement.lang") == "en"
    assert browser.run("document.title.length > 0 && document.querySelectorAll('h1').length") == 1
    assert browser.run(
        "[...document.querySelectorAll('input:not([type=hidden])')].every((each) => each.labels.length === 1)"
    )
    assert browser.run("document.scripts.length") == 0
    assert browser.run("performance.getEntriesByType('resource').map((each) => each.name)") == []
    assert browser.run("[...document.querySelectorAll('button')].every((each) => each.offsetHeight >= 24)")
    assert browser.contrast() >= 4.5


def test_a_page_of_another_origin_can_ask_the_provider(provider, issuer, callback, browser, log_in_url):
    provider.interactive = False
    browser.open(log_in_url())
    form = {
        "grant_type": "authorization_code",
        "client_id": CLIENT,
        "code": answer_of(browser)["code"],
        "redirect_uri": callback,
        "code_verifier": VERIFIER,
    }

    told = browser.run(
        f"""(async () => {{
            const json = async (...given) => (await fetch(...given)).json();
            const about = await json("{issuer}/.well-known/openid-configuration");
            const {{ keys }} = await json(about.jwks_uri);
            const method = "POST", body = new URLSearchParams({form!r});
            const tokens = await json(about.token_endpoint, {{ method, body }});
            const headers = {{ Authorization: `Bearer ${{tokens.access_token}}` }};
            const user = await json(about.userinfo_endpoint, {{ headers }});
            const wrong = await json(about.userinfo_endpoint, {{ headers: {{ Authorization: "Bearer x" }} }});
            const revoked = await fetch(about.revocation_endpoint, {{
                method, body: new URLSearchParams({{ token: tokens.access_token, client_id: "{CLIENT}" }}),
            }});
            return [keys.length, user.sub, wrong.error, revoked.status];
        }})()"""
    )

    assert told == [1, "alice", "invalid_token", 200]
    assert urlsplit(browser.run("location.href")).netloc != urlsplit(issuer).netloc
