"""Whatever happens in whatever order, a token is good exactly when it should be."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, multiple, rule, run_state_machine_as_test

from mock_backend import MockBackend

NAMES = ("alice", "bob", "openeo-service")
USERS = st.sampled_from(NAMES[:2])
STEPS = st.sampled_from([1, 59, 60, 1800, 3599, 3600, 86400, 30 * 86400])


@dataclass(eq=False)
class Login:
    """A user's log-in."""

    user: str
    account: int
    revoked: bool = False


@dataclass(eq=False)
class Code:
    value: str
    login: Login
    expires: datetime
    used: bool = False


@dataclass(eq=False)
class Access:
    """An access token, the key that signed it, and the id token that came with it."""

    value: str
    id_token: str | None
    login: Login
    expires: datetime
    key: int
    revoked: bool = False


@dataclass(eq=False)
class Refresh:
    value: str
    login: Login
    expires: datetime
    revoked: bool = False
    spent: bool = False


@dataclass
class Model:
    """The expected state."""

    now: datetime
    #: The number of accounts that a name has had; even while it has none.
    accounts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))
    present: set[str] = field(default_factory=lambda: {"alice", "bob"})
    key: int = 0
    oldest_key: int = 0
    rotates: bool = False
    ttl: timedelta = timedelta(hours=1)
    logins: list[Login] = field(default_factory=list)
    accesses: list[Access] = field(default_factory=list)
    refreshes: list[Refresh] = field(default_factory=list)

    def lives(self, login: Login) -> bool:
        is_there = login.user in self.present and self.accounts[login.user] == login.account
        return is_there and not login.revoked

    def takes(self, token: Access) -> bool:
        return (
            self.lives(token.login)
            and not token.revoked
            and self.now < token.expires
            and token.key >= self.oldest_key
        )

    def renews(self, token: Refresh) -> bool:
        return self.lives(token.login) and not (token.revoked or token.spent) and self.now < token.expires


