"""The back-ends of a federation, and requests to them."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from pydantic_core import to_json
from starlette.responses import Response
from starlette.types import ASGIApp

from mock_backend.api.register import EndpointRegister, Part
from mock_backend.api.registers import Registers
from mock_backend.auth.accounts import User, Users
from mock_backend.catalog import CollectionsRegister
from mock_backend.clock import Clock
from mock_backend.control.faults import ConnectionLost
from mock_backend.dataclass import dataclass
from mock_backend.errors import Internal, OpenEOError
from mock_backend.processes.definitions import ProcessesRegister
from mock_backend.settings import AppSettings
from mock_backend.transports.asgi_driver import Reply, request_scope
from mock_backend.transports.hosts import origin_of

_ID = re.compile(r"[a-z0-9]+")

#: The job options by which a client chooses a back-end.
_FORCE = ("federation:force-backend", "_agg_force_backend")


class Upstream(Protocol):
    """A back-end of a federation."""

    settings: AppSettings
    users: Users
    clock: Clock
    registers: Registers

    @property
    def url(self) -> str: ...

    @property
    def is_open(self) -> bool: ...

    @property
    def asgi(self) -> ASGIApp: ...


@dataclass(frozen=True)
class Answer:
    """The answer of a back-end of a federation."""

    status: int
    headers: Mapping[str, str]  #: The headers by lower-case name
    content: bytes

    @property
    def json(self) -> Any:
        """The body read as JSON; None if it is not JSON."""
        try:
            return json.loads(self.content)
        except ValueError:
            return None

    def error(self) -> OpenEOError | None:
        """Return the error that it tells; None if it tells none."""
        if self.status < 400:
            return None
        found = self.json
        if isinstance(found, dict) and {"code", "message"} <= found.keys():
            return OpenEOError(found["message"], code=found["code"], status=self.status)
        return Internal(message=f"[{self.status}] {self.content[:200].decode(errors='replace')}")

    def passed_on(self) -> Response:
        """Return it as one's own; raise ``OpenEOError`` if it is an error."""
        if (error := self.error()) is not None:
            raise error
        return Response(self.content, status_code=self.status, media_type=self.headers.get("content-type"))


