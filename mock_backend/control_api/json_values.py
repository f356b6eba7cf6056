"""Objects of the Python API as JSON values."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel

from mock_backend.auth.accounts import Users
from mock_backend.auth.oidc import Provider, Providers
from mock_backend.auth.oidc.flows.device import DeviceScript
from mock_backend.catalog import Described
from mock_backend.clock import Clock
from mock_backend.control import Exchange, FaultOrder, Order, PlanOrder
from mock_backend.inspection.asked_processes import AskedProcess
from mock_backend.jobs import JobsRegister
from mock_backend.jobs.job import Job
from mock_backend.jobs.views import JobView, Moment
from mock_backend.lifecycle.plain import to_plain
from mock_backend.processes.validation.register import ValidationOrder
from mock_backend.stores.documents import decode

if TYPE_CHECKING:
    from mock_backend.backend import MockBackend
    from mock_backend.control.job_orders import JobOrder

#: An instant after the end of every job that ends, and before what never happens.
_AFTER_ALL = datetime.max.replace(tzinfo=UTC) - timedelta(days=1)
#: The largest body of a request that is shown as a text, in bytes.
_MAX_BODY = 100_000


def as_shown(value: Any) -> Any:
    """Return a value as JSON has it."""
    for kind, view in _VIEWS.items():
        if isinstance(value, kind):
            return view(value)
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", exclude_none=True)
    if is_dataclass(value) and not isinstance(value, type):
        return {each.name: as_shown(getattr(value, each.name)) for each in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): as_shown(each) for name, each in value.items()}
    if isinstance(value, set | frozenset | Sequence) and not isinstance(value, str | bytes):
        return [as_shown(each) for each in value]
    plain = to_plain(value)
    return plain if isinstance(plain, str | int | float | dict | list | None) else repr(plain)


def clock_shown(clock: Clock) -> dict[str, Any]:
    """Return what a clock shows."""
    return {
        "now": clock.now().isoformat(),
        "start": clock.start.isoformat(),
        "elapsed": clock.elapsed.total_seconds(),
        "rate": clock.rate,
    }


def job_shown(job: Job, now: datetime) -> dict[str, Any]:
    """Return what a job is, was and is going to be."""
    state, end = job.state(now), None if job.run is None else job.state(_AFTER_ALL)
    return {
        "id": job.job_id,
        "number": job.number,
        "title": job.title,
        "owner": job.user_id,
        "status": state.status.value,
        "progress": state.progress,
        "created": _text(job.created),
        "queued": None if job.run is None else _text(job.run.started),
        "running": None if end is None else _text(end.running_since),
        "ended": None if end is None else _text(end.ended),
        "outcome": None if end is None or end.ended is None else end.status.value,
        "final": None if end is None else end.progress,
    }


def exchange_shown(exchange: Exchange, *, whole: bool = False) -> dict[str, Any]:
    """Return an exchange, with headers and body or without; its secrets are blotted out."""
    query = exchange.query_string.decode("latin-1")
    about = {
        "at": _text(exchange.at),
        "method": exchange.method,
        "route": exchange.route,
        "path": exchange.path + ("?" + query if query else ""),
        "status": exchange.status,
        "error": exchange.error_text.strip() or None,
        "fault": as_shown(exchange.fault),
        "user": exchange.user_id,
        "job": exchange.job_id,
    }
    if not whole:
        return about
    body = exchange.body
    return about | {
        "token": exchange.token,
        "grant": exchange.grant,
        "headers": dict(exchange.headers),
        "body": body[:_MAX_BODY].decode("utf-8", "replace"),
        "size": exchange.body_length,
    }


def order_shown(order: Order) -> dict[str, Any]:
    """Return an order: what it is, and what became of it."""
    given = _given(order)
    return {
        "id": order.id,
        "text": _in_words(order, given),
        **given,
        "hits": order.hits,
        "remaining": order.remaining,
    }


def _given(order: Order) -> dict[str, Any]:
    if isinstance(order, FaultOrder):
        return order.to_dict()
    if isinstance(order, ValidationOrder):
        meant = "all process graphs" if order.process is None else f"process={order.process!r}"
        return {"kind": "validation", "for": meant, "errors": order.errors}
    if isinstance(order, DeviceScript):
        return {"kind": "device", "for": order.user or "the default user", "steps": [*order.steps]}
    plan = {"plan": order.plan.to_dict()} if isinstance(order, PlanOrder) else {}
    return {"kind": "plan" if plan else "result", "for": cast("JobOrder", order).meant} | plan


def _in_words(order: Order, given: Mapping[str, Any]) -> str:
    left = "" if order.remaining is None else f", {order.remaining} left"
    if isinstance(order, FaultOrder):
        return f"{order.fault} on {order.route}{order.conditions}: {order.hits} hits{left}"
    about = "".join(f" {name} {value}," for name, value in given.get("plan", {}).items()).rstrip(",")
    return f"{str(given['kind']).capitalize()}{about} for {given['for']}: {order.hits} hits{left}"


def asked_shown(asked: AskedProcess) -> dict[str, Any]:
    """Return a process that a client has asked to validate or to process at once."""
    facts = {"title": asked.title, "user": asked.user_id, "status": asked.status, "at": _text(asked.at)}
    return facts | {"process_graph": as_shown(asked.process_graph)}


def users_shown(users: Users) -> list[dict[str, Any]]:
    """Return the accounts, with the passwords that people need to log in."""
    return [{**as_shown(users[name]), "password": word} for name, word in users.passwords.items()]


def view_shown(view: JobView) -> dict[str, Any]:
    """Return a job with its process graph."""
    job = view.job
    return job_shown(job, view.now) | {"description": job.description, "process": job.process}


def jobs_of(register: JobsRegister, numbers: Iterable[int]) -> Iterator[Job]:
    """Yield the jobs with these creation numbers, as far as there are any."""
    found = register.store.versions()
    for number in numbers:
        if (raw := found.get(number)) is not None:
            yield register.read(decode(raw))


def kept(backend: "MockBackend") -> dict[str, int]:
    """Return the number of things that a back-end keeps."""
    return {
        "jobs": len(backend.jobs),
        "services": len(backend.services),
        "requests": len(backend.requests),
        "orders": len(backend.orders),
        "users": len(backend.users),
    }


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


_VIEWS: dict[type, Any] = {
    Clock: clock_shown,
    JobView: view_shown,
    Exchange: exchange_shown,
    Order: order_shown,
    AskedProcess: asked_shown,
    Moment: lambda each: {"at": _text(each.at), "jobs": [view_shown(view) for view in each.jobs]},
    Described: lambda each: each.metadata,
    Provider: lambda each: {"id": each.id, "title": each.title, "issuer": each.url},
    Providers: lambda each: [as_shown(one) for one in each],
}
