"""The URLs of what a job produces."""

from base64 import urlsafe_b64encode
from datetime import datetime

from mock_backend.api.urls import asset_base, current_base
from mock_backend.durations import later
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import end_of_results
from mock_backend.results.documents.signed_urls import Signer
from mock_backend.settings import AppSettings


class ResultUrls:
    """The URLs of what a start of a job has produced, signed where they need no log-in.

    Args:
        now: The instant from which signed URLs live.
        key: The secret that URLs are signed with.
        partial: True if the documents are asked for with ``partial``, which their URLs keep.
        base: The URL of the API; that of the request by default.
    """

    def __init__(
        self,
        job: Job,
        now: datetime,
        *,
        settings: AppSettings,
        key: str,
        partial: bool = False,
        base: str | None = None,
    ) -> None:
        self.base = current_base(settings.url) if base is None else base
        self._query = "partial=true" if partial else ""
        #: The URL of the results for the owner of the job.
        self.own = f"{self.base}/jobs/{job.job_id}/results" + (f"?{self._query}" if partial else "")
        #: Expiry of signed URLs.
        self.expires = later(now, settings.link_lifetime)
        if (end := end_of_results(job.state(now), settings)) is not None:
            self.expires = min(self.expires, end)
        self._forms = settings.profile.dialect.signed_urls
        run, user = 0 if job.run is None else job.run.number, urlsafe_b64encode(job.user_id.encode())
        self._signer = Signer(self.expires, key=key, job_id=job.job_id, run=run, user=user.decode())

    def document(self) -> str:
        """Return the signed URL of the document of all results."""
        url = self._signer.url(self.base, self._forms.document)
        return f"{url}&{self._query}" if self._query else url

    def item(self, item_id: str) -> str:
        """Return the signed URL of an item's document."""
        return self._signer.url(self.base, self._forms.item, item_id)

    def asset(self, name: str) -> str:
        """Return the signed URL of a file."""
        return self._signer.url(asset_base(self.base), self._forms.asset, name)
