"""Batch jobs."""

from mock_backend.jobs.changing import JobFacts
from mock_backend.jobs.job import Job
from mock_backend.jobs.outputs.downloads import DownloadsRegister
from mock_backend.jobs.register import JobsRegister
from mock_backend.jobs.views import JobsView, JobView

__all__ = ["DownloadsRegister", "Job", "JobFacts", "JobView", "JobsRegister", "JobsView"]
