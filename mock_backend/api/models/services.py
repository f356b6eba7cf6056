"""Requests and responses about secondary web services."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from mock_backend.api.models.jobs import LogLevel
from mock_backend.api.models.links import Link


class ServicePatch(BaseModel):
    """Request body of a change of a secondary web service; unknown members are kept."""

    model_config = ConfigDict(extra="allow")

    title: str | None = None
    description: str | None = None
    process: dict[str, Any] | None = None
    enabled: Annotated[bool, Field(strict=True)] = True
    configuration: dict[str, Any] = {}
    plan: str | None = None
    budget: Annotated[float | None, Field(allow_inf_nan=False, strict=True)] = None
    log_level: LogLevel | None = None


class ServiceRequest(ServicePatch):
    """Request body of a new secondary web service."""

    type: str


class ServiceMetadata(BaseModel):
    """The metadata of a secondary web service."""

    model_config = ConfigDict(extra="allow")

    id: str
    title: str | None = None
    description: str | None = None
    url: str
    type: str
    enabled: bool
    process: dict[str, Any] | None = None
    configuration: dict[str, Any] | None = None
    attributes: dict[str, Any] | None = None
    created: datetime
    plan: str | None = None
    costs: float | None = None
    budget: float | None = None
    usage: dict[str, Any] | None = None
    log_level: LogLevel | None = None
    links: list[Link] | None = None


class ServicesGetResponse(BaseModel):
    """A page of secondary web services."""

    services: list[ServiceMetadata]
    links: list[Link]
