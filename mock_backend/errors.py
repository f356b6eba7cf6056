"""openEO errors: one root, one class per standard code.

The codes, statuses and message templates are those of the openEO API's list of common error
codes (``errors.json``). Raise one anywhere below the app and the client gets it as JSON.
"""

from collections.abc import Mapping
from typing import ClassVar

from fastapi.exceptions import HTTPException


class OpenEOError(HTTPException):
    """Fail a request with an openEO error object.

    Args:
        message: What was wrong and what would be right; the class's template if omitted.
        code: The openEO error code; the class's own if omitted.
        status: The HTTP status; the class's own if omitted.
        headers: HTTP headers that go with the error.
        values: What fills the placeholders of the class's message template.
    """

    code: ClassVar[str] = "Internal"
    status: ClassVar[int] = 500
    template: ClassVar[str] = "Server error: {message}"

    def __init__(
        self,
        message: str | None = None,
        *,
        code: str | None = None,
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        **values: object,
    ) -> None:
        text = message if message is not None else self.template.format_map(values)
        self.openeo_code = code or self.code
        super().__init__(
            status_code=status or self.status,
            detail={"code": self.openeo_code, "message": text},
            headers=dict(headers) if headers else None,
        )

    @property
    def message(self) -> str:
        """The text that the client sees."""
        return str(self.detail["message"])  # type: ignore[index]  # HTTPException types detail as str

    def __str__(self) -> str:
        return f"[{self.status_code}] {self.openeo_code}: {self.message}"


class Internal(OpenEOError):
    """The back-end itself failed."""


class NotFound(OpenEOError):
    """There is nothing at this path."""

    code, status, template = "NotFound", 404, "Resource not found."


class FeatureUnsupported(OpenEOError):
    """The path is known but this back-end does not serve it."""

    code, status, template = "FeatureUnsupported", 501, "Feature not supported."


class RequestInvalid(OpenEOError):
    """A query, path or body value is not what the operation takes; the API's list has no code for it."""

    code, status, template = "RequestInvalid", 400, "{message}"


class ContentTypeInvalid(OpenEOError):
    """The request body has a media type that the operation does not take."""

    code, status = "ContentTypeInvalid", 400
    template = "The media type is not supported. Allowed: {types}"


class AuthenticationRequired(OpenEOError):
    """The request carries no credentials."""

    code, status, template = "AuthenticationRequired", 401, "Unauthorized."


class AuthenticationSchemeInvalid(OpenEOError):
    """The Authorization header uses a scheme that is not offered here."""

    code, status, template = "AuthenticationSchemeInvalid", 403, "Authentication method not supported."


class TokenInvalid(OpenEOError):
    """The bearer token is unknown, expired or revoked."""

    code, status = "TokenInvalid", 403
    template = "Authorization token has expired or is invalid. Please authenticate again."


class CredentialsInvalid(OpenEOError):
    """User name and password do not match an account."""

    code, status, template = "CredentialsInvalid", 403, "Credentials are not correct."


class PermissionsInsufficient(OpenEOError):
    """The account, or a signature, does not allow this."""

    code, status = "PermissionsInsufficient", 403
    template = (
        "Forbidden. The permissions of the authenticated account do not allow to request the "
        "requested resource."
    )


class CollectionNotFound(OpenEOError):
    """No collection has this id."""

    code, status, template = "CollectionNotFound", 404, "Collection '{identifier}' does not exist."


class ProcessGraphMissing(OpenEOError):
    """A process without a process graph."""

    code, status = "ProcessGraphMissing", 400
    template = "Invalid process specified. It doesn't contain a process graph."


class ProcessGraphInvalid(OpenEOError):
    """The process graph's structure is broken."""

    code, status, template = "ProcessGraphInvalid", 400, "Invalid process graph specified."


class ProcessUnsupported(OpenEOError):
    """The process graph calls a process that does not exist here."""

    code, status = "ProcessUnsupported", 400
    template = "Process with identifier '{process}' is not available in namespace '{namespace}'."


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


class FileNotFound(OpenEOError):
    """No such file."""

    code, status, template = "FileNotFound", 404, "File '{file}' does not exist."


class EstimateComplexity(OpenEOError):
    """The process cannot be estimated."""

    code, status = "EstimateComplexity", 500
    template = "The process is too complex to calculate an estimate."


class BudgetInvalid(OpenEOError):
    """The budget is not positive."""

    code, status, template = "BudgetInvalid", 400, "The specified budget is too low."


class PaymentRequired(OpenEOError):
    """The budget does not cover the estimated costs."""

    code, status = "PaymentRequired", 402
    template = "The budget required to fulfil the request is not sufficient. A payment is required first."


class BillingPlanInvalid(OpenEOError):
    """No billing plan has this name."""

    code, status, template = "BillingPlanInvalid", 400, "The billing plan is invalid."
