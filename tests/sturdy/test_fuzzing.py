"""A short run of the fuzzer; longer ones are made by hand, and measure time and memory, too."""

import pytest

from fuzzer import Fuzzer


@pytest.mark.parametrize(("seed", "profile"), [(1, None), (2, "cdse"), (3, "spec")])
def test_requests_made_at_random_get_answers(seed, profile):
    fuzzer = Fuzzer(seed, profile=profile)

    fuzzer.run(lambda count: count < 60)

    assert not fuzzer.findings
    assert fuzzer.counts[200] > 5
