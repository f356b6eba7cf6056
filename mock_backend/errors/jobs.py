"""Errors about batch jobs and their results."""

from mock_backend.errors.base import OpenEOError


class JobNotFound(OpenEOError, status=404, template="The batch job '{identifier}' does not exist."):
    """No job of this user has this id."""


class JobLocked(OpenEOError, status=400):
    """The job is queued or running and cannot be changed."""

    template = "Batch job is locked due to a queued or running batch computation."


class JobNotFinished(OpenEOError, status=400):
    """The results are not there yet."""

    template = (
        "Batch job has not finished computing the results yet. Please try again later or contact our support."
    )


class JobNotStarted(OpenEOError, status=400, template="Batch job must be started first."):
    """The job was never started."""


class ResultLinkExpired(OpenEOError, status=410):
    """A signed URL is past its time."""

    template = "The link to the batch job result has expired. Please request the results again."


class EstimateComplexity(OpenEOError, status=500):
    """The process cannot be estimated."""

    template = "The process is too complex to calculate an estimate."


class NoDataForUpdate(OpenEOError, status=400, template="No data specified to be updated."):
    """A change was asked for without anything to change."""


class PropertyNotEditable(OpenEOError, status=400):
    """A member that only the back-end sets was sent."""

    template = "The specified property '{property}' is read-only."
