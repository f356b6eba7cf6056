"""Registers get what they work with from the back-end."""

import requests

from mock_backend import MockBackend
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister


class Shop(EndpointRegister):
    """Has attributes and methods with the names of collaborators."""

    clock = None
    jobs = None

    def _initialize_endpoints(self):
        return [Endpoint(path="/shop", methods=["GET"], handler="store")]

    def store(self):
        return {"now": self.clock.now().year, "jobs": self.jobs.provides}


def test_attributes_become_collaborators_and_methods_stay_methods():
    with MockBackend("https://shop.test", registers=[Shop]):
        assert requests.get("https://shop.test/shop", timeout=5).json() == {"now": 2025, "jobs": "jobs"}
