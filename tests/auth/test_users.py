"""``backend.users``: accounts that a test adds, changes and removes."""

import copy
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend import MockBackend
from mock_backend.auth.accounts import User, Users
from mock_backend.settings import AppSettings

ANN = {"password": "a", "budget": 5, "roles": ["editor"], "email": "ann@example.org", "affiliation": "VITO"}


@pytest.fixture
def me_of(api_of):
    """Ask who a user of a back-end is."""

    def ask(backend, user) -> dict:
        response = api_of(backend, user)("GET /me")
        assert response.status_code == 200, response.text
        return response.json()

    return ask


# -- what is known of an account ------------------------------------------------------------------------


@pytest.mark.mock_backend(users={"ann": ANN, "bob": "b"})
def test_me_tells_what_is_known_of_the_account(mock_backend, me_of):
    ann, bob = me_of(mock_backend, "ann"), me_of(mock_backend, "bob")

    assert {name: ann[name] for name in ("user_id", "name", "budget", "roles", "email", "affiliation")} == {
        "user_id": "ann",
        "name": "ann",
        "budget": 5,
        "roles": ["editor"],
        "email": "ann@example.org",
        "affiliation": "VITO",
    }
    assert not {"budget", "roles", "email"} & bob.keys()


def test_me_keeps_what_is_not_for_clients(mock_backend, api_of):
    mock_backend.users.add("eve", "hidden-word", subject="hidden-subject", entitlements=["hidden-right"])

    text = api_of(mock_backend, "eve")("GET /me").text

    assert "eve" in text
    assert "hidden" not in text
    assert not {"subject", "entitlements", "password"} & api_of(mock_backend, "eve")("GET /me").json().keys()


def test_changes_count_from_the_next_request_on(mock_backend, api, me_of):
    alice = mock_backend.users["alice"]
    assert "budget" not in me_of(mock_backend, "alice")

    alice.budget, alice.name, alice.default_plan = 5, "Alice Liddell", "premium"
    alice.roles.append("admin")
    alice.storage_quota = 100

    me = me_of(mock_backend, "alice")
    assert (me["budget"], me["name"], me["default_plan"], me["roles"]) == (
        5,
        "Alice Liddell",
        "premium",
        ["admin"],
    )
    assert me["storage"] == {"free": 100, "quota": 100}
    assert api(f"GET /jobs/{api.create()}").json()["plan"] == "premium"
    alice.budget = None
    assert "budget" not in me_of(mock_backend, "alice")


def test_what_is_looked_up_is_the_account_itself():
    users = Users({"ann": "a"})

    ann = users["ann"]

    assert ann is users["ann"] is users.by_token(users.issue("ann")) is users.authenticate("ann", "a")
    assert ann is users.by_subject("ann") is users.ensure("ann") is dict(users)["ann"]


@pytest.mark.parametrize(
    ("attribute", "value", "word"),
    [
        ("budget", -1, "greater"),
        ("budget", "a lot", "number"),
        ("budget", float("nan"), "budget"),
        ("storage_quota", -1, "greater"),
        ("roles", "admin", "list"),
        ("subject", "", "character"),
        ("bugdet", 5, "Did you mean 'budget'"),
        ("user_id", "bob", "frozen"),
        ("password", "new", "add it with another"),
    ],
)
def test_attributes_that_an_account_cannot_have(attribute, value, word):
    users = Users({"ann": "a"})
    before = users["ann"].model_copy(deep=True)

    with pytest.raises(ValueError, match=word):
        setattr(users["ann"], attribute, value)

    assert users["ann"] == before


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"budget": -1}, "budget"),
        ({"role": ["admin"]}, "Did you mean 'roles'"),
        ({"pasword": "x"}, "Did you mean 'password'"),
        ({"user_id": "bob"}, "user_id"),
        ({"password": 5}, "password"),
        ({"password": b"x"}, "password"),
    ],
)
def test_facts_that_an_account_cannot_have(facts, word):
    with pytest.raises(ValueError, match=word):
        Users({"ann": {"password": "a"} | facts})
    users = Users()
    with pytest.raises(ValueError, match=word):
        users.add("ann", **facts)
    assert list(users) == ["alice"]


