"""Follow a process graph to what comes out of it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from mock_backend.cubes import DataCube
from mock_backend.errors import OpenEOError, ProcessNamespaceInvalid
from mock_backend.outcomes.aggregates import AGGREGATES
from mock_backend.outcomes.arrays import ARRAYS
from mock_backend.outcomes.asking import Asked, Child
from mock_backend.outcomes.flow import Flow, Read, check_size, sampled, too_much
from mock_backend.outcomes.loading import says_where_or_when, stand_in, vectors
from mock_backend.outcomes.maths import MATHS
from mock_backend.outcomes.numbers import Array, Number, floating, made, plausible, truth
from mock_backend.outcomes.outcome import Outcome, Plain, Saved, Source
from mock_backend.outcomes.places import UNKNOWN_FEATURE
from mock_backend.outcomes.recipes import with_recipe
from mock_backend.outcomes.reducing import predict_curve, scaled
from mock_backend.outcomes.steps import SOURCES, STEPS
from mock_backend.outcomes.surroundings import Surroundings
from mock_backend.outcomes.texts import TEXTS
from mock_backend.outcomes.truths import TRUTHS
from mock_backend.processes.graph import Graph, in_order, repaired, sources_of
from mock_backend.processes.remote import is_url
from mock_backend.validation.signature import Signature, signature_of, sound_parameters

FUNCTIONS = {**MATHS, **TRUTHS, **TEXTS, **AGGREGATES, **ARRAYS}
#: Processes that hand on what they get.
_HANDING_ON = ("inspect", "run_udf", "run_udf_externally", "run_ogcapi", "run_ogcapi_externally")
#: Those of them that compute something of which nobody knows more.
_COMPUTING = _HANDING_ON[1:]
#: Processes whose arguments may be anything, and data cubes, too.
_CHOOSING = ("if", "constant")
#: Processes that hand on what has been saved.
_OF_SAVED = ("export_workspace", "stac_modify")
_SAVING = ("save_result", "export_collection", *_OF_SAVED)
#: The rules that refuse by these codes, and that may be let pass.
_FORGIVABLE = {"NoDataAvailable": "no-data"}
#: So many nodes are followed, those of child and user-defined processes each time.
_MAX_NODES = 100_000


def outcome_of(graph: Graph, surroundings: Surroundings) -> Outcome:
    """Tell what comes out of a process graph that has no problems, without computing any values.

    Args:
        graph: The process graph.
        surroundings: What it refers to.

    Raises:
        OpenEOError: ``NoDataAvailable`` if there are no data in an area or a period,
            ``ProcessGraphComplexity`` if a data cube would be too large, ``ProcessParameterInvalid`` if
            there is no such coordinate system.
    """
    follower = _Follower(surroundings)
    values = {
        each["name"]: each["default"]
        for each in sound_parameters(list(surroundings.parameters))
        if "default" in each
    }
    try:
        return follower.outcome(graph, values)
    except RecursionError:
        raise too_much("it is nested too deeply", "Use fewer processes within processes.") from None


@dataclass(frozen=True)
class _Scope:
    """What ``from_parameter`` may refer to, from the inside out."""

    values: Mapping[str, Any]
    outer: "_Scope | None" = None

    def find(self, name: Any) -> Any:
        scope: _Scope | None = self
        while scope is not None:
            if name in scope.values:
                return scope.values[name]
            scope = scope.outer
        return None


@dataclass(frozen=True)
class _Stored:
    """What save_result returns: what it has saved."""

    saved: Saved
    value: Any


#: The URL at which a process is defined, None for those of the user; and its id.
_Key = tuple[str | None, str]


class _Follower:
    def __init__(self, surroundings: Surroundings) -> None:
        self._surroundings = surroundings
        self._saved: list[tuple[Saved, tuple[Read, ...]]] = []
        self._passed: list[tuple[str, str]] = []
        self._nodes = 0
        self._is_sampled = False
        #: What comes out of processes whose process graphs are not known.
        self._unknown: list[Any] = []
        self._entered: list[_Key] = []
        self._user_processes: dict[_Key, tuple[dict[str, Any], Signature] | None] = {}

    def outcome(self, graph: Graph, values: Mapping[str, Any]) -> Outcome:
        """Return what comes out of a process graph, with values for its parameters."""
        result = self._graph(graph, _Scope(values), "", is_child=False)
        if not isinstance(result, _Stored):
            node = next(name for name, each in repaired(graph).items() if each.get("result") is True)
            result = self._save(result, Saved(Plain(None), node=node))
        first = [each for each in self._saved if each[0] is result.saved]
        others = [each for each in self._saved if each[0] is not result.saved]
        reads = dict.fromkeys(read for _, found in first + others for read in found)
        loaded = [each for each in reads if each.collection is not None]
        return Outcome(
            saved=tuple(saved for saved, _ in first + others),
            collections=tuple(dict.fromkeys(each.collection for each in loaded if each.collection)),
            input_pixels=sum(each.count for each in loaded),
            sources=tuple(_sources(first + others)),
            is_sample=self._is_sampled,
            passed=tuple(dict.fromkeys(self._passed)),
        )

    # -- graphs -------------------------------------------------------------------------------------

    def _graph(self, graph: Graph, scope: _Scope, path: str, *, is_child: bool) -> Any:
        """Follow a process graph and return its result."""
        if "structure" in self._surroundings.lets_pass:
            graph = repaired(graph)
        sources = sources_of(graph)
        order, _ = in_order(graph, sources)
        wanted = _wanted(graph, sources, self._is_effective)
        self._nodes += len(wanted)
        if self._nodes > _MAX_NODES:
            raise too_much("it has too many nodes", "Use fewer processes, or fewer bands.")
        results: dict[str, Any] = {}
        result = None
        for node_id in order:
            if node_id not in wanted:
                continue
            value = self._node(graph[node_id], results, scope, f"{path}{node_id}", is_child=is_child)
            results[node_id] = value
            if graph[node_id].get("result") is True:
                result = value
        return result

    def _is_effective(self, node: Graph) -> bool:
        """Tell whether a node does something beside its result: it saves, or may do so."""
        return node["process_id"] in _SAVING or self._user_process(node) is not None

    def _node(
        self, node: Graph, results: Mapping[str, Any], scope: _Scope, path: str, *, is_child: bool
    ) -> Any:
        process_id, namespace = node["process_id"], node.get("namespace")
        resolved = {name: _resolved(argument, results, scope) for name, argument in node["arguments"].items()}
        found = self._user_process(node)
        if found is not None and not (is_url(namespace) and found[0].get("process_graph") is None):
            return self._enter(_key_of(node), *found, resolved, path)
        is_ours = namespace in (None, "backend", "user")
        definition = self._surroundings.processes.get(process_id) if is_ours else None
        signature = None if definition is None else signature_of(definition)
        if found is not None:
            signature = found[1]
        stored = next((value for value in resolved.values() if isinstance(value, _Stored)), None)
        arguments = {
            name: value.value if isinstance(value, _Stored) else value for name, value in resolved.items()
        }
        asked = Asked(
            process_id=process_id,
            arguments=arguments,
            defaults={} if signature is None else signature.defaults,
            node=path,
            surroundings=self._surroundings,
            run=self._run,
            passed=self._passed,
        )
        if not is_ours:
            self._unknown.append(value := _unknown(asked, signature))
            return value
        if process_id == "save_result" and not is_child:
            return self._save_result(asked)
        if process_id in _OF_SAVED and stored is not None:
            return stored
        try:
            return _called(asked, signature)
        except OpenEOError as error:
            rule = _FORGIVABLE.get(error.openeo_code)
            if rule is None or not asked.lets_pass(rule, error.message):
                raise
            return asked.flow() or stand_in(asked)

    def _run(self, child: Child, parameters: Mapping[str, Any]) -> Any:
        return self._graph(child.graph, _Scope(parameters, child.scope), "", is_child=True)

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
        key: _Key,
        process: dict[str, Any],
        signature: Signature,
        arguments: Mapping[str, Any],
        path: str,
    ) -> Any:
        """Follow a user-defined process with the arguments it is called with."""
        graph = process.get("process_graph")
        if key in self._entered or not isinstance(graph, dict):
            return next(iter(arguments.values()), None)
        self._entered.append(key)
        try:
            return self._graph(graph, _Scope({**signature.defaults, **arguments}), f"{path}/", is_child=False)
        finally:
            self._entered.pop()

    # -- results ------------------------------------------------------------------------------------

    def _save_result(self, asked: Asked) -> _Stored:
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
        given = plausible(options, asked.node) if isinstance(options, Mapping) else {}
        data = asked.get("data")
        if "raster" not in format_.get("gis_data_types", ["raster"]) and any(
            data is each for each in self._unknown
        ):
            data = vectors((UNKNOWN_FEATURE,))  # who saves it so knows better
        return self._save(data, Saved(Plain(None), spelled, {**complete, **given}, asked.node))

    def _save(self, value: Any, saved: Saved) -> _Stored:
        reads: tuple[Read, ...] = ()
        if isinstance(value, Flow):
            if (sample := sampled(value)) is not None:
                value, self._is_sampled = sample, True
            check_size(value)
            reads = value.reads
            saved = replace(saved, content=value.cube)
        else:
            saved = replace(saved, content=Plain(plausible(value, saved.node)))
        self._saved.append((saved, reads))
        return _Stored(saved, value)


def _sources(saved: Iterable[tuple[Saved, tuple[Read, ...]]]) -> Iterator[Source]:
    """Yield what was read of collections for what is saved."""
    for each, reads in saved:
        period = each.content.period if isinstance(each.content, DataCube) else (None, None)
        yield from (
            Source(read.collection, read.extent, period) for read in reads if read.collection is not None
        )


def _key_of(node: Graph) -> _Key:
    return node["namespace"] if is_url(node.get("namespace")) else None, node["process_id"]


def _wanted(graph: Graph, sources: Mapping[str, Iterable[Any]], is_effective: Any) -> set[str]:
    """Return the nodes whose results somebody needs."""
    stack = [name for name, node in graph.items() if node.get("result") is True or is_effective(node)]
    found: set[str] = set()
    while stack:
        name = stack.pop()
        if name not in found:
            found.add(name)
            stack += [each for each in sources.get(name, ()) if each in graph]
    return found


def _resolved(argument: Any, results: Mapping[str, Any], scope: _Scope) -> Any:
    """Return an argument with values in the place of references."""
    if isinstance(argument, list):
        return [_resolved(each, results, scope) for each in argument]
    if not isinstance(argument, dict):
        return argument
    if "from_node" in argument:
        return results.get(argument["from_node"])
    if "from_parameter" in argument:
        return scope.find(argument["from_parameter"])
    if isinstance(argument.get("process_graph"), dict):
        return Child(argument["process_graph"], scope)
    return {name: _resolved(each, results, scope) for name, each in argument.items()}


def _called(asked: Asked, signature: Signature | None) -> Any:
    name = asked.process_id
    if name in SOURCES:
        found = SOURCES[name](asked)
        return _unknown(asked, signature) if found is None else found
    if name == "predict_curve" and (flow := asked.flow("parameters")) is not None:
        return predict_curve(asked, flow)
    if name == "linear_scale_range" and (flow := asked.flow("x")) is not None:
        return scaled(asked, flow)
    if name in STEPS and (flow := asked.flow()) is not None:
        return STEPS[name](asked, flow)
    if name == "export_collection":
        return asked.get("collection")
    if name in _HANDING_ON or name in _OF_SAVED:
        return _computed(asked.get("data")) if name in _COMPUTING else asked.get("data")
    is_of_cubes = any(isinstance(each, Flow) for each in asked.arguments.values())
    if name in FUNCTIONS and (name in _CHOOSING or not is_of_cubes):
        try:
            return with_recipe(asked, FUNCTIONS[name](asked))
        except (ArithmeticError, ValueError):
            # Numbers that are written down may be any.
            return _unknown(asked, signature)
    return _unknown(asked, signature)


def _computed(value: Any) -> Any:
    """Return what code of a user may make of a value: as many numbers, but others."""
    if isinstance(value, Flow):
        return value.made(replace(value.cube, bands=tuple(map(floating, value.cube.bands))))
    if isinstance(value, Number):
        return made(value.low, value.high, band=value.band)
    if isinstance(value, Array):
        return replace(value, items=tuple(map(_computed, value.items)))
    return value


def _unknown(asked: Asked, signature: Signature | None) -> Any:
    """Return something that a process of which nothing is known may return."""
    flows = [each for each in asked.arguments.values() if isinstance(each, Flow)]
    kinds = (
        None if signature is None or signature.returns is None else {kind for kind, _ in signature.returns}
    )
    if flows and (kinds is None or "object" in kinds):
        return flows[0]
    subtypes = {subtype for _, subtype in (signature.returns if signature else None) or ()}
    if "datacube" in subtypes or (signature is None and says_where_or_when(asked)):
        return stand_in(asked)
    if "geojson" in subtypes:
        return vectors((UNKNOWN_FEATURE,))
    if kinds is None:
        return next((each for each in asked.arguments.values() if isinstance(each, Number | Array)), None)
    for kind, value in _TYPICAL.items():
        if kind in kinds:
            return value
    return None


_TYPICAL: dict[str, Any] = {
    "number": made(0.0, 1.0),
    "integer": Number(0, 100, "uint8"),
    "boolean": truth(),
    "array": Array((made(0.0, 1.0),), 1),
    "string": "",
    "object": {},
}
