"""Basic tokens: derived, perhaps with a lifetime, until they are revoked."""

import base64
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_backend import Clock, MockBackend
from mock_backend.auth.accounts import Users
from mock_backend.errors import TokenInvalid


def basic(name, password):
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def refusal(users, token):
    """Return why a token is refused."""
    with pytest.raises(TokenInvalid) as caught:
        users.by_token(token)
    return caught.value.message


# -- for ever ---------------------------------------------------------------------------------------------


def test_tokens_are_good_for_ever_unless_they_have_a_lifetime(mock_backend, api):
    mock_backend.clock.advance(days=10_000)

    assert mock_backend.users.token_ttl is None
    assert api("GET /me").status_code == 200


def test_tokens_survive_a_restart(tmp_path, api_of):
    for lifetime in (None, "1h"):
        with MockBackend("https://restart.test", store=tmp_path / "jobs.json") as backend:
            backend.users.token_ttl = lifetime
            token = backend.token()
        with MockBackend("https://restart.test", store=tmp_path / "jobs.json") as backend:
            backend.users.token_ttl = lifetime
            assert backend.users.by_token(token).user_id == "alice"


@pytest.mark.parametrize("lifetime", [None, "1h"])
def test_tokens_are_good_at_one_back_end_only(lifetime):
    clock = Clock()

    def token_and_users(**settings):
        users = Users({"ann": "a"}, clock=clock, **settings)
        users.token_ttl = lifetime
        return users.issue("ann"), users

    known = [
        token_and_users(secret="1", realm="https://a.test"),
        token_and_users(secret="2", realm="https://a.test"),
        token_and_users(secret="1", realm="https://b.test"),
    ]
    for token, users in known:
        assert users.by_token(token).user_id == "ann"
        assert all(
            "not issued this token" in refusal(others, token) for _, others in known if others is not users
        )


# -- with a lifetime --------------------------------------------------------------------------------------


def test_a_token_expires(mock_backend, anonymous, assert_error):
    mock_backend.users.token_ttl = "1h"
    token = anonymous("GET /credentials/basic", auth=("alice", "secret")).json()["access_token"]
    me = {"headers": {"Authorization": f"Bearer basic//{token}"}}

    mock_backend.clock.advance("59m59s")
    assert anonymous("GET /me", **me).status_code == 200
    mock_backend.clock.advance("1s")
    assert_error(anonymous("GET /me", **me), 403, "TokenInvalid", "expired at 2025-06-01T13:00:00Z")

    fresh = anonymous("GET /credentials/basic", auth=("alice", "secret")).json()["access_token"]
    assert fresh != token
    assert anonymous("GET /me", headers={"Authorization": f"Bearer basic//{fresh}"}).status_code == 200


def test_a_connection_can_be_logged_in_again(mock_backend):
    mock_backend.users.token_ttl = 60
    connection = mock_backend.connect()
    assert connection.list_jobs() == []
    mock_backend.clock.advance(60)

    assert mock_backend.connect().list_jobs() == []
    connection.authenticate_basic("alice", "secret")
    assert connection.list_jobs() == []


def test_tokens_from_before_count_from_when_the_lifetime_was_set(mock_backend, api, assert_error):
    mock_backend.clock.advance("10h")
    mock_backend.users.token_ttl = "1h"

    mock_backend.clock.advance("59m")
    assert api("GET /me").status_code == 200
    mock_backend.clock.advance("1m")
    assert_error(api("GET /me"), 403, "TokenInvalid", "expired at 2025-06-01T23:00:00Z")
    mock_backend.users.token_ttl = "2h"
    assert api("GET /me").status_code == 200
    mock_backend.users.token_ttl = None
    mock_backend.clock.advance("100h")
    assert api("GET /me").status_code == 200


@pytest.mark.parametrize("value", [1, "1s", timedelta(seconds=1), "PT1S", 1.0])
def test_lifetimes_are_written_like_all_durations(value):
    users = Users()
    users.token_ttl = value

    assert users.token_ttl == timedelta(seconds=1)


@pytest.mark.parametrize(("value", "error"), [(-1, ValueError), ("soon", ValueError), ([], TypeError)])
def test_lifetimes_that_are_none(value, error):
    users = Users()
    users.token_ttl = 5

    with pytest.raises(error, match="duration"):
        users.token_ttl = value

    assert users.token_ttl == timedelta(seconds=5)


def test_the_longest_lifetime_is_no_problem():
    users = Users()
    users.token_ttl = timedelta.max

    assert users.by_token(users.issue("alice")).user_id == "alice"


# -- ended by the test --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("verb", "word"), [("revoke", "revoked"), ("expire_tokens", "expired")])
@pytest.mark.parametrize("lifetime", [None, "1h"])
@pytest.mark.mock_backend(users={"ann": "a", "bob": "b"})
def test_tokens_can_be_ended(mock_backend, api_of, anonymous, assert_error, verb, word, lifetime):
    mock_backend.users.token_ttl = lifetime
    ann, bob = api_of(mock_backend, "ann"), api_of(mock_backend, "bob")
    mock_backend.clock.advance("1m")

    getattr(mock_backend.users, verb)("ann")

    assert_error(ann("GET /me"), 403, "TokenInvalid", f"{word} at 2025-06-01T12:01:00Z", "log in again")
    assert bob("GET /me").status_code == 200
    assert api_of(mock_backend, "ann")("GET /me").status_code == 200
    assert mock_backend.connect("ann").list_jobs() == []
    token = anonymous("GET /credentials/basic", auth=("ann", "a")).json()["access_token"]
    assert anonymous("GET /me", headers={"Authorization": f"Bearer basic//{token}"}).status_code == 200


