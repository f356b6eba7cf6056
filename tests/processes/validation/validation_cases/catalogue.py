"""Collections to load, and the validation of cases against them."""

from collections.abc import Iterable
from typing import Any

from mock_backend.catalog import CollectionsRegister
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.processes.validation.context import Context
from mock_backend.processes.validation.problems import Problem
from mock_backend.processes.validation.validator import Validator
from mock_backend.settings import AppSettings
from validation_cases.building import Case


def _collection(box: list[float], interval: list[str | None], **dimensions: Any) -> dict[str, Any]:
    extent = {"spatial": {"bbox": [box]}, "temporal": {"interval": [interval]}}
    return {"extent": extent, "cube:dimensions": dimensions}


_SPACE = {"x": {"type": "spatial", "axis": "x"}, "y": {"type": "spatial", "axis": "y"}}
#: Collections that no back-end of ours has.
ODD = {
    "TWO_TIMES": _collection(
        [-180, -90, 180, 90],
        ["2020-01-01T00:00:00Z", None],
        **_SPACE,
        t={"type": "temporal"},
        forecast={"type": "temporal"},
    ),
    "PACIFIC": _collection(
        [170, -30, -170, 0],
        ["2020-01-01T00:00:00Z", "2020-12-31T00:00:00Z"],
        **_SPACE,
        t={"type": "temporal"},
    ),
    "WITH_HEIGHTS": _collection([0, 0, -50, 10, 10, 8000], [None, None], **_SPACE, bands={"type": "bands"}),
    "NOTHING_SAID": {},
}


class Catalogue(CollectionsRegister):
    """The collections that all back-ends have, and odd ones."""

    def find(self, collection_id: str) -> dict[str, Any] | None:
        return ODD[collection_id] if collection_id in ODD else super().find(collection_id)


CATALOGUE = Catalogue(AppSettings(profile="spec"))


def problems_of(case: Case, relaxed: Iterable[str] = ()) -> list[Problem]:
    context = Context(signatures(), CATALOGUE, case.user_processes.get, frozenset(relaxed))
    findings = Validator(context).findings(case.graph, case.parameters, lenient=case.lenient)
    return list(findings.refused)
