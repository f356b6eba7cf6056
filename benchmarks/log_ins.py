"""Cost of OpenID Connect."""

from collections.abc import Iterator

import requests
import requests_mock
from openeo.rest.auth.oidc import OidcClientCredentialsAuthenticator, OidcClientInfo, OidcProviderInfo
from openeo.rest.auth.testing import OidcMock

from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import MockBackend

_TOKEN = "log-in by client credentials, to the openeo client's OidcMock"
_BEARER = "request with a signed token, beyond one with a basic token"

_CLIENT, _SECRET = "openeo-service", "secret"


def _log_in(effort: Effort) -> Iterator[Row]:
    def at(issuer: str) -> None:
        provider = OidcProviderInfo(issuer=issuer, scopes=["openid"], provider_id="mock", title="mock")
        client = OidcClientInfo(_CLIENT, provider, _SECRET)
        OidcClientCredentialsAuthenticator(client).get_tokens()

    with MockBackend() as backend, requests_mock.Mocker() as mocker:
        mocker.register_uri(requests_mock.ANY, requests_mock.ANY, real_http=True)
        OidcMock(
            mocker,
            oidc_issuer="https://stub.test",
            expected_grant_type="client_credentials",
            expected_client_id=_CLIENT,
            expected_fields={"client_secret": _SECRET, "scope": "openid"},
        )
        ours = timed(lambda: at(backend.oidc.url), 5)
        yield compare(ours, timed(lambda: at("https://stub.test"), 5), effort.rounds).as_ratio(_TOKEN)


def _bearer(effort: Effort) -> Iterator[Row]:
    with MockBackend() as backend, requests.Session() as session:

        def ask(token: str) -> None:
            session.get(f"{backend.url}/me", headers={"Authorization": f"Bearer {token}"}).raise_for_status()

        signed, basic = "oidc/mock/" + backend.oidc.tokens()["access_token"], backend.token()
        ours = timed(lambda: ask(signed), 20)
        yield compare(ours, timed(lambda: ask(basic), 20), effort.rounds).as_difference(_BEARER)


BENCHMARKS = (
    Benchmark((_TOKEN,), _log_in),
    Benchmark((_BEARER,), _bearer),
)
