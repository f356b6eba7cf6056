"""Go through a process graph and find everything that is wrong with it."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mock_backend.errors import ProcessGraphComplexity, ProcessNamespaceInvalid
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.errors.workload import DEPTH, Workload, counted, too_deep
from mock_backend.processes.definitions.graph import (
    NO_GRAPH,
    NO_PROCESS,
    Graph,
    arguments_of,
    in_cycles,
    in_order,
    node_faults,
    repaired,
    sources_of,
    wiring_faults,
)
from mock_backend.processes.definitions.remote import is_url
from mock_backend.processes.validation.call_checks import check_meaning
from mock_backend.processes.validation.checked_call import CheckedCall
from mock_backend.processes.validation.contents import ArgumentContents, contents_of
from mock_backend.processes.validation.context import Context
from mock_backend.processes.validation.kinds import (
    Kinds,
    is_common,
    kind_of,
    kinds_inside,
    kinds_of,
    may_be,
    tell,
)
from mock_backend.processes.validation.problems import Findings, GraphPlace, Problem
from mock_backend.processes.validation.signature import Parameter, Signature, signature_of, sound_parameters
from mock_backend.processes.validation.values import ANYTHING, UNKNOWN, Scope, Value

#: Processes of single values that real back-ends apply to whole data cubes, too.
_OF_CUBES_TOO = frozenset({"linear_scale_range"})
_CUBE = ("object", "datacube")
#: The JSON types of values of pixels, and of arrays of them.
_VALUES = frozenset({"number", "integer", "boolean", "string", "null", "array"})
#: The parameters that are values of pixels, which may have no data.
_PIXELS = frozenset({"x", "y"})
#: Maximum number of nodes named in one message.
_MOST_NAMED = 10


#: The URL at which a process is defined, None for those of the user; and its id.
_Key = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class _Visit:
    """A user-defined process that was gone through: with which arguments, how large, and what came out."""

    values: Mapping[str, Value]
    nodes: int
    result: Value


class Validator:
    """Find what is wrong with a process.

    Args:
        context: The context to refer to.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._problems: list[Problem] = []
        #: Parameters that have no value yet.
        self._undefined: set[str] = set()
        #: The user-defined processes that are being entered.
        self._entered: list[_Key] = []
        #: The visits of each process by the arguments that it was called with.
        self._visits: dict[tuple[_Key, Hashable], list[_Visit]] = {}
        self._user_processes: dict[_Key, tuple[dict[str, Any], Signature] | None] = {}
        self._wrong_urls: dict[_Key, ProcessNamespaceInvalid] = {}
        self._work = Workload()

    def findings(self, graph: Any, parameters: Iterable[Mapping[str, Any]], *, lenient: bool) -> Findings:
        """Return all problems of a process graph.

        Args:
            graph: The process graph.
            parameters: The definitions of the parameters that it may refer to.
            lenient: True if it may refer to others, too.
        """
        try:
            defined = sound_parameters(parameters)
            values = {each["name"]: Value(kinds_of(each.get("schema"))) for each in defined}
            self._undefined.update(each["name"] for each in defined if "default" not in each)
            with counted(self._context.work_limit) as self._work:
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
            self._invalid(NO_GRAPH, path)
            return ANYTHING
        faults = list(node_faults(graph))
        sources = {} if faults else sources_of(graph)
        for fault in faults or wiring_faults(graph, sources):
            self._unsound(fault.message, path if fault.node is None else (*path, fault.node))
        self._work.step(len(graph))
        order, stuck = ([], []) if faults else in_order(graph, sources)
        if stuck:
            self._cycle(in_cycles(sources, stuck), path)
        if "structure" in self._context.lets_pass:
            graph = repaired(graph)
            order, stuck = in_order(graph)
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

    def _cycle(self, nodes: list[str], path: tuple[str, ...]) -> None:
        named = ", ".join(map(repr, nodes[:_MOST_NAMED])) + (" …" if len(nodes) > _MOST_NAMED else "")
        self._unsound(
            f"The process graph has a cycle: no order lets each node come after those it refers to by "
            f"'from_node'. Its nodes are: {named}.",
            path,
        )

    def _node(self, node: Graph, scope: Scope, results: Mapping[str, Value], path: tuple[str, ...]) -> Value:
        """Check a node and return what is known of its result."""
        process_id, arguments, namespace = node["process_id"], arguments_of(node), node.get("namespace")
        if scope.has_constants:
            arguments = {name: scope.filled_in(argument) for name, argument in arguments.items()}
        user_defined = self._user_process(process_id, namespace)
        if user_defined is not None:
            signature = user_defined[1]
        else:
            definition = self._context.processes.get(process_id) if namespace in (None, "backend") else None
            if definition is None:
                self._unknown_process(process_id, namespace, path)
                for name, argument in arguments.items():
                    self._stranger(name, contents_of(argument), scope, results, path)
                return ANYTHING
            signature = signature_of(definition)
        if arguments.get("data") == []:  # to which no child process is applied
            needless = [name for name, each in signature.parameters.items() if each.callback]
            arguments = {
                name: each for name, each in arguments.items() if each is not None or name not in needless
            }
        self._missing_and_unknown(signature, process_id, arguments, path)
        values: dict[str, Value] = {}
        # The names of arguments of which nothing follows.
        unclear: set[str] = set()
        children: list[tuple[str, Graph]] = []
        for name, argument in arguments.items():
            parameter, contents = signature.parameters.get(name), contents_of(argument)
            if parameter is None:
                self._stranger(name, contents, scope, results, path)
                values[name] = ANYTHING
                continue
            before = len(self._problems)
            values[name] = self._argument(
                process_id, parameter, argument, contents, scope, results, path, own=user_defined is not None
            )
            if contents.references or not self._is_clear(argument, self._problems[before:]):
                unclear.add(name)
            children += ((name, each) for each in contents.graphs)
        if user_defined is None:
            call = CheckedCall(process_id, arguments, signature.defaults, path, unclear)
            check_meaning(call, self._context.catalogue)
            self._problems += call.problems
        for name, graph in children:
            self._child(process_id, signature.parameters[name], graph, scope, path)
        if user_defined is not None:
            return self._enter(process_id, namespace, *user_defined, values, path)
        if process_id in _OF_CUBES_TOO and _CUBE in ((given := values.get("x", ANYTHING)).kinds or ()):
            return given
        return Value(signature.returns)

    def _is_clear(self, argument: Any, problems: Sequence[Problem]) -> bool:
        """Tell whether it follows from an argument what is meant, in spite of these problems."""
        # What the form of a text is let pass as still names something, e.g. a collection.
        passes = "argument-form" in self._context.lets_pass and isinstance(argument, str)
        return not problems or (passes and all(each.rule == "argument-form" for each in problems))

    def _user_process(
        self, process_id: str, namespace: str | None
    ) -> tuple[dict[str, Any], Signature] | None:
        """Return a process of the user or of a URL, the same one each time it is called in this process."""
        if not (namespace in (None, "user") or is_url(namespace)):
            return None
        # Without a namespace, those of the user come first.
        key = (None if namespace == "user" else namespace), process_id
        if key not in self._user_processes:
            process = self._find_process(process_id, key[0])
            self._user_processes[key] = None if process is None else (process, Signature(process))
        return self._user_processes[key]

    def _find_process(self, process_id: str, url: str | None) -> dict[str, Any] | None:
        if url is None:
            return self._context.user_process(process_id)
        if self._context.remote_process is None:
            return None
        try:
            return self._context.remote_process(url, process_id)
        except ProcessNamespaceInvalid as error:
            self._wrong_urls[url, process_id] = error
            return None

    def _unknown_process(self, process_id: str, namespace: str | None, path: tuple[str, ...]) -> None:
        if process_id == NO_PROCESS:
            return  # which has been said already
        rule = "unknown-process"
        if is_url(namespace) and self._context.remote_process is not None:
            self._unknown_remote_process(process_id, namespace, path)
            return
        if namespace not in (None, "backend", "user"):
            hint, rule = " The namespaces are 'backend' and 'user'.", "unknown-namespace"
        elif namespace == "user":
            mine = self._context.user_processes()
            hint = f" You have no process of this id.{did_you_mean(process_id, mine) if mine else ''}"
        elif self._context.user_process(process_id) is not None:
            hint = " You have a process of this id: its namespace is 'user'."
        else:
            hint = did_you_mean(process_id, self._context.processes)
        self._report(
            rule,
            "ProcessUnsupported",
            f"Process with identifier {process_id!r} is not available in namespace "
            f"{'backend' if namespace is None else namespace!r}.{hint}",
            path,
        )

    def _unknown_remote_process(self, process_id: str, url: str, path: tuple[str, ...]) -> None:
        error = self._wrong_urls.get((url, process_id))
        rule = "unknown-namespace" if error is None else "unknown-process"
        if error is None:
            reason = "no process of this URL is known; MockBackend.add_remote_processes registers some."
            error = ProcessNamespaceInvalid(namespace=url, process=process_id, reason=reason)
        self._report(rule, error.code, error.message, path)

    def _enter(
        self,
        process_id: str,
        namespace: str | None,
        process: dict[str, Any],
        signature: Signature,
        values: Mapping[str, Value],
        path: tuple[str, ...],
    ) -> Value:
        """Check a user-defined process with the arguments it is called with."""
        if is_url(namespace) and process.get("process_graph") is None:
            return Value(signature.returns)
        key = (namespace if is_url(namespace) else None), process_id
        if key in self._entered:
            way = " → ".join(name for _, name in [*self._entered[self._entered.index(key) :], key])
            self._report(
                "recursion",
                "ProcessGraphInvalid",
                f"The user-defined process {process_id!r} calls itself: {way}.",
                path,
            )
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
            scope = Scope(inner, has_constants=has_constants)
            found = self._graph(process.get("process_graph"), scope, path)
        finally:
            self._entered.pop()
        kinds = found.kinds if signature.returns is None else signature.returns
        result = Value(kinds)
        visits.append(_Visit(values, self._work.steps - before, result))
        return result

    # -- arguments ------------------------------------------------------------------------------------

    def _missing_and_unknown(
        self, signature: Signature, process_id: str, arguments: Graph, path: tuple[str, ...]
    ) -> None:
        for name in signature.required:
            if name not in arguments:
                what = tell(signature.parameters[name].kinds)
                rule = "missing-argument"
                if process_id == "load_collection" and name.endswith("_extent"):
                    rule = "missing-extent"
                elif arguments.get("data") == [] and signature.parameters[name].callback is not None:
                    rule = "null-argument"
                self._report(
                    rule,
                    "ProcessParameterRequired",
                    f"Process {process_id!r} parameter {name!r} is required: {what}.",
                    path,
                    name,
                )
        if not signature.is_told:
            return
        for name in arguments:
            if name not in signature.parameters:
                known = signature.parameters
                hint = did_you_mean(name, known) if known else " It has no parameters."
                self._report(
                    "unknown-argument",
                    "ProcessParameterUnsupported",
                    f"Process {process_id!r} does not support parameter {name!r}.{hint}",
                    path,
                    name,
                )

    def _argument(
        self,
        process_id: str,
        parameter: Parameter,
        argument: Any,
        contents: ArgumentContents,
        scope: Scope,
        results: Mapping[str, Value],
        path: tuple[str, ...],
        *,
        own: bool,
    ) -> Value:
        """Check an argument, of a user-defined process or of another one, and return what is known of it."""
        for way, reference in contents.references:
            value = self._reference(reference, scope, results, path, parameter.name)
            wanted = kinds_inside(parameter.schema, way) if way else parameter.kinds
            fits = may_be(value.kinds, wanted)
            if not fits and not is_common(process_id, value.kinds, in_child=len(path) > 1):
                key = "from_node" if "from_node" in reference else "from_parameter"
                given, expected = tell(value.kinds, briefly=True), tell(wanted, briefly=True)
                reason = f"{key} {reference[key]!r} gives {given}, but {expected} is expected."
                rule = "udp-argument" if own else _rule_of(process_id, value.kinds, wanted, len(path) > 1)
                self._wrong_type(rule, process_id, parameter.name, reason, path)
            if not way:
                return value
        written_down = UNKNOWN if contents.references or contents.graphs else argument
        if parameter.is_default(argument):
            return Value(parameter.kinds, constant=written_down)
        if not parameter.takes_anything:
            # What is in a process graph is checked node by node.
            value = argument | {"process_graph": {}} if _is_child(argument) else argument
            complaint = parameter.checker.complaint(value, [way for way, _ in contents.references])
            if complaint is not None:
                rule = "udp-argument" if own else complaint.rule
                if argument is None and (parameter.optional or parameter.name in _PIXELS):
                    rule = "null-argument"
                elif rule == "argument-type" and len(path) > 1 and _are_values(argument, parameter.kinds):
                    rule = "array-maths"
                self._wrong_type(rule, process_id, parameter.name, complaint.reason, path)
        return Value(frozenset({kind_of(argument)}), constant=written_down)

    def _wrong_type(self, rule: str, process_id: str, name: str, reason: str, path: tuple[str, ...]) -> None:
        self._report(
            rule,
            "ProcessParameterInvalid",
            f"The value passed for parameter {name!r} in process {process_id!r} is invalid: {reason}",
            path,
            name,
        )

    def _reference(
        self,
        reference: Graph,
        scope: Scope,
        results: Mapping[str, Value],
        path: tuple[str, ...],
        argument: str,
    ) -> Value:
        """Return what is known of the value that is referred to."""
        if "from_node" in reference:
            source = reference["from_node"]
            return results.get(source, ANYTHING) if isinstance(source, str) else ANYTHING
        name = reference["from_parameter"]
        value = scope.find(name) if isinstance(name, str) else None
        if value is ANYTHING:
            self._undefined.add(name)
        if value is None:
            is_none = next(scope.names(), None) is None
            hint = (
                did_you_mean(name, scope.names())
                if not is_none
                else " Define it in 'parameters', with a default."
            )
            self._report(
                "unknown-parameter",
                "ProcessParameterRequired",
                f"Unknown parameter {name!r}.{hint}",
                path,
                argument,
            )
        return value or ANYTHING

    def _stranger(
        self,
        name: str,
        contents: ArgumentContents,
        scope: Scope,
        results: Mapping[str, Value],
        path: tuple[str, ...],
    ) -> None:
        """Check what can be checked of an argument whose parameter is not known."""
        for _, reference in contents.references:
            self._reference(reference, scope, results, path, name)
        for graph in contents.graphs:
            child = Scope(outer=scope, lenient=True, has_constants=scope.has_constants)
            self._graph(graph, child, (*path, name))

    def _child(
        self, process_id: str, parameter: Parameter, graph: Graph, scope: Scope, path: tuple[str, ...]
    ) -> None:
        """Check a child process in an argument, in its own scope."""
        handed = parameter.callback
        inner = {each.name: Value(each.kinds) for each in handed or ()}
        if process_id == "count" and "x" in inner:
            inner["element"] = inner["x"]  # as the example in its definition calls it
        child = Scope(inner, scope, lenient=handed is None, has_constants=scope.has_constants)
        self._graph(graph, child, (*path, parameter.name))

    # -- reports --------------------------------------------------------------------------------------

    def _invalid(self, message: str, path: tuple[str, ...]) -> None:
        self._problems.append(Problem(None, "ProcessGraphInvalid", message, GraphPlace(path)))

    def _unsound(self, message: str, path: tuple[str, ...]) -> None:
        self._problems.append(Problem("structure", "ProcessGraphInvalid", message, GraphPlace(path)))

    def _report(
        self, rule: str, code: str, message: str, path: tuple[str, ...], argument: str | None = None
    ) -> None:
        self._problems.append(Problem(rule, code, message, GraphPlace(path, argument)))


def _is_child(argument: Any) -> bool:
    return isinstance(argument, dict) and isinstance(argument.get("process_graph"), dict)


def _rule_of(process_id: str, given: Kinds, wanted: Kinds, in_child: bool) -> str:
    """Return the name of the rule that a value of other kinds than wanted breaks."""
    types, others = ({kind for kind, _ in each or ()} for each in (given, wanted))
    is_cube = any(subtype == "datacube" for _, subtype in given or ())
    if in_child and others <= _VALUES and (types <= _VALUES or is_cube):
        return "array-maths"
    return "cube-maths" if is_cube and process_id in _OF_CUBES_TOO else "argument-type"


def _are_values(argument: Any, wanted: Kinds) -> bool:
    """Tell whether an argument and what is wanted are values of pixels, or arrays of them."""
    return kind_of(argument)[0] in _VALUES and {kind for kind, _ in wanted or ()} <= _VALUES


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
