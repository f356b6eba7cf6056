"""The shapes of requests and responses of the openEO API."""

from mock_backend.models.jobs import (
    BatchJob,
    Estimate,
    JobsGetResponse,
    JobsRequest,
    LogsGetResponse,
    ProcessGraphWithMetadata,
    ResultRequest,
    UpdateJobRequest,
)
from mock_backend.models.links import Link, Links

__all__ = [
    "BatchJob",
    "Estimate",
    "JobsGetResponse",
    "JobsRequest",
    "Link",
    "Links",
    "LogsGetResponse",
    "ProcessGraphWithMetadata",
    "ResultRequest",
    "UpdateJobRequest",
]
