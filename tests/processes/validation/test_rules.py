"""Rules can be relaxed by name, each by itself."""

import pytest

from mock_backend.processes.validation import RULES
from validation_cases.building import Case
from validation_cases.catalogue import problems_of
from validation_cases.tables import TABLES

BAD = [case for cases in TABLES.values() for case in cases if case.expected]


#: Rules that only count when a graph is followed or a process is stored; see test_acceptance.py.
ELSEWHERE = {
    "future",
    "large-values",
    "overlap-resolver",
    "parameter-schema",
    "predefined-id",
    "unknown-content",
    "unsuitable-format",
}
HERE = [rule for rule in RULES if rule not in ELSEWHERE]


def rules_of(case: Case) -> set[str | None]:
    return {problem.rule for problem in problems_of(case)}


@pytest.fixture(scope="module")
def by_rule() -> dict[str | None, list[Case]]:
    """The cases that break one rule only."""
    found: dict[str | None, list[Case]] = {}
    for case in BAD:
        if len(rules := rules_of(case)) == 1:
            found.setdefault(rules.pop(), []).append(case)
    return found


#: Other problems of cases whose rule is relaxed: there is no collection of such an id, either, and where all
#: bands are loaded, the one that is chosen is neither red nor infrared.
REVEALED = {
    "an id with a space": ["unknown-collection"],
    "what depends on a wrong argument is not reported, too": ["unknown-band", "unknown-band"],
}


@pytest.mark.parametrize("rule", HERE)
def test_a_relaxed_rule_does_not_count(by_rule, rule):
    assert by_rule[rule]
    for case in by_rule[rule]:
        assert [each.rule for each in problems_of(case, {rule})] == REVEALED.get(case.name, []), case.name


@pytest.mark.parametrize("rule", HERE)
def test_the_other_rules_do(by_rule, rule):
    others = RULES.keys() - {rule}

    for case in by_rule[rule]:
        assert problems_of(case, others) == problems_of(case), case.name


def test_what_is_no_graph_or_too_much_counts_whatever_is_relaxed(by_rule):
    codes = {case.expected[0][0] for case in by_rule[None]}
    assert codes == {"ProcessGraphInvalid", "ProcessGraphComplexity"}
    for case in by_rule[None]:
        assert problems_of(case, RULES) == problems_of(case), case.name
