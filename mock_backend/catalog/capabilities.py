"""What a back-end says about itself: well-known document, capabilities, conformance."""

from collections.abc import Iterable, Sequence
from typing import Any

from mock_backend.models import Endpoint
from mock_backend.register import EndpointRegister
from mock_backend.settings import API_VERSION, BILLING_PLANS, STAC_VERSION, VERSION
from mock_backend.urls import current_base, host_of

CONFORMANCE = (
    f"https://api.openeo.org/{API_VERSION}",
    "https://api.stacspec.org/v1.0.0/core",
    "https://api.stacspec.org/v1.0.0/collections",
)

_ENDPOINTS = (
    Endpoint(path="/", methods=("GET",), handler="capabilities"),
    Endpoint(path="/conformance", methods=("GET",), handler="conformance"),
    Endpoint(path="/.well-known/openeo", methods=("GET",), handler="well_known"),
)


class CapabilitiesRegister(EndpointRegister):
    """Serve ``/``, ``/conformance`` and ``/.well-known/openeo``."""

    #: The registers whose endpoints the capabilities list.
    registers: Sequence[EndpointRegister] = ()

    def _initialize_endpoints(self) -> list[Endpoint]:
        return list(_ENDPOINTS)

    def capabilities(self) -> dict[str, Any]:
        """Describe the back-end: versions, endpoints, billing, links."""
        base, about = current_base(self.settings.url), self.settings
        return {
            "api_version": API_VERSION,
            "backend_version": VERSION,
            "stac_version": STAC_VERSION,
            "type": "Catalog",
            "conformsTo": list(CONFORMANCE),
            "production": False,
            "id": about.id,
            "title": about.title,
            "description": about.description,
            "endpoints": _merged(self.registers or (self,)),
            "billing": {
                "currency": about.currency,
                "default_plan": BILLING_PLANS[0],
                "plans": [
                    {"name": name, "description": "Nothing is ever charged.", "paid": False}
                    for name in BILLING_PLANS
                ],
            },
            "links": [
                *_standard_links(base),
                *(link.model_dump(mode="json", exclude_none=True) for link in self.links),
            ],
        }

    def conformance(self) -> dict[str, Any]:
        """List the conformance classes."""
        return {"conformsTo": list(CONFORMANCE)}

    def well_known(self) -> dict[str, Any]:
        """List the API's versions: this one."""
        # openEO API 1.2, "Well-Known Discovery": the URL of a version ends without a slash.
        url = current_base(self.settings.url)
        return {"versions": [{"url": url, "api_version": API_VERSION, "production": False}]}


def _merged(registers: Iterable[EndpointRegister]) -> list[dict[str, Any]]:
    methods: dict[str, list[str]] = {}
    for register in registers:
        for endpoint in register.endpoints:
            if endpoint.listed:
                found = methods.setdefault(endpoint.path, [])
                found.extend(method for method in endpoint.methods if method not in found)
    return [{"path": path, "methods": each} for path, each in methods.items()]


def _standard_links(base: str) -> list[dict[str, Any]]:
    json = "application/json"
    return [
        {"rel": "self", "href": f"{base}/", "type": json},
        {"rel": "root", "href": f"{base}/", "type": json},
        {"rel": "version-history", "href": f"{host_of(base)}/.well-known/openeo", "type": json},
        {"rel": "conformance", "href": f"{base}/conformance", "type": json},
        {"rel": "data", "href": f"{base}/collections", "type": json},
    ]
