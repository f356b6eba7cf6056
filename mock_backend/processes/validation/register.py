"""The validation of processes, for the endpoint and for all registers that take process graphs."""

from collections import deque
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict

from mock_backend.api.models import Endpoint, Links, odd_schema
from mock_backend.api.parameters import Depends
from mock_backend.api.register import EndpointRegister, Part, optional
from mock_backend.api.request_checks import refusing
from mock_backend.auth.accounts import Authenticator, User
from mock_backend.cache import Kept, json_key
from mock_backend.catalog import CollectionsRegister
from mock_backend.control.orders import Order, OrderBook
from mock_backend.dataclass import dataclass
from mock_backend.errors import ProcessGraphMissing, ProcessInvalid
from mock_backend.processes.definitions import ProcessesRegister, UserProcessesRegister, walk
from mock_backend.processes.definitions.user_defined import LetsPass
from mock_backend.processes.validation.problems import (
    ALL,
    RULES,
    Findings,
    Problem,
    RefusedGraph,
    check_rules,
)
from mock_backend.processes.validation.signature import sound_parameters
from mock_backend.processes.validation.validator import Context, Validator
from mock_backend.settings import AppSettings


class ValidationOrder(Order):
    """The errors that ``/validation`` finds in process graphs, in the place of what is wrong with them.

    Args:
        errors: Their ``code`` and ``message``, or messages alone; none if it finds nothing.
        process: Only in process graphs that call this process, nested graphs included.
        times: The number of times; None means always.

    Raises:
        TypeError: If an error has no message.
    """

    def __init__(
        self,
        errors: Iterable[Mapping[str, Any] | str] = (),
        *,
        process: str | None = None,
        times: int | None = None,
    ) -> None:
        super().__init__(times)
        self.errors = [_error(each) for each in ([errors] if isinstance(errors, str) else errors)]
        self.process = process

    def applies_to(self, process_graph: Any) -> bool:
        """Tell whether it is for a process graph."""
        if self.process is None:
            return True
        return isinstance(process_graph, dict) and self.process in {
            node.process_id for node in walk(process_graph)
        }

    def __repr__(self) -> str:
        about = "all process graphs" if self.process is None else f"process={self.process!r}"
        return f"<validation with {len(self.errors)} errors for {about}: {self.hits} hits>"


def _error(given: Mapping[str, Any] | str) -> dict[str, Any]:
    if isinstance(given, str):
        return {"code": "ProcessInvalid", "message": given}
    if not isinstance(given, Mapping) or not isinstance(given.get("message"), str):
        raise TypeError(f"An error has a message, e.g. {{'code': 'Oops', 'message': 'No.'}}, got {given!r}.")
    return {"code": "ProcessInvalid", **given}


class AnswerBook(OrderBook[ValidationOrder]):
    """The ordered answers; later ones win."""

    def of(self, process_graph: Any) -> list[dict[str, Any]] | None:
        """Return the errors that are ordered for a process graph, and count the order; None without one."""
        order = self.hit(lambda each: each.applies_to(process_graph))
        return None if order is None else order.errors


_ENDPOINTS = (Endpoint(path="/validation", methods=("POST",), handler="validate"),)
#: Maximum number of leniencies kept.
_MOST_LENIENCIES = 10_000
#: Tests send the same process graphs again and again.
_known: Kept[Findings] = Kept(500)

_MISPLACED = "The request has no 'process_graph'; it belongs at the top level here, not into 'process'."


@dataclass(frozen=True)
class Leniency:
    """Something that was let pass although it breaks a rule.

    Args:
        about: The request, e.g. ``POST /jobs``.
        problem: The problem, with its ``rule``, ``code``, ``message`` and ``place``.
    """

    about: str
    problem: Problem

    @property
    def rule(self) -> str | None:
        """The name of the rule."""
        return self.problem.rule

    def __repr__(self) -> str:
        return f"<Leniency {self.rule} in {self.about}: {self.problem.text}>"


#: With it, URLs are namespaces.
_EXTENSION = "remote-process-definition"


class Foresight(Protocol):
    """Forecast of results, which follows processes without computing them."""

    def findings_of(self, process: Mapping[str, Any], user: User | None, known: Findings) -> Findings:
        """Return the problems that show when a process is followed, beside those that it has by itself."""


class ValidationRequest(BaseModel):
    """Request body of a validation."""

    model_config = ConfigDict(extra="allow")

    process_graph: Any = None
    parameters: Any = None


