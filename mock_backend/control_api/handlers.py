"""Endpoints of the control API that do not follow from a class: what it is, pages of lists, resets."""

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response

from mock_backend.control.scenarios import READY, scenario_of
from mock_backend.control_api.bodies import answered, body_of
from mock_backend.control_api.calls import parameters_of
from mock_backend.control_api.exposed import Exposed
from mock_backend.control_api.feed import events
from mock_backend.control_api.files import picture, result_files, upload
from mock_backend.control_api.json_values import (
    as_shown,
    clock_shown,
    exchange_shown,
    job_shown,
    jobs_of,
    kept,
    order_shown,
    users_shown,
)
from mock_backend.control_api.sample import sample
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.jobs import JobsRegister
from mock_backend.settings import VERSION

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend
    from mock_backend.control_api.control import Control

#: The most entries of a page of a list.
_MAX_PAGE = 1000


def about(backend: "MockBackend", base: str) -> dict[str, Any]:
    """Return what a back-end is, and what it keeps; ``base`` is the root URL that it was reached by."""
    settings = backend.settings
    queue = backend.registers.one(JobsRegister).queue
    return {
        "title": settings.title,
        "version": VERSION,
        "profile": settings.profile.name,
        "urls": {base + path: version for path, version in backend.mounts.items()},
        "clock": clock_shown(backend.clock),
        "sample": sample(backend),
        "users": users_shown(backend.users),
        "routes": sorted({f"{method} {route}" for method, route in backend.registers.operations()}),
        "job_orders": ["finish", "fail", "replan"],
        "scenarios": READY,
        "capacity": None if queue is None else queue.capacity.running,
        "kept": kept(backend),
    }


def shown_object(target: Any, exposed: Exposed) -> Any:
    """Return what an object shows of itself."""
    view = as_shown(target)
    if not isinstance(view, str) or isinstance(target, str):
        return view
    return {
        each.name: as_shown(getattr(target, each.name))
        for each in exposed.members.values()
        if not each.is_method
    }


async def _about(control: "Control", request: Request) -> Response:
    return answered(about(control.backend, str(request.base_url).rstrip("/")))


async def _openapi(_: "Control", request: Request) -> Response:
    from mock_backend.control_api.document import document

    return answered(document(str(request.base_url).rstrip("/")))


async def _users(control: "Control", _: Request) -> Response:
    return answered(users_shown(control.backend.users))


async def _orders(control: "Control", _: Request) -> Response:
    return answered([order_shown(each) for each in control.backend.orders])


async def _jobs(control: "Control", request: Request) -> Response:
    """Answer a page of all jobs, oldest first, as in Python."""
    backend = control.backend
    register, now = backend.registers.one(JobsRegister), backend.clock.now()
    numbers = list(register.store.versions())
    first, limit = _page(request)
    part = [job_shown(job, now) for job in jobs_of(register, numbers[first : first + limit])]
    return answered(_listed("jobs", part, len(numbers), first, request))


async def _requests(control: "Control", request: Request) -> Response:
    """Answer a page of the journal, oldest first, as in Python; ``route`` and ``status`` choose."""
    journal = control.backend.requests
    query = request.query_params
    first, limit = _page(request)
    found: Any = journal
    if "route" in query or "status" in query:
        status = int(query["status"]) if "status" in query else None
        found = journal.select(query.get("route", "* *"), status=status)
    part = [exchange_shown(each) for each in found[first : first + limit]]
    return answered(_listed("requests", part, len(found), first, request))


async def _request(control: "Control", _: Request, index: str) -> Response:
    return answered(exchange_shown(control.backend.requests[int(index)], whole=True))


async def _reset(control: "Control", _: Request) -> Response:
    """Go back to the state of the start."""
    control.reset()
    return answered(kept(control.backend))


async def _scenario(control: "Control", request: Request) -> Response:
    """Give all orders of a scenario, which may be a ready one by its ``name``; a reset gives them again."""
    values = await body_of(request)
    name = values.get("name")
    is_ready = values.keys() == {"name"} and name in READY
    if values.keys() == {"name"} and not is_ready:
        raise ValueError(f"{name!r} is no ready scenario.{did_you_mean(str(name), READY)}")
    scenario = scenario_of(str(name) if is_ready else _without_paths(values, control))
    scenario.apply(control.backend)
    control.backend.scenario = scenario
    # These are settings of a back-end that is yet to be made.
    settings = scenario.settings() | ({} if scenario.start is None else {"start": scenario.start})
    return answered({**scenario.to_dict(), "not_applied": sorted(settings)})


def _without_paths(values: dict[str, Any], control: "Control") -> dict[str, Any]:
    """Return the members of a scenario with uploads as its results; it must not name files of the server."""
    taken, uploads = parameters_of(type(control.backend).add_collection)[0], control.uploads
    for collection in values.get("collections") or ():
        for name, member in (("collection", "id"), ("data", "data")):
            taken[name].read(dict(collection).get(member), {})
    results = [dict(each) for each in values.get("results") or ()]
    for each in results:
        if each.get("path") not in uploads:
            raise ValueError(
                f"The path of a result must be the name of an upload over HTTP, got {each.get('path')!r}; "
                "upload the file with PUT /mock/uploads/NAME."
            )
        each["path"] = str(uploads[each["path"]])
    return {**values, "results": results}


async def _next(control: "Control", _: Request) -> Response:
    """Move the clock to the next instant at which a job changes by itself."""
    clock, register = control.backend.clock, control.backend.registers.one(JobsRegister)
    now = clock.now()
    rows = [job_shown(job, now) for job in jobs_of(register, register.store.versions())]
    changes = [
        datetime.fromisoformat(each) for row in rows for each in (row["running"], row["ended"]) if each
    ]
    if later := [instant for instant in changes if instant > now]:
        clock.travel_to(min(later))
    return answered(clock_shown(clock) | {"moved": bool(later)})


def _page(request: Request) -> tuple[int, int]:
    numbers = []
    for name, default in (("offset", 0), ("limit", 100)):
        text = request.query_params.get(name, str(default))
        if not text.isdecimal() or int(text) > 10**9:
            raise ValueError(f"{name} must be a whole number from 0, got {text!r}.")
        numbers.append(int(text))
    return numbers[0], min(numbers[1], _MAX_PAGE)


def _listed(name: str, part: list[Any], total: int, first: int, request: Request) -> dict[str, Any]:
    after = first + len(part)
    url = request.url.include_query_params(offset=after)
    return {name: part, "total": total, "next": str(url) if part and after < total else None}


#: The functions by method and path; what groups of a path are called is what they take besides the request.
HANDLERS: dict[tuple[str, re.Pattern[str]], Callable[..., Awaitable[Response]]] = {
    (method, re.compile(template)): handler
    for method, template, handler in (
        ("GET", "", _about),
        ("GET", "/openapi.json", _openapi),
        ("GET", "/events", events),
        ("GET", "/users", _users),
        ("GET", "/orders", _orders),
        ("GET", "/jobs", _jobs),
        ("GET", "/requests", _requests),
        ("GET", r"/requests/(?P<index>-?\d+)", _request),
        ("GET", r"/jobs/(?P<job_id>[^/]+)/thumbnail", picture),
        ("GET", r"/jobs/(?P<job_id>[^/]+)/files", result_files),
        ("POST", "/reset", _reset),
        ("POST", "/scenario", _scenario),
        ("POST", "/clock/next", _next),
        ("PUT", r"/uploads/(?P<name>[^/]+)", upload),
    )
}
