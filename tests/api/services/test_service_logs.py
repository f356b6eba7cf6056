"""``GET /services/{service_id}/logs``."""

import pytest


@pytest.fixture
def eventful(mock_backend, api, publish):
    """A service to which something happened each minute."""
    service_id = publish(title="NDVI")
    for change in ({"title": "New", "budget": 3}, {"enabled": False}, {"mine": 1, "enabled": True}):
        mock_backend.clock.advance("1m")
        assert api(f"PATCH /services/{service_id}", json=change).status_code == 204
    return service_id


@pytest.fixture
def log(api):
    """Read the log of a service."""

    def read(service_id, query=""):
        response = api(f"GET /services/{service_id}/logs{query}")
        assert response.status_code == 200, response.text
        return response.json()["logs"]

    return read


def test_it_tells_what_happened_and_when(log, eventful):
    told = [(entry["time"][14:19], entry["level"], entry["message"]) for entry in log(eventful)]

    assert told == [
        ("00:00", "info", "Secondary service created."),
        ("00:00", "info", "Secondary service enabled."),
        ("01:00", "info", "Secondary service updated: budget, title."),
        ("02:00", "warning", "Secondary service disabled: it does not respond any more."),
        ("03:00", "info", "Secondary service updated: mine."),
        ("03:00", "info", "Secondary service enabled."),
    ]


def test_a_service_may_begin_disabled(log, publish):
    assert [entry["level"] for entry in log(publish(enabled=False))] == ["info", "warning"]


def test_saying_again_what_is_so_is_no_event(api, log, publish):
    service_id = publish()
    api(f"PATCH /services/{service_id}", json={"enabled": True})

    assert len(log(service_id)) == 2


def test_an_offset_continues_after_the_last_entry_seen(log, eventful):
    entries = log(eventful)

    for place, entry in enumerate(entries):
        assert log(eventful, f"?offset={entry['id']}") == entries[place + 1 :]
    assert log(eventful, "?offset=") == entries


def test_a_level_filters(api, log, eventful):
    assert [entry["level"] for entry in log(eventful, "?level=warning")] == ["warning"]
    assert log(eventful, "?level=error") == []
    assert log(eventful, "?level=") == log(eventful, "?level=debug") == log(eventful)


@pytest.mark.parametrize(
    ("kept", "asked", "effective"),
    [("info", "debug", "info"), ("warning", "info", "warning"), ("debug", "error", "error")],
)
def test_the_higher_one_of_the_levels_counts(api, log, publish, kept, asked, effective):
    service_id = publish(log_level=kept, enabled=False)

    response = api(f"GET /services/{service_id}/logs?level={asked}").json()

    assert response["level"] == effective
    order = ["debug", "info", "warning", "error"]
    assert all(order.index(entry["level"]) >= order.index(effective) for entry in response["logs"])
    assert bool(response["logs"]) == (effective != "error")


def test_logs_are_paged(api, log, eventful):
    seen, url = [], f"/services/{eventful}/logs?limit=2"
    while url:
        page = api(f"GET {url}").json()
        assert len(page["logs"]) <= 2
        seen += page["logs"]
        url = next((link["href"] for link in page["links"] if link["rel"] == "next"), None)

    assert seen == log(eventful)


def test_reading_and_looking_at_maps_is_no_event(api, anonymous, log, eventful):
    before = log(eventful)
    api(f"GET /services/{eventful}")
    anonymous(f"GET /services/{eventful}/xyz/0/0/0")

    assert log(eventful) == before


def test_a_long_log_forgets_its_beginning(api, log, publish, monkeypatch):
    monkeypatch.setattr("mock_backend.api.services.service.MAX_EVENTS", 5)
    service_id = publish()
    first = log(service_id)[0]["id"]
    for number in range(6):
        api(f"PATCH /services/{service_id}", json={"title": str(number)})

    entries = log(service_id)
    assert [entry["id"] for entry in entries] == ["4", "5", "6", "7", "8"]
    assert log(service_id, f"?offset={first}") == entries


@pytest.mark.parametrize("query", ["level=loud", "offset=nonsense", "offset=-1", "limit=0", "limit=x"])
def test_bad_parameters(api, assert_error, eventful, query):
    assert_error(
        api(f"GET /services/{eventful}/logs?{query}"), 400, "RequestInvalid", query.partition("=")[0]
    )
