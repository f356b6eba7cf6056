"""Checks of result documents by the rules."""

import json

import pystac
import pytest
from pystac.validation import validate_dict

from handmade import PRODUCTS
from openeo_contract import Answer, Contract, References


@pytest.fixture(params=PRODUCTS.values(), ids=PRODUCTS)
def product(request):
    return request.param


@pytest.fixture(scope="session")
def contract(shared):
    return Contract(References().document())


@pytest.fixture(scope="session")
def check_stac():
    """Hold a document to STAC's own schemas, and read it with pystac."""

    def check(document):
        # No schema of an extension is on this machine.
        validate_dict(document, extensions=[])
        kind = pystac.Item if document["type"] == "Feature" else pystac.Collection
        return kind.from_dict(document)

    return check


@pytest.fixture(scope="session")
def check_openeo(contract):
    """Hold a document to the openEO API as the answer to a request for results."""

    def check(document, media_type="application/json"):
        headers = {
            "content-type": media_type,
            "openeo-costs": "0",
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "Link, Location, OpenEO-Costs, OpenEO-Identifier",
        }
        body = json.dumps(document).encode()
        answer = Answer("GET", "/jobs/j-24060100/results", 200, headers, body, len(body))
        assert contract.violations(answer) == []

    return check
