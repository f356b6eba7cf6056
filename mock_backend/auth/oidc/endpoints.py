"""The endpoints of an issuer that programs ask: tokens, keys, facts about users."""

import hmac
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from mock_backend.auth.oidc.clients import CODE, DEVICE, PASSWORD, REFRESH, SERVICE, Client
from mock_backend.auth.oidc.errors import BearerRefused, InvalidClient, OAuthError, required
from mock_backend.auth.oidc.flows.authorization_code import Authorization
from mock_backend.auth.oidc.flows.pkce import METHOD, read_challenge
from mock_backend.auth.oidc.provider_request import ProviderRequest
from mock_backend.auth.oidc.tokens import OFFLINE, OPENID, SCOPES, Login, claims_about, subject_of
from mock_backend.auth.oidc.tokens.signing import ALGORITHM

if TYPE_CHECKING:
    from mock_backend.auth.oidc.issuer import Issuer

#: Claims that introspection repeats.
_ECHOED = ("aud", "jti", "nbf")

#: Paths of the endpoints below the issuer, by their names in the discovery document.
_ENDPOINTS = {
    "authorization_endpoint": "/authorize",
    "token_endpoint": "/token",
    "userinfo_endpoint": "/userinfo",
    "jwks_uri": "/jwks",
    "device_authorization_endpoint": "/device_authorization",
    "revocation_endpoint": "/revoke",
    "introspection_endpoint": "/introspect",
    "end_session_endpoint": "/logout",
}

_PROTOCOL = "/protocol/openid-connect"
#: Paths on a Keycloak server; programs know some of its paths by heart.
KEYCLOAK = {
    "/authorize": f"{_PROTOCOL}/auth",
    "/token": f"{_PROTOCOL}/token",
    "/userinfo": f"{_PROTOCOL}/userinfo",
    "/jwks": f"{_PROTOCOL}/certs",
    "/device_authorization": f"{_PROTOCOL}/auth/device",
    "/revoke": f"{_PROTOCOL}/revoke",
    "/introspect": f"{_PROTOCOL}/token/introspect",
    "/logout": f"{_PROTOCOL}/logout",
}

_NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


