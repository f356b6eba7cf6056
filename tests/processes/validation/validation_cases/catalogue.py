"""Collections to load, and the validation of cases against them."""

from collections.abc import Iterable, Set
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from mock_backend.catalog import CollectionsRegister, Described
from mock_backend.catalog.collection import StacCollection
from mock_backend.engine.steps import GraphContext
from mock_backend.engine.steps.follower import findings_of
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.processes.validation.problems import Findings, Problem
from mock_backend.processes.validation.validator import Context, Validator
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
    "NOTHING_SAID": {
        "extent": {"spatial": {"bbox": [[-180, -90, 180, 90]]}, "temporal": {"interval": [[None, None]]}},
        "cube:dimensions": {},
    },
}


_ODD = {name: StacCollection(name, each) for name, each in ODD.items()}


class Catalogue(CollectionsRegister):
    """The collections that all back-ends have, and odd ones."""

    def get(self, collection_id: str) -> Described | None:
        """Return one of them."""
        return _ODD.get(collection_id) or super().get(collection_id)


CATALOGUE = Catalogue(AppSettings(profile="spec"))


#: A summer's noon.
NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


def findings_before(case: Case, lets_pass: Set[str] = frozenset()) -> Findings:
    """Return what is found before the graph is followed."""
    context = Context(signatures(), CATALOGUE, case.user_processes.get, lets_pass)
    return Validator(context).findings(case.graph, case.parameters, lenient=case.lenient)


def problems_of(case: Case, relaxed: Iterable[str] = ()) -> list[Problem]:
    """Return the broken rules; that there are no data, for example, is told when nothing else is wrong."""
    lets_pass, own = frozenset(relaxed), case.user_processes.get
    known = findings_before(case, lets_pass)
    surroundings = GraphContext(
        CATALOGUE, signatures(), NOW, user_process=own, parameters=case.parameters, lets_pass=lets_pass
    )
    more = findings_of(case.graph, surroundings, known)
    more = replace(more, refused=tuple(each for each in more.refused if each.rule is not None))
    return list(known.also(more, case.graph).refused)
