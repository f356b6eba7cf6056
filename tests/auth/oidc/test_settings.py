"""Settings of providers, clients and what is read of them: what cannot be is refused at once."""

from datetime import timedelta
from itertools import product

import pytest

from mock_backend import Fault
from mock_backend.auth.oidc import Client, Grants

TTLS = [
    "access_token_ttl",
    "refresh_token_ttl",
    "id_token_ttl",
    "code_ttl",
    "device_code_ttl",
    "device_interval",
    "clock_skew",
    "leeway",
]


@pytest.fixture
def provider(mock_backend):
    return mock_backend.oidc


# -- providers ----------------------------------------------------------------------------------------


def test_a_duration(provider, example):
    for name, value in product(TTLS, ["5m", 300, 300.0, timedelta(minutes=5), "PT5M"]):
        with example(name, value):
            setattr(provider, name, "1h")
            setattr(provider, name, value)

            assert getattr(provider, name) == timedelta(minutes=5)


NO_DURATIONS = [
    ("soon", ValueError),
    ("", ValueError),
    (-1, ValueError),
    ("-5m", ValueError),
    (float("nan"), ValueError),
    (float("inf"), ValueError),
    (timedelta(days=36526), ValueError),
    (10**12, ValueError),
    (timedelta.max, ValueError),
    (None, TypeError),
    (True, TypeError),
    ([], TypeError),
]


def test_what_is_no_duration(provider, example):
    for name, (value, error) in product(TTLS, NO_DURATIONS):
        with example(name, (value, error)):
            before = getattr(provider, name)

            with pytest.raises(error, match=rf"^{name}: "):
                setattr(provider, name, value)
            assert getattr(provider, name) == before


def test_the_longest_durations_work(provider, issuer, all_endpoints):
    for name in TTLS:
        if name != "clock_skew":
            setattr(provider, name, timedelta(days=36525))

    assert issuer.takes(issuer.log_in()["access_token"]) == all_endpoints
    assert issuer.device()["expires_in"] == 36525 * 86400


def test_the_shortest_work_as_well(provider, issuer):
    provider.device_interval = 0
    assert [issuer.poll(device).status_code for device in [issuer.device()] for _ in range(2)] == [400, 200]
    for name in TTLS:
        setattr(provider, name, 0)

    assert issuer.redeem(issuer.code()).json()["error"] == "invalid_grant"
    assert issuer.takes(provider.tokens()["access_token"]) == set()
    assert issuer.poll(issuer.device()).json()["error"] == "expired_token"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("acces_token_ttl", "access_token_ttl"),
        ("rotate_refresh_token", "rotate_refresh_tokens"),
        ("defaultuser", "default_user"),
    ],
)
def test_a_slip_is_no_setting(provider, name, meant):
    with pytest.raises(AttributeError, match=f"Did you mean '{meant}'"):
        setattr(provider, name, 5)


@pytest.mark.parametrize("name", ["", "a b", "a/b", "x" * 21, "é", "a-b", None, 5, "a\n"], ids=repr)
def test_an_id_that_cannot_be(provider, mock_backend, name):
    with pytest.raises(ValueError, match="up to 20 letters"):
        provider.id = name
    with pytest.raises(ValueError, match="up to 20 letters"):
        mock_backend.oidc_providers.add(name)
    assert provider.id == "mock"
    assert len(mock_backend.oidc_providers) == 1


def test_ids_differ(provider, mock_backend):
    egi = mock_backend.oidc_providers.add("egi")

    with pytest.raises(ValueError, match="already"):
        mock_backend.oidc_providers.add("egi")
    with pytest.raises(ValueError, match="already"):
        egi.id = "mock"
    with pytest.raises(ValueError, match="already"):
        provider.id = "egi"
    egi.id = "egi"
    egi.id = "other"
    # Its URL stays, so that its clients find it.
    assert egi.url.endswith("/egi")
    with pytest.raises(ValueError, match="still ends with 'egi'"):
        mock_backend.oidc_providers.add("egi")


