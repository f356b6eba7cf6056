"""Secrets cannot be computed by others, and are shown nowhere."""

import os
import re
import shutil
import warnings

import pytest
import requests

from mock_backend import Clock, MockBackend
from mock_backend.settings import RANDOM, AppSettings
from mock_backend.stores import StoreError
from mock_backend.stores.tiny import TinyStore

URL = "https://secrets.test"


def token_and_link(**options):
    """Return a token and a signed URL of a back-end."""
    with MockBackend(URL, **options) as backend:
        connection = backend.connect()
        job = connection.create_job({"pi": {"process_id": "pi", "arguments": {}, "result": True}})
        job.start_job()
        backend.clock.advance(days=1)
        [asset] = job.get_results().get_assets()
        return backend.token(), asset.href


def test_tokens_and_signatures_follow_from_the_seed_unless_there_is_a_secret():
    seeded, again = token_and_link(seed=1), token_and_link(seed=1)
    kept, kept_again = token_and_link(seed=1, secret="hush"), token_and_link(seed=1, secret="hush")
    drawn, drawn_again = token_and_link(seed=1, secret=RANDOM), token_and_link(seed=1, secret=RANDOM)

    assert seeded == again
    assert kept == kept_again
    for one, other in [(seeded, kept), (seeded, drawn), (kept, drawn), (drawn, drawn_again)]:
        assert one[0] != other[0]
        assert one[1] != other[1]
        # The ids of jobs are made-up data, which the seed alone decides.
        assert one[1].partition("?")[0] == other[1].partition("?")[0]


def test_one_that_was_drawn_is_kept_in_the_store(tmp_path):
    options = {"secret": RANDOM, "store": tmp_path / "jobs.json"}
    with MockBackend(URL, **options) as backend:
        token = backend.token()
    with MockBackend(URL, **options) as backend:
        assert backend.token() == token
        backend.reset()
        assert backend.token() == token
    with MockBackend(URL, **options) as backend:
        assert backend.token() == token


def test_served_settings_draw_one_unless_there_is_one():
    assert AppSettings().served().secret == RANDOM
    assert AppSettings(secret="hush").served().secret == "hush"


@pytest.mark.parametrize(("options", "warned"), [({}, True), ({"secret": "hush"}, False)])
def test_a_server_for_others_warns_if_its_tokens_can_be_computed(options, warned):
    with (
        MockBackend(URL, clock=Clock(), **options) as backend,
        warnings.catch_warnings(record=True) as caught,
    ):
        warnings.simplefilter("always")
        backend.live(host="0.0.0.0")  # that is what the warning is about

    assert ["secret='random'" in str(each.message) for each in caught] == ([True] if warned else [])


@pytest.mark.parametrize("profile", ["default", "cdse"])
def test_signatures_are_not_shown(mock_backend_factory, profile):
    backend = mock_backend_factory(profile=profile)
    job = backend.connect().create_job({"pi": {"process_id": "pi", "arguments": {}, "result": True}})
    job.start_job()
    backend.clock.advance(days=1)
    link = next(
        each["href"] for each in job.get_results().get_metadata()["links"] if each["rel"] == "canonical"
    )
    [asset] = job.get_results().get_assets()

    for url in (link, asset.href):
        [signature] = re.findall("[0-9a-f]{40}", url)
        requests.get(url, headers={"Referer": url}, timeout=5)
        exchange = backend.requests[-1]
        shown = [exchange, exchange.path, exchange.query_string, exchange.headers, exchange.query]
        assert exchange.status == 200
        assert signature not in f"{shown} {backend.requests!r}"


# -- the lock of a store ----------------------------------------------------------------------------------


def test_a_store_stays_locked_without_the_file_of_its_lock(tmp_path):
    path, lock = tmp_path / "jobs.json", tmp_path / "jobs.json.lock"
    store = TinyStore(path)
    store.save_state({"open": 1})
    for _ in range(2):
        lock.unlink()
        with pytest.raises(StoreError, match="is open in another process"):
            TinyStore(path)
        assert not lock.exists()
        lock.touch()
    store.close()
    TinyStore(path).close()


def test_a_store_is_locked_by_all_its_names(tmp_path):
    path, other = tmp_path / "jobs.json", tmp_path / "other.json"
    TinyStore(path).close()
    os.link(path, other)

    store = TinyStore(path)
    with pytest.raises(StoreError, match=r"other\.json is open in another process"):
        TinyStore(other)
    store.close()
    TinyStore(other).close()


def test_a_store_stays_locked_when_its_file_is_replaced(tmp_path):
    path, lock = tmp_path / "jobs.json", tmp_path / "jobs.json.lock"
    store = TinyStore(path)
    for number in range(3000):
        store.save_state({"padding": "x" * 1000, "number": number})  # until there is a new snapshot
    lock.unlink()

    with pytest.raises(StoreError, match="is open in another process"):
        TinyStore(path)
    copy = shutil.copy(path, tmp_path / "copy.json")
    TinyStore(copy).close()
    store.close()


# -- the command ------------------------------------------------------------------------------------------


def test_a_server_has_tokens_of_its_own_and_keeps_them_with_its_store(serving, tmp_path):
    """A token that follows from the seed alone is refused."""
    options = ("--store", str(tmp_path / "jobs.json"))
    with serving(*options) as server:
        credentials = requests.get(f"{server.url}/credentials/basic", auth=("alice", "secret"), timeout=5)
        token = credentials.json()["access_token"]
        assert server.me(token) == 200
        assert server.me(MockBackend("https://openeo.test/openeo/1.2").token().removeprefix("basic//")) == 403
    with serving(*options) as server:
        assert server.me(token) == 200
    with serving() as server:
        assert server.me(token) == 403
        assert known_client(server) == 200
    assert "openeo-service" in server.greeting
    assert "other machines" not in server.errors


def known_client(server):
    """Return the status of the answer to the client that all users know, which asks for a token."""
    form = {"grant_type": "client_credentials", "client_id": "openeo-service", "client_secret": "secret"}
    issuer = requests.get(f"{server.url}/credentials/oidc", timeout=5).json()["providers"][0]["issuer"]
    return requests.post(f"{issuer}/token", data=form, timeout=5).status_code


def test_a_server_that_others_can_reach_says_so_and_given_accounts_turn_the_known_client_off(serving):
    with serving("--user", "ann:a", "--host", "0.0.0.0") as server:
        assert known_client(server) == 401
    assert "openeo-service" not in server.greeting
    assert "other machines can reach this server" in server.errors
