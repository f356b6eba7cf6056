"""Back-ends in the place of ones that people know: while they are open, their hosts and issuers are ours."""

import json

import httpx
import openeo
import pytest
import requests
import urllib3
from openeo.rest.auth.config import RefreshTokenStore
from openeo.rest.auth.oidc import OidcException

from mock_backend import Clock, MockBackend

CDSE = "https://openeo.dataspace.copernicus.eu"
FEDERATION = "https://openeofed.dataspace.copernicus.eu"
ISSUER = "https://identity.dataspace.copernicus.eu/auth/realms/CDSE"
EGI = "https://aai.egi.eu/auth/realms/egi"


def by_requests(url):
    return requests.get(url, timeout=5).json()


def by_urllib3(url):
    with urllib3.PoolManager() as pools:
        return pools.request("GET", url).json()


def by_httpx(url):
    return httpx.get(url).json()


@pytest.fixture
def cdse(mock_backend_factory):
    return mock_backend_factory(url=CDSE)


@pytest.fixture
def platform(mock_backend_factory):
    return mock_backend_factory(url="https://openeo.cloud")


def quietly(connection, **options):
    return connection.authenticate_oidc(display=lambda *_, **__: None, **options)


class TestAliases:
    @pytest.mark.parametrize("fetch", [by_requests, by_urllib3, by_httpx])
    def test_links_follow_the_host_that_was_asked(self, cdse, fetch):
        for host in (CDSE, FEDERATION, "https://openeo.vito.be", "http://openeo.vito.be"):
            [first, *_] = fetch(f"{host}/.well-known/openeo")["versions"]
            capabilities = fetch(f"{host}/openeo/1.2/")
            own = [link["href"] for link in capabilities["links"] if "://openeo" in link["href"]]

            assert first["url"] == f"{host}/openeo/1.2"
            assert own
            assert {link.partition("/openeo/")[0].partition("/.well")[0] for link in own} == {host}

    def test_it_is_the_same_back_end(self, cdse, graph):
        cdse.connect().create_job({"process_graph": graph}, title="seen there, too")
        connection = openeo.connect("openeofed.dataspace.copernicus.eu")
        connection.authenticate_basic("alice", "secret")

        assert [job["title"] for job in connection.list_jobs()] == ["seen there, too"]
        assert connection.root_url == f"{FEDERATION}/openeo/1.2"

    def test_a_back_end_of_its_own_comes_first(self, cdse, mock_backend_factory):
        own = mock_backend_factory(url=FEDERATION)
        before = len(cdse.requests)

        assert by_requests(f"{FEDERATION}/openeo/1.2/")["api_version"]
        assert (len(own.requests), len(cdse.requests)) == (1, before)
        own.close()
        assert by_requests(f"{FEDERATION}/openeo/1.2/")["api_version"]
        assert len(cdse.requests) == before + 1

    @pytest.mark.parametrize("url", ["https://openeo.test", f"{CDSE}:8443"])
    def test_other_hosts_have_none(self, mock_backend_factory, url):
        assert not mock_backend_factory(url=url, profile="cdse").aliases

    def test_a_closed_back_end_has_them_no_more(self, foreign, monkeypatch):
        with MockBackend(CDSE):
            assert by_requests(f"{FEDERATION}/openeo/1.2/")
        # Whatever is asked for the host gets there.
        monkeypatch.setenv("HTTP_PROXY", foreign.url)
        assert by_requests("http://openeofed.dataspace.copernicus.eu/")["id"] == "foreign"

    @pytest.mark.parametrize(
        ("path", "status"),
        [
            ("/collections", 404),
            ("/openeo/1.2/nothing", 404),
            ("/openeo/1.1/collections", 200),
            ("/openeo/", 200),
        ],
    )
    def test_outside_of_its_paths_is_nothing(self, cdse, path, status):
        assert requests.get(CDSE + path, timeout=5).status_code == status