@pytest.mark.mock_backend(users={"ann": "a", "bob": "b"})
def test_all_tokens_can_expire_at_once(mock_backend, api_of, assert_error):
    ann, bob = api_of(mock_backend, "ann"), api_of(mock_backend, "bob")
    assert ann("GET /me").status_code == 200

    mock_backend.users.expire_tokens()

    assert_error(ann("GET /me"), 403, "TokenInvalid", "expired")
    assert_error(bob("GET /me"), 403, "TokenInvalid", "expired")
    assert api_of(mock_backend, "bob")("GET /me").status_code == 200


def test_what_ended_a_token_first_is_what_is_told():
    users = Users()
    first = users.issue("alice")
    users.revoke("alice")
    second = users.issue("alice")
    users.expire_tokens()

    assert "revoked" in refusal(users, first)
    assert "expired" in refusal(users, second)
    assert users.by_token(users.issue("alice")).user_id == "alice"


def test_tokens_that_no_user_has_used_yet_are_ended_as_well():
    token = Users().issue("alice")
    users = Users()  # as after a restart

    users.revoke("alice")

    assert "revoked" in refusal(users, token)


# -- properties ---------------------------------------------------------------------------------------------


@given(st.booleans(), st.data())
def test_a_token_with_anything_changed_is_none(dated, data):
    users = Users({"ann": "a", "bob": "b"})
    users.token_ttl = "1h" if dated else None
    token = users.issue("ann")
    place = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from("0123456789abcdefABCDEF./ _-x"))
    cut = data.draw(st.integers(0, len(token) - 1))

    for other in (token[:place] + character + token[place + 1 :], token[:cut], token + character):
        if other != token:
            assert "not issued this token" in refusal(users, other)
    assert users.by_token(token).user_id == "ann"


@given(st.text(), st.sampled_from(["", "basic//", "basic//."]))
def test_made_up_tokens_are_refused(text, prefix):
    assert "not issued this token" in refusal(Users(), prefix + text)


@given(
    st.timedeltas(timedelta(microseconds=1), timedelta(days=9)),
    st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_a_token_is_good_exactly_until_its_lifetime_is_over(lifetime, passed):
    clock = Clock()
    users = Users(clock=clock)
    users.token_ttl = lifetime
    token = users.issue("alice")

    clock.advance(passed)

    if passed < lifetime:
        assert users.by_token(token).user_id == "alice"
    else:
        assert "expired" in refusal(users, token)


class Tokens(RuleBasedStateMachine):
    """Hand out and end tokens of two accounts in any order; each is as good as a book of all of them says."""

    names = st.sampled_from(["ann", "bob"])
    seconds = st.integers(1, 1000)

    def __init__(self):
        super().__init__()
        self.clock = Clock()
        self.users = Users({"ann": "a", "bob": {"password": "b", "budget": 1}}, clock=self.clock)
        self.lifetime = self.since = None
        #: The owner of each token, and the instant it was handed out; None for before there was a lifetime.
        self.book = {}
        #: Why tokens are bad for good.
        self.ended = {}

    @rule(name=names, by_log_in=st.booleans())
    def hand_out(self, name, by_log_in):
        if name not in self.users:
            return
        logged_in = "basic//" + self.users.log_in(basic(name, name[0]))
        token = logged_in if by_log_in else self.users.issue(name)
        assert token not in self.ended
        issued = None if self.lifetime is None else self.clock.now()
        assert self.book.setdefault(token, (name, issued)) == (name, issued)
        assert self.users.by_token(token) is self.users[name]

    @rule(seconds=seconds)
    def pass_time(self, seconds):
        self.clock.advance(seconds)

    @rule(seconds=seconds)
    def set_lifetime(self, seconds):
        self.since = self.clock.now() if self.lifetime is None else self.since
        self.lifetime = timedelta(seconds=seconds)
        self.users.token_ttl = seconds

    @rule()
    def clear_lifetime(self):
        self.lifetime = self.since = self.users.token_ttl = None

    @rule(name=names)
    def revoke(self, name):
        if name in self.users:
            self.users.revoke(name)
            self.end(name, "revoked")

    @rule(name=names | st.none())
    def expire(self, name):
        if name is None or name in self.users:
            self.users.expire_tokens(name)
            for each in list(self.users) if name is None else [name]:
                self.end(each, "expired")

    @rule(name=names)
    def remove_or_add(self, name):
        if name in self.users:
            self.users.remove(name)
            self.end(name, "account")
        else:
            self.users.add(name, name[0])

    @rule()
    def reset(self):
        self.users.reset()
        self.lifetime = self.since = None
        self.book, self.ended = {}, {}

    def end(self, name, how):
        for token, (owner, _) in self.book.items():
            if owner == name:
                self.ended.setdefault(token, how)

    @invariant()
    def tokens_are_as_good_as_the_book_says(self):
        for token, (name, issued) in self.book.items():
            age = self.clock.now() - (issued or self.since or self.clock.now())
            if token in self.ended:
                assert self.ended[token] in refusal(self.users, token)
            elif self.lifetime is not None and age >= self.lifetime:
                assert "expired" in refusal(self.users, token)
            else:
                assert self.users.by_token(token) is self.users[name]


Tokens.TestCase.settings = settings(
    max_examples=2 * settings.default.max_examples, stateful_step_count=30, deadline=None
)
TestTokens = Tokens.TestCase
