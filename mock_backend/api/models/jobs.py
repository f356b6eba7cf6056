"""Requests and responses about batch jobs and synchronous processing."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mock_backend.api.models.links import Link
from mock_backend.lifecycle import Status

LogLevel = Literal["debug", "info", "warning", "error"]


class JobsRequest(BaseModel):
    """Request body of a new batch job; unknown members are kept."""

    model_config = ConfigDict(extra="allow")

    process: dict[str, Any] | None = None
    title: str | None = None
    description: str | None = None
    plan: str | None = None
    budget: Annotated[float | None, Field(allow_inf_nan=False, strict=True)] = None
    log_level: LogLevel | None = None


class BatchJob(BaseModel):
    """The metadata of a batch job."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str | None = None
    description: str | None = None
    process: dict[str, Any] | None = None
    status: Status
    progress: float | int | None = None
    created: datetime
    updated: datetime | None = None
    queued: datetime | None = None
    started: datetime | None = None
    unpublished: datetime | None = None
    plan: str | None = None
    costs: float | None = None
    budget: float | None = None
    usage: dict[str, Any] | None = None
    log_level: LogLevel | None = None
    links: list[Link] | None = None


class JobsGetResponse(BaseModel):
    """A page of batch jobs."""

    jobs: list[BatchJob]
    links: list[Link]


class LogLine(BaseModel):
    """An entry of a log."""

    id: str
    level: LogLevel
    message: str
    time: datetime
    code: str | None = None
    stacktrace: str | None = None
    data: Any = None


class LogsGetResponse(BaseModel):
    """The log of a batch job."""

    level: LogLevel | None = None
    logs: list[LogLine]
    links: list[Link]


class Estimate(BaseModel):
    """Estimate of a batch job's costs."""

    costs: float | None = None
    duration: str | None = None
    size: int | None = None
    expires: datetime | None = None
