"""The operations on secondary web services, and what the services themselves answer."""

import hashlib
from collections.abc import Iterable, Iterator
from copy import deepcopy
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from starlette.requests import Request
from starlette.responses import Response

from mock_backend.api.billing import billing_plan, check_terms
from mock_backend.api.models import (
    Endpoint,
    LogsGetResponse,
    ServiceMetadata,
    ServicePatch,
    ServiceRequest,
    ServicesGetResponse,
)
from mock_backend.api.paging import page_links, page_size
from mock_backend.api.parameters import Depends
from mock_backend.api.register import KeepingRegister, Part
from mock_backend.api.request_checks import check_editable, refusing
from mock_backend.api.services.service import (
    Service,
    service_bbox,
    service_metadata,
    service_summary,
    url_of,
)
from mock_backend.api.services.service_types import (
    ServiceType,
    ServiceTypes,
    check_configuration,
    own_service_types,
    service_type_name,
    with_defaults,
)
from mock_backend.api.urls import current_base, current_version, may_run_udfs
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.control.view import View
from mock_backend.engine.cubes import Grid
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.errors import NotFound, RequestInvalid, ServiceNotFound
from mock_backend.http.content.deferred import LaterResponse
from mock_backend.processes.definitions import walk
from mock_backend.processes.validation import ValidationRegister

if TYPE_CHECKING:
    from mock_backend.api.services.maps import Colour, Maps

_SERVICE = "/services/{service_id}"

_KIND = "services"
#: Members that each type has.
_NOTHING_MORE: ServiceType = {"configuration": {}, "process_parameters": []}


