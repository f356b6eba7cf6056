"""Follow a process graph to what comes out of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mock_backend.engine.cubes import DataCube
from mock_backend.engine.sources.memory import Remembered
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.checking import check_arguments
from mock_backend.engine.steps.context import GraphContext
from mock_backend.engine.steps.dimensions import lacks
from mock_backend.engine.steps.flow import Flow, Read, check_size, sampled
from mock_backend.engine.steps.inputs.loading import says_where_or_when, stand_in, vectors
from mock_backend.engine.steps.outcome import Outcome, Plain, ReadCollection, Saved, as_json
from mock_backend.engine.steps.places import UNKNOWN_FEATURE
from mock_backend.engine.steps.registry import OF_SPACE, SOURCES, STAND_INS, STEPS
from mock_backend.engine.steps.shape import source_of, without_values
from mock_backend.errors import OpenEOError, ProcessGraphComplexity, ProcessNamespaceInvalid
from mock_backend.errors.workload import CHAIN, Workload, counted, too_deep
from mock_backend.processes.definitions import walk
from mock_backend.processes.definitions.graph import (
    Graph,
    arguments_of,
    in_order,
    objects,
    repaired,
    resolved,
    sources_of,
)
from mock_backend.processes.definitions.remote import is_url
from mock_backend.processes.validation.problems import Findings, GraphPlace, Problem, RefusedGraph
from mock_backend.processes.validation.signature import Signature, signature_of, sound_parameters
from mock_backend.processes.validation.values import UNKNOWN

if TYPE_CHECKING:
    from mock_backend.engine.core.callbacks import Definition, GraphCallback, Key

#: Processes that hand on what they get.
_HANDING_ON = ("inspect", "sleep", "run_udf", "run_udf_externally", "run_ogcapi", "run_ogcapi_externally")
#: Those of them whose results are unknown.
_COMPUTING = _HANDING_ON[2:]
#: Processes that hand on one of their arguments, which may be a data cube.
_CHOOSING = ("if", "constant")
#: Processes of which each value of a data cube is an argument, if there is one in these.
_OF_PIXELS = ("x", "y", "base", "p", "value", "accept", "reject")
#: The parameters of processes that have a data cube somewhere else than in ``data``.
_DATA = {"predict_curve": "parameters"}
#: Steps that may leave a data cube as it is.
_KEEPING = ("trim_cube", "vector_reproject")
#: Processes that hand on what has been saved.
_OF_SAVED = ("export_workspace", "stac_modify")
_SAVING = ("save_result", "save_ml_model", "export_collection", *_OF_SAVED)
#: The rules that refuse by these codes, and that may be let pass.
_FORGIVABLE = {"NoDataAvailable": "no-data"}


def outcome_of(graph: Graph, surroundings: GraphContext) -> Outcome:
    """Tell what comes out of a process graph that has no problems, without computing any values.

    Args:
        graph: The process graph.
        surroundings: The context it refers to.

    Raises:
        OpenEOError: ``NoDataAvailable`` if there are no data in an area or a period,
            ``ProcessGraphComplexity`` if a data cube would be too large, ``ProcessParameterInvalid`` if
            there is no such coordinate system, and so on; the message names all problems.
    """
    follower = _Follower(surroundings)
    outcome = follower.outcome(graph)
    if outcome is None:
        raise RefusedGraph(follower.problems)
    return outcome


def findings_of(graph: Graph, surroundings: GraphContext, known: Findings) -> Findings:
    """Return the problems that show when a process graph is followed.

    Args:
        graph: The process graph.
        surroundings: The context it refers to.
        known: The problems that it has by itself.
    """
    if any(each.rule in (None, "structure", "recursion") for each in known.refused):
        return Findings()
    follower = _Follower(surroundings, known)
    try:
        follower.outcome(graph)
    except ProcessGraphComplexity as error:
        follower.problems.append(Problem(None, error.openeo_code, error.message))
    return Findings(tuple(follower.problems), () if follower.problems else tuple(follower.passed))


@dataclass(frozen=True)
class _Scope:
    """Values for ``from_parameter``, from the inside out."""

    values: Mapping[str, Any]
    outer: "_Scope | None" = None

    def find(self, name: Any) -> Any:
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None

    def flat(self) -> dict[str, Any]:
        """Return all that may be referred to, but for data cubes."""
        outer = {} if self.outer is None else self.outer.flat()
        return {**outer, **{name: each for name, each in self.values.items() if not isinstance(each, Flow)}}


@dataclass(frozen=True)
class _Node:
    """A node to follow.

    Args:
        node: The node.
        results: The results of those before.
        scope: The scope that it is in.
        path: Its place.
        is_child: True in child processes.
    """

    node: Graph
    results: Mapping[str, Any]
    scope: _Scope
    path: tuple[str, ...]
    is_child: bool


@dataclass(frozen=True)
class _Stored:
    """Result of save_result: the data it has saved."""

    saved: Saved
    value: Any


class _Follower:
    def __init__(self, surroundings: GraphContext, known: Findings | None = None) -> None:
        self._surroundings = surroundings
        self._saved: list[tuple[Saved, tuple[Read, ...]]] = []
        self.problems: list[Problem] = []
        self.passed: list[Problem] = []
        self._undefined = frozenset() if known is None else known.undefined
        #: Arguments, and nodes, of which nothing follows.
        self._unclear = set(_unclear(known.refused)) if known is not None else set()
        self._has_unknown = bool(self._undefined or self._unclear)
        self._stand_ins: list[str] = []
        self._udfs: list[str] = []
        self._work = Workload()
        self._is_sampled = False
        #: Results of processes whose process graphs are unknown.
        self._unknown: list[Any] = []
        self._entered: list[Key] = []
        self._user_processes: dict[Key, tuple[dict[str, Any], Signature] | None] = {}

    def outcome(self, graph: Graph) -> Outcome | None:
        """Return what comes out of a process graph; None if it has problems."""
        values = dict.fromkeys(self._undefined, UNKNOWN)
        values |= {
            each["name"]: each["default"]
            for each in sound_parameters(self._surroundings.parameters)
            if "default" in each
        }
        try:
            with counted(self._surroundings.work_limit) as self._work:
                return self._outcome(graph, _Scope(values))
        except RecursionError:
            raise too_deep("processes") from None
        except ProcessGraphComplexity:
            if not self.problems:
                raise
            return None
        finally:
            ruled = [each for each in self.problems if each.rule is not None]
            # What else is wrong may be so because of them.
            self.problems = list(dict.fromkeys(ruled or self.problems))

    def _outcome(self, graph: Graph, scope: _Scope) -> Outcome | None:
        result = self._graph(graph, scope, (), is_child=False)
        if self.problems or result is UNKNOWN:
            return None
        if not isinstance(result, _Stored):
            node = next(name for name, each in repaired(graph).items() if each.get("result") is True)
            result = self._save(result, Saved(Plain(None), node=node))
        first = [each for each in self._saved if each[0] is result.saved]
        others = [each for each in self._saved if each[0] is not result.saved]
        reads = dict.fromkeys(read for _, found in first + others for read in found)
        loaded = [each for each in reads if each.collection is not None]
        return Outcome(
            saved=tuple(_remembered(saved) if self._udfs else saved for saved, _ in first + others),
            collections=tuple(dict.fromkeys(each.collection for each in loaded if each.collection)),
            input_pixels=sum(each.count for each in loaded),
            sources=tuple(_sources(first + others)),
            is_sample=self._is_sampled,
            passed=tuple(dict.fromkeys(self.passed)),
            stand_ins=tuple(dict.fromkeys(self._stand_ins)),
            runs_udfs=bool(self._udfs),
        )

    # -- graphs -------------------------------------------------------------------------------------

    def _graph(self, graph: Graph, scope: _Scope, path: tuple[str, ...], *, is_child: bool) -> Any:
        """Follow a process graph and return its result."""
        if "structure" in self._surroundings.lets_pass:
            graph = repaired(graph)
        sources = sources_of(graph)
        order, _ = in_order(graph, sources)
        wanted = _wanted(graph, sources, self._is_effective)
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
        """Tell whether a node does something beside its result: it saves, or may do so."""
        return node["process_id"] in _SAVING or self._user_process(node) is not None

    def _aside(self, call: _Node) -> Any:
        """Follow a node that nothing needs: its dimensions may be wrong, and nothing else matters."""
        if any(each.process_id in _COMPUTING for each in walk({"": call.node})):
            return UNKNOWN
        wrong, known, udfs = len(self.problems), len(self._stand_ins), len(self._udfs)
        try:
            return self._node(call)
        except ProcessGraphComplexity:
            return UNKNOWN
        finally:
            self.problems[wrong:] = [each for each in self.problems[wrong:] if each.rule is not None]
            del self._stand_ins[known:], self._udfs[udfs:]

    def _node(self, called: _Node) -> Any:
        node, scope, path, is_child = called.node, called.scope, called.path, called.is_child
        process_id, namespace = node["process_id"], node.get("namespace")

        def child(graph: Graph) -> Child:
            return Child(graph, scope)

        given = {
            name: resolved(each, called.results, scope.find, child)
            for name, each in arguments_of(node).items()
            if (path, name) not in self._unclear
        }
        found = self._user_process(node)
        if self._has_unknown:
            given = {name: UNKNOWN if _is_unknown(each) else each for name, each in given.items()}
            for name in arguments_of(node).keys() - given.keys():
                # The bands are known whatever the place and the time.
                if process_id != "load_collection" or not name.endswith("_extent"):
                    given[name] = UNKNOWN
        if found is not None and not (is_url(namespace) and found[0].get("process_graph") is None):
            return self._enter(_key_of(node), *found, given, path)
        if (path, None) in self._unclear or any(each is UNKNOWN for each in given.values()):
            return UNKNOWN
        is_ours = namespace in (None, "backend", "user")
        definition = self._surroundings.processes.get(process_id) if is_ours else None
        signature = None if definition is None else signature_of(definition)
        if found is not None:
            signature = found[1]
        stored = next((value for value in given.values() if isinstance(value, _Stored)), None)
        arguments = {
            name: value.value if isinstance(value, _Stored) else value for name, value in given.items()
        }
        asked = StepCall(
            process_id=process_id,
            arguments=arguments,
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
            self._unknown.append(value := _unknown(asked, signature))
            return value
        if process_id == "save_result" and not is_child:
            return self._save_result(asked)
        if process_id == "save_ml_model" and signature is not None and not is_child:
            return self._save(None, Saved(Plain(None), "ml-model", node=asked.node))
        if process_id in _OF_SAVED and stored is not None:
            return stored
        known, wrong = len(self._stand_ins), len(self.problems)
        try:
            if signature is not None and not known and (process_id in STEPS or process_id in SOURCES):
                check_arguments(asked, signature, node["arguments"])
            return _called(asked, signature)
        except OpenEOError as error:
            if len(self.problems) > wrong:
                return asked.flow() or UNKNOWN  # the reason has been told
            if len(self._stand_ins) > known or any(
                isinstance(each, Flow) and not each.is_certain for each in arguments.values()
            ):
                # What is not computed, here or in a child process, could have made what is not there.
                asked.stands_in()
                return replace(asked.flow() or stand_in(asked), is_certain=False)
            rule = _FORGIVABLE.get(error.openeo_code)
            if rule is None or not asked.lets_pass(rule, error.message):
                if isinstance(error, ProcessGraphComplexity):
                    raise
                message = error.message.removesuffix(f" [at {asked.node}]")
                self.problems.append(Problem(None, error.openeo_code, message, GraphPlace(path)))
                return UNKNOWN
            flow = asked.flow()
            # What is not there has no values; those elsewhere would be taken for them.
            return stand_in(asked) if flow is None else flow.made(without_values(flow.cube))

    def _callback(self, child: Child, parameters: Mapping[str, Any]) -> "GraphCallback":
        """Return a child process that computes."""
        from mock_backend.engine.core.callbacks import GraphCallback

        graph = child.graph
        library: dict[Key, Definition] = {}
        if "structure" in self._surroundings.lets_pass:
            graph = repaired(graph)
        self._collect(graph, library)
        return GraphCallback(graph, {**child.scope.flat(), **parameters}, library)

    def _child(self, child: Child, parameters: Mapping[str, Any], path: tuple[str, ...]) -> Any:
        """Return what a child process makes of data cubes."""
        return self._graph(child.graph, _Scope(parameters, child.scope), path, is_child=True)

    def _collect(self, graph: Graph, library: "dict[Key, Definition]") -> None:
        """Find the user-defined processes that a child process calls."""
        from mock_backend.engine.core.callbacks import Definition
        from mock_backend.engine.functions import FUNCTIONS

        for node in walk(graph):
            reference = {"process_id": node.process_id, "namespace": node.namespace}
            found = self._user_process(reference)
            if found is not None and isinstance(own := found[0].get("process_graph"), dict):
                key = _key_of(reference)
                if key not in library:
                    library[key] = Definition(own, found[1].defaults)
                    self._collect(own, library)
            elif node.process_id not in FUNCTIONS and node.process_id != "inspect":
                self._stand_ins.append(f"{node.process_id} in a child process")

    def _user_process(self, node: Graph) -> tuple[dict[str, Any], Signature] | None:
        """Return the process of the user or of a URL that a node calls, None if it calls none."""
        namespace = node.get("namespace")
        if not (namespace in (None, "user") or is_url(namespace)):
            return None
        key = _key_of(node)
        if key not in self._user_processes:
            process = self._find_process(*key)
            self._user_processes[key] = None if process is None else (process, Signature(process))
        return self._user_processes[key]

    def _find_process(self, url: str | None, process_id: str) -> dict[str, Any] | None:
        if url is None:
            return self._surroundings.user_process(process_id)
        try:
            return self._surroundings.remote_process(url, process_id)
        except ProcessNamespaceInvalid:
            return None  # which validation has let pass

    def _enter(
        self,
        key: "Key",
        process: dict[str, Any],
        signature: Signature,
        arguments: Mapping[str, Any],
        path: tuple[str, ...],
    ) -> Any:
        """Follow a user-defined process with the arguments it is called with."""
        graph = process.get("process_graph")
        if key in self._entered or not isinstance(graph, dict):
            return next(iter(arguments.values()), None)
        self._entered.append(key)
        try:
            return self._graph(graph, _Scope({**signature.defaults, **arguments}), path, is_child=False)
        finally:
            self._entered.pop()

    # -- results ------------------------------------------------------------------------------------

    def _save_result(self, asked: StepCall) -> _Stored:
        name, options = asked.text("format"), asked.get("options")
        formats = self._surroundings.catalogue.output_formats()
        spelled = next((each for each in formats if name is not None and each.lower() == name.lower()), name)
        format_ = formats.get(spelled or "", {})
        described = format_.get("parameters", {})
        complete = {
            option: schema["default"]
            for option, schema in described.items()
            if isinstance(schema, Mapping) and "default" in schema
        }
        given = as_json(options) if isinstance(options, Mapping) else {}
        data = asked.get("data")
        if "raster" not in format_.get("gis_data_types", ["raster"]) and any(
            data is each for each in self._unknown
        ):
            data = vectors((UNKNOWN_FEATURE,))  # who saves it so knows better
        return self._save(data, Saved(Plain(None), spelled, {**complete, **given}, asked.node))

    def _save(self, value: Any, saved: Saved) -> _Stored:
        reads: tuple[Read, ...] = ()
        if isinstance(value, Flow):
            saved = replace(saved, whole=value)
            if not self._surroundings.in_parts:
                if (sample := sampled(value)) is not None:
                    value, self._is_sampled = sample, True
                check_size(value)
            reads = value.reads
            saved = replace(saved, content=value.cube)
        else:
            saved = replace(saved, content=Plain(as_json(value)))
        self._saved.append((saved, reads))
        return _Stored(saved, value)


def _unclear(problems: Iterable[Problem]) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """Yield the places of which nothing follows: arguments with problems, and whole nodes."""
    for each in problems:
        if each.rule not in ("missing-argument", "missing-extent", "unknown-argument"):
            path = each.place.path
            yield path, each.place.argument
            # What is wrong in a child process is wrong with the argument that it is in.
            yield from ((path[:place], path[place]) for place in range(1, len(path)))


def _is_unknown(value: Any) -> bool:
    """Tell whether a value, or something in it, is not known."""
    if isinstance(value, list | dict):
        return any(map(_is_unknown, value.values() if isinstance(value, dict) else value))
    if isinstance(value, Child):
        references = (each for node in walk(value.graph) for each in objects(node.arguments))
        names = (each.get("from_parameter") for each in references)
        return any(isinstance(each, str) and value.scope.find(each) is UNKNOWN for each in names)
    return value is UNKNOWN


def _remembered(saved: Saved) -> Saved:
    """Return what is saved so that what functions make of it when a job starts is what its files hold."""
    cube = saved.content
    if not isinstance(cube, DataCube) or cube.source is None:
        return saved
    return replace(saved, content=replace(cube, source=Remembered(source_of(cube), cube.grid)))


def _sources(saved: Iterable[tuple[Saved, tuple[Read, ...]]]) -> Iterator[ReadCollection]:
    """Yield what was read of collections for what is saved."""
    for each, reads in saved:
        period = each.content.period if isinstance(each.content, DataCube) else (None, None)
        yield from (
            ReadCollection(read.collection, read.extent, period)
            for read in reads
            if read.collection is not None
        )


def _key_of(node: Graph) -> "Key":
    return node["namespace"] if is_url(node.get("namespace")) else None, node["process_id"]


def _wanted(graph: Graph, sources: Mapping[str, Iterable[Any]], is_effective: Any) -> set[str]:
    """Return the nodes whose results are needed."""
    stack = [name for name, node in graph.items() if node.get("result") is True or is_effective(node)]
    found: set[str] = set()
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += [each for each in sources.get(name, ()) if each in graph]
    return found


def _called(asked: StepCall, signature: Signature | None) -> Any:
    if not calls_udf(asked):
        return _predefined(asked, signature)
    from mock_backend.engine.steps.processes.udfs import made_by_function  # with all that it needs

    made = made_by_function(asked)
    if made is not None:
        asked.udfs.append(asked.node)
        return made
    found = _predefined(asked, signature)
    return replace(found, is_certain=False) if isinstance(found, Flow) else found


def _predefined(asked: StepCall, signature: Signature | None) -> Any:
    name = asked.process_id
    if name in SOURCES:
        found = SOURCES[name](asked)
        return _unknown(asked, signature) if found is None else found
    if name in STEPS and (flow := asked.flow(_DATA.get(name, "data"))) is not None:
        known, wrong = len(asked.stand_ins), len(asked.problems)
        if name in OF_SPACE and not {"spatial", "geometry"} & {each.kind for each in flow.cube.dimensions}:
            lacks(asked, flow.cube, "spatial dimensions", "DimensionNotAvailable")
        made = STEPS[name](asked, flow)
        if len(asked.problems) > wrong:
            return flow if isinstance(made, Flow) else made
        if made is flow and name not in _KEEPING:
            asked.stands_in()
        if len(asked.stand_ins) > known and isinstance(made, Flow) and name not in STAND_INS:
            # What was not computed may have made other labels, too; of these the shape is known.
            return replace(made, is_certain=False)
        return made
    if name == "export_collection":
        return asked.get("collection")
    if name in _HANDING_ON or name in _OF_SAVED:
        found = asked.get("data")
        if name in _COMPUTING:
            asked.stands_in()
            found = replace(found, is_certain=False) if isinstance(found, Flow) else found
        return found
    from mock_backend.engine.functions import FUNCTIONS, call

    if name in FUNCTIONS:
        cubes = {key: value for key, value in asked.arguments.items() if isinstance(value, Flow)}
        if not cubes or (name in _CHOOSING and not isinstance(asked.get("value"), Flow)):
            return call(name, {key: _with_callback(asked, each) for key, each in asked.arguments.items()})
        if set(cubes) <= set(_OF_PIXELS):
            from mock_backend.engine.steps.processes.pixelwise import of_pixels

            return of_pixels(asked, cubes)
    return _unknown(asked, signature)


def calls_udf(asked: StepCall) -> bool:
    """Tell whether a process calls a user-defined function, or is one."""
    children = (each.graph for each in asked.arguments.values() if isinstance(each, Child))
    return asked.process_id == "run_udf" or any(
        node.get("process_id") == "run_udf" for graph in children for node in graph.values()
    )


def _with_callback(asked: StepCall, argument: Any) -> Any:
    return (
        asked.made(argument, {"context": asked.get("context")}) if isinstance(argument, Child) else argument
    )


def _unknown(asked: StepCall, signature: Signature | None) -> Any:
    """Return something that a process of which nothing is known may return."""
    asked.stands_in()
    flows = [each for each in asked.arguments.values() if isinstance(each, Flow)]
    kinds = (
        None if signature is None or signature.returns is None else {kind for kind, _ in signature.returns}
    )
    if flows and (kinds is None or "object" in kinds):
        return replace(flows[0], is_certain=False)
    subtypes = {subtype for _, subtype in (signature.returns if signature else None) or ()}
    if "datacube" in subtypes or (signature is None and says_where_or_when(asked)):
        return stand_in(asked)
    if "geojson" in subtypes:
        return vectors((UNKNOWN_FEATURE,))
    if kinds is None:
        return next((each for each in asked.arguments.values() if isinstance(each, int | float | list)), None)
    for kind, value in _TYPICAL.items():
        if kind in kinds:
            return value
    return None


_TYPICAL: dict[str, Any] = {
    "number": 0.0,
    "integer": 0,
    "boolean": False,
    "array": [],
    "string": "",
    "object": {},
}
