"""Self-description of a back-end: well-known document, capabilities, conformance."""

from collections.abc import Hashable, Iterable, Sequence, Set
from typing import Any
from urllib.parse import urlencode

from pydantic_core import to_json
from starlette.responses import HTMLResponse, Response

from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister, optional
from mock_backend.api.urls import base_path, current_base, current_version, host_of
from mock_backend.catalog.register import CollectionsRegister
from mock_backend.catalog.stac.stac import ITEMS, QUERYABLES, SCHEMA, link
from mock_backend.profiles import Federated, federated_at
from mock_backend.profiles.api_version import API_VERSIONS
from mock_backend.profiles.mounts import Mounts
from mock_backend.settings import STAC_VERSION, VERSION

_OPENAPI = "application/vnd.oai.openapi+json;version=3.0"

_PLAN = "Costs are charged to the budget of a user who has one, whatever the plan."


class CapabilitiesRegister(EndpointRegister):
    """Serve ``/``, ``/conformance``, ``/.well-known/openeo``, ``/api`` and ``/api.html``."""

    #: Paths of the API on its host, with the version there; None if only the settings tell.
    mounts: Mounts | None = None
    #: The collections, of which the root of the API is the catalogue.
    catalogue = optional(CollectionsRegister)

    kept = frozenset({"capabilities"})

    served = (
        # The API wants everything listed but this one.
        Endpoint(path="/", methods=("GET",), handler="capabilities", listed=False, is_quick=True),
        Endpoint(path="/conformance", methods=("GET",), handler="conformance", is_quick=True),
        Endpoint(path="/.well-known/openeo", methods=("GET",), handler="well_known", is_quick=True),
        Endpoint(path="/api", methods=("GET",), handler="service_description", listed=False),
        Endpoint(path="/api.html", methods=("GET",), handler="service_page", listed=False),
    )

    @property
    def registers(self) -> Sequence[EndpointRegister]:
        """The registers whose endpoints the capabilities list; itself alone where there is no back-end."""
        return (self,) if self.parts is None else self.parts.registers

    def capabilities(self) -> dict[str, Any]:
        """Describe the back-end: versions, endpoints, billing, links."""
        base, about = current_base(self.settings.url), self.settings
        version, offered = current_version(about.api_version), self._offered
        return {
            "api_version": version.number,
            "backend_version": VERSION,
            "stac_version": STAC_VERSION,
            "type": "Catalog",
            "conformsTo": version.conforms_to(self._extensions),
            "production": version.production,
            "id": about.id,
            "title": about.title,
            "description": about.description,
            "endpoints": _listed(self.registers, about.profile.dialect.unsupported),
            "billing": {
                "currency": about.currency,
                "default_plan": about.billing_plans[0],
                "plans": [
                    {"name": name, "description": _PLAN, "paid": name.lower() != "free"}
                    for name in about.billing_plans
                ],
            },
            "links": [
                *_standard_links(base, about.title),
                *([] if self.catalogue is None else self.catalogue.links_to_all(base)),
                *([_web_editor(base)] if version.web_editor else []),
                *(link.model_dump(mode="json", exclude_none=True) for link in self.links),
            ],
            **({} if offered is None else {"federation": offered.described()}),
        }

    def conformance(self) -> dict[str, Any]:
        """List the conformance classes."""
        version = current_version(self.settings.api_version)
        return {"conformsTo": version.conforms_to(self._extensions)}

    def well_known(self) -> dict[str, Any]:
        """List the API's versions, the default one first."""
        # openEO API 1.2, "Well-Known Discovery": the URL of a version ends without a slash.
        base = current_base(self.settings.url)
        mounts = self.mounts or {base_path(base): self.settings.api_version}
        # Of several paths of one version the first one counts.
        paths = {version: path for path, version in reversed(list(mounts.items()))}
        versions = [
            (host_of(base) + paths[name], API_VERSIONS[name]) for name in dict.fromkeys(mounts.values())
        ]
        return {
            "versions": [
                {"url": url, "api_version": version.number, "production": version.production}
                for url, version in versions
            ]
        }

    def service_description(self) -> Response:
        """Describe the operations as OpenAPI does."""
        return Response(to_json(self._description()), media_type=_OPENAPI)

    def service_page(self) -> Response:
        """Describe the operations for people."""
        from mock_backend.catalog.description import operations_page

        return HTMLResponse(operations_page(self._description()))

    def likeness(self) -> Hashable | None:
        """Return what they follow from, all collections among it; None if that cannot be told."""
        is_own = type(self) is not CapabilitiesRegister
        if is_own or self.links.root or self.catalogue is None or not self.catalogue.is_standard:
            return None
        about = self.settings
        return (
            *(about.id, about.title, about.description, about.currency, about.billing_plans),
            *(about.extensions, about.profile.catalogue, about.profile.federation),
            frozenset(about.profile.dialect.unsupported),
            tuple(map(type, self.registers)),
        )

    @property
    def _offered(self) -> Federated | None:
        """The back-ends that the host of the request offers as one."""
        return federated_at(self.settings.profile, current_base(self.settings.url))

    @property
    def _extensions(self) -> Set[str]:
        known = self.settings.extensions
        return known if self._offered is None else known | {"federation"}

    def _description(self) -> dict[str, Any]:
        # FastAPI writes it, which is heavy, and few ask for it.
        from mock_backend.catalog.description import openapi

        return openapi(
            self.registers,
            base=current_base(self.settings.url),
            title=self.settings.title,
            version=current_version(self.settings.api_version).number,
            without=self.settings.profile.dialect.unsupported,
        )


def _listed(registers: Iterable[EndpointRegister], without: Set[tuple[str, str]]) -> list[dict[str, Any]]:
    """Return the endpoints of registers, without some methods of paths."""
    paths: dict[str, dict[str, None]] = {}
    for register in registers:
        for endpoint in register.endpoints:
            if endpoint.listed:
                served = (each for each in endpoint.methods if (each, endpoint.path) not in without)
                paths.setdefault(endpoint.path, {}).update(dict.fromkeys(served))
    return [{"path": path, "methods": [*methods]} for path, methods in paths.items() if methods]


def _web_editor(base: str) -> dict[str, Any]:
    href = f"https://editor.openeo.org/?{urlencode({'server': base})}"
    return {"rel": "web-editor", "href": href, "type": "text/html", "title": "openEO Web Editor"}


def _standard_links(base: str, title: str) -> list[dict[str, Any]]:
    searches = (
        link("search", f"{base}/search", f"Search for items with {method}", ITEMS) | {"method": method}
        for method in ("GET", "POST")
    )
    return [
        link("self", f"{base}/", title),
        link("root", f"{base}/", title),
        link("version-history", f"{host_of(base)}/.well-known/openeo", "Versions of the API"),
        link("conformance", f"{base}/conformance", "Conformance classes"),
        link("data", f"{base}/collections", "Collections"),
        *searches,
        link(QUERYABLES, f"{base}/queryables", "Properties of the items of all collections", SCHEMA),
        link("service-desc", f"{base}/api", "Description of the API in OpenAPI", _OPENAPI),
        link("service-doc", f"{base}/api.html", "Operations of the API", "text/html"),
    ]
