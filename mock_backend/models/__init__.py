"""The shapes of requests and responses of the openEO API."""

from mock_backend.models.endpoint import Endpoint
from mock_backend.models.jobs import (
    BatchJob,
    Estimate,
    JobsGetResponse,
    JobsRequest,
    LogLine,
    LogsGetResponse,
)
from mock_backend.models.links import Link, Links

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
]
