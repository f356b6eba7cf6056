"""Objects of the Python API that are available over HTTP, and the exceptions.

The endpoints follow from the classes: a public method is ``POST``, a property ``GET``, and one that can be
set ``PATCH`` of its object. A method or property that is added to a class is there without a line here.
"""

import inspect
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import Any

from mock_backend.auth.accounts import Users
from mock_backend.auth.oidc import Provider, Providers
from mock_backend.backend import MockBackend
from mock_backend.clock import Clock
from mock_backend.control import Exchange, Journal, Order
from mock_backend.dataclass import dataclass
from mock_backend.inspection.asked_processes import AskedProcesses, Exchanges
from mock_backend.jobs.views import JobsView, JobView

#: Members of classes that have no HTTP form, by the reason.
_EXCEPTIONS = {
    "is for code in the back-end's process": {
        "MockBackend": "app asgi connect",
        "Clock": "patch patch_all on_move visitor begin_request end_request pledge_task forking give_up "
        "has_lost is_left leave_others note_computing note_origin",
        "Exchanges": "note make_heavier",
        "Journal": "note make_heavier",
        "Order": "hit note_seen",
        "Provider": "account account_of authenticate client give has_answered_as "
        "is_known listed note_vain_poll now paced scope_of user_of",
        "Providers": "at at_url close default foreign_hosts listed made open url user_of",
    },
    "is for threads of the back-end's process": {"Clock": "sleep asleep leave"},
    "is for lists": dict.fromkeys(("AskedProcesses", "Exchanges", "JobsView", "Journal"), "index count"),
    "is up to whoever serves the back-end": {
        "MockBackend": "open close live live_server is_open",
        "Providers": "trust",
    },
    "is what clients do by the openEO API": {"Users": "authenticate log_in by_token"},
    "is what browsers do, at the pages of the provider": {"Provider": "browse"},
    "is a part of others": {"Users": "ensure reset issue by_subject"},
    "is a part of `reset`": {"Clock": "restart", "Provider": "reset settle", "Providers": "reset"},
    "is `add_remote_processes`": {"MockBackend": "remote_processes"},
    "is `inject`, which takes the same members": {"MockBackend": "order", "Provider": "order"},
    "is `lapses`, which are none": {"MockBackend": "assert_good_citizen"},
    "is in `GET /mock/clock`": {"Clock": "now outside elapsed"},
    "is in `GET /mock/users`": {"Users": "keys items values get passwords"},
    "is in `GET /mock/jobs/{job_id}`": {"JobView": "job now"},
}
#: Why a member of a class has no HTTP form.
EXCEPTIONS = {
    f"{kind}.{name}": reason
    for reason, kinds in _EXCEPTIONS.items()
    for kind, names in kinds.items()
    for name in names.split()
}

#: Methods that ask, and change nothing: ``GET`` with their arguments as the query.
QUESTIONS = frozenset({"at", "lapses", "select", "one", "nodes", "counts", "sequence", "token", "tokens"})


@dataclass(frozen=True)
class ExposedMember:
    """A method or property of a class."""

    kind: type
    name: str
    value: Any  #: The class's member of that name

    @property
    def key(self) -> str:
        """Name in the documents of the Python API."""
        return f"{self.kind.__name__}.{self.name}"

    @property
    def is_method(self) -> bool:
        """True if it is called."""
        return inspect.isfunction(self.value)

    @property
    def is_question(self) -> bool:
        """True if it changes nothing."""
        return not self.is_method or self.name in QUESTIONS

    @property
    def can_be_set(self) -> bool:
        """True if it is a property that takes values."""
        return getattr(self.value, "fset", None) is not None or _is_setting(self.value)

    @property
    def doc(self) -> str:
        """Its documentation."""
        return inspect.getdoc(self.value) or ""


@dataclass(frozen=True)
class Exposed:
    """Objects of a class, at a path."""

    prefix: str  #: The path template below ``/mock``
    kind: type
    #: Returns the object from the control API and what the path names; raises LookupError
    find: Callable[..., Any]
    has_members: bool = True  #: False if all of its members are in its answer

    @cached_property
    def members(self) -> dict[str, ExposedMember]:
        """Its public methods and properties that there are over HTTP, by name."""
        return {
            member.name: member
            for member in all_members(self.kind)
            if self.has_members and member.key not in EXCEPTIONS
        }


def all_members(kind: type) -> Iterator[ExposedMember]:
    """Yield the public methods and properties of a class."""
    for name, value in inspect.getmembers(kind):
        is_asked = isinstance(value, property | cached_property) or _is_setting(value)
        if not name.startswith("_") and (inspect.isfunction(value) or is_asked):
            yield ExposedMember(kind, name, value)


def _is_setting(value: Any) -> bool:
    return not isinstance(value, property) and inspect.isdatadescriptor(value) and hasattr(value, "__set__")


EXPOSED = (
    Exposed("", MockBackend, lambda control: control.backend),
    Exposed("/clock", Clock, lambda control: control.backend.clock),
    Exposed("/users", Users, lambda control: control.backend.users),
    Exposed("/oidc", Provider, lambda control: control.backend.oidc),
    Exposed("/oidc/requests", Journal, lambda control: control.backend.oidc.requests),
    Exposed("/oidc_providers", Providers, lambda control: control.backend.oidc_providers),
    Exposed("/jobs", JobsView, lambda control: control.backend.jobs),
    Exposed("/jobs/{job_id}", JobView, lambda control, job_id: control.backend.jobs.one(job_id=job_id)),
    Exposed("/validations", AskedProcesses, lambda control: control.backend.validations),
    Exposed("/synchronous", AskedProcesses, lambda control: control.backend.synchronous),
    Exposed("/requests", Exchanges, lambda control: control.backend.requests),
    Exposed(
        "/requests/{index}", Exchange, lambda control, index: control.backend.requests[int(index)], False
    ),
    Exposed("/orders/{order_id}", Order, lambda control, order_id: control.order(int(order_id))),
)