class Federation(dict[str, Upstream]):
    """Back-ends by the ids that they have in their federation.

    Args:
        clock: The clock that they share; None for whichever it is.

    Raises:
        ValueError: If an id is none, or if the back-ends do not share a clock.
    """

    def __init__(self, backends: Mapping[str, Upstream], clock: Clock | None = None) -> None:
        super().__init__(backends)
        for name in self:
            if not _ID.fullmatch(name):
                raise ValueError(
                    f"The id of a federated back-end must be lower-case letters and digits, got {name!r}."
                )
        clocks = {id(each): each for each in [clock, *(each.clock for each in backends.values())] if each}
        if len(clocks) > 1:
            raise ValueError("The back-ends of a federation share a clock: MockBackend(clock=other.clock).")
        #: The clock; None if there are neither a clock nor back-ends.
        self.clock = next(iter(clocks.values()), None)

    # -- requests -----------------------------------------------------------------------------------

    def ask(
        self,
        name: str,
        method: str,
        path: str,
        user: User | None = None,
        *,
        body: Any = None,
        query: Mapping[str, object] | None = None,
    ) -> Answer:
        """Send a request to a back-end, as the account there that has the name of a user.

        Args:
            path: The path below the URL of its API.
            user: The user; None for a request without a log-in.
            query: Members of the query; None is left out.
        """
        upstream = self[name]
        parts, given = urlsplit(upstream.url), {k: v for k, v in (query or {}).items() if v is not None}
        headers = [(b"host", parts.netloc.encode()), (b"accept", b"application/json")]
        if user is not None:
            token = upstream.users.issue(upstream.users.ensure(user.user_id).user_id)
            headers.append((b"authorization", f"Bearer {token}".encode()))
        if body is not None:
            headers.append((b"content-type", b"application/json"))
        target = parts.path + path + (f"?{urlencode(given)}" if given else "")
        scope = request_scope(method, *origin_of(upstream.url), target, headers)
        reply = Reply(upstream.asgi, scope, b"" if body is None else to_json(body))
        try:
            reply.begin()
            content = reply.body()
        except ConnectionLost:
            return Answer(502, {}, b"The connection was lost.")
        return Answer(
            reply.status, {k.decode().lower(): v.decode("latin-1") for k, v in reply.headers}, content
        )

    def gather(
        self, path: str, user: User | None = None, **query: object
    ) -> tuple[dict[str, Any], list[str]]:
        """Ask all back-ends for a listing.

        Returns:
            The listings by the ids of the back-ends, and the ids of those that have not answered.
        """
        found = {}
        for name, upstream in self.items():
            if upstream.is_open:
                answer = self.ask(name, "GET", path, user, query=query)
                if answer.status == 200 and answer.json is not None:
                    found[name] = answer.json
        return found, [name for name in self if name not in found]

    # -- what they offer ----------------------------------------------------------------------------

    def offered(self, entries: Callable[[Registers], Mapping[str, Any]]) -> dict[str, tuple[Any, list[str]]]:
        """Return what the open back-ends offer: by id, the entry of the first one, and who offers it.

        Args:
            entries: Returns what a back-end offers, by id.
        """
        found: dict[str, tuple[Any, list[str]]] = {}
        for name, upstream in self.items():
            for key, entry in entries(upstream.registers).items() if upstream.is_open else ():
                found.setdefault(key, (entry, []))[1].append(name)
        return found

    def choose(self, graph: Mapping[str, Any], options: Mapping[str, Any]) -> str:
        """Return the id of the back-end that a process graph is for.

        Raises:
            OpenEOError: If there is none that has all collections, processes and results.
        """
        candidates = [name for name, upstream in self.items() if upstream.is_open]
        for option in _FORCE:
            if (forced := options.get(option)) is not None:
                if forced in candidates:
                    return str(forced)
                raise OpenEOError(
                    f"Job option {option!r}: {forced!r} is not one of {candidates}.", status=404
                )
        nodes = [each for each in graph.values() if isinstance(each, dict)]
        loaded = [_argument(each) for each in nodes if each.get("process_id") == "load_collection"]
        results = [_argument(each) for each in nodes if each.get("process_id") == "load_result"]
        called = {str(each.get("process_id")) for each in nodes if not each.get("namespace")}
        for name in list(candidates):
            registers = self[name].registers
            known = registers.one(ProcessesRegister).signatures()
            # What none of them offers decides nothing: whoever runs it is going to refuse it.
            lacking = {each for each in called if each not in known and self._is_process(each)}
            others = [each for each in results if "://" not in each and not each.startswith(f"{name}-")]
            if lacking or others or not set(loaded) <= set(registers.one(CollectionsRegister).ids()):
                candidates.remove(name)
        if not candidates:
            raise OpenEOError(
                f"No back-end of the federation has all that the process graph asks for: collections "
                f"{sorted(set(loaded))}, processes, earlier results.",
                code="BackendLookupFailure",
                status=400,
            )
        return candidates[0]

    def _is_process(self, process_id: str) -> bool:
        return any(process_id in each.registers.one(ProcessesRegister).signatures() for each in self.values())


def _argument(node: Mapping[str, Any]) -> str:
    """Return the argument ``id`` of a node."""
    return str((node.get("arguments") or {}).get("id", ""))


class FederatedRegister(EndpointRegister):
    """A register of a federation."""

    federation = Part(Federation, lambda: Federation({}))

    def offered(self, entries: Callable[[Registers], Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Return what any back-end offers, with the back-ends that do; see ``Federation.offered``."""
        found = self.federation.offered(entries)
        return {name: {**first, "federation:backends": names} for name, (first, names) in found.items()}
