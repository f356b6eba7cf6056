"""The ``Authorization`` header: the user, and the error if there is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend import MockBackend
from mock_backend.auth.accounts import User, Users, user_of
from mock_backend.errors import OpenEOError, PermissionsInsufficient, TokenInvalid
from mock_backend.settings import AppSettings


class Providers:
    """Providers that know one token each, and note what they are asked."""

    def __init__(self, users):
        self.users = users
        self.asked = []

    def user_of(self, provider_id, token) -> User:
        self.asked.append((provider_id, token))
        if token == "narrow":
            raise PermissionsInsufficient("Not entitled.")
        if token not in ("good", "a.b-_c.d"):
            raise TokenInvalid("Not good.")
        return self.users["alice"]


@pytest.fixture(params=["short way", "own app"])
def ask(request, monkeypatch, api_of):
    """Ask a back-end with such providers who a user is; return its answer and what they were asked."""

    def ask(header, **settings):
        with MockBackend("https://providers.test", settings=AppSettings(**settings)) as backend:
            if request.param == "own app":
                backend.app  # noqa: B018  # asking for it is what makes the difference
            providers = Providers(backend.users)
            monkeypatch.setattr(backend.oidc_providers, "user_of", providers.user_of)
            return api_of(backend)("GET /me", headers={"Authorization": header}), providers.asked

    return ask


def test_a_token_of_a_provider_goes_there(ask):
    response, asked = ask("Bearer oidc/egi/good")

    assert (response.json()["user_id"], asked) == ("alice", [("egi", "good")])


def test_what_a_provider_says_is_the_answer(ask, assert_error):
    assert_error(ask("Bearer oidc/egi/bad")[0], 403, "TokenInvalid", "Not good.")
    assert_error(ask("Bearer oidc/egi/narrow")[0], 403, "PermissionsInsufficient", "Not entitled.")


def test_plain_tokens_are_taken_in_version_1_3(ask, assert_error):
    response, asked = ask("Bearer a.b-_c.d", api_version="1.3")
    assert (response.json()["user_id"], asked) == ("alice", [(None, "a.b-_c.d")])

    response, asked = ask("Bearer a.b-_c.d")
    assert_error(response, 403, "TokenInvalid", "'basic//TOKEN' or 'oidc/PROVIDER/TOKEN'")
    assert asked == []


def test_tokens_by_password_are_none_of_the_providers_business(ask, assert_error):
    for header in ("Bearer basic//x", "bearer basic//x", "Bearer  basic//x", "Basic x", ""):
        response, asked = ask(header, api_version="1.3")
        assert response.status_code >= 400
        assert asked == []


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer oidc/",
        "Bearer oidc/egi",
        "Bearer oidc/egi/",
        "Bearer oidc//x",
        "Bearer basic/x",
        "Bearer basic/egi/x",
        "Bearer saml/egi/x",
        "Bearer a b",
        "Bearer /",
    ],
)
@pytest.mark.parametrize("api_version", ["1.2", "1.3"])
def test_malformed_tokens_are_told_the_right_shape(ask, assert_error, header, api_version):
    response, asked = ask(header, api_version=api_version)

    assert_error(response, 403, "TokenInvalid", "'basic//TOKEN' or 'oidc/PROVIDER/TOKEN'")
    assert asked == []


@pytest.mark.parametrize("form", ["bearer {}", "BEARER {}", "Bearer   {}", "Bearer {}  ", "  Bearer {}"])
def test_schemes_and_spaces_may_be_written_as_people_do(form):
    with MockBackend("https://spaces.test") as backend:
        assert user_of(backend, form.format(backend.token())) is backend.users["alice"]


@pytest.mark.parametrize(
    ("header", "told"),
    [("Basic x", "not with Basic"), ("dIgEsT realm=x", "not with Digest"), ("Token x", "Token")],
)
def test_schemes_that_are_known_are_named(mock_backend, anonymous, assert_error, header, told):
    response = anonymous("GET /me", headers={"Authorization": header})

    assert_error(response, 403, "AuthenticationSchemeInvalid", told, "'Authorization: Bearer basic//TOKEN'")


def test_a_token_without_its_scheme_is_not_repeated(mock_backend, anonymous, assert_error):
    for header in (mock_backend.token(), "hush", "hush hush", "oidc/egi/hush"):
        for route in ("GET /me", "GET /credentials/basic"):
            response = anonymous(route, headers={"Authorization": header})
            assert_error(response, 403, "AuthenticationSchemeInvalid", "the header is 'Authorization: B")
            assert "hush" not in response.text
            assert mock_backend.token().removeprefix("basic//") not in response.text


SECRETS = st.from_regex(r"[!-~]{0,3}[Q-Z0-9]{8,12}[!-~]{0,3}", fullmatch=True)
SHAPES = st.sampled_from(
    [
        "{}",
        "Bearer {}",
        "Bearer basic//{}",
        "Bearer oidc/{}",
        "Bearer oidc/x/{}",
        "Basic {}",
        "{} {}",
        "Basic{}",
    ]
)


class NoProviders:
    def user_of(self, provider_id, token):
        raise TokenInvalid


class Bare:
    """All of a back-end that it takes."""

    def __init__(self, api_version="1.2"):
        self.settings = AppSettings(api_version=api_version)
        self.users = Users({"ann": "a"})
        self.oidc_providers = NoProviders()


@given(SHAPES, SECRETS, st.sampled_from(["1.2", "1.3"]))
def test_whatever_is_sent_the_answer_is_an_error_that_keeps_it_secret(shape, secret, api_version):
    backend = Bare(api_version)

    for read in (lambda header: user_of(backend, header), backend.users.log_in):
        with pytest.raises(OpenEOError) as caught:
            read(shape.format(*[secret] * shape.count("{}")))
        assert secret not in caught.value.message


@given(st.text(st.characters(max_codepoint=255)))
def test_any_header_is_answered(header):
    backend = Bare("1.3")

    for read in (lambda header: user_of(backend, header), backend.users.log_in):
        with pytest.raises(OpenEOError):
            read(header)
