"""The document as it is used here: its mended defects, and what is added for schemathesis."""

import copy
import json

import pytest
import schemathesis.openapi.checks
from schemathesis.core import failures

from openeo_contract.defects import DEFECTS
from openeo_contract.exclusions import EXCLUSIONS
from openeo_contract.hints import add_hints
from openeo_contract.links import add_links


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.mend.__name__)
def test_a_defect_is_mended_only_where_it_is(document, defect):
    assert len(defect.what.split()) > 5
    with pytest.raises(LookupError):
        # This document has been mended.
        defect.mend(copy.deepcopy(document))


def operations_of(document):
    return {
        f"{method.upper()} {path}": operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }


def test_links_lead_to_all_operations_on_a_resource(document):
    linked = copy.deepcopy(document)
    add_links(linked)
    operations = operations_of(linked)
    targets = {
        link["operationId"]
        for operation in operations.values()
        for response in operation["responses"].values()
        for link in response.get("links", {}).values()
    }

    on_resources = {each["operationId"] for label, each in operations.items() if "{" in label}
    assert targets == on_resources
    assert not any(
        "links" in response
        for operation in operations_of(document).values()
        for response in operation["responses"].values()
    )


def test_hints_are_offered_beside_other_values():
    document = {
        "paths": {"/a/{b}": {"parameters": [{"name": "b", "schema": {"type": "string"}}]}},
        "components": {"schemas": {"c": {"type": "integer", "example": 5}}, "parameters": {}},
    }

    add_hints(document, {"b": ["x"], "c": [1]})

    assert document["paths"]["/a/{b}"]["parameters"][0]["schema"]["anyOf"] == [
        {"enum": ["x"]},
        {"type": "string"},
    ]
    assert document["components"]["schemas"]["c"] == {
        "anyOf": [{"enum": [1]}, {"type": "integer"}],
        "example": 1,
    }


@pytest.mark.parametrize("exclusion", EXCLUSIONS, ids=lambda exclusion: exclusion.reason[:40])
def test_an_exclusion_has_a_reason_and_means_something(document, shared, exclusion):
    official = json.loads((shared / "openeo-api" / "errors.json").read_text())

    assert len(exclusion.reason.split()) > 5
    assert exclusion.operations
    assert set(exclusion.operations) <= operations_of(document).keys()
    assert set(exclusion.codes) <= {*official, "RequestInvalid"}
    # What ours says of malformed requests is said of many things.
    assert exclusion.words or "RequestInvalid" not in exclusion.codes
    assert hasattr(schemathesis.openapi.checks, exclusion.check) or hasattr(failures, exclusion.check)


def test_exclusions_cover_nothing_else():
    exclusion = next(each for each in EXCLUSIONS if each.words and each.codes)
    operation, code = exclusion.operations[0], exclusion.codes[0]

    assert exclusion.covers(exclusion.check, operation, code, f"It says: {exclusion.words}.")
    assert not exclusion.covers(exclusion.check, operation, code, "something else")
    assert not exclusion.covers(exclusion.check, operation, "Internal", exclusion.words)
    assert not exclusion.covers(exclusion.check, "GET /", code, exclusion.words)
    assert not exclusion.covers("ServerError", operation, code, exclusion.words)
