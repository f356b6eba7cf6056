"""The costs of the jobs of each user: budgets are charged with them."""

from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import costs_of
from mock_backend.lifecycle import JobState
from mock_backend.stores import JobStore

_KIND, _KEY = "charges", "jobs"


class Ledger:
    """Charges for runs that cannot be seen any more: others follow from the jobs.

    Args:
        price: Credits for an hour of a CPU; None if the back-end charges nothing.
    """

    def __init__(self, store: JobStore, price: float | None) -> None:
        self._store, self._price = store, price

    def costs(self, job: Job, state: JobState) -> float:
        """Return what the latest run of a job has cost, if it has ended; else nothing."""
        return 0 if job.status.is_active else costs_of(job, state, self._price) or 0

    def charged(self, user_id: str) -> float:
        """Return what a user has spent on earlier runs, and on jobs that have been deleted."""
        document = self._store.resources.get(_KIND, user_id, _KEY)
        return 0 if document is None else float(document["spent"])

    def charge(self, user_id: str, costs: float) -> None:
        """Charge a user for a run that is about to be forgotten."""
        if costs:
            spent = self.charged(user_id) + costs
            self._store.resources.put(_KIND, user_id, _KEY, {"spent": round(spent, 2)})