@pytest.mark.parametrize("name", ["token", "jwks", "authorize", "device", "consent", "logout"])
def test_an_id_that_would_hide_an_endpoint(mock_backend, name):
    with pytest.raises(ValueError, match="URL ends with it"):
        mock_backend.oidc_providers.add(name)


def test_providers_are_listed(mock_backend, anonymous):
    providers = mock_backend.oidc_providers
    egi = providers.add("egi", title="EGI Check-in", description="Ask your home organisation.")
    egi.required_entitlements = {"vo:user"}

    assert [each.id for each in providers] == ["mock", "egi"]
    assert (len(providers), "egi" in providers, "x" in providers) == (2, True, False)
    assert providers["egi"] is egi
    assert providers.default is mock_backend.oidc
    listed = anonymous("GET /credentials/oidc").json()["providers"]
    assert [each["id"] for each in listed] == ["mock", "egi"]
    assert listed[1]["issuer"] == egi.url
    assert (listed[1]["title"], listed[1]["description"]) == ("EGI Check-in", "Ask your home organisation.")
    assert "eduperson_entitlement" in listed[1]["scopes"]
    assert "eduperson_entitlement" not in listed[0]["scopes"]


def test_which_provider_is_meant(mock_backend):
    mock_backend.oidc_providers.add("egi")

    with pytest.raises(ValueError, match="Did you mean 'egi'"):
        mock_backend.oidc_providers["egy"]
    with pytest.raises(ValueError, match="Available: mock, egi"):
        mock_backend.oidc_providers.remove("x")
    with pytest.raises(ValueError, match="default provider"):
        mock_backend.oidc_providers.remove("mock")


def test_removed_providers_are_gone(mock_backend, anonymous, issuer_of):
    egi = issuer_of(mock_backend.oidc_providers.add("egi"), mock_backend)
    assert egi("GET /jwks").status_code == 200
    mock_backend.oidc_providers.remove("egi")

    assert egi("GET /jwks").status_code == 404
    assert len(anonymous("GET /credentials/oidc").json()["providers"]) == 1


def test_a_reset_undoes_everything(mock_backend, provider, issuer):
    before = {
        name: getattr(provider, name) for name in (*TTLS, "interactive", "default_user", "audience", "id")
    }
    clients = dict(provider.clients)
    for name in TTLS:
        setattr(provider, name, 7)
    provider.interactive = provider.rotate_refresh_tokens = True
    mock_backend.users.ensure("bob")
    provider.default_user, provider.audience, provider.id = "bob", "x", "other"
    provider.required_entitlements = {"x"}
    provider.add_client("web", "s")
    provider.script_device("denied")
    provider.rotate_keys()
    mock_backend.oidc_providers.add("egi")
    issuer.authorize()
    mock_backend.reset()

    assert {name: getattr(provider, name) for name in before} == before
    assert provider.clients == clients
    assert not provider.rotate_refresh_tokens
    assert not provider.required_entitlements
    assert (len(provider.requests), len(provider.grants), len(mock_backend.oidc_providers)) == (0, 0, 1)
    assert len(issuer("GET /jwks").json()["keys"]) == 1
    assert issuer.poll(issuer.device()).json()["error"] == "authorization_pending"


def test_a_repr_says_what_there_is(provider):
    provider.tokens()
    assert repr(provider) == "<Provider 'mock' at https://oidc.openeo.test: 2 clients, 0 grants>"


@pytest.mark.parametrize("name", ["interactive", "rotate_refresh_tokens"])
def test_a_switch_is_on_or_off(provider, name):
    with pytest.raises(TypeError, match=f"{name} must be True or False, got 'no'"):
        setattr(provider, name, "no")


def test_a_default_user_has_an_account(provider):
    with pytest.raises(ValueError, match=r"'alcie'.*Did you mean 'alice'"):
        provider.default_user = "alcie"


def test_a_fault_may_be_one_of_oauth(provider, issuer):
    provider.inject(Fault(code="invalid_client"), "POST /token")

    answer = issuer.token(grant_type="password")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


