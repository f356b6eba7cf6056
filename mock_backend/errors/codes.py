"""The errors of the openEO API: their root, and a class for each code."""

from collections.abc import Mapping
from typing import ClassVar

from starlette.exceptions import HTTPException


class OpenEOError(HTTPException):
    """Fail a request with an openEO error object.

    Args:
        message: The problem and its remedy; the class's template if omitted.
        code: The openEO error code; the class's own if omitted.
        status: The HTTP status; the class's own if omitted.
        headers: HTTP headers that go with the error.
        values: The values of placeholders of the class's message template.
    """

    code: ClassVar[str] = "Internal"
    status: ClassVar[int] = 500
    template: ClassVar[str] = "Server error: {message}"

    def __init_subclass__(cls, *, status: int | None = None, template: str | None = None) -> None:
        """Take the class's name as the code of an error that has a status of its own."""
        if status is not None:
            cls.code, cls.status = cls.__name__, status
        if template is not None:
            cls.template = template

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
        detail = {"code": self.openeo_code, "message": text}
        super().__init__(
            status_code=status or self.status,
            detail=detail,  # type: ignore[arg-type]  # FastAPI takes any JSON for it
            headers=dict(headers) if headers else None,
        )

    @property
    def message(self) -> str:
        """The text that the client sees."""
        return str(self.detail["message"])  # type: ignore[index]  # HTTPException types detail as str

    def __str__(self) -> str:
        return f"[{self.status_code}] {self.openeo_code}: {self.message}"


# -- of any request ---------------------------------------------------------------------------------
class Internal(OpenEOError):
    """The back-end itself failed."""


class NotFound(OpenEOError, status=404, template="Resource not found."):
    """There is nothing at this path."""


class FeatureUnsupported(OpenEOError, status=501, template="Feature not supported."):
    """The path is known but this back-end does not serve it."""


class RequestInvalid(OpenEOError, status=400, template="{message}"):
    """A query, path or body value is not what the operation takes; the API's list has no code for it."""


class ContentTypeInvalid(OpenEOError, status=400):
    """The request body has a media type that the operation does not take."""

    template = "The media type is not supported. Allowed: {types}"


class InfrastructureMaintenance(OpenEOError, status=503):
    """The back-end is down for maintenance."""

    template = (
        "Service is not available at the moment due to maintenance work. Please try again later "
        "or contact our support."
    )


class InfrastructureBusy(OpenEOError, status=503):
    """The back-end has too much to do."""

    template = (
        "Service is not available at the moment due to overloading. Please try again later or "
        "contact our support."
    )


class UnsupportedApiVersion(OpenEOError, status=404):
    """The URL asks for a version of the API that is not served."""

    template = "The requested API version '{version}' is not supported."


class RequestTimeout(OpenEOError, status=408, template="Request timed out."):
    """The request took too long."""


class CollectionNotFound(OpenEOError, status=404, template="Collection '{identifier}' does not exist."):
    """No collection has this id."""


# -- who asks, and what it costs --------------------------------------------------------------------
class AuthenticationRequired(OpenEOError, status=401, template="Unauthorized."):
    """The request carries no credentials."""


class AuthenticationSchemeInvalid(OpenEOError, status=403, template="Authentication method not supported."):
    """The Authorization header uses a scheme that is not offered here."""


class TokenInvalid(OpenEOError, status=403):
    """The bearer token is unknown, expired or revoked."""

    template = "Authorization token has expired or is invalid. Please authenticate again."


class CredentialsInvalid(OpenEOError, status=403, template="Credentials are not correct."):
    """User name and password do not match an account."""


class PermissionsInsufficient(OpenEOError, status=403):
    """The account, or a signature, does not allow this."""

    template = (
        "Forbidden. The permissions of the authenticated account do not allow to request the "
        "requested resource."
    )


class BudgetInvalid(OpenEOError, status=400, template="The specified budget is too low."):
    """The budget is not positive."""


class PaymentRequired(OpenEOError, status=402):
    """The budget does not cover the estimated costs."""

    template = "The budget required to fulfil the request is not sufficient. A payment is required first."


class BillingPlanInvalid(OpenEOError, status=400, template="The billing plan is invalid."):
    """No billing plan has this name."""


class BillingPlanMissing(OpenEOError, status=400, template="A billing plan must be specified."):
    """The user has no default plan and named none."""


