"""A secondary web service: the facts that are stored about it, and how the API shows it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from mock_backend.api.models import Link, LogLine, ServiceMetadata, ServicePatch
from mock_backend.api.models.jobs import LogLevel
from mock_backend.api.services.service_types import LAYER, ServiceType, with_defaults
from mock_backend.lifecycle import severity
from mock_backend.processes.definitions import walk
from mock_backend.results.documents.extent import BBox, extent_of

#: Of more events the oldest are forgotten.
MAX_EVENTS = 1000
#: Paths below the URL of a service, by type; others are at their name in lower case.
_BELOW = {"xyz": "xyz/{z}/{x}/{y}"}


class Event(BaseModel):
    """Something that happened to a service: an entry of its log."""

    model_config = ConfigDict(defer_build=True)

    number: int
    time: datetime
    level: LogLevel
    message: str


class Service(BaseModel):
    """A secondary web service."""

    model_config = ConfigDict(extra="ignore", defer_build=True)

    service_id: str
    user_id: str
    type: str  #: The name of its type, as the service types list it
    process: dict[str, Any]  #: The process with its ``process_graph``
    created: datetime
    title: str | None = None
    description: str | None = None
    enabled: bool = True
    configuration: dict[str, Any] = {}
    #: True if its user-defined functions run, False if not; None means those that can
    run_udfs: bool | None = None
    plan: str | None = None
    budget: float | None = None  #: The most it may cost; None means no limit
    log_level: LogLevel = "info"  #: The lowest level of its log
    additional: dict[str, Any] = {}  #: Further members that the client sent
    events: list[Event] = []  #: Its log entries, oldest first

    @property
    def process_graph(self) -> dict[str, Any]:
        """Its process graph."""
        graph: dict[str, Any] = self.process["process_graph"]
        return graph

    def to_document(self) -> dict[str, Any]:
        """Return the facts as JSON values, for a store."""
        # What the client sent goes in as it is: pydantic would leave out nulls and soften NaN.
        own = {
            "process": self.process,
            "configuration": self.configuration,
            "additional": self.additional,
        }
        return self.model_dump(mode="json", exclude_none=True, exclude=set(own)) | own

    def note(self, time: datetime, message: str, level: LogLevel = "info") -> None:
        """Note something that has happened."""
        number = self.events[-1].number + 1 if self.events else 1
        event = Event(number=number, time=time, level=level, message=message)
        self.events = [*self.events, event][-MAX_EVENTS:]

    def lacks(self, remarks: Iterable[tuple[LogLevel, str]]) -> list[tuple[LogLevel, str]]:
        """Return the remarks, levels and messages, that have not been noted yet."""
        known = {(event.level, event.message) for event in self.events}
        return [each for each in remarks if each not in known]

    def note_enabled(self, time: datetime) -> None:
        """Note that it has been enabled or disabled."""
        if self.enabled:
            self.note(time, "Secondary service enabled.")
        else:
            self.note(time, "Secondary service disabled: it does not respond any more.", "warning")

    def log(self, *, at_least: LogLevel) -> list[LogLine]:
        """Return its log, oldest entry first, as far as its ``log_level`` keeps it."""
        lowest = severity(self.effective_level(at_least))
        return [
            LogLine(id=str(event.number), level=event.level, message=event.message, time=event.time)
            for event in self.events
            if severity(event.level) >= lowest
        ]

    def effective_level(self, at_least: LogLevel) -> LogLevel:
        """Return the lowest level of log entries that it can show for a requested level."""
        return max(self.log_level, at_least, key=severity)

    def patched(self, patch: ServicePatch, now: datetime) -> Self:
        """Return the service with what a client wants to change, and the change noted."""
        mine, asked = type(self).model_fields, ServicePatch.model_fields
        changes: dict[str, Any] = {}
        for name in patch.model_fields_set & asked.keys():
            value = getattr(patch, name)
            if name == "plan" and value is None:
                continue  # null leaves the plan as it is, says the specification
            changes[name] = mine[name].get_default(call_default_factory=True) if value is None else value
        changed = self.model_validate(self.__dict__ | changes)
        if patch.model_extra:
            changed.additional = self.additional | patch.model_extra
        if updated := sorted({*changes, *(patch.model_extra or ())} - {"enabled"}):
            changed.note(now, f"Secondary service updated: {', '.join(updated)}.")
        if changed.enabled != self.enabled:
            changed.note_enabled(now)
        return changed


def url_of(service: Service, base: str) -> str:
    """Return where a service responds; for tiles a template, as map clients take it."""
    name = service.type.lower()
    below = _BELOW.get(name, name)
    return f"{base}/services/{service.service_id}/{below}"


def service_summary(service: Service, base: str) -> ServiceMetadata:
    """Return a service's metadata as listings show it."""
    return ServiceMetadata(**_facts(service, base))


def service_metadata(service: Service, service_type: ServiceType, base: str) -> ServiceMetadata:
    """Return a service's full metadata."""
    bbox = service_bbox(service)
    attributes: dict[str, Any] = {} if bbox is None else {"bounds": list(bbox)}
    if service.type.upper() == "WMS":
        attributes["layers"] = [LAYER]
    known = _facts(service, base) | {
        "process": service.process,
        "configuration": with_defaults(service.configuration, service_type),
        "attributes": attributes,
        "log_level": service.log_level,
        "links": [
            Link(rel="monitor", href=f"{base}/services/{service.service_id}/logs", type="application/json")
        ],
    }
    # Members the client made up are shown, but none of them passes for one of ours.
    made_up = {k: v for k, v in service.additional.items() if k not in ServiceMetadata.model_fields}
    return ServiceMetadata(**known, **made_up)


def service_bbox(service: Service) -> BBox | None:
    """Return the area in degrees that a service's process graph names; None if it names none."""
    nodes = walk(service.process_graph)
    return extent_of((node.process_id, node.arguments) for node in nodes).bbox


def _facts(service: Service, base: str) -> dict[str, Any]:
    own = ("title", "description", "type", "enabled", "created", "plan", "budget")
    facts = {name: getattr(service, name) for name in own}
    # Maps are free.
    return facts | {"id": service.service_id, "url": url_of(service, base), "costs": 0}
