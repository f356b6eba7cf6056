"""Follow a process graph to what comes out of it."""

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.steps.call import Child, StepCall, check_arguments
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs.loading import stand_in
from mock_backend.engine.steps.outcome import GraphContext, Outcome, Plain, Saved
from mock_backend.engine.steps.predefined import COMPUTING, OF_SAVED, result_of, unknown_result
from mock_backend.engine.steps.registry import SOURCES, STEPS
from mock_backend.engine.steps.saving import Savings, Stored
from mock_backend.engine.steps.shape import source_of, without_values
from mock_backend.errors import OpenEOError, ProcessGraphComplexity
from mock_backend.processes.definitions import walk
from mock_backend.processes.definitions.graph import (
    Graph,
    arguments_of,
    in_order,
    needed,
    objects,
    repaired,
    resolved,
    sources_of,
)
from mock_backend.processes.definitions.remote import ProcessKey
from mock_backend.processes.validation.known_values import UNKNOWN
from mock_backend.processes.validation.problems import Findings, GraphPlace, Problem, RefusedGraph
from mock_backend.processes.validation.signature import (
    KnownUserProcess,
    UserProcesses,
    signature_of,
    sound_parameters,
)
from mock_backend.workload import CHAIN, Workload, counting_work, too_deep

if TYPE_CHECKING:
    from mock_backend.engine.core.callbacks import GraphCallback


_SAVING = ("save_result", "save_ml_model", "export_collection", *OF_SAVED)
#: Types of values that have others in them.
_INNER = (list, dict, Child)


def outcome_of(graph: Graph, surroundings: GraphContext) -> Outcome:
    """Tell what comes out of a process graph that has no problems, without computing any values.

    Raises:
        OpenEOError: ``NoDataAvailable`` if there are no data in an area or a period,
            ``ProcessGraphComplexity`` if a data cube would be too large, ``ProcessParameterInvalid`` if
            there is no such coordinate system, and so on; the message names all problems.
    """
    follower = _Follower(surroundings, Findings())
    outcome = follower.outcome(graph)
    if outcome is None:
        raise RefusedGraph(follower.problems)
    return outcome


def findings_of(graph: Graph, surroundings: GraphContext, known: Findings) -> Findings:
    """Return the problems that show when a process graph is followed."""
    if any(each.rule in (None, "structure", "recursion") for each in known.refused):
        return Findings()
    follower = _Follower(surroundings, known)
    try:
        follower.outcome(graph)
    except ProcessGraphComplexity as error:
        follower.problems.append(Problem(None, error.openeo_code, error.message))
    return Findings(tuple(follower.problems), () if follower.problems else tuple(follower.passed))


#: Values for ``from_parameter``, from the inside out.
Scope = ChainMap[str, Any]


@dataclass(frozen=True)
class _Node:
    """A node to follow, the results of those before it, its scope and its place."""

    node: Graph
    results: Mapping[str, Any]
    scope: Scope
    path: tuple[str, ...]
    is_child: bool


