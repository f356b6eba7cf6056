"""openEO errors: one root, one class per standard code.

The codes, statuses and message templates are those of the openEO API's list of common error
codes (``errors.json``). Raise one anywhere below the app and the client gets it as JSON.
"""

from mock_backend.errors.accounts import (
    AuthenticationRequired,
    AuthenticationSchemeInvalid,
    BillingPlanInvalid,
    BillingPlanMissing,
    BudgetInvalid,
    CredentialsInvalid,
    PaymentRequired,
    PermissionsInsufficient,
    TokenInvalid,
)
from mock_backend.errors.base import (
    OpenEOError,
)
from mock_backend.errors.files import (
    FileContentInvalid,
    FileLocked,
    FileNotFound,
    FileOperationUnsupported,
    FilePathInvalid,
    FileSizeExceeded,
    FileTypeInvalid,
    FolderOperationUnsupported,
    StorageFailure,
    StorageQuotaExceeded,
)
from mock_backend.errors.general import (
    CollectionNotFound,
    ContentTypeInvalid,
    FeatureUnsupported,
    InfrastructureBusy,
    InfrastructureMaintenance,
    Internal,
    NotFound,
    RequestInvalid,
    RequestTimeout,
    UnsupportedApiVersion,
)
from mock_backend.errors.jobs import (
    EstimateComplexity,
    JobLocked,
    JobNotFinished,
    JobNotFound,
    JobNotStarted,
    NoDataForUpdate,
    PropertyNotEditable,
    ResultLinkExpired,
)
from mock_backend.errors.processes import (
    PredefinedProcessExists,
    ProcessGraphComplexity,
    ProcessGraphInvalid,
    ProcessGraphMissing,
    ProcessGraphNotFound,
    ProcessInvalid,
    ProcessNamespaceInvalid,
    ProcessParameterInvalid,
    ProcessParameterRequired,
    ProcessParameterUnsupported,
    ProcessUnsupported,
)
from mock_backend.errors.services import (
    ServiceConfigInvalid,
    ServiceConfigRequired,
    ServiceConfigUnsupported,
    ServiceNotFound,
    ServiceUnsupported,
)

#: The errors of the API and its extensions by code; ``RequestInvalid`` is ours, as the API has none for
#: malformed values.
BY_CODE: dict[str, type[OpenEOError]] = {
    each.__name__: each for each in OpenEOError.__subclasses__() if each is not RequestInvalid
}

__all__ = [
    "BY_CODE",
    "AuthenticationRequired",
    "AuthenticationSchemeInvalid",
    "BillingPlanInvalid",
    "BillingPlanMissing",
    "BudgetInvalid",
    "CollectionNotFound",
    "ContentTypeInvalid",
    "CredentialsInvalid",
    "EstimateComplexity",
    "FeatureUnsupported",
    "FileContentInvalid",
    "FileLocked",
    "FileNotFound",
    "FileOperationUnsupported",
    "FilePathInvalid",
    "FileSizeExceeded",
    "FileTypeInvalid",
    "FolderOperationUnsupported",
    "InfrastructureBusy",
    "InfrastructureMaintenance",
    "Internal",
    "JobLocked",
    "JobNotFinished",
    "JobNotFound",
    "JobNotStarted",
    "NoDataForUpdate",
    "NotFound",
    "OpenEOError",
    "PaymentRequired",
    "PermissionsInsufficient",
    "PredefinedProcessExists",
    "ProcessGraphComplexity",
    "ProcessGraphInvalid",
    "ProcessGraphMissing",
    "ProcessGraphNotFound",
    "ProcessInvalid",
    "ProcessNamespaceInvalid",
    "ProcessParameterInvalid",
    "ProcessParameterRequired",
    "ProcessParameterUnsupported",
    "ProcessUnsupported",
    "PropertyNotEditable",
    "RequestInvalid",
    "RequestTimeout",
    "ResultLinkExpired",
    "ServiceConfigInvalid",
    "ServiceConfigRequired",
    "ServiceConfigUnsupported",
    "ServiceNotFound",
    "ServiceUnsupported",
    "StorageFailure",
    "StorageQuotaExceeded",
    "TokenInvalid",
    "UnsupportedApiVersion",
]