def test_messages_do_not_tell_passwords():
    for accounts in ({"ann": ["hush"]}, {"ann": {"password": ["hush"]}}, ["hush"], {"a b": "hush"}):
        with pytest.raises((ValueError, TypeError)) as caught:
            Users(accounts)
        assert "hush" not in str(caught.value)
    users = Users({"ann": "hush", "bob": {"password": "hush", "budget": 1}})
    assert "hush" not in repr(users) + repr(dict(users)) + repr(vars(users["bob"]))


# -- adding and removing ----------------------------------------------------------------------------------


def test_an_account_that_is_added_can_log_in(mock_backend, anonymous):
    bob = mock_backend.users.add("bob", password="b", name="Bob B.", budget=3)

    token = anonymous("GET /credentials/basic", auth=("bob", "b")).json()["access_token"]
    me = anonymous("GET /me", headers={"Authorization": f"Bearer basic//{token}"}).json()

    assert (me["user_id"], me["name"], me["budget"]) == ("bob", "Bob B.", 3)
    assert mock_backend.users["bob"] is bob
    assert mock_backend.connect("bob").describe_account()["user_id"] == "bob"
    assert list(mock_backend.users) == ["alice", "bob"]
    assert len(mock_backend.users) == 2


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a:b", "äbc", "a\n", None, 5])
def test_names_that_are_no_user_ids(name):
    users = Users()

    with pytest.raises(ValueError, match="user name"):
        users.add(name, "x")

    assert list(users) == ["alice"]


def test_names_and_subjects_are_taken_once():
    users = Users({"ann": "a", "bob": {"password": "b", "subject": "b-17"}})

    with pytest.raises(ValueError, match="already"):
        users.add("ann", "x")
    for facts in ({"subject": "b-17"}, {"subject": "ann"}):
        with pytest.raises(ValueError, match="subject"):
            users.add("carol", "c", **facts)
    with pytest.raises(ValueError, match="subject"):
        users.add("b-17", "c")
    with pytest.raises(ValueError, match="subject"):
        Users({"ann": {"password": "a", "subject": "bob"}, "bob": "b"})
    assert list(users) == ["ann", "bob"]
    assert users.add("carol", "c", subject="bob").user_id == "carol"


def test_people_are_found_by_what_their_provider_calls_them():
    users = Users({"ann": "a", "bob": {"password": "b", "subject": "b-17"}})

    assert users.by_subject("ann").user_id == "ann"
    assert users.by_subject("b-17").user_id == "bob"
    assert users.by_subject("bob") is None
    users["ann"].subject = "a-1"
    assert (users.by_subject("ann"), users.by_subject("a-1")) == (None, users["ann"])
    users["ann"].subject = None
    assert users["ann"].subject == "ann"
    users["ann"].subject = "b-17"
    with pytest.raises(ValueError, match="'bob' and 'ann'"):
        users.by_subject("b-17")


def test_a_removed_account_is_locked_out_at_once(mock_backend, api_of, anonymous, assert_error):
    mock_backend.users.add("bob", "b")
    bob = api_of(mock_backend, "bob")
    job_id = bob.create(title="his")

    mock_backend.users.remove("bob")

    assert_error(bob("GET /me"), 403, "TokenInvalid", "ended with its account")
    assert_error(anonymous("GET /credentials/basic", auth=("bob", "b")), 403, "CredentialsInvalid")
    assert "bob" not in mock_backend.users
    assert mock_backend.jobs.one(title="his").user_id == "bob"
    with pytest.raises(ValueError, match="bob"):
        mock_backend.connect("bob")
    # A new user of the same name gets the jobs, but the old tokens stay what they are.
    mock_backend.users.add("bob", "b")
    assert_error(bob("GET /me"), 403, "TokenInvalid", "ended with its account")
    assert api_of(mock_backend, "bob").status(job_id) == "created"


@pytest.mark.parametrize(
    "ask",
    [
        lambda users: users["alise"],
        lambda users: users.remove("alise"),
        lambda users: users.issue("alise"),
        lambda users: users.revoke("alise"),
        lambda users: users.expire_tokens("alise"),
    ],
)
@pytest.mark.parametrize("error", [ValueError, KeyError])
def test_unknown_accounts_are_named_with_those_there_are(ask, error):
    with pytest.raises(error, match=r"Unknown account 'alise'\. Did you mean 'alice'"):
        ask(Users())
    with pytest.raises(error, match="Available: 'bob', 'carol'"):
        ask(Users({"bob": "b", "carol": "c"}))