def configuration(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Describe the provider (OpenID Connect Discovery, section 3)."""
    issuer = asked.issuer
    grants = {grant for client in provider.clients.values() for grant in client.grant_types}
    ways = ["client_secret_basic", "client_secret_post", "none"]
    paths = KEYCLOAK if provider.known.keycloak else {}
    return JSONResponse(
        {
            "issuer": issuer,
            **{member: f"{issuer}{paths.get(path, path)}" for member, path in _ENDPOINTS.items()},
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment"],
            "grant_types_supported": sorted(grants),
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": [ALGORITHM],
            "token_endpoint_auth_methods_supported": ways,
            "revocation_endpoint_auth_methods_supported": ways,
            "introspection_endpoint_auth_methods_supported": ways[:2],
            "code_challenge_methods_supported": [METHOD],
            "claims_supported": [
                *("iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "azp", "at_hash", "sid"),
                *("name", "preferred_username", "email", "email_verified", "eduperson_entitlement", "roles"),
            ],
            "prompt_values_supported": ["none", "login", "consent"],
            "authorization_response_iss_parameter_supported": True,
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "claims_parameter_supported": False,
        }
    )


def keys(provider: "Issuer", _: ProviderRequest) -> Response:
    """Hand out the public keys."""
    return JSONResponse(provider.keys.public(), media_type="application/jwk-set+json")


def token(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Hand out tokens (RFC 6749, section 3.2)."""
    client = _client(provider, asked)
    kind = required(asked.form, "grant_type")
    grant = _GRANTS.get(kind)
    if grant is None:
        raise OAuthError("unsupported_grant_type", f"The grant types are: {', '.join(_GRANTS)}.")
    if kind not in client.grant_types:
        raise OAuthError(
            "unauthorized_client",
            f"The client {client.id!r} is registered for: {', '.join(client.grant_types)}; not for {kind}.",
        )
    return JSONResponse(grant(provider, asked, client), headers=_NO_STORE)


def _by_code(provider: "Issuer", asked: ProviderRequest, client: Client) -> dict[str, Any]:
    return provider.give(CODE, provider.authorization.redeem(client, asked.form))


def _by_device(provider: "Issuer", asked: ProviderRequest, client: Client) -> dict[str, Any]:
    return provider.give(DEVICE, provider.devices.redeem(client, asked.form))


def _by_refresh(provider: "Issuer", asked: ProviderRequest, client: Client) -> dict[str, Any]:
    form = asked.form
    value = required(form, "refresh_token")
    if provider.trusting and not provider.book.has_refresh_token(value):
        login = Login(client, provider.account(None), provider.scope_of(form), provider.now(), asked.issuer)
        return provider.give(REFRESH, login)
    old = provider.book.redeem(value, client)
    if not provider.is_known(old.login.user):
        raise OAuthError("invalid_grant", "The account of this refresh token is gone.")
    scope = old.scope
    if "scope" in form:
        asked_for = form["scope"].split()
        if not asked_for or not set(asked_for) <= set(old.scope):
            raise OAuthError("invalid_scope", f"This refresh token allows: {' '.join(old.scope)}.")
        scope = tuple(each for each in old.scope if each in asked_for)
    answer = provider.give(REFRESH, old.login, scope=scope, refresh_token=value)
    if provider.rotate_refresh_tokens:
        old.is_spent = True
        answer["refresh_token"] = provider.book.refresh_token(old.login)
    return answer


def _by_client(provider: "Issuer", asked: ProviderRequest, client: Client) -> dict[str, Any]:
    user = provider.account_of(client)
    # There is no user who could be offline (RFC 6749, section 4.4.3).
    scope = tuple(each for each in provider.scope_of(asked.form) if each != OFFLINE) or (OPENID,)
    login = Login(client, user, scope, provider.now(), asked.issuer)
    return provider.give(SERVICE, login, id_token=False)


def _by_password(provider: "Issuer", asked: ProviderRequest, client: Client) -> dict[str, Any]:
    form = asked.form
    if "username" not in form or "password" not in form:
        raise OAuthError("invalid_request", "The username or the password is missing.")
    user = provider.authenticate(form["username"], form["password"])
    if user is None:
        raise OAuthError("invalid_grant", "User name and password do not match an account.")
    login = Login(client, user, provider.scope_of(form), provider.now(), asked.issuer)
    return provider.give(PASSWORD, login)


_GRANTS = {
    CODE: _by_code,
    DEVICE: _by_device,
    REFRESH: _by_refresh,
    SERVICE: _by_client,
    PASSWORD: _by_password,
}


def device_authorization(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Hand out a device code (RFC 8628, section 3.1)."""
    form = asked.form
    client = _client(provider, asked)
    if DEVICE not in client.grant_types:
        raise OAuthError("unauthorized_client", f"The client {client.id!r} is not registered for devices.")
    challenge = read_challenge(form, required=False)
    device = provider.devices.add(client, provider.scope_of(form), challenge, asked.issuer)
    uri = f"{asked.issuer}/device"
    return JSONResponse(
        {
            "device_code": device.code,
            "user_code": device.user_code,
            "verification_uri": uri,
            "verification_uri_complete": f"{uri}?user_code={device.user_code}",
            "expires_in": int(provider.device_code_ttl.total_seconds()),
            "interval": int(device.interval.total_seconds()),
        },
        headers=_NO_STORE,
    )


def userinfo(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Tell about the user of an access token (OpenID Connect Core, section 5.3)."""
    value = asked.bearer()
    if value is None:
        raise BearerRefused("invalid_request", "Send the access token as a bearer token.")
    found = provider.book.find(value)
    now = provider.now()
    if found is None or found[0].kind != "access_token" or not found[0].is_good(now):
        raise BearerRefused("invalid_token", "The access token is unknown, expired or revoked.")
    known, _ = found
    if OPENID not in known.scope:
        raise BearerRefused("insufficient_scope", "The scope openid is needed.", status=403)
    user = known.login.user
    if not provider.is_known(user):
        raise BearerRefused("invalid_token", "The account of this access token is gone.")
    return JSONResponse({"sub": subject_of(user), **claims_about(user, known.scope)}, headers=_NO_STORE)


def introspect(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Tell a confidential client whether a token is good (RFC 7662)."""
    client = _client(provider, asked)
    if client.is_public:
        raise InvalidClient("Only a client with a secret may introspect tokens.")
    found = provider.book.find(required(asked.form, "token"))
    if found is None or not found[0].is_good(provider.now()) or not provider.is_known(found[0].login.user):
        return JSONResponse({"active": False}, headers=_NO_STORE)
    known, claims = found
    login = known.login
    return JSONResponse(
        {
            "active": True,
            "scope": " ".join(known.scope),
            "client_id": login.client.id,
            "username": login.user.user_id,
            "token_type": "Bearer" if known.kind == "access_token" else "refresh_token",
            "sub": subject_of(login.user),
            "iss": login.issuer,
            "iat": int(known.issued.timestamp()),
            "exp": int(known.expires.timestamp()),
            **{name: claims[name] for name in _ECHOED if isinstance(claims.get(name), str | int)},
        },
        headers=_NO_STORE,
    )


def revoke(provider: "Issuer", asked: ProviderRequest) -> Response:
    """Revoke a token of the client's (RFC 7009)."""
    client = _client(provider, asked)
    found = provider.book.find(required(asked.form, "token"))
    if found is not None:
        known, _ = found
        if known.login.client.id != client.id:
            raise OAuthError("invalid_grant", "This token was given to another client.")
        known.is_revoked = True
        if known.kind == "refresh_token":
            # What was made of it goes with it (RFC 7009, section 2.1).
            known.login.is_revoked = True
    return Response(headers=_NO_STORE)


def _client(provider: "Issuer", asked: ProviderRequest) -> Client:
    """Return the client that asks, when it has proved who it is."""
    readings = asked.credentials()
    by_header = "authorization" in asked.headers
    found = ((provider.client(name, secret), secret) for name, secret in readings)
    known = [(client, secret) for client, secret in found if client is not None]
    if not known:
        raise InvalidClient("Unknown client.", by_header=by_header)
    for client, secret in known:
        # What a public client sends as a secret says nothing.
        if client.secret is None or (
            secret is not None and hmac.compare_digest(client.secret.encode(), secret.encode())
        ):
            return client
    if all(secret is None for _, secret in known):
        raise InvalidClient("This client needs its secret.", by_header=by_header)
    raise InvalidClient("The client's secret is wrong.", by_header=by_header)


Answer = Callable[["Issuer", ProviderRequest], Response]


def _page(method: Callable[[Authorization, ProviderRequest], Response]) -> Answer:
    """Return what answers with a page for people."""
    return lambda issuer, asked: method(issuer.authorization, asked)


#: By path below the issuer, and method.
ROUTES: dict[str, dict[str, Answer]] = {
    "/.well-known/openid-configuration": {"GET": configuration},
    "/jwks": {"GET": keys},
    "/authorize": {"GET": _page(Authorization.authorize), "POST": _page(Authorization.authorize)},
    "/consent": {"POST": _page(Authorization.consent)},
    "/device_authorization": {"POST": device_authorization},
    "/device": {"GET": _page(Authorization.device), "POST": _page(Authorization.device)},
    "/token": {"POST": token},
    "/userinfo": {"GET": userinfo, "POST": userinfo},
    "/revoke": {"POST": revoke},
    "/introspect": {"POST": introspect},
    "/logout": {"GET": _page(Authorization.logout), "POST": _page(Authorization.logout)},
}

#: Method and path of everything that is served.
OPERATIONS = frozenset((method, path) for path, methods in ROUTES.items() for method in methods)
