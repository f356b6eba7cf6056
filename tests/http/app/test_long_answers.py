"""Answers with long lists keep other threads waiting for a moment only."""

import sys
from collections import Counter

from mock_backend import MockBackend
from mock_backend.api.models import BatchJob, JobsGetResponse
from mock_backend.api.parameters import Depends
from mock_backend.auth.accounts import Authenticator
from mock_backend.jobs import JobsRegister

ENTRIES = 1000


class Lines:
    """Counts the lines that are executed in a block: between two of them other threads have their turn."""

    count = 0

    def __enter__(self):
        self._before = sys.gettrace()
        sys.settrace(self._trace)
        return self

    def __exit__(self, *error):
        sys.settrace(self._before)

    def _trace(self, frame, event, argument):
        self.count += event == "line"
        return None if frame.f_code.co_name == "__del__" else self._trace


def test_entries_are_thrown_away_bit_by_bit(api_of):
    gone, lines = [], Lines()

    class Entry(BatchJob):
        def __del__(self):
            gone.append(lines.count)

    class LongListing(JobsRegister):
        def list_jobs(self, limit=None, user=Depends(Authenticator.validate)):
            (job,) = super().list_jobs(limit, user).jobs
            return JobsGetResponse(
                jobs=[Entry.model_construct(**dict(job)) for _ in range(ENTRIES)], links=[]
            )

    with MockBackend("https://long.test", registers=[LongListing]) as backend:
        api = api_of(backend)
        api.create()
        with lines:
            answer = api("GET /jobs")

        assert len(answer.json()["jobs"]) == len(gone) == ENTRIES
        assert max(Counter(gone).values()) <= 250


def test_what_a_register_keeps_stays(api_of):
    class Keeping(JobsRegister):
        listing = None

        def list_jobs(self, limit=None, user=Depends(Authenticator.validate)):
            if self.listing is None:
                (job,) = super().list_jobs(limit, user).jobs
                self.listing = JobsGetResponse(jobs=[job] * ENTRIES, links=[])
            return self.listing

    with MockBackend("https://long.test", registers=[Keeping]) as backend:
        api = api_of(backend)
        api.create()

        assert [len(api("GET /jobs").json()["jobs"]) for _ in range(2)] == [ENTRIES] * 2
        assert len(backend.registers.one(Keeping).listing.jobs) == ENTRIES
