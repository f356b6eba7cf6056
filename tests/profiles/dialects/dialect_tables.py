"""Marks and tables of tests that run with several profiles."""

import pytest

ALL = ["spec", "default", "cdse", "openeo-platform", "gee", "eodc"]
DRIVERS = ["cdse", "openeo-platform"]

every_profile = pytest.mark.mock_backend(profile=ALL)
drivers = pytest.mark.mock_backend(profile=DRIVERS)
deviates = pytest.mark.off_contract("back-ends deviate from the specification")


def answer(response):
    """Return the status of a response, with the code if it is an error."""
    if response.status_code < 400:
        return response.status_code
    return f"{response.status_code} {response.json()['code']}"


def table(text):
    """Read a table of expectations: profile, status of the job, what follows."""
    rows = [line.split(maxsplit=2) for line in text.strip().splitlines()]
    return [
        pytest.param(profile, status, rest, id=f"{profile}-{status}", marks=_marks(rest))
        for profile, status, rest in rows
    ]


def _marks(expected):
    # The specification has no results without files.
    return [deviates] if "| 200" in expected and "files" not in expected else []
