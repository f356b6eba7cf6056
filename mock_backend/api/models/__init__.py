"""The shapes of requests and responses of the openEO API."""

from mock_backend.api.models.endpoint import Endpoint
from mock_backend.api.models.jobs import (
    BatchJob,
    Estimate,
    JobsGetResponse,
    JobsRequest,
    LogLine,
    LogsGetResponse,
)
from mock_backend.api.models.links import Link, Links
from mock_backend.api.models.processes import (
    UserProcess,
    UserProcessesGetResponse,
    UserProcessRequest,
    odd_schema,
)
from mock_backend.api.models.services import (
    ServiceMetadata,
    ServicePatch,
    ServiceRequest,
    ServicesGetResponse,
)

__all__ = [
    "BatchJob",
    "Endpoint",
    "Estimate",
    "JobsGetResponse",
    "JobsRequest",
    "Link",
    "Links",
    "LogLine",
    "LogsGetResponse",
    "ServiceMetadata",
    "ServicePatch",
    "ServiceRequest",
    "ServicesGetResponse",
    "UserProcess",
    "UserProcessRequest",
    "UserProcessesGetResponse",
    "odd_schema",
]
