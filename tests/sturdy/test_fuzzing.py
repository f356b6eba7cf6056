"""A short run of the fuzzer; longer ones are made by hand, and measure time and memory, too."""

import importlib.util
from pathlib import Path

import pytest

# Not a module of a package: it is a program, too.
_SPEC = importlib.util.spec_from_file_location("fuzzing", Path(__file__).with_name("fuzzing.py"))
fuzzing = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(fuzzing)


@pytest.mark.parametrize(("seed", "profile"), [(1, None), (2, "cdse"), (3, "spec")])
def test_requests_made_at_random_get_answers(seed, profile):
    fuzzer = fuzzing.Fuzzer(seed, profile=profile)

    fuzzer.run(lambda count: count < 60)

    assert not fuzzer.findings
    assert fuzzer.counts[200] > 5
