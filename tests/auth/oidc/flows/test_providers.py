"""Several providers, clients, and entitlements, as the openeo client sees them."""

import pytest
from openeo.rest import OpenEoClientException
from openeo.rest.auth.config import AuthConfig

VO = "urn:mace:egi.eu:group:vo.openeo.cloud:role=member#aai.egi.eu"


@pytest.fixture
def egi(mock_backend):
    return mock_backend.oidc_providers.add("egi", title="EGI Check-in")


# -- several providers ----------------------------------------------------------------------------------


def test_the_providers_are_listed(connection, egi, front):
    listed = [each for each in connection.list_auth_providers() if each["type"] == "oidc"]

    assert [(each["id"], each["title"]) for each in listed] == [
        ("mock", "Mock identity provider"),
        ("egi", "EGI Check-in"),
    ]
    first, second = (each["issuer"] for each in listed)
    assert second == f"{first}/egi"
    assert first == (f"{front}/oidc" if front.startswith("http:") else "https://oidc.openeo.test")


def test_the_first_one_is_the_default(connection, account, egi, oidc):
    assert account(connection.authenticate_oidc()) == "alice"
    assert (len(oidc.grants), len(egi.grants)) == (1, 0)
    assert connection.auth.bearer.startswith("oidc/mock/")


def test_one_is_chosen(connection, account, egi, oidc):
    egi.default_user = "bob"

    assert account(connection.authenticate_oidc(provider_id="egi")) == "bob"
    assert (len(oidc.grants), len(egi.grants)) == (0, 1)
    assert (len(oidc.requests), len(egi.requests) > 0) == (0, True)
    assert connection.auth.bearer.startswith("oidc/egi/")


def test_one_is_chosen_by_the_environment(connection, egi, monkeypatch):
    monkeypatch.setenv("OPENEO_AUTH_PROVIDER_ID", "egi")

    connection.authenticate_oidc_client_credentials("openeo-service", "secret")

    assert len(egi.grants) == 1


def test_one_is_chosen_by_the_clients_configuration(connection, egi, front):
    AuthConfig().set_oidc_client_config(front, "egi", client_id="openeo-default")

    connection.authenticate_oidc()

    assert len(egi.grants) == 1


def test_one_that_is_not_there(connection, egi):
    with pytest.raises(OpenEoClientException, match=r"'edugain' not available.*\['mock', 'egi'\]"):
        connection.authenticate_oidc(provider_id="edugain")


def test_each_keeps_its_tokens_to_itself(connection, account, egi, oidc, refused):
    token = egi.tokens("bob")["access_token"]
    assert account(connection.authenticate_oidc_access_token(token, provider_id="egi")) == "bob"

    connection.authenticate_oidc_access_token(token, provider_id="mock")
    with refused("TokenInvalid", "not signed by the provider 'mock'"):
        account(connection)


def test_each_has_its_own_refresh_token_at_the_client(connect, egi, oidc):
    connect().authenticate_oidc()
    connect().authenticate_oidc(provider_id="egi")
    connect().authenticate_oidc(provider_id="egi")

    assert [len(each.grants.select("device_code")) for each in (oidc, egi)] == [1, 1]
    assert [len(each.grants.select("refresh_token")) for each in (oidc, egi)] == [0, 1]


def test_one_that_is_removed(connection, account, egi, mock_backend, refused):
    connection.authenticate_oidc(provider_id="egi")
    mock_backend.oidc_providers.remove("egi")

    with refused("TokenInvalid", "names the unknown provider 'egi'. Available: mock"):
        account(connection)


def test_the_default_one_may_have_another_id(connection, account, oidc):
    oidc.id = "terrascope"

    assert account(connection.authenticate_oidc(provider_id="terrascope")) == "alice"
    assert connection.auth.bearer.startswith("oidc/terrascope/")


# -- clients --------------------------------------------------------------------------------------------


def test_a_client_of_the_clients_configuration(connection, account, oidc, front):
    oidc.add_client("mine")
    AuthConfig().set_oidc_client_config(front, "mock", client_id="mine")

    assert account(connection.authenticate_oidc()) == "alice"
    assert oidc.grants[0].client_id == "mine"


def test_without_a_default_client_a_user_has_to_name_one(connection, account, oidc):
    oidc.clients.clear()
    oidc.add_client("mine")
    with pytest.raises(OpenEoClientException, match="No client_id found"):
        connection.authenticate_oidc()

    assert account(connection.authenticate_oidc(client_id="mine")) == "alice"


def test_a_default_client_of_ones_own(connection, oidc):
    oidc.clients.clear()
    oidc.add_client("mine", is_default=True)

    connection.authenticate_oidc()

    assert oidc.grants[0].client_id == "mine"


def test_a_client_with_a_secret_needs_it_for_each_renewal(
    connection, account, oidc, log_in_refused, mock_backend_clock
):
    oidc.add_client("mine", "hush")
    token = oidc.tokens("bob", client_id="mine")["refresh_token"]

    connection.authenticate_oidc_refresh_token("mine", token, "hush")
    mock_backend_clock.advance("1h")
    assert account(connection) == "bob"
    assert len(oidc.grants.select("refresh_token")) == 2

    with log_in_refused("401.*invalid_client"):
        connection.authenticate_oidc_refresh_token("mine", token)


def test_a_refresh_token_is_good_for_its_client_only(connection, oidc, log_in_refused):
    oidc.add_client("mine")
    token = oidc.tokens(client_id="mine")["refresh_token"]

    with log_in_refused("invalid_grant.*not a refresh token of this client"):
        connection.authenticate_oidc_refresh_token(refresh_token=token)


def test_tokens_for_another_back_end_are_refused(connection, account, oidc, refused):
    oidc.add_client("other", audience="https://other.test")

    connection.authenticate_oidc(client_id="other")

    with refused("TokenInvalid", "not for this back-end"):
        account(connection)


# -- entitlements ---------------------------------------------------------------------------------------


def test_who_is_not_entitled_is_refused(connect, account, oidc, mock_backend, refused):
    oidc.required_entitlements = {VO}

    connection = connect().authenticate_oidc()
    with refused("PermissionsInsufficient", "'alice' lacks the entitlement"):
        account(connection)
    assert len(oidc.grants.select("refresh_token")) == 0  # another token would not help

    mock_backend.users["alice"].entitlements = [VO]
    assert account(connect().authenticate_oidc()) == "alice"


def test_entitlements_are_those_of_a_provider(connection, account, oidc, egi):
    oidc.required_entitlements = {VO}

    assert account(connection.authenticate_oidc(provider_id="egi")) == "alice"
    assert account(connection.authenticate_basic("alice", "secret")) == "alice"


@pytest.mark.parametrize("given", [[VO], (VO,), VO])
def test_entitlements_may_be_given_in_any_way(connection, account, oidc, refused, given):
    oidc.required_entitlements = given

    connection.authenticate_oidc()
    with refused("PermissionsInsufficient", VO):
        account(connection)