class TestLoggingIn:
    def test_an_unchanged_script_logs_in(self, cdse):
        connection = quietly(openeo.connect("openeo.dataspace.copernicus.eu"))

        assert connection.describe_account()["user_id"] == "alice"
        assert connection.auth.bearer.startswith("oidc/CDSE/")
        # Waiting for the code to be confirmed took no real time.
        assert cdse.clock.elapsed.total_seconds() >= 5

    def test_the_second_time_by_its_refresh_token(self, cdse):
        for _ in range(2):
            quietly(openeo.connect(FEDERATION))

        assert [grant.grant_type for grant in cdse.oidc.grants][1:] == ["refresh_token"]

    @pytest.mark.parametrize("provider", ["CDSE", "egi", "terrascope"])
    def test_by_each_provider(self, cdse, provider):
        connection = quietly(openeo.connect(CDSE), provider_id=provider)

        assert connection.describe_account()["user_id"] == "alice"
        assert connection.auth.bearer.startswith(f"oidc/{provider}/")

    def test_with_credentials_in_the_environment(self, cdse, monkeypatch):
        monkeypatch.setenv("OPENEO_AUTH_METHOD", "client_credentials")
        monkeypatch.setenv("OPENEO_AUTH_CLIENT_ID", "sh-1234")
        monkeypatch.setenv("OPENEO_AUTH_CLIENT_SECRET", "hush")

        connection = openeo.connect(CDSE).authenticate_oidc()

        assert connection.describe_account()["user_id"] == "sh-1234"

    def test_with_what_production_has_given_out(self, cdse):
        connection = openeo.connect(CDSE)

        connection.authenticate_oidc_refresh_token(refresh_token="from-production")
        assert connection.describe_account()["user_id"] == "alice"
        connection.authenticate_oidc_resource_owner_password_credentials(
            "me@example.org", "password", client_id="cdse-public"
        )
        assert connection.describe_account()["user_id"] == "me-example.org"
        with pytest.raises(OidcException, match="do not match an account"):
            connection.authenticate_oidc_resource_owner_password_credentials(
                "alice", "wrong", client_id="cdse-public"
            )

    def test_a_secret_stays_the_first_one(self, cdse):
        connection = openeo.connect(CDSE)
        connection.authenticate_oidc_client_credentials("sh-1234", "hush")

        with pytest.raises(OidcException, match="secret is wrong"):
            connection.authenticate_oidc_client_credentials("sh-1234", "other")

    def test_a_provider_that_trusts_no_host(self, cdse):
        cdse.oidc.trusting = False
        connection = openeo.connect(CDSE)

        with pytest.raises(OidcException, match="Unknown client"):
            connection.authenticate_oidc_client_credentials("sh-1234", "hush")
        with pytest.raises(OidcException, match="not a refresh token"):
            connection.authenticate_oidc_refresh_token(refresh_token="from-production")
        cdse.reset()
        assert cdse.oidc.trusting

    def test_a_revoked_refresh_token_is_none_from_production(self, cdse):
        connection = quietly(openeo.connect(CDSE))
        [token] = [cdse.oidc.tokens()["refresh_token"]]
        cdse.oidc.revoke()

        with pytest.raises(OidcException, match="revoked"):
            connection.authenticate_oidc_refresh_token(refresh_token=token)

    # The openeo client leaves the socket open that it listens at.
    @pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
    def test_in_a_browser(self, cdse):
        connection = openeo.connect(CDSE)
        connection.authenticate_oidc_authorization_code("another-client", webbrowser_open=cdse.oidc.browse)

        assert connection.describe_account()["user_id"] == "alice"

    @pytest.mark.parametrize("url", ["not a url", "", "javascript:alert(1)"])
    def test_a_redirect_to_nowhere_is_refused(self, cdse, url):
        answer = requests.get(
            f"{ISSUER}/protocol/openid-connect/auth", {"client_id": "x", "redirect_uri": url}, timeout=5
        )

        assert answer.status_code == 400


