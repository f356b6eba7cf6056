"""Work with a back-end, beside another tool."""

from datetime import timedelta

import pytest

from mock_backend import Fault


@pytest.fixture
def use(graph):
    """Use a back-end by the openeo client: two refusals, then a job; return how long that took it."""

    def run(backend):
        began = backend.clock.now()
        backend.inject(Fault(status=429, retry_after=23), "GET /jobs/{job_id}", times=2)
        job = backend.connect().create_job({"process_graph": graph})
        job.start_and_wait(print=lambda _: None)
        assert backend.jobs[-1].status == "finished"
        took = backend.clock.now() - began
        assert took >= timedelta(seconds=46)
        return took

    return run
