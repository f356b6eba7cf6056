"""Graphs, good and bad, and everything that is found wrong with them."""

import pytest

from validation_cases.catalogue import problems_of
from validation_cases.tables import TABLES


@pytest.mark.parametrize("table", TABLES)
def test_everything_wrong_is_found_and_nothing_else(table, example):
    for case in TABLES[table]:
        with example(case.name):
            found = problems_of(case)

            assert [(each.code, str(each.place), each.place.argument) for each in found] == [
                expected[:3] for expected in case.expected
            ], [each.message for each in found]
            for problem, expected in zip(found, case.expected, strict=True):
                for words in expected[3:]:
                    assert words in problem.message


def test_cases_have_names_of_their_own():
    for cases in TABLES.values():
        names = [case.name for case in cases]
        assert sorted(set(names)) == sorted(names)