class TestIssuers:
    def test_endpoints_are_where_keycloak_has_them(self, cdse):
        found = by_requests(f"{ISSUER}/.well-known/openid-configuration")

        assert found["issuer"] == ISSUER
        assert found["token_endpoint"] == f"{ISSUER}/protocol/openid-connect/token"
        assert by_requests(found["jwks_uri"])["keys"]
        form = {
            "client_id": "cdse-public",
            "grant_type": "password",
            "username": "alice",
            "password": "secret",
        }
        assert requests.post(found["token_endpoint"], form, timeout=5).json()["access_token"]
        assert cdse.oidc.requests.select("POST /token")

    @pytest.mark.parametrize("path", ["/", "/token", "/auth/realms/other/.well-known/openid-configuration"])
    def test_elsewhere_on_their_hosts_is_nothing(self, cdse, path):
        answer = requests.get(f"https://identity.dataspace.copernicus.eu{path}", timeout=5)

        assert answer.status_code == 404

    def test_a_back_end_at_another_host_has_its_own(self, mock_backend_factory):
        backend = mock_backend_factory(profile="cdse")
        listed = by_requests(f"{backend.url}/credentials/oidc")["providers"]

        assert [each["id"] for each in listed] == ["CDSE", "egi", "terrascope"]
        assert listed[0]["issuer"] == backend.oidc.url == "https://oidc.openeo-2.test"
        assert listed[1]["issuer"] == "https://oidc.openeo-2.test/egi"
        assert (
            quietly(openeo.connect(backend.url), provider_id="egi").describe_account()["user_id"] == "alice"
        )

    def test_behind_a_server_they_are_below_it(self, cdse):
        server = cdse.live()
        listed = by_requests(f"{server.url}/openeo/1.2/credentials/oidc")["providers"]

        assert [each["issuer"] for each in listed] == [
            f"{server.url}/oidc",
            f"{server.url}/oidc/egi",
            f"{server.url}/oidc/terrascope",
        ]
        assert quietly(openeo.connect(server.url), provider_id="egi").describe_account()["user_id"] == "alice"

    def test_what_a_test_adds_has_a_host_of_ours(self, cdse):
        added = cdse.oidc_providers.add("mine")

        assert added.url == "https://oidc.openeo.dataspace.copernicus.eu/mine"
        assert quietly(openeo.connect(CDSE), provider_id="mine").describe_account()["user_id"] == "alice"
        cdse.oidc_providers.remove("egi")
        cdse.reset()
        assert [each.id for each in cdse.oidc_providers] == ["CDSE", "egi", "terrascope"]

    def test_one_issuer_serves_several_back_ends(self, cdse, platform):
        for backend in (cdse, platform):
            connection = quietly(openeo.connect(backend.url), provider_id="egi")
            assert connection.describe_account()["user_id"] == "alice"
        # The one that was opened last has answered for both.
        assert platform.oidc_providers["egi"].grants.select("device_code")
        assert not cdse.oidc_providers["egi"].grants

    def test_their_tokens_count_as_long_as_both_are_open(self, cdse, platform):
        connection = quietly(openeo.connect(CDSE), provider_id="egi")
        connection.describe_account()
        platform.close()

        bearer = connection.auth.bearer
        answer = requests.get(f"{cdse.url}/me", headers={"Authorization": f"Bearer {bearer}"}, timeout=5)
        assert (answer.status_code, answer.json()["code"]) == (403, "TokenInvalid")


class TestRefreshTokensOfTheUser:
    """The client keeps those of production in a file; ours must not get there."""

    @pytest.fixture
    def store(self, tmp_path):
        store = RefreshTokenStore(tmp_path / "tokens.json")
        store.set_refresh_token(ISSUER, "client", "real")
        return store

    def test_they_are_neither_read_nor_written(self, store):
        before = store.path.read_text()
        with MockBackend(CDSE, clock=Clock()):
            assert store.get_refresh_token(ISSUER, "client") is None
            connection = openeo.Connection(f"{CDSE}/openeo/1.2", refresh_token_store=store)
            quietly(connection, store_refresh_token=True)
            assert store.get_refresh_token(
                ISSUER + "/", connection._get_oidc_provider()[1].default_clients[0]["id"]
            )

        assert store.path.read_text() == before
        assert store.get_refresh_token(ISSUER, "client") == "real"
        assert "sh-" not in json.dumps(store.load())

    def test_those_of_our_own_issuers_are(self, store, mock_backend):
        issuer = mock_backend.oidc.url
        store.set_refresh_token(issuer, "client", "ours")

        assert store.load()[issuer]["client"]["refresh_token"] == "ours"