# -- processes and process graphs -------------------------------------------------------------------
class ProcessInvalid(OpenEOError, status=400, template="Invalid process specified."):
    """The process is not described as a process has to be."""


class ProcessGraphMissing(OpenEOError, status=400):
    """A process without a process graph."""

    template = "Invalid process specified. It doesn't contain a process graph."


class ProcessGraphInvalid(OpenEOError, status=400, template="Invalid process graph specified."):
    """The process graph's structure is broken."""


class ProcessGraphNotFound(OpenEOError, status=404):
    """The user has no process of this id."""

    template = "User-defined process '{identifier}' does not exist."


class ProcessGraphComplexity(OpenEOError, status=400):
    """The process is too much for synchronous processing."""

    template = "The process is too complex for for synchronous processing. Please use a batch job instead."


class PredefinedProcessExists(OpenEOError, status=400):
    """A user-defined process cannot have the id of a predefined one."""

    template = "A predefined process with the given identifier exists."


class ProcessUnsupported(OpenEOError, status=400):
    """The process graph calls a process that does not exist here."""

    template = "Process with identifier '{process}' is not available in namespace '{namespace}'."


class ProcessNamespaceInvalid(OpenEOError, status=400):
    """The namespace of a process is a URL that does not lead to its definition."""

    template = "The value passed for namespace '{namespace}' in process '{process}' is invalid: {reason}"


class ProcessParameterUnsupported(OpenEOError, status=400):
    """A process was given an argument for a parameter that it does not have."""

    template = "Process '{process}' does not support parameter '{parameter}'."


class ProcessParameterInvalid(OpenEOError, status=400):
    """An argument is not what its parameter takes."""

    template = "The value passed for parameter '{parameter}' in process '{process}' is invalid: {reason}"


class ProcessParameterRequired(OpenEOError, status=400):
    """A process lacks an argument."""

    template = "Process '{process}' parameter '{parameter}' is required."


# -- batch jobs and their results -------------------------------------------------------------------
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


# -- the file workspace -----------------------------------------------------------------------------
class FileNotFound(OpenEOError, status=404, template="File '{file}' does not exist."):
    """No such file."""


class FilePathInvalid(OpenEOError, status=400, template="File path is invalid: {reason}"):
    """The path is not one that a file can have."""


class FileOperationUnsupported(OpenEOError, status=400):
    """Files at this path do not take this operation."""

    template = "The file operation is not supported for the specified path."


class FolderOperationUnsupported(OpenEOError, status=400):
    """The path is that of a folder, and only files take this operation."""

    template = "Operation is only supported for files, not folders."


class FileTypeInvalid(OpenEOError, status=400):
    """Files of this type are not taken."""

    template = "File format {type} not allowed. Allowed file formats: {types}"


class FileSizeExceeded(OpenEOError, status=400, template="File size it too large. Maximum file size: {size}"):
    """The file is larger than any file may be."""


class FileContentInvalid(OpenEOError, status=400, template="File content is invalid."):
    """The content is not what the file's type promises."""


class FileLocked(OpenEOError, status=400, template="File '{file}' is locked by another process."):
    """Another process works with the file."""


class StorageFailure(OpenEOError, status=500):
    """The file workspace could not be written."""

    template = "Unable to store files due to a server error. Please try again later or contact our support."


class StorageQuotaExceeded(OpenEOError, status=400, template="Your storage quota has been exceeded."):
    """The file does not fit in what the user may store."""


# -- secondary services -----------------------------------------------------------------------------
class ServiceNotFound(OpenEOError, status=404, template="Service '{identifier}' does not exist."):
    """The user has no service of this id."""


class ServiceUnsupported(OpenEOError, status=400, template="Service type '{type}' is not supported."):
    """There are no services of this type."""


class ServiceConfigUnsupported(OpenEOError, status=400):
    """The service type has no such parameter."""

    template = "Service parameter '{parameter}' is not supported."


class ServiceConfigInvalid(OpenEOError, status=400):
    """A parameter of a service has a wrong value."""

    template = "The value passed for the service parameter '{parameter}' is invalid: {reason}"


class ServiceConfigRequired(OpenEOError, status=400, template="Service parameter '{parameter}' is required."):
    """A parameter of a service is missing."""