class ValidationRegister(EndpointRegister, LetsPass):
    """Serve ``/validation`` and check processes for the other registers."""

    #: The register of processes.
    processes = Part(ProcessesRegister)
    #: The register of collections.
    catalogue = Part(CollectionsRegister)
    #: The register of user-defined processes; None if there are none.
    user_processes = optional(UserProcessesRegister)
    #: Forecast of results that are too large, or nothing for their file format; None if there is none.
    foresight = optional(Foresight)

    def __init__(self, settings: AppSettings | None = None, links: Links | None = None) -> None:
        super().__init__(settings, links)
        check_rules(self.settings.relaxed)
        #: Processes accepted although they break a rule, oldest first.
        self.leniencies: deque[Leniency] = deque(maxlen=_MOST_LENIENCIES)

    served = _ENDPOINTS

    def reset(self) -> None:
        """Forget what has been let pass."""
        self.leniencies.clear()
        self.answers.clear()

    @cached_property
    def answers(self) -> AnswerBook:
        """The answers of ``/validation`` that a test has ordered."""
        return AnswerBook()

    def validate(
        self, body: ValidationRequest, user: User | None = Depends(Authenticator.validate_if_given)
    ) -> dict[str, Any]:
        """Report what is wrong with a process (openEO API 1.2, ``POST /validation``).

        A process without faults has an empty list. Undefined parameters are no fault: they
        may get a value later.
        """
        if (ordered := self.answers.of(body.process_graph)) is not None:
            return {"errors": ordered}
        if body.process_graph is None:
            # Its members lie one level higher than in other requests, which is easily overlooked.
            misplaced = Problem(None, "ProcessGraphMissing", _MISPLACED)
            return {"errors": [misplaced.to_json()] if "process" in (body.model_extra or {}) else []}
        graph, parameters = body.process_graph, body.parameters
        known = self.findings(graph, user, parameters=parameters, lenient=True)
        found = self._followed({"process_graph": graph, "parameters": parameters}, user, known)
        return {"errors": [problem.to_json() for problem in found.refused]}

    def _followed(self, process: Mapping[str, Any], user: User | None, known: Findings) -> Findings:
        """Return all problems of a process, those included that show when it is followed."""
        if self.foresight is None:
            return known
        return known.also(self.foresight.findings_of(process, user, known), process["process_graph"])

    @cached_property
    def lets_pass(self) -> frozenset[str]:
        """The names of the rules that do not refuse."""
        names = self.settings.lets_pass
        return frozenset(RULES) if ALL in names else names

    def findings(
        self,
        process_graph: Any,
        user: User | None,
        *,
        parameters: Any = None,
        lenient: bool = False,
    ) -> Findings:
        """Return everything that is wrong with a process graph by itself.

        Args:
            process_graph: The process graph.
            user: Whose user-defined processes count.
            parameters: The definitions of the parameters that the graph may refer to.
            lenient: True if it may refer to others, too.
        """
        parameters, defined = sound_parameters(parameters), self.user_processes
        remote, limit = self.processes.remote, self.settings.work_limit
        has_urls = bool(remote) or _EXTENSION in self.settings.extensions

        def find() -> Findings:
            context = Context(
                processes=self.processes.signatures(),
                catalogue=self.catalogue,
                user_process=lambda name: defined.find(user.user_id, name) if user and defined else None,
                user_processes=lambda: defined.ids(user.user_id) if user and defined else [],
                lets_pass=self.lets_pass,
                remote_process=remote.resolve if has_urls else None,
                work_limit=limit,
            )
            return Validator(context).findings(process_graph, parameters, lenient=lenient)

        raw = self.cache_key(process_graph, parameters, None if user is None else user.user_id)
        offer = self.settings.profile.catalogue, self.lets_pass, has_urls, limit
        return _known.get(None if raw is None else (raw, lenient, offer), find)

    def cache_key(self, process_graph: Any, parameters: Any, user_id: str | None) -> bytes | None:
        """Return what equal processes share, on all back-ends of the profile; None if that cannot be told."""
        defined = self.user_processes
        own = user_id is not None and defined is not None and defined.has_any(user_id)
        if own or not (self.processes.is_standard and self.catalogue.is_standard):
            return None
        return json_key([process_graph, parameters])

    def let_pass(self, about: str, rule: str, message: str) -> None:
        """Note for a request that a rule is broken, which does not refuse it."""
        self.note(about, [Problem(rule, "", message)])

    def note(self, about: str, passed: Iterable[Problem]) -> None:
        """Note the problems of a request that are let pass."""
        self.leniencies.extend(Leniency(about, each) for each in passed)

    def require(
        self,
        process: Any,
        user: User,
        *,
        parameters: Iterable[Mapping[str, Any]] = (),
        about: str = "",
        follows: bool = True,
    ) -> list[str]:
        """Check that a request's ``process`` can be processed.

        Args:
            process: The member ``process`` of the request.
            user: The user who sent it.
            parameters: The definitions of parameters that have values when it is processed.
            about: The request, for ``leniencies``.
            follows: False if a process without problems is going to be followed anyway.

        Returns:
            Warnings about what is let pass although it breaks a rule.

        Raises:
            ProcessGraphMissing: If there is no process graph.
            ProcessInvalid: If something else that the process says of itself is not what the API lets it say.
            OpenEOError: If there is a problem; the code is that of the first one.
        """
        graph = process.get("process_graph") if isinstance(process, dict) else None
        if graph is None:
            raise ProcessGraphMissing(
                "The request has no process graph: send it as {'process': {'process_graph': {…}}}."
            )
        found = self.findings(graph, user, parameters=[*_given(process.get("parameters")), *parameters])
        if found.refused:
            found = self._followed(process, user, found)
        elif follows:
            found = self._followed(process, user, found).of_rules()
        if found.refused:
            raise RefusedGraph(found.refused)
        with refusing(ProcessInvalid):
            odd = odd_schema(process, refuses="parameter-schema" not in self.lets_pass)
        if odd is not None:
            self.let_pass(about, "parameter-schema", odd)
        self.note(about, found.passed)
        return [f"{each.text} (rule: {each.rule})" for each in found.passed]


def _given(parameters: Any) -> list[Mapping[str, Any]]:
    """Return the definitions of those parameters that have a value."""
    return [each for each in sound_parameters(parameters) if "default" in each]