class ServicesRegister(KeepingRegister):
    """Serve ``/service_types`` and ``/services``, and the services at their own URLs.

    Those URLs ask for no log-in, since map clients send none.
    """

    served = (
        Endpoint(path="/service_types", methods=("GET",), handler="list_service_types"),
        Endpoint(path="/services", methods=("GET",), handler="list_services"),
        Endpoint(path="/services", methods=("POST",), handler="create_service"),
        Endpoint(path=_SERVICE, methods=("PATCH",), handler="update_service"),
        Endpoint(path=_SERVICE, methods=("GET",), handler="get_service"),
        Endpoint(path=_SERVICE, methods=("DELETE",), handler="delete_service"),
        Endpoint(path=f"{_SERVICE}/logs", methods=("GET",), handler="service_logs"),
        Endpoint(
            path=f"{_SERVICE}/xyz/{{z}}/{{x}}/{{y}}", methods=("GET", "HEAD"), handler="tile", listed=False
        ),
        Endpoint(path=f"{_SERVICE}/wms", methods=("GET", "HEAD"), handler="wms", listed=False),
    )

    #: The register that checks process graphs.
    validation = Part(ValidationRegister)
    #: The contents of URLs, and of users' files.
    contents = Part(UrlContents)

    @cached_property
    def maps(self) -> "Maps":
        """Draws what services compute."""
        from mock_backend.api.services.maps import Maps
        from mock_backend.results.documents.producer import Producer

        return Maps(Producer(self.validation, self.settings, self.contents))

    # -- the API -----------------------------------------------------------------------------------

    def service_types(self) -> ServiceTypes:
        """Return the types of services by name; override it to offer others or to configure more."""
        taken = self.settings.profile.catalogue.taken("service_types")
        # A copy: an override may change it, and other back-ends must not notice.
        types: ServiceTypes = deepcopy(own_service_types() if taken is None else taken)
        return {name: _NOTHING_MORE | each for name, each in types.items()}

    def list_service_types(self) -> ServiceTypes:
        """List the types of services (openEO API 1.2, ``GET /service_types``)."""
        version = current_version(self.settings.api_version)
        return version.resources(self.service_types(), "configuration")

    def check_stored(self) -> None:
        """Check that all services that are stored can be read."""
        self._check_each(
            _KIND, lambda _, document: list(walk(Service.model_validate(document).process_graph))
        )

    def list_services(
        self,
        limit: int | None = None,
        user: User = Depends(Authenticator.validate),
        *,
        before: str | None = None,
        after: str | None = None,
    ) -> ServicesGetResponse:
        """List the user's services, oldest first (``GET /services``)."""
        base = current_base(self.settings.url)
        found, links = self._page(_KIND, "/services", user.user_id, limit, after=after, before=before)
        services = [service_summary(Service.model_validate(document), base) for _, document in found]
        return ServicesGetResponse(services=services, links=links)

    def create_service(self, body: ServiceRequest, user: User = Depends(Authenticator.validate)) -> Response:
        """Publish a service (``POST /services``); answers 201 with its URL and id."""
        types = self.service_types()
        name = service_type_name(body.type, types)
        self._check(body, types[name], user)
        check_configuration(body.configuration, types[name])
        with self.lock, refusing():
            # First: whatever ends this process before it is saved, the next service has another id.
            service = self._new_service(body, name, user, self._next_number("service"))
            self._save(service)
        return self._created("/services", service.service_id)

    def update_service(
        self, service_id: str, body: ServicePatch, user: User = Depends(Authenticator.validate)
    ) -> Response:
        """Change a service (``PATCH /services/{service_id}``); what the body leaves out stays."""
        with self.lock, refusing():
            service = self.own_service(service_id, user)
            check_editable(body, ServiceMetadata)
            service_type = self._type_of(service)
            self._check(body, service_type, user)
            if "configuration" in body.model_fields_set:
                check_configuration(body.configuration, service_type)
            changed = service.patched(body, self.clock.now())
            if "process" in body.model_fields_set:
                changed.run_udfs = may_run_udfs(self.settings.run_udfs)
            self._save(changed)
        return Response(status_code=204)

    def get_service(self, service_id: str, user: User = Depends(Authenticator.validate)) -> ServiceMetadata:
        """Describe a service (``GET /services/{service_id}``)."""
        service = self.own_service(service_id, user)
        return service_metadata(service, self._type_of(service), current_base(self.settings.url))

    def delete_service(self, service_id: str, user: User = Depends(Authenticator.validate)) -> Response:
        """Delete a service, which then responds no more (``DELETE /services/{service_id}``)."""
        with self.lock:
            service = self.own_service(service_id, user)
            self.store.resources.remove(_KIND, service.user_id, service_id)
        return Response(status_code=204)

    def service_logs(
        self,
        service_id: str,
        user: User = Depends(Authenticator.validate),
        *,
        offset: str | None = None,
        level: Literal["debug", "info", "warning", "error", ""] = "debug",
        limit: int | None = None,
    ) -> LogsGetResponse:
        """Return a service's log, oldest entry first (``GET /services/{service_id}/logs``).

        What has been asked of the service is not in it; that is in the back-end's ``requests``.

        Args:
            offset: The id of the last entry already seen; only later ones are returned.
            level: The lowest level to return; empty for the default.
        """
        limit = page_size(limit, self.settings.max_listing)
        service, level = self.own_service(service_id, user), level or "debug"
        seen = _entry_number(offset) if offset else 0
        entries = [entry for entry in service.log(at_least=level) if int(entry.id) > seen]
        page, url = entries[:limit], f"{current_base(self.settings.url)}/services/{service_id}/logs"
        following = {"level": level, "offset": page[-1].id} if len(entries) > len(page) else None
        links = page_links(url, limit, next=following)
        return LogsGetResponse(level=service.effective_level(level), logs=page, links=links)

    # -- the services themselves -------------------------------------------------------------------

    def tile(self, service_id: str, z: str, x: str, y: str) -> Response:
        """Return a map tile of a service."""
        service = self._responding(service_id, "XYZ")
        from mock_backend.api.services.tiles import tile_address, tile_grid

        address = tile_address(z, x, y)
        # JSON Schema takes 256.0 for an integer, too.
        grid = tile_grid(address, int(self._settings(service)["tile_size"]))
        parameters = dict(zip("zxy", address, strict=True))
        return LaterResponse(lambda: Response(self._drawn(service, grid, parameters), media_type="image/png"))

    def wms(self, service_id: str, request: Request) -> Response:
        """Answer a request to a Web Map Service."""
        # Imported here: only who asks for maps needs it, and it brings XML.
        from mock_backend.api.services.wms import WebMapService

        service = self._responding(service_id, "WMS")

        def draw(grid: Grid, background: "Colour | None") -> bytes:
            parameters = {"width": grid.columns, "height": grid.rows}
            return self._drawn(service, grid, parameters, background)

        answering = WebMapService(
            version=self._settings(service)["version"],
            url=url_of(service, current_base(self.settings.url)),
            title=service.title or service.service_id,
            abstract=service.description,
            bbox=service_bbox(service),
            draw=draw,
        )
        return LaterResponse(lambda: answering.answer(request.query_params.multi_items()))

    # -- inside ------------------------------------------------------------------------------------

    def find(self, service_id: str) -> Service | None:
        """Return a service, whoever owns it; None if there is none."""
        found = self.store.resources.find(_KIND, service_id)
        return None if found is None else Service.model_validate(found[1])

    def all(self) -> list[Service]:
        """Return the services of all users, in the order of creation."""
        resources = self.store.resources
        found = [entry for owner in resources.owners(_KIND) for entry in resources.page(_KIND, owner).entries]
        return [Service.model_validate(document) for _, document in sorted(found, key=lambda entry: entry[0])]

    def own_service(self, service_id: str, user: User) -> Service:
        """Return a service of a user.

        Raises:
            ServiceNotFound: If there is none of this id, or if it is another user's.
        """
        document = self.store.resources.get(_KIND, user.user_id, service_id)
        if document is None:
            raise ServiceNotFound(identifier=service_id)
        return Service.model_validate(document)

    def new_service_id(self, number: int) -> str:
        """Return the id of the service with a creation number; the ids are in the order of creation."""
        facts = f"{self.settings.seed}/{self.settings.url}/service/{number}"
        return f"s-{number:06d}-{hashlib.sha256(facts.encode()).hexdigest()[:16]}"

    def _check(self, body: ServicePatch, service_type: ServiceType, user: User) -> None:
        if isinstance(body, ServiceRequest) or "process" in body.model_fields_set:
            self.validation.require(
                body.process, user, parameters=service_type["process_parameters"], about="services"
            )
        check_terms(body, self.settings)

    def _new_service(self, body: ServiceRequest, name: str, user: User, number: int) -> Service:
        now = self.clock.now()
        as_asked = ("process", "title", "description", "enabled", "configuration", "budget")
        service = Service(
            service_id=self.new_service_id(number),
            user_id=user.user_id,
            type=name,
            created=now,
            run_udfs=may_run_udfs(self.settings.run_udfs),
            plan=billing_plan(body, user.default_plan, self.settings),
            log_level=body.log_level or "info",
            additional=body.model_extra or {},
            **{each: getattr(body, each) for each in as_asked},
        )
        service.note(now, "Secondary service created.")
        service.note_enabled(now)
        return service

    def _responding(self, service_id: str, type_name: str) -> Service:
        """Return a service whose map is requested.

        Raises:
            ServiceNotFound: If there is none, or if it is disabled.
            NotFound: If it is of another type.
        """
        service = self.find(service_id)
        if service is None:
            raise ServiceNotFound(identifier=service_id)
        if service.type.upper() != type_name:
            raise NotFound(f"Service {service_id!r} is of the type {service.type}, not {type_name}.")
        if not service.enabled:
            raise ServiceNotFound(
                f"Service {service_id!r} is disabled; its owner can enable it by changing `enabled`."
            )
        return service

    def _type_of(self, service: Service) -> ServiceType:
        # A store may hold services of a type that is not offered any more.
        return self.service_types().get(service.type) or _NOTHING_MORE

    def _settings(self, service: Service) -> dict[str, Any]:
        """Return what decides what a service answers: its own settings over those of its type over ours."""
        return with_defaults(
            with_defaults(service.configuration, self._type_of(service)),
            own_service_types()[service.type.upper()],
        )

    def _drawn(
        self, service: Service, grid: Grid, parameters: dict[str, Any], background: "Colour | None" = None
    ) -> bytes:
        """Return a map of a service; what there is to say about it goes to the service's log."""
        colormap = self._settings(service)["colormap"]
        now = self.clock.now()
        content, remarks = self.maps.drawn(
            service, grid, now, parameters=parameters, colormap=colormap, background=background
        )
        if service.lacks(remarks):
            with self.lock:
                latest = self.find(service.service_id)
                if latest is not None and (new := latest.lacks(remarks)):
                    for level, message in new:
                        latest.note(now, message, level)
                    self._save(latest)
        return content

    def _save(self, service: Service) -> None:
        self.store.resources.put(_KIND, service.user_id, service.service_id, service.to_document())


def _entry_number(entry_id: str) -> int:
    if not (entry_id.isascii() and entry_id.isdecimal() and len(entry_id) <= 12):
        raise RequestInvalid(f"offset must be the id of a log entry, got {entry_id!r}.")
    return int(entry_id)


class ServicesView(View[Service]):
    """All services of a back-end, of all its users, in the order of creation.

    Each is what it was when it was looked at; changing it changes nothing.
    """

    kind, noun, counted_by = Service, "service", "type"

    def __init__(self, register: ServicesRegister) -> None:
        self._register = register

    def __iter__(self) -> Iterator[Service]:
        return iter(self._register.all())

    def _told(self, items: Iterable[Service]) -> str:
        return ", ".join(f"{each.service_id} {each.type} {each.title!r}" for each in items)
