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
    max_examples=20,
    stateful_step_count=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.mark.parametrize("resource", ["jobs", "services", "process_graphs", "files", "collections"])
def test_what_is_done_to_a_resource_shows(document, backend, samples, hints, resource):
    known = {name: values for name, values in hints.items() if not name.endswith("_id")} | ONLY
    whole = fuzzed(
        document,
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
            backend.clock.advance("1m")

    Sequence.run(settings=SETTINGS)

    # If an operation never gets anywhere the sequences are not worth much.
    assert all(succeeded.values()), succeeded