class Machine(RuleBasedStateMachine):
    """A provider and its model, side by side."""

    codes, accesses, refreshes = Bundle("codes"), Bundle("accesses"), Bundle("refreshes")

    def __init__(self, issuer_of) -> None:
        super().__init__()
        self.backend = MockBackend("https://machine.test", users={"alice": "secret", "bob": "secret"}).open()
        self.provider = self.backend.oidc
        self.issuer = issuer_of(self.provider, self.backend)
        self.model = Model(self.backend.clock.now())

    def teardown(self) -> None:
        self.look_at_everything()
        self.backend.close()

    # -- log-ins ------------------------------------------------------------------------------------

    def login_of(self, user) -> Login:
        login = Login(user, self.model.accounts[user])
        self.model.logins.append(login)
        return login

    def got(self, answer, login):
        """Note what an answer of the token endpoint holds; return its tokens."""
        model = self.model
        expires = model.now + model.ttl
        access = Access(answer["access_token"], answer.get("id_token"), login, expires, model.key)
        model.accesses.append(access)
        found = [access]
        known = {each.value for each in model.refreshes}
        if "refresh_token" in answer and answer["refresh_token"] not in known:
            found.append(Refresh(answer["refresh_token"], login, model.now + timedelta(days=30)))
            model.refreshes.append(found[-1])
        return found

    @rule(target=codes, user=USERS)
    def ask_for_a_code(self, user):
        if user not in self.model.present:
            with pytest.raises(ValueError, match=user):
                self.provider.default_user = user
            return multiple()
        self.provider.default_user = user
        answer = self.issuer.answered(self.issuer.authorize())
        return Code(answer["code"], self.login_of(user), self.model.now + timedelta(minutes=1))

    @rule(target=accesses, code=codes)
    def redeem(self, code):
        response = self.issuer.redeem(code.value)
        good = not code.used and self.model.lives(code.login) and self.model.now < code.expires
        # The second time, whoever comes, what it gave is void.
        code.login.revoked |= code.used
        code.used = True
        assert response.status_code == (200 if good else 400), response.text
        return self.got(response.json(), code.login)[0] if good else multiple()

    @rule(target=refreshes, user=USERS, how=st.sampled_from(["password", "device", "code", "none"]))
    def log_in(self, user, how):
        if user not in self.model.present:
            return multiple()
        if how == "password":
            form = {"grant_type": "password", "client_id": "openeo-default", "scope": self.issuer.scope}
            answer = self.issuer.token(**form, username=user, password="secret").json()
        elif how == "device":
            with self.provider.script_device("confirmed", user=user):
                answer = self.issuer.poll(self.issuer.device()).json()
        elif how == "code":
            self.provider.default_user = user
            answer = self.issuer.log_in()
        else:
            answer = self.provider.tokens(user)
        return self.got(answer, self.login_of(user))[1]

    @rule(target=accesses)
    def act_for_itself(self):
        auth = ("openeo-service", "secret")
        answer = self.issuer.token(auth, grant_type="client_credentials", scope="openid").json()
        self.model.present.add("openeo-service")
        return self.got(answer, self.login_of("openeo-service"))[0]

    @rule(target=refreshes, token=refreshes)
    def renew(self, token):
        good, rotates = self.model.renews(token), self.model.rotates
        response = self.issuer.refresh(token.value)
        assert response.status_code == (200 if good else 400), response.text
        # It is replayed: either has stolen it from the other.
        token.login.revoked |= token.spent
        if not good:
            return multiple()
        found = self.got(response.json(), token.login)
        token.spent = rotates
        assert len(found) == (2 if rotates else 1)
        return found[1] if rotates else token

    # -- what ends them -----------------------------------------------------------------------------

    @rule(token=accesses)
    def revoke_an_access_token(self, token):
        client = "openeo-default" if token.login.user != "openeo-service" else "openeo-service"
        auth = None if client == "openeo-default" else (client, "secret")
        data = {"token": token.value, "client_id": client}
        assert self.issuer("POST /revoke", data=data, auth=auth).status_code == 200
        token.revoked = True

    @rule(token=refreshes)
    def revoke_a_refresh_token(self, token):
        assert self.issuer.revoke(token.value).status_code == 200
        token.login.revoked = True

    @rule(user=st.none() | USERS)
    def revoke(self, user):
        if user is None or user in self.model.present:
            self.provider.revoke(user)
            for login in self.model.logins:
                login.revoked |= user in (None, login.user)

    @rule(user=st.none() | USERS)
    def expire(self, user):
        if user is None or user in self.model.present:
            self.provider.expire_tokens(user)
            for token in self.model.accesses:
                if user in (None, token.login.user):
                    token.expires = min(token.expires, self.model.now)

    @rule(seconds=STEPS)
    def pass_time(self, seconds):
        self.backend.clock.advance(seconds=seconds)
        self.model.now = self.backend.clock.now()

    @rule(keep_old=st.booleans())
    def rotate_keys(self, keep_old):
        # There is one more key for each turn, and making one takes its time.
        if self.model.key < 4:
            self.provider.rotate_keys(keep_old=keep_old)
            self.model.key += 1
            if not keep_old:
                self.model.oldest_key = self.model.key

    @rule(user=st.sampled_from(NAMES))
    def remove_an_account(self, user):
        if user in self.model.present:
            self.backend.users.remove(user)
            self.model.present.remove(user)
            self.model.accounts[user] += 1

    @rule(user=USERS)
    def add_an_account(self, user):
        if user not in self.model.present:
            self.backend.users.add(user, "secret")
            self.model.present.add(user)

    # -- settings -----------------------------------------------------------------------------------

    @rule(rotates=st.booleans())
    def decide_on_rotation(self, rotates):
        self.provider.rotate_refresh_tokens = self.model.rotates = rotates

    @rule(seconds=st.sampled_from([1, 60, 3600, 90_000]))
    def decide_on_lifetimes(self, seconds):
        self.provider.access_token_ttl = self.model.ttl = timedelta(seconds=seconds)

    # -- what comes of it ---------------------------------------------------------------------------

    @rule()
    def look_at_everything(self):
        for token in self.model.accesses[-12:]:
            expected = {"api", "userinfo", "introspection"} if self.model.takes(token) else set()
            assert self.issuer.takes(token.value) == expected
            assert token.id_token is None or self.issuer.takes(token.id_token) == set()
        for token in self.model.refreshes[-8:]:
            assert self.issuer.introspect(token.value)["active"] == self.model.renews(token)
            assert self.issuer.me(token.value).status_code == 403

    @rule(token=accesses)
    def look_at_one(self, token):
        assert bool(self.issuer.takes(token.value)) == self.model.takes(token)


def test_a_token_is_good_exactly_when_it_should_be(issuer_of):
    run_state_machine_as_test(
        lambda: Machine(issuer_of), settings=settings(max_examples=40, stateful_step_count=30, deadline=None)
    )
