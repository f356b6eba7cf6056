"""The person in front of the browser, played by a program."""

from urllib.parse import urlencode

import pytest

pytestmark = pytest.mark.usefixtures("interactive")


def authorization(issuer, **changes):
    parameters = {
        "response_type": "code",
        "client_id": "openeo-default",
        "redirect_uri": "https://editor.openeo.org/",
    }
    parameters |= {"code_challenge": issuer.challenge, "code_challenge_method": "S256"}
    return f"{issuer.url}/authorize?{urlencode(parameters | changes)}"


@pytest.mark.parametrize("is_interactive", [True, False])
def test_a_user_clicks(issuer, is_interactive):
    issuer.provider.interactive = is_interactive
    assert "?code=" in issuer.provider.browse(authorization(issuer))
    assert "?error=access_denied" in issuer.provider.browse(authorization(issuer), decision="deny")
    assert "?code=" in issuer.provider.browse(authorization(issuer, prompt="none"))


def test_a_named_user_clicks(issuer):
    location = issuer.provider.browse(authorization(issuer), "bob")
    code = location.partition("code=")[2].partition("&")[0]
    issuer.redeem(code, redirect_uri="https://editor.openeo.org/")

    assert [each.user for each in issuer.provider.grants] == ["bob"]


def test_a_user_confirms_a_device(issuer):
    device = issuer.device()
    assert issuer.provider.browse(device["verification_uri_complete"], "bob").startswith(issuer.url)

    assert issuer.me(issuer.poll(device).json()["access_token"]).json()["user_id"] == "bob"


@pytest.mark.parametrize(
    "path", ["/jwks", "/nowhere", "/device", "/authorize", "/device?user_code=XXXX-XXXX", "/token"]
)
def test_where_there_is_nothing_to_click(issuer, path):
    with pytest.raises(ValueError, match="nothing to click"):
        issuer.provider.browse(issuer.url + path)


def test_a_click_that_cannot_be(issuer):
    with pytest.raises(ValueError, match="decision"):
        issuer.provider.browse(authorization(issuer), decision="maybe")
    with pytest.raises(ValueError, match="carol"):
        issuer.provider.browse(authorization(issuer), "carol")
    with pytest.raises(ValueError, match="nonsense"):
        issuer.provider.browse("nonsense")


def test_a_password_is_more_than_a_click(issuer):
    for changes in ({"prompt": "login"}, {"prompt": "select_account"}):
        with pytest.raises(ValueError, match="not enough"):
            issuer.provider.browse(authorization(issuer, **changes))
