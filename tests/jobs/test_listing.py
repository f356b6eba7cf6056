"""``GET /jobs``: newest first, paged by a cursor."""

import pytest

from mock_backend import MockBackend
from mock_backend.jobs import JobsRegister
from mock_backend.settings import AppSettings


def ids(response):
    assert response.status_code == 200, response.text
    return [job["id"] for job in response.json()["jobs"]]


def next_link(response):
    return next((link["href"] for link in response.json()["links"] if link["rel"] == "next"), None)


def test_newest_come_first_even_at_one_instant(api):
    created = [api.create(title=str(n)) for n in range(5)]

    assert ids(api("GET /jobs")) == created[::-1]


def test_without_limit_everything_is_listed(api, mock_backend):
    first = api.create()
    store = mock_backend.registers.one(JobsRegister).store
    more = [f"job-{number}" for number in range(1200)]
    for number, job_id in enumerate(more, store.last_number + 1):
        store.add({**store.get(first), "job_id": job_id, "number": number})

    response = api("GET /jobs")

    assert ids(response) == [*more[::-1], first]
    assert next_link(response) is None


def test_an_empty_limit_is_none(api):
    created = [api.create() for _ in range(2)]

    assert ids(api("GET /jobs?limit=")) == created[::-1]


def test_pages_cover_everything_once(api):
    created = [api.create() for _ in range(7)]
    seen, url = [], "/jobs?limit=3"

    while url:
        response = api(f"GET {url}")
        assert len(ids(response)) <= 3
        seen += ids(response)
        url = next_link(response)

    assert seen == created[::-1]


def test_a_full_last_page_has_no_next(api):
    for _ in range(4):
        api.create()

    assert next_link(api("GET /jobs?limit=4")) is None


def test_pages_are_stable_while_jobs_come_and_go(api):
    created = [api.create() for _ in range(6)]
    first = api("GET /jobs?limit=2")
    api.create()
    api(f"DELETE /jobs/{created[-2]}")
    api(f"DELETE /jobs/{created[2]}")

    second = api(f"GET {next_link(first)}")

    assert ids(second) == [created[3], created[1]]


def test_listings_leave_the_process_out(api):
    api.create(title="ndvi")

    job = api("GET /jobs").json()["jobs"][0]

    assert job["title"] == "ndvi"
    assert "process" not in job


@pytest.mark.mock_backend(users={"alice": "a", "bob": "b"})
def test_each_user_sees_their_own_jobs(mock_backend, api_of):
    alice, bob = api_of(mock_backend, "alice"), api_of(mock_backend, "bob")
    hers, his = alice.create(), bob.create()

    assert (ids(alice("GET /jobs")), ids(bob("GET /jobs"))) == ([hers], [his])


@pytest.mark.parametrize("limit", ["0", "-1", "ten", "1.5"])
def test_absurd_limits_are_refused(api, assert_error, limit):
    assert_error(api(f"GET /jobs?limit={limit}"), 400, "RequestInvalid", "limit")


@pytest.mark.parametrize("before", ["x", "1.5"])
def test_made_up_cursors_are_refused(api, assert_error, before):
    assert_error(api(f"GET /jobs?limit=1&before={before}"), 400, "RequestInvalid", "before")


@pytest.mark.parametrize("limit", [10**6, 2**71, "9" * 4000, f"{'0' * 30}7"])
def test_a_page_is_never_larger_than_the_largest(api_of, limit):
    settings = AppSettings(max_listing=3)
    with MockBackend("https://few.test", settings=settings) as backend:
        api = api_of(backend)
        created = [api.create() for _ in range(5)]
        first = api(f"GET /jobs?limit={limit}")

        assert ids(first) == created[:1:-1]
        assert ids(api(f"GET {next_link(first)}")) == created[1::-1]


def test_pages_lead_back(api):
    created = [api.create() for _ in range(5)]
    second = api(f"GET {next_link(api('GET /jobs?limit=2'))}")
    back = {link["rel"]: link["href"] for link in second.json()["links"]}["prev"]

    assert ids(second) == [created[2], created[1]]
    assert ids(api(f"GET {back}")) == [created[4], created[3]]
    assert not [link for link in api("GET /jobs?limit=2").json()["links"] if link["rel"] == "prev"]
