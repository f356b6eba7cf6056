"""Cost of OpenID Connect, with and without using it."""

from collections.abc import Iterator, Mapping
from unittest.mock import patch

import requests
import requests_mock
from openeo.rest.auth.oidc import OidcClientCredentialsAuthenticator, OidcClientInfo, OidcProviderInfo
from openeo.rest.auth.testing import OidcMock

from benchmarks.measuring import Benchmark, Effort, Row, compare, timed
from mock_backend import MockBackend

_UNUSED = "fresh back-end, beyond one without OpenID Connect"
_TOKEN = "log-in by client credentials, to the openeo client's OidcMock"
_BEARER = "request with a signed token, beyond one with a basic token"

#: Nothing, within what can be measured.
_NOTHING = 5e-6
_TIMES = 20
_CLIENT, _SECRET = "openeo-service", "secret"


class _NoProviders:
    """Stand-in for the providers of a back-end without any log-in."""

    url = "https://no-log-in.test"
    foreign: Mapping[str, object] = {}

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def open(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


def _unused(effort: Effort) -> Iterator[Row]:
    def open_and_close() -> None:
        with MockBackend():
            pass

    def without() -> None:
        with patch("mock_backend.backend.backend.Providers", _NoProviders):
            for _ in range(_TIMES):
                open_and_close()

    def with_them() -> None:
        # The same work around it, so that what differs is the providers.
        with patch("mock_backend.backend.backend.Registers", MockBackend.__init__.__globals__["Registers"]):
            for _ in range(_TIMES):
                open_and_close()

    ours, theirs = timed(with_them, 1, operations=_TIMES), timed(without, 1, operations=_TIMES)
    yield compare(ours, theirs, effort.rounds).as_difference(_UNUSED, goal=_NOTHING)


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
    Benchmark((_UNUSED,), _unused),
    Benchmark((_TOKEN,), _log_in),
    Benchmark((_BEARER,), _bearer),
)
