"""Views of services for tests."""

import pytest


@pytest.fixture
def services(mock_backend, publish):
    for title in ("a", "b", "b"):
        publish("WMS" if title == "a" else "XYZ", title=title)
    return mock_backend.services


def test_services_are_a_sequence_in_the_order_of_creation(services):
    assert [service.title for service in services] == ["a", "b", "b"]
    assert (len(services), services[0].type, services[-1].type) == (3, "WMS", "XYZ")
    assert [service.title for service in services[1:]] == ["b", "b"]


@pytest.mark.mock_backend(users={"zoe": "z", "al": "a"})
def test_services_of_all_users_are_there(mock_backend, api_of, service_of):
    for title, user in (("first", "zoe"), ("second", "al"), ("third", "zoe")):
        service_of(api_of(mock_backend, user), title=title)

    seen = [(service.title, service.user_id) for service in mock_backend.services]
    assert seen == [("first", "zoe"), ("second", "al"), ("third", "zoe")]


def test_one_finds_the_only_one(mock_backend, services, api, graph):
    service = services.one(title="a")

    assert service.process_graph == graph
    assert (service.enabled, service.created) == (True, mock_backend.clock.now())
    api(f"PATCH /services/{service.service_id}", json={"enabled": False})
    assert services.one(title="a").enabled is False
    assert service.enabled is True


@pytest.mark.parametrize(("title", "count"), [("b", 2), ("c", 0)])
def test_one_says_what_there_is_instead(services, title, count):
    with pytest.raises(LookupError, match=f"title='{title}', found {count}") as failure:
        services.one(title=title)
    assert services[0].service_id in str(failure.value)


def test_selecting_by_a_made_up_attribute_is_a_type_error(services):
    with pytest.raises(TypeError, match="'tilte'"):
        services.one(tilte="a")


def test_a_view_tells_what_it_shows(mock_backend, services):
    assert repr(services).startswith(f"<3 services: {services[0].service_id} WMS 'a', ")
    mock_backend.reset()
    assert repr(services) == "<0 services>"