# -- clients ------------------------------------------------------------------------------------------


def test_what_clients_may_do_unless_it_is_said(provider):
    public, confidential = provider.add_client("app"), provider.add_client("web", "s")

    assert public.is_public
    assert not confidential.is_public
    assert "client_credentials" not in public.grant_types
    assert set(confidential.grant_types) - set(public.grant_types) == {"client_credentials"}
    assert provider.clients["app"] is public
    # Anew.
    assert provider.add_client("app", grant_types="device_code").grant_types == (
        "urn:ietf:params:oauth:grant-type:device_code",
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"id": ""}, "id must be a str"),
        ({"id": " "}, "id must be a str"),
        ({"id": 5}, "id must be a str"),
        ({"secret": ""}, "secret must be a str"),
        ({"secret": 5}, "secret must be a str"),
        ({"grant_types": ["code"]}, "Unknown grant type 'code'"),
        ({"grant_types": ["refresh"]}, "Did you mean 'refresh_token'"),
        ({"grant_types": "authorisation_code"}, "Did you mean 'authorization_code'"),
        ({"grant_types": ["client_credentials"]}, "needs a secret"),
        ({"redirect_urls": ["/callback"]}, "absolute"),
        ({"redirect_urls": ["localhost"]}, "absolute"),
        ({"redirect_urls": ["http:/callback"]}, "absolute"),
        ({"redirect_urls": ["https:///callback"]}, "absolute"),
        ({"redirect_urls": ["https://web.test/#x"]}, "no fragment"),
        ({"redirect_urls": ["https://web.test/#"]}, "no fragment"),
        ({"redirect_urls": ["javascript:alert(1)"]}, "absolute"),
        ({"redirect_urls": ["data:text/html,x"]}, "absolute"),
        ({"redirect_urls": ["https://web.test/a b"]}, "absolute"),
        ({"redirect_urls": ["https://web.test/\r\n"]}, "absolute"),
        ({"redirect_urls": [5]}, "absolute"),
        ({"account": "a b"}, "name of a user"),
        ({"account": ""}, "name of a user"),
        ({"account": "é"}, "name of a user"),
        ({"secret": "s", "is_default": True}, "default client"),
        ({"grant_types": ["password"], "is_default": True}, "default client"),
    ],
    ids=str,
)
def test_a_client_that_makes_no_sense(provider, options, words):
    with pytest.raises(ValueError, match=words):
        provider.add_client(**({"id": "web"} | options))
    assert len(provider.clients) == 2


def test_default_clients_are_listed(provider, anonymous):
    provider.add_client(
        "web", redirect_urls="https://web.test/", grant_types=["authorization_code"], is_default=True
    )
    provider.add_client("other", redirect_urls="https://other.test/")
    listed = anonymous("GET /credentials/oidc").json()["providers"][0]["default_clients"]

    assert [each["id"] for each in listed] == ["openeo-default", "web"]
    assert listed[1] == {
        "id": "web",
        "grant_types": ["authorization_code+pkce"],
        "redirect_urls": ["https://web.test/"],
    }


def test_a_client_shows_no_secret():
    assert "s3cret" not in repr(Client("web", "s3cret"))


# -- grants -------------------------------------------------------------------------------------------


@pytest.fixture
def grants(issuer, mock_backend) -> Grants:
    mock_backend.users.add("bob", "builder")
    tokens = issuer.log_in()
    mock_backend.clock.advance(minutes=1)
    issuer.refresh(tokens["refresh_token"], scope="openid")
    issuer.provider.add_client("robot", "r")
    issuer.token(grant_type="client_credentials", client_id="robot", client_secret="r", scope="openid")
    form = {"username": "bob", "password": "builder", "scope": "openid"}
    issuer.token(grant_type="password", client_id="openeo-default", **form)
    issuer.token(grant_type="password", client_id="openeo-default", **form | {"password": "wrong"})
    issuer.provider.script_device("confirmed", user="bob")
    issuer.poll(issuer.device())
    return issuer.provider.grants


