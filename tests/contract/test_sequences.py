"""Sequences of requests on resources: what was created is there, what was deleted is gone."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, Phase, settings

from openeo_contract.fuzzing import fuzzed

#: Known values beside those of the samples; they are the only ones here.
ONLY = {
    "process_id": ["mine"],
    # As complete as it is shown.
    "service_configuration": [{"colormap": "viridis", "tile_size": 256}],
    "pagination_limit": [1, 100],
    "log_offset": [""],
}

SETTINGS = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("resource", ["jobs", "services", "process_graphs", "files", "collections"])
def test_what_is_done_to_a_resource_shows(known_processes, backend, samples, hints, resource):
    known = {name: values for name, values in hints.items() if not name.endswith("_id")} | ONLY
    whole = fuzzed(
        known_processes,
        url=backend.url,
        token=backend.token(),
        credentials=("alice", "secret"),
        hints=known,
        sequences=True,
    )
    machine = whole.include(path_regex=f"^/{resource}").as_state_machine()
    succeeded = Counter()

    class Sequence(machine):
        def setup(self):
            samples.reset()

        def after_call(self, response, case):
            super().after_call(response, case)
            succeeded[case.operation.label] += response.status_code < 400
            # Jobs go on while their owner does other things.
            backend.clock.advance("1m" if succeeded.total() % 2 else "3m")

    # They are random, by what is imported as well. If an operation never gets anywhere they are not worth
    # much, and longer ones follow.
    for steps in (12, 16, 20, 24):
        Sequence.run(settings=settings(SETTINGS, stateful_step_count=steps))
        if all(succeeded.values()):
            break
    assert all(succeeded.values()), succeeded
