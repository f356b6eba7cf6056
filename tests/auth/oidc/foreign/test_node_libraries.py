"""openid-client and oidc-client-ts, the libraries for Node and for pages, against the provider."""

import json
from itertools import pairwise

import pytest
from js_clients import needs_node, run_node

SCOPE = "openid profile email offline_access"
CALLBACK = "https://app.test/callback"

pytestmark = pytest.mark.parametrize("url", ["live"], indirect=True)


@pytest.fixture
def play(issuer, mock_backend):
    """Play a scenario of a library, by default as a public client."""
    mock_backend.oidc.default_user = "bob"
    mock_backend.oidc.add_client("app", redirect_urls=CALLBACK)
    mock_backend.oidc.add_client("secretive app", "s:e%c+r/e t", redirect_urls=CALLBACK)

    def run(library: str, scenario: str, **orders) -> dict:
        orders = {"issuer": issuer, "id": "app", "redirect": CALLBACK, "scope": SCOPE} | orders
        node = needs_node(library)
        return run_node(node, f"oidc/{library.replace('-', '_')}.mjs", scenario, json.dumps(orders))

    return run


SECRETIVE = {"id": "secretive app", "secret": "s:e%c+r/e t"}


class TestOpenidClient:
    @pytest.mark.parametrize("client", [{}, SECRETIVE], ids=["public", "confidential"])
    def test_logs_in_by_authorization_code(self, mock_backend, url, issuer, play, me, client):
        report = play("openid-client", "code", **client)

        claims = report["claims"]
        assert (claims["iss"], claims["sub"], claims["aud"]) == (issuer, "bob", client.get("id", "app"))
        assert report["userinfo"]["preferred_username"] == "bob"
        assert report["supportsPKCE"] is True
        assert report["renewedClaims"]["auth_time"] == claims["auth_time"]
        assert me(url, report["tokens"]["access_token"]) == "bob"
        assert me(url, report["renewed"]["access_token"]) == "bob"
        assert [each.grant_type for each in mock_backend.oidc.grants] == [
            "authorization_code",
            "refresh_token",
        ]

    def test_finds_what_is_not_right(self, play):
        assert play("openid-client", "deceived") == {
            "state": "OAUTH_INVALID_RESPONSE",
            "nonce": "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
            "verifier": "invalid_grant",
            "issuer": "OAUTH_INVALID_RESPONSE",
        }

    def test_is_told_that_no_user_is_logged_in(self, mock_backend, play):
        mock_backend.oidc.interactive = True

        assert play("openid-client", "unattended") == {"refusal": "login_required"}

    def test_polls_for_a_device_as_slowly_as_it_is_told(self, mock_backend, url, play, me):
        mock_backend.oidc.script_device("pending", "slow_down", "confirmed", user="alice")
        mock_backend.clock.rate = faster = 20

        report = play("openid-client", "device", faster=faster)

        assert report["claims"]["sub"] == "alice"
        assert report["asked"]["verification_uri_complete"].endswith(report["asked"]["user_code"])
        assert me(url, report["tokens"]["access_token"]) == "alice"
        polls = [each for each in mock_backend.oidc.requests if each.path == "/token"]
        assert [each.status for each in polls] == [400, 400, 200]
        waits = [(after.at - before.at).total_seconds() for before, after in pairwise(polls)]
        assert waits[0] >= 5
        assert waits[1] >= 10, "each slow_down adds five seconds"

    @pytest.mark.parametrize(("step", "error"), [("denied", "access_denied"), ("expired", "expired_token")])
    def test_gives_up_a_device_that_gets_no_access(self, mock_backend, play, step, error):
        mock_backend.oidc.device_interval = 1
        mock_backend.oidc.script_device(step)

        assert play("openid-client", "device")["refusal"] == error

    @pytest.mark.parametrize("way", ["ClientSecretBasic", "ClientSecretPost"])
    def test_logs_in_a_program(self, mock_backend, url, play, me, way):
        report = play(
            "openid-client", "service", id="openeo-service", secret="secret", way=way, scope="openid"
        )

        assert (report["about"]["active"], report["about"]["sub"]) == (True, "openeo-service")
        assert me(url, report["tokens"]["access_token"]) == "openeo-service"
        assert len(mock_backend.oidc.grants.select("client_credentials")) == 1

    def test_revokes_what_it_was_given(self, url, play, me):
        report = play("openid-client", "revocation", **SECRETIVE)

        assert (report["before"]["active"], report["before"]["username"]) == (True, "bob")
        assert report["after"] == {"active": False}
        assert report["refresh"] == "invalid_grant"
        assert me(url, report["tokens"]["access_token"]) == "TokenInvalid"

    def test_logs_out(self, url, play, me):
        report = play("openid-client", "logout")

        assert report["sentTo"] == f"{CALLBACK}?state=over"
        assert me(url, report["tokens"]["access_token"]) == "TokenInvalid"

    @pytest.mark.parametrize("keep_old", [True, False])
    def test_fetches_keys_anew_after_a_rotation(self, mock_backend, url, play, me, keep_old):
        first = play("openid-client", "keys")
        mock_backend.oidc.rotate_keys(keep_old=keep_old)

        # It looks again when it misses a key, but for keys that are younger than a minute.
        cache = first["cache"] | {"uat": first["cache"]["uat"] - 61}
        second = play("openid-client", "keys", cache=cache)

        ids = [{key["kid"] for key in report["cache"]["jwks"]["keys"]} for report in (first, second)]
        assert ids[0] != ids[1]
        assert (ids[0] < ids[1]) is keep_old
        assert me(url, second["tokens"]["access_token"]) == "bob"
        assert me(url, first["tokens"]["access_token"]) == ("bob" if keep_old else "TokenInvalid")


class TestOidcClientTs:
    def test_logs_in_and_renews(self, mock_backend, url, play, me):
        report = play("oidc-client-ts", "code")

        assert report["tokens"]["profile"]["preferred_username"] == "bob"
        assert report["userState"] == "mine"
        assert report["renewed"]["access_token"] != report["tokens"]["access_token"]
        assert me(url, report["renewed"]["access_token"]) == "bob"
        assert [each.grant_type for each in mock_backend.oidc.grants] == [
            "authorization_code",
            "refresh_token",
        ]

    def test_logs_out(self, url, play, me):
        report = play("oidc-client-ts", "logout")

        assert report["userState"] == "over"
        assert me(url, report["tokens"]["access_token"]) == "TokenInvalid"

    def test_revokes_what_it_was_given(self, url, play, me):
        report = play("oidc-client-ts", "revocation")

        assert report["refresh"] == "invalid_grant"
        assert me(url, report["tokens"]["access_token"]) == "TokenInvalid"
