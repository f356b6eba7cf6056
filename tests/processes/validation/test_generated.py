"""Graphs made from the signatures of all processes are valid, until one thing in them is changed."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from validation_cases.building import Case
from validation_cases.catalogue import findings_before, problems_of
from validation_cases.generating import MUTATIONS, Made, graphs

SETTINGS = settings(
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(SETTINGS, max_examples=4 * settings.default.max_examples)
@given(graphs())
def test_what_fits_the_signatures_is_valid(made: Made):
    case = Case("", made.graph)

    assert findings_before(case).refused == ()
    # The one cube to refer to has no dimensions: that one is missing is all that may be wrong.
    for problem in problems_of(case):
        assert problem.rule == "unknown-dimension"
        assert problem.message.startswith("The data cube has no ")


@pytest.mark.parametrize("mutation", MUTATIONS)
@settings(SETTINGS, max_examples=25)
@given(data=st.data())
def test_a_change_for_the_worse_is_found_where_it_is(mutation, data):
    change = data.draw(graphs().flatmap(MUTATIONS[mutation]))

    found = problems_of(Case("", change.graph))

    assert (change.code, change.path, change.argument) in [
        (problem.code, problem.place.path, problem.place.argument) for problem in found
    ], [problem.text for problem in found]
