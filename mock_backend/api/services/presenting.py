"""Representation of a service in the API."""

from typing import Any

from mock_backend.api.models import Link, ServiceMetadata
from mock_backend.api.services.service import Service
from mock_backend.api.services.service_types import LAYER, ServiceType, with_defaults
from mock_backend.processes.definitions import walk
from mock_backend.results.documents.extent import BBox, extent_of

#: Paths below the URL of a service, by type; others are at their name in lower case.
_BELOW = {"xyz": "xyz/{z}/{x}/{y}"}


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
    return {
        "id": service.service_id,
        "title": service.title,
        "description": service.description,
        "url": url_of(service, base),
        "type": service.type,
        "enabled": service.enabled,
        "created": service.created,
        "plan": service.plan,
        # Maps are free.
        "costs": 0,
        "budget": service.budget,
    }