def test_an_account_without_a_password_cannot_log_in_with_one(
    mock_backend, anonymous, api_of, me_of, assert_error
):
    mock_backend.users.add("service")

    for password in ("", "None", "service"):
        assert_error(
            anonymous("GET /credentials/basic", auth=("service", password)), 403, "CredentialsInvalid"
        )
    assert me_of(mock_backend, "service")["user_id"] == "service"
    assert mock_backend.users.authenticate("service", "") is None


def test_accounts_are_made_where_they_are_needed():
    users = Users()

    service = users.ensure("service")

    assert service is users.ensure("service") is users["service"]
    assert users.ensure("alice") is users["alice"]
    assert list(users) == ["alice", "service"]
    assert users.authenticate("alice", "secret") is users["alice"]


def test_who_has_a_password_is_the_default():
    users = Users({"service": {"budget": 1}, "ann": "a", "bob": "b"})

    assert users.default == "ann"
    users.remove("ann")
    assert users.default == "bob"
    users.remove("bob")
    with pytest.raises(ValueError, match="no accounts with a password"):
        assert users.default


# -- going back -------------------------------------------------------------------------------------------


def test_a_reset_brings_back_the_accounts_as_they_were(me_of, api_of):
    accounts = {"ann": copy.deepcopy(ANN), "bob": "b"}
    with MockBackend("https://reset.test", users=accounts) as backend:
        before = {name: (me_of(backend, name), backend.token(name)) for name in accounts}
        backend.users["ann"].roles.append("admin")
        backend.users["ann"].affiliation = "other"
        backend.users["bob"].budget = 1
        accounts["ann"]["roles"].append("their own list")
        backend.users.add("carol", "c")
        backend.users.revoke("ann")
        backend.users.token_ttl = "1h"
        backend.users.remove("bob")
        backend.clock.advance("2h")

        backend.reset()

        assert list(backend.users) == ["ann", "bob"]
        assert {name: (me_of(backend, name), backend.token(name)) for name in accounts} == before
        assert backend.users.token_ttl is None
        assert backend.users["ann"].roles == ["editor"]
        backend.users["ann"].roles.append("admin")
        backend.reset()
        assert backend.users["ann"].roles == ["editor"]


# -- any accounts -----------------------------------------------------------------------------------------

NAMES = st.from_regex(r"[A-Za-z0-9_.~-]+", fullmatch=True)


@given(st.dictionaries(NAMES, st.text(), max_size=5), NAMES, st.text())
def test_only_the_right_password_is_taken(accounts, name, password):
    users = Users(accounts)

    found = users.authenticate(name, password)

    assert (found is not None) == (accounts.get(name) == password)
    assert found is None or found.user_id == name
    assert list(users) == list(accounts)
    assert all(users.authenticate(*account) for account in accounts.items())


@given(st.lists(NAMES, unique=True, min_size=1, max_size=6))
def test_a_token_is_that_of_its_account_only(names):
    users = Users(dict.fromkeys(names, "same"))

    tokens = {name: users.issue(name) for name in names}

    assert len(set(tokens.values())) == len(names)
    assert {name: users.by_token(token).user_id for name, token in tokens.items()} == {n: n for n in names}


def test_accounts_may_change_while_others_use_them():
    users = Users({"ann": "a"})
    failures = []

    def churn(number):
        try:
            for turn in range(100):
                name = f"u{number}-{turn}"
                users.add(name, "x", budget=turn)
                token = users.issue(name)
                assert users.by_token(token) is users[name]
                users.revoke("ann")
                assert users.by_subject(name).budget == turn
                assert {"ann", name} <= set(users)
                users.remove(name)
        except Exception as error:  # it has to be told outside of this thread
            failures.append(error)

    threads = [threading.Thread(target=churn, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert users.by_token(users.issue("ann")) is users["ann"]


def test_a_custom_authentication_may_know_other_users(api_of):
    def validate() -> User:
        return User(user_id="carol", affiliation="ESA", roles=["guest"])

    with MockBackend("https://own.test", authenticate=validate, settings=AppSettings()) as backend:
        me = api_of(backend)("GET /me").json()

    assert (me["user_id"], me["affiliation"], me["roles"]) == ("carol", "ESA", ["guest"])
