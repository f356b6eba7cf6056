"""Productions of jobs, remembered for as long as their runs count."""

from mock_backend.cache import Kept
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.jobs.job import Job
from mock_backend.processes.validation import ValidationRegister
from mock_backend.results.documents.producer import Producer
from mock_backend.results.documents.result_files import Production
from mock_backend.settings import AppSettings

_MOST = 200


class JobProducer(Producer):
    """Find out what jobs produce."""

    def __init__(
        self, validation: ValidationRegister, settings: AppSettings, contents: UrlContents | None = None
    ) -> None:
        super().__init__(validation, settings, contents)
        self._runs: Kept[Production] = Kept(_MOST)

    def of_run(self, job: Job) -> Production:
        """Return what a job that has been started produces."""
        if job.run is None:
            raise ValueError(f"Job {job.job_id!r} has not been started.")
        started = job.run.started
        key = job.job_id, job.run.number, started
        return self._runs.get(
            key,
            lambda: self.of_process(job.processed, job.user_id, started, job.udfs),
        )