class _Follower:
    def __init__(self, surroundings: GraphContext, known: Findings) -> None:
        self._surroundings = surroundings
        self._savings = Savings(surroundings)
        self.problems: list[Problem] = []
        self.passed: list[Problem] = []
        self._undefined = known.undefined
        #: Arguments, and nodes, of which nothing follows.
        self._unclear = set(unclear_places(known.refused))
        self._has_unknown = bool(self._undefined or self._unclear)
        self._stand_ins: list[str] = []
        self._udfs: list[str] = []
        self._work = Workload()
        self._user_processes = UserProcesses(surroundings.user_process, surroundings.remote_process)
        self._entered: list[ProcessKey] = []
        #: The user-defined processes that have been entered, by the places of their calls.
        self._calls: dict[tuple[str, ...], ProcessKey] = {}

    def outcome(self, graph: Graph) -> Outcome | None:
        """Return what comes out of a process graph; None if it has problems."""
        values = dict.fromkeys(self._undefined, UNKNOWN)
        values |= {
            each["name"]: each["default"]
            for each in sound_parameters(self._surroundings.parameters)
            if "default" in each
        }
        try:
            with counting_work(self._surroundings.work_limit) as self._work:
                return self._outcome(graph, ChainMap(values))
        except RecursionError:
            raise too_deep("processes") from None
        except ProcessGraphComplexity:
            if not self.problems:
                raise
            return None
        finally:
            ruled = [each for each in self.problems if each.rule is not None]
            told: dict[object, Problem] = {}
            for each in ruled or self.problems:  # what else is wrong may be so because of them
                told.setdefault(self._fault(each), each)
            self.problems = list(told.values())

    def _outcome(self, graph: Graph, scope: Scope) -> Outcome | None:
        result = self._graph(graph, scope, (), is_child=False)
        if self.problems or result is UNKNOWN:
            return None
        if not isinstance(result, Stored):
            node = next(name for name, each in repaired(graph).items() if each.get("result") is True)
            result = self._savings.save(result, Saved(Plain(None), node=node))
        return self._savings.outcome(
            result, runs_udfs=bool(self._udfs), passed=self.passed, stand_ins=self._stand_ins
        )

    def _fault(self, problem: Problem) -> tuple[ProcessKey | None, Problem]:
        """Return what all calls of a user-defined process share of a problem in it."""
        path = problem.place.path
        own = max((length for length in range(len(path)) if path[:length] in self._calls), default=0)
        place = GraphPlace(path[own:], problem.place.argument)
        return self._calls.get(path[:own]), replace(problem, place=place)

    # -- graphs -------------------------------------------------------------------------------------

    def _graph(self, graph: Graph, scope: Scope, path: tuple[str, ...], *, is_child: bool) -> Any:
        if "structure" in self._surroundings.lets_pass:
            graph = repaired(graph)
        sources = sources_of(graph)
        order, _ = in_order(sources)
        wanted = needed(sources, (name for name, node in graph.items() if self._is_effective(node)))
        self._work.step(len(order))
        results: dict[str, Any] = {}
        result = None
        for node_id in order:
            call = _Node(graph[node_id], results, scope, (*path, node_id), is_child)
            value = self._node(call) if node_id in wanted else self._aside(call)
            self._has_unknown = self._has_unknown or value is UNKNOWN
            if isinstance(value, Flow):
                self._work.step(len(value.cube.dimensions))
                if source_of(value.cube).depth > CHAIN:
                    raise too_deep("steps of a data cube from its loading to its result", CHAIN)
            results[node_id] = value
            if graph[node_id].get("result") is True:
                result = value
        return result

    def _is_effective(self, node: Graph) -> bool:
        """Tell whether a node is the result, or does something beside its own: it saves, or may do so."""
        is_saving = node["process_id"] in _SAVING
        return node.get("result") is True or is_saving or self._user_process(node) is not None

    def _user_process(self, node: Graph) -> KnownUserProcess | None:
        return self._user_processes.find(node["process_id"], node.get("namespace"))

    def _aside(self, call: _Node) -> Any:
        """Follow a node that nothing needs: its dimensions may be wrong, and nothing else matters."""
        if any(each.process_id in COMPUTING for each in walk({"": call.node})):
            return UNKNOWN
        wrong, known, udfs = len(self.problems), len(self._stand_ins), len(self._udfs)
        try:
            return self._node(call)
        except ProcessGraphComplexity:
            return UNKNOWN
        finally:
            self.problems[wrong:] = [each for each in self.problems[wrong:] if each.rule is not None]
            del self._stand_ins[known:], self._udfs[udfs:]

    def _arguments(self, called: _Node) -> dict[str, Any]:
        """Return the arguments of a node, ``UNKNOWN`` where something in them is."""
        written = arguments_of(called.node)
        given = {
            name: resolved(each, called.results, called.scope.get, lambda graph: Child(graph, called.scope))
            for name, each in written.items()
            if (called.path, name) not in self._unclear
        }
        if self._has_unknown:
            given = {name: UNKNOWN if is_unknown(each) else each for name, each in given.items()}
            for name in written.keys() - given.keys():
                # The bands are known whatever the place and the time.
                if called.node["process_id"] != "load_collection" or not name.endswith("_extent"):
                    given[name] = UNKNOWN
        return given

    def _node(self, called: _Node) -> Any:
        node, path = called.node, called.path
        process_id = node["process_id"]
        own, given = self._user_process(node), self._arguments(called)
        if own is not None and not own.is_opaque:
            return self._enter(own, given, path)
        if (path, None) in self._unclear or any(each is UNKNOWN for each in given.values()):
            return UNKNOWN
        is_ours = node.get("namespace") in (None, "backend", "user")
        definition = self._surroundings.processes.get(process_id) if is_ours else None
        signature = None if definition is None else signature_of(definition)
        if own is not None:
            signature = own.signature
        stored = next((value for value in given.values() if isinstance(value, Stored)), None)
        asked = StepCall(
            process_id=process_id,
            arguments={
                name: value.value if isinstance(value, Stored) else value for name, value in given.items()
            },
            defaults={} if signature is None else signature.defaults,
            path=path,
            surroundings=self._surroundings,
            made=self._callback,
            followed=self._child,
            problems=self.problems,
            passed=self.passed,
            stand_ins=self._stand_ins,
            udfs=self._udfs,
        )
        if not is_ours:
            self._savings.foreign.append(value := unknown_result(asked, signature))
            return value
        if process_id == "save_result" and not called.is_child:
            return self._savings.save_result(asked)
        if process_id == "save_ml_model" and signature is not None and not called.is_child:
            return self._savings.save(None, Saved(Plain(None), "ml-model", node=asked.node))
        if process_id in OF_SAVED and stored is not None:
            return stored
        known, wrong = len(self._stand_ins), len(self.problems)
        try:
            if signature is not None and not known and (process_id in STEPS or process_id in SOURCES):
                check_arguments(asked, signature, node["arguments"])
            return result_of(asked, signature)
        except OpenEOError as error:
            if len(self.problems) > wrong:
                return asked.flow() or UNKNOWN  # the reason has been told
            return self._instead(asked, error, is_computed=len(self._stand_ins) == known)

    def _instead(self, asked: StepCall, error: OpenEOError, *, is_computed: bool) -> Any:
        """Return what has the place of a result that an error keeps from being made."""
        flow = asked.flow()
        given = (each for each in asked.arguments.values() if isinstance(each, Flow))
        if not is_computed or not all(each.is_certain for each in given):
            # What is not computed, here or in a child process, could have made what is not there.
            asked.stands_in()
            return replace(flow or stand_in(asked), is_certain=False)
        if error.openeo_code == "NoDataAvailable" and asked.lets_pass("no-data", error.message):
            # What is not there has no values; those elsewhere would be taken for them.
            return stand_in(asked) if flow is None else flow.made(without_values(flow.cube))
        if isinstance(error, ProcessGraphComplexity):
            raise error
        message = error.message.removesuffix(f" [at {asked.node}]")
        self.problems.append(Problem(None, error.openeo_code, message, GraphPlace(asked.path)))
        return UNKNOWN

    def _callback(self, child: Child, parameters: Mapping[str, Any]) -> "GraphCallback":
        from mock_backend.engine.core.callbacks import GraphCallback

        graph = child.graph
        library: dict[ProcessKey, GraphCallback] = {}
        if "structure" in self._surroundings.lets_pass:
            graph = repaired(graph)
        self._collect(graph, library)
        return GraphCallback(graph, {**child.values, **parameters}, library)

    def _child(self, child: Child, parameters: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        """Return what a child process makes of data cubes."""
        return self._graph(child.graph, child.scope.new_child(dict(parameters)), path, is_child=True)

    def _collect(self, graph: Graph, library: "dict[ProcessKey, GraphCallback]") -> None:
        """Find the user-defined processes that a child process calls."""
        from mock_backend.engine.core.callbacks import GraphCallback
        from mock_backend.engine.functions import FUNCTIONS

        for node in walk(graph):
            found = self._user_processes.find(node.process_id, node.namespace)
            if found is not None and isinstance(found.graph, dict):
                if found.key not in library:
                    library[found.key] = GraphCallback(found.graph, found.signature.defaults)
                    self._collect(found.graph, library)
            elif node.process_id not in FUNCTIONS and node.process_id != "inspect":
                self._stand_ins.append(f"{node.process_id} in a child process")

    def _enter(self, process: KnownUserProcess, arguments: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        """Follow a user-defined process with the arguments it is called with."""
        if process.key in self._entered or not isinstance(process.graph, dict):
            return next(iter(arguments.values()), None)
        self._entered.append(process.key)
        self._calls[path] = process.key
        try:
            scope = ChainMap({**process.signature.defaults, **arguments})
            return self._graph(process.graph, scope, path, is_child=False)
        finally:
            self._entered.pop()


def is_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known."""
    if isinstance(value, list | dict):
        # Of millions of numbers none is asked by a call of its own.
        inner = value.values() if isinstance(value, dict) else value
        return any(each is UNKNOWN or (isinstance(each, _INNER) and is_unknown(each)) for each in inner)
    if isinstance(value, Child):
        references = (each for node in walk(value.graph) for each in objects(node.arguments))
        names = (each.get("from_parameter") for each in references)
        return any(isinstance(each, str) and value.scope.get(each) is UNKNOWN for each in names)
    return value is UNKNOWN


def unclear_places(problems: Iterable[Problem]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the places of which nothing follows: arguments with problems, and whole nodes."""
    for each in problems:
        if each.rule not in ("missing-argument", "missing-extent", "unknown-argument"):
            path = each.place.path
            yield path, each.place.argument
            # What is wrong in a child process is wrong with the argument that it is in.
            yield from ((path[:place], path[place]) for place in range(1, len(path)))