def test_grants_are_noted(grants, mock_backend):
    assert [(each.grant_type, each.client_id, each.user) for each in grants] == [
        ("authorization_code", "openeo-default", "alice"),
        ("refresh_token", "openeo-default", "alice"),
        ("client_credentials", "robot", "robot"),
        ("password", "openeo-default", "bob"),
        ("urn:ietf:params:oauth:grant-type:device_code", "openeo-default", "bob"),
    ]
    assert grants[1].scope == ("openid",)
    assert (grants[1].at - grants[0].at) == timedelta(minutes=1)
    assert grants[1:3] == list(grants)[1:3]
    assert repr(grants).startswith("<5 grants: ")
    assert repr(Grants()) == "<0 grants>"


def test_grants_are_selected(grants):
    assert len(grants.select()) == 5
    assert [each.user for each in grants.select("refresh_token")] == ["alice"]
    assert [each.user for each in grants.select("device_code")] == ["bob"]
    assert grants.select("device_code") == grants.select("urn:ietf:params:oauth:grant-type:device_code")
    assert [each.grant_type for each in grants.select(client_id="robot")] == ["client_credentials"]
    assert len(grants.select(user="bob")) == 2
    assert len(grants.select("password", client_id="openeo-default", user="bob")) == 1
    assert grants.select("password", user="alice") == []


def test_one_grant_is_found_and_grants_are_counted(grants):
    assert grants.one(grant_type="device_code").user == grants.one(grant_type="password").user == "bob"
    with pytest.raises(LookupError, match="Expected one grant with user='bob', found 2"):
        grants.one(user="bob")
    with pytest.raises(TypeError, match="no attribute 'client' to select by"):
        grants.one(client="robot")
    assert grants.counts("user") == {"alice": 2, "robot": 1, "bob": 2}
    assert grants.counts()["refresh_token"] == 1


@pytest.mark.parametrize(
    ("name", "words"),
    [("refresh", "Did you mean 'refresh_token'"), ("", "Available"), ("implicit", "Available")],
)
def test_a_selection_that_could_never_be(grants, name, words):
    with pytest.raises(ValueError, match=words):
        grants.select(name)


# -- tokens() -----------------------------------------------------------------------------------------


def test_tokens_without_a_request(provider, issuer, mock_backend, all_endpoints):
    mock_backend.users.add("bob")
    tokens = provider.tokens("bob")

    assert set(tokens) == {"access_token", "token_type", "expires_in", "scope", "id_token", "refresh_token"}
    assert issuer.me(tokens["access_token"]).json()["user_id"] == "bob"
    assert issuer.takes(tokens["access_token"]) == all_endpoints
    assert issuer.refresh(tokens["refresh_token"]).status_code == 200
    assert (len(provider.requests.select("POST /token")), len(provider.grants)) == (1, 1)


@pytest.mark.parametrize(
    "scope", ["openid email", ["openid", "email"], ("email", "openid"), {"openid", "email"}]
)
def test_of_some_scopes(provider, scope):
    tokens = provider.tokens(scope=scope)

    assert tokens["scope"] == "openid email"
    assert "refresh_token" not in tokens
    assert "id_token" not in provider.tokens(scope="email")


def test_of_unknown_users_and_things(provider):
    with pytest.raises(ValueError, match="bob"):
        provider.tokens("bob")
    with pytest.raises(ValueError, match="Did you mean 'openeo-default'"):
        provider.tokens(client_id="openeo-defalt")
    with pytest.raises(ValueError, match="Did you mean 'offline_access'"):
        provider.tokens(scope=["openid", "offline_acces"])


def test_the_default_user(provider, issuer, mock_backend):
    mock_backend.users.add("bob")
    provider.default_user = "bob"

    assert issuer.me(provider.tokens()["access_token"]).json()["user_id"] == "bob"
    assert issuer.me(issuer.log_in()["access_token"]).json()["user_id"] == "bob"
