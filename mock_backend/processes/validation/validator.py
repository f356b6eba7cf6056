"""Go through a process graph and find everything that is wrong with it."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Set
from typing import Any

from mock_backend.catalog import CollectionsRegister
from mock_backend.dataclass import dataclass
from mock_backend.errors import ProcessGraphComplexity, ProcessNamespaceInvalid
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.definitions.graph import (
    NO_GRAPH,
    NO_PROCESS,
    Graph,
    arguments_of,
    in_cycles,
    in_order,
    node_faults,
    objects,
    repaired,
    sources_of,
    walk,
    wiring_faults,
)
from mock_backend.processes.definitions.remote import ProcessKey, is_url
from mock_backend.processes.validation.arguments import OF_CUBES_TOO, Arguments, contents_of
from mock_backend.processes.validation.call_checks import check_meaning
from mock_backend.processes.validation.kinds import kinds_of
from mock_backend.processes.validation.known_values import ANYTHING, UNKNOWN, Scope, Value
from mock_backend.processes.validation.problems import CheckedCall, Findings, GraphPlace, Problem
from mock_backend.processes.validation.signature import (
    KnownUserProcess,
    Parameter,
    Signature,
    UserProcesses,
    signature_of,
    sound_parameters,
)
from mock_backend.workload import DEPTH, Workload, counting_work, too_deep

#: The signature of a process that does not exist.
_UNTOLD = Signature({})
_CUBE = ("object", "datacube")
#: Maximum number of nodes named in one message.
_MOST_NAMED = 10


@dataclass(frozen=True)
class _Visit:
    """A user-defined process that was gone through: with which arguments, how large, and what came out."""

    values: Mapping[str, Value]
    nodes: int
    result: Value


@dataclass(frozen=True)
class Context:
    """Context of checks of a process."""

    processes: Mapping[str, dict[str, Any]]  #: The definitions of the predefined processes by id
    catalogue: CollectionsRegister  #: The data that there are, and the formats of files
    #: Returns a user-defined process of the user by its id, or None
    user_process: Callable[[str], dict[str, Any] | None] = lambda _: None
    lets_pass: Set[str] = frozenset()  #: The names of the rules that do not refuse
    #: Returns the ids of all user-defined processes of the user
    user_processes: Callable[[], list[str]] = list
    #: Returns the process of an id at a URL; None if nothing is known of the URL. There is no such function
    #: where URLs are no namespaces.
    remote_process: Callable[[str, str], dict[str, Any] | None] | None = None
    work_limit: float = 1.0  #: Factor of the limits of work


class Validator:
    """Find what is wrong with a process."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._problems: list[Problem] = []
        #: Parameters that have no value yet.
        self._undefined: set[str] = set()
        #: The user-defined processes that are being entered.
        self._entered: list[ProcessKey] = []
        #: The visits of each process by the arguments that it was called with.
        self._visits: dict[tuple[ProcessKey, Hashable], list[_Visit]] = {}
        self._user_processes = UserProcesses(context.user_process, context.remote_process)
        self._work = Workload()

    def findings(self, graph: Any, parameters: Iterable[Mapping[str, Any]], *, lenient: bool) -> Findings:
        """Return all problems of a process graph.

        Args:
            parameters: The definitions of the parameters that it may refer to.
            lenient: True if it may refer to others, too.
        """
        try:
            defined = sound_parameters(parameters)
            values = {each["name"]: Value(kinds_of(each.get("schema"))) for each in defined}
            self._undefined.update(each["name"] for each in defined if "default" not in each)
            with counting_work(self._context.work_limit) as self._work:
                self._graph(graph, Scope(values, lenient=lenient), ())
        except ProcessGraphComplexity as error:
            self._problems.append(Problem(None, error.openeo_code, error.message))
        except RecursionError:
            self._problems.append(Problem(None, "ProcessGraphComplexity", too_deep("processes").message))
        found = sorted(self._problems, key=lambda problem: problem.rule not in (None, "structure"))
        passes = self._context.lets_pass
        refused = tuple(each for each in found if each.rule not in passes)
        # Equal ones are told once: e.g. those of a user-defined process that is called twice.
        passed = () if refused else tuple(dict.fromkeys(each for each in found if each.rule in passes))
        return Findings(refused, passed, frozenset(self._undefined))

    # -- graphs and nodes -----------------------------------------------------------------------------

    def _graph(self, graph: Any, scope: Scope, path: tuple[str, ...]) -> Value:
        """Check a graph and return what is known of its result."""
        if len(path) > 2 * DEPTH:
            raise too_deep("processes")
        if not isinstance(graph, dict) or not graph:
            self._report(None, "ProcessGraphInvalid", NO_GRAPH, path)
            return ANYTHING
        faults = list(node_faults(graph))
        sources = {} if faults else sources_of(graph)
        for fault in faults or wiring_faults(graph, sources):
            place = path if fault.node is None else (*path, fault.node)
            self._report("structure", "ProcessGraphInvalid", fault.message, place)
        self._work.step(len(graph))
        order, stuck = ([], []) if faults else in_order(sources)
        if stuck:
            nodes = in_cycles(sources, stuck)
            named = ", ".join(map(repr, nodes[:_MOST_NAMED])) + (" …" if len(nodes) > _MOST_NAMED else "")
            message = (
                "The process graph has a cycle: no order lets each node come after those it refers to by "
                f"'from_node'. Its nodes are: {named}."
            )
            self._report("structure", "ProcessGraphInvalid", message, path)
        if "structure" in self._context.lets_pass:
            graph = repaired(graph)
            order, stuck = in_order(sources_of(graph))
        elif faults:
            return ANYTHING
        results: dict[str, Value] = {}
        result = ANYTHING
        for node_id in (*order, *stuck):
            node = graph[node_id]
            value = results[node_id] = self._node(node, scope, results, (*path, node_id))
            if node.get("result") is True:
                result = value
        return result

    def _node(self, node: Graph, scope: Scope, results: Mapping[str, Value], path: tuple[str, ...]) -> Value:
        """Check a node and return what is known of its result."""
        process_id, arguments, namespace = node["process_id"], arguments_of(node), node.get("namespace")
        if scope.has_constants:
            arguments = {name: scope.filled_in(argument) for name, argument in arguments.items()}
        own = self._user_processes.find(process_id, namespace)
        definition = self._context.processes.get(process_id) if namespace in (None, "backend") else None
        if own is not None:
            signature = own.signature
        elif definition is not None:
            signature = signature_of(definition)
        else:
            self._unknown_process(process_id, namespace, path)
            signature = _UNTOLD
        if arguments.get("data") == []:  # to which no child process is applied
            needless = [name for name, each in signature.parameters.items() if each.callback]
            arguments = {
                name: each for name, each in arguments.items() if each is not None or name not in needless
            }
        # The names of arguments of which nothing follows.
        unclear: set[str] = set()
        call = CheckedCall(process_id, arguments, signature.defaults, path, unclear, self._problems)
        checked = Arguments(call, scope, results, own=own is not None)
        checked.check_names(signature)
        values: dict[str, Value] = {}
        children: list[tuple[str, Graph]] = []
        for name, argument in arguments.items():
            parameter, contents = signature.parameters.get(name), contents_of(argument)
            if parameter is None:
                for _, reference in contents.references:
                    checked.reference(reference, name)
                for graph in contents.graphs:
                    child = Scope(outer=scope, lenient=True, has_constants=scope.has_constants)
                    self._graph(graph, child, (*path, name))
                values[name] = ANYTHING
                continue
            before = len(self._problems)
            values[name] = checked.check(parameter, argument, contents)
            if contents.references or (
                len(self._problems) > before and not self._is_clear(argument, self._problems[before:])
            ):
                unclear.add(name)
            if contents.graphs:
                children += ((name, each) for each in contents.graphs)
        self._undefined |= checked.undefined
        if signature is _UNTOLD:
            return ANYTHING
        if own is None:
            check_meaning(call, self._context.catalogue)
        for name, graph in children:
            self._child(process_id, signature.parameters[name], graph, scope, path)
        if own is not None:
            return self._enter(own, values, path)
        if process_id in OF_CUBES_TOO and _CUBE in ((given := values.get("x", ANYTHING)).kinds or ()):
            return given
        return Value(signature.returns)

    def _is_clear(self, argument: Any, problems: Sequence[Problem]) -> bool:
        """Tell whether it follows from an argument what is meant, in spite of these problems."""
        # What the form of a text is let pass as still names something, e.g. a collection.
        passes = "argument-form" in self._context.lets_pass and isinstance(argument, str)
        return passes and all(each.rule == "argument-form" for each in problems)

    def _unknown_process(self, process_id: str, namespace: str | None, path: tuple[str, ...]) -> None:
        if process_id == NO_PROCESS:
            return  # which has been said already
        rule, mine = "unknown-process", self._context.user_processes
        if is_url(namespace) and self._context.remote_process is not None:
            error = self._user_processes.faults.get((namespace, process_id))
            if error is None:
                reason = "no process of this URL is known; MockBackend.add_remote_processes registers some."
                error = ProcessNamespaceInvalid(namespace=namespace, process=process_id, reason=reason)
                rule = "unknown-namespace"
            self._report(rule, error.code, error.message, path)
            return
        if namespace not in (None, "backend", "user"):
            hint, rule = " The namespaces are 'backend' and 'user'.", "unknown-namespace"
        elif namespace == "user":
            hint = f" You have no process of this id.{did_you_mean(process_id, mine()) if mine() else ''}"
        elif self._context.user_process(process_id) is not None:
            hint = " You have a process of this id: its namespace is 'user'."
        else:
            hint = did_you_mean(process_id, self._context.processes)
        where = repr("backend" if namespace is None else namespace)
        message = f"Process with identifier {process_id!r} is not available in namespace {where}.{hint}"
        self._report(rule, "ProcessUnsupported", message, path)

    def _enter(self, process: KnownUserProcess, values: Mapping[str, Value], path: tuple[str, ...]) -> Value:
        """Check a user-defined process with the arguments it is called with."""
        key, signature = process.key, process.signature
        if process.is_opaque:
            return Value(signature.returns)
        if key in self._entered:
            way = " → ".join(name for _, name in [*self._entered[self._entered.index(key) :], key])
            message = f"The user-defined process {key[1]!r} calls itself: {way}."
            self._report("recursion", "ProcessGraphInvalid", message, path)
            return ANYTHING
        visits = self._visits.setdefault((key, _likeness(values)), [])
        for visit in visits:
            if visit.values == values:
                # What is wrong in it has been said, and it takes as long to process as before.
                self._work.step(visit.nodes)
                return visit.result
        before = self._work.steps
        self._entered.append(key)
        try:
            inner = _inside(signature, values)
            has_constants = any(value.constant is not UNKNOWN for value in inner.values())
            found = self._graph(process.graph, Scope(inner, has_constants=has_constants), path)
        finally:
            self._entered.pop()
        result = Value(found.kinds if signature.returns is None else signature.returns)
        visits.append(_Visit(values, self._work.steps - before, result))
        return result

    def _child(
        self, process_id: str, parameter: Parameter, graph: Graph, scope: Scope, path: tuple[str, ...]
    ) -> None:
        """Check a child process in an argument, in its own scope."""
        handed = parameter.callback
        inner = {each.name: Value(each.kinds) for each in handed or ()}
        if process_id == "count" and "x" in inner:
            inner["element"] = inner["x"]  # as the example in its definition calls it
        if process_id == "merge_cubes" and any(
            each == {"from_parameter": "data"} for node in walk(graph) for each in objects(node.arguments)
        ):
            # Back-ends that look at nothing but the name of the process take it to be of both values.
            inner["data"] = ANYTHING
            message = "The parameters of 'overlap_resolver' are x and y; data is taken to be both of them."
            self._report("overlap-resolver", "ProcessParameterRequired", message, path)
        child = Scope(inner, scope, lenient=handed is None, has_constants=scope.has_constants)
        self._graph(graph, child, (*path, parameter.name))

    # -- reports --------------------------------------------------------------------------------------

    def _report(self, rule: str | None, code: str, message: str, path: tuple[str, ...]) -> None:
        self._problems.append(Problem(rule, code, message, GraphPlace(path)))


def _likeness(values: Mapping[str, Value]) -> Hashable:
    """Return something that equal arguments share, and hardly any others."""
    return tuple(
        (name, each.kinds, None if each.constant is UNKNOWN else repr(each.constant))
        for name, each in values.items()
    )


def _inside(signature: Signature, values: Mapping[str, Value]) -> Mapping[str, Value]:
    """Return what a user-defined process knows of its parameters in a call."""
    if not signature.is_told:
        return values
    return {
        # The kinds of a default may be others; of what is missing it is known what it should have been.
        name: values.get(
            name,
            Value(parameter.kinds) if parameter.default is None else Value(constant=parameter.default),
        )
        for name, parameter in signature.parameters.items()
    }
