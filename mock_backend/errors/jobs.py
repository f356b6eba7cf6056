"""Errors about batch jobs and their results."""

from mock_backend.errors.base import OpenEOError


class JobNotFound(OpenEOError):
    """No job of this user has this id."""

    code, status, template = "JobNotFound", 404, "The batch job '{identifier}' does not exist."


class JobLocked(OpenEOError):
    """The job is queued or running and cannot be changed."""

    code, status = "JobLocked", 400
    template = "Batch job is locked due to a queued or running batch computation."


class JobNotFinished(OpenEOError):
    """The results are not there yet."""

    code, status = "JobNotFinished", 400
    template = (
        "Batch job has not finished computing the results yet. Please try again later or contact our support."
    )


class JobNotStarted(OpenEOError):
    """The job was never started."""

    code, status, template = "JobNotStarted", 400, "Batch job must be started first."


class ResultLinkExpired(OpenEOError):
    """A signed URL is past its time."""

    code, status = "ResultLinkExpired", 410
    template = "The link to the batch job result has expired. Please request the results again."


class EstimateComplexity(OpenEOError):
    """The process cannot be estimated."""

    code, status = "EstimateComplexity", 500
    template = "The process is too complex to calculate an estimate."


class NoDataForUpdate(OpenEOError):
    """A change was asked for without anything to change."""

    code, status, template = "NoDataForUpdate", 400, "No data specified to be updated."


class PropertyNotEditable(OpenEOError):
    """A member that only the back-end sets was sent."""

    code, status, template = "PropertyNotEditable", 400, "The specified property '{property}' is read-only."
