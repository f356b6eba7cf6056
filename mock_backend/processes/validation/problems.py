"""Problems of processes, the rules that find them, and the calls in which they are found."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import field, replace
from typing import Any

from mock_backend import errors
from mock_backend.dataclass import dataclass
from mock_backend.errors import OpenEOError
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.errors.texts import encodable
from mock_backend.processes.definitions.graph import in_order, repaired, sources_of

#: The rules that can be relaxed, by name. A graph that is no object of nodes is refused in any case.
RULES = {
    "structure": "each node has a process and arguments, one has the result, and references lead somewhere",
    "unknown-process": "the process exists, in the namespace that is named",
    "unknown-namespace": "the namespace is 'backend', 'user', or the URL of a process that is known",
    "predefined-id": "user-defined processes have ids that no predefined process has",
    "missing-argument": "each parameter that is not optional has an argument",
    "unknown-argument": "each argument belongs to a parameter",
    "missing-extent": "load_collection is given both extents",
    "null-argument": "null is given only where the schema of the parameter takes it",
    "argument-type": "each argument fits the schema of its parameter",
    "argument-form": "each argument keeps to the details of its schema, such as patterns and ranges",
    "parameter-schema": "the schemas of a user's parameters are JSON Schemas",
    "udp-argument": "each argument of a user-defined process fits the schema of its parameter",
    "array-maths": "processes of single values are not given arrays, nor those of arrays single values",
    "cube-maths": "processes of single values are not given data cubes, except in child processes",
    "overlap-resolver": "merge_cubes is told what to do where both cubes have values",
    "geometry-collection": "GeoJSON is no collection of geometries, which the processes do not take",
    "unknown-parameter": "each parameter that is referred to is defined somewhere",
    "udf-data": "the data of a UDF are a parameter that its child process has",
    "recursion": "user-defined processes do not call themselves",
    "unknown-collection": "the collection exists",
    "unknown-band": "the bands exist",
    "unknown-dimension": "the dimensions exist, and new ones do not yet",
    "unknown-label": "the labels of dimensions exist",
    "label-count": "a dimension gets no more new labels than it has old ones, and has one when it is dropped",
    "changed-dimensions": "child processes of neighbourhoods and polygons leave the dimensions as they are",
    "unknown-format": "the file format exists",
    "unsuitable-format": "time series of geometries are not saved in formats that hold rasters only",
    "unknown-runtime": "the runtime for user-defined functions exists",
    "same-day": "temporal extents end after they start",
    "empty-extent": "temporal extents do not end before they start, and have a start or an end",
    "bounding-box": "bounding boxes have an area, and lie on the Earth",
    "no-data": "the extents touch those of the collection",
    "future": "the extents begin before now",
    "large-values": "single values are made of no more others than can be computed here",
    "unknown-content": "files and URLs that are loaded have content that is known here",
}
#: Maximum number of problems in the error that refuses a process; ``/validation`` names all.
_MOST_NAMED = 5
#: Stands for all of them.
ALL = "all"


def check_rules(names: Iterable[str]) -> None:
    """Check that there are rules of these names; raise ``ValueError`` if there is none of a name."""
    for name in names:
        if name not in RULES and name != ALL:
            raise ValueError(f"Unknown rule {name!r}.{did_you_mean(name, (*RULES, ALL))}")


@dataclass(frozen=True)
class GraphPlace:
    """Place in a process."""

    #: Ids of nodes, and between them the arguments that hold their child processes
    path: tuple[str, ...] = ()
    argument: str | None = None  #: The argument, if it is about one

    def __str__(self) -> str:
        return "/".join(self.path)


@dataclass(frozen=True)
class Problem:
    """Something that is wrong with a process.

    Args:
        rule: The name of the rule; None if it cannot be relaxed.
        code: The openEO error code.
        message: The problem and its remedy.
        place: The place in the process.
    """

    rule: str | None
    code: str
    message: str
    place: GraphPlace = GraphPlace()

    @property
    def text(self) -> str:
        """The message together with the place."""
        return encodable(f"{self.message} [at {self.place}]" if self.place.path else self.message)

    def error(self) -> OpenEOError:
        """Return the error that refuses the process."""
        # Codes that processes define for themselves are not in the API's list; they are all of bad requests.
        known = None if self.rule is None else errors.BY_CODE.get(self.code)
        return known(self.text) if known is not None else OpenEOError(self.text, code=self.code, status=400)

    def to_json(self) -> dict[str, Any]:
        """Return the entry in the answer of ``/validation``."""
        entry: dict[str, Any] = {"code": self.code, "message": self.text}
        if self.place.path:
            entry["path"] = [encodable(step) for step in self.place.path]
        if self.place.argument is not None:
            entry["argument"] = encodable(self.place.argument)
        if self.rule is not None:
            entry["rule"] = self.rule
        return entry


@dataclass(frozen=True)
class Findings:
    """The problems of a process."""

    #: Those for which it is refused, in its order, those of its structure first
    refused: tuple[Problem, ...] = ()
    passed: tuple[Problem, ...] = ()  #: Those that are let pass
    undefined: frozenset[str] = frozenset()  #: The parameters that it may refer to and that have no value yet

    def of_rules(self) -> "Findings":
        """Return these without those that follow from what else is computed, e.g. that there are no data."""
        return replace(self, refused=tuple(each for each in self.refused if each.rule is not None))

    def also(self, more: "Findings", graph: Any) -> "Findings":
        """Return these and others, in the order of the nodes of a process graph."""
        if not more.refused:
            passed = () if self.refused else (*self.passed, *more.passed)
            return replace(self, passed=passed)
        places = {name: place for place, name in enumerate(in_order(sources_of(repaired(graph)))[0])}

        def place_of(problem: Problem) -> tuple[int, bool]:
            path = problem.place.path
            return places.get(path[0], -1) if path else -1, len(path) > 1

        return Findings(tuple(sorted((*self.refused, *more.refused), key=place_of)))


class RefusedGraph(OpenEOError):
    """The error that refuses a process graph; its code is that of the first of its problems."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        error = problems[0].error()
        named = enumerate(problems[1:_MOST_NAMED], 2)
        others = "".join(f" ({number}) {each.text}" for number, each in named)
        more = f" … {len(problems)} problems in all." if len(problems) > _MOST_NAMED else ""
        super().__init__(f"{error.message}{others}{more}", code=error.openeo_code, status=error.status_code)


@dataclass
class CheckedCall:
    """A call of a process, as far as it is known before anything is computed."""

    process_id: str
    arguments: Mapping[str, Any]  #: Its arguments as they are in the process graph
    defaults: Mapping[str, Any]
    path: tuple[str, ...] = ()  #: Its place in the process
    #: The names of arguments of which nothing follows: with references inside, or wrong
    open: Set[str] = frozenset()
    problems: list[Problem] = field(default_factory=list)

    def value(self, name: str) -> Any:
        """Return an argument, or its default; None as well if it is not known yet."""
        if name in self.open:
            return None
        return self.arguments[name] if name in self.arguments else self.defaults.get(name)

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else or not known."""
        value = self.value(name)
        return value if isinstance(value, str) else None

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> None:
        """Say that something is wrong with the call."""
        self.problems.append(Problem(rule, code, message, GraphPlace(self.path, argument)))

    def invalid(self, rule: str, argument: str, reason: str) -> None:
        """Say that an argument's value cannot be."""
        message = f"The value passed for parameter '{argument}' in process '{self.process_id}' is invalid: "
        self.remark(rule, "ProcessParameterInvalid", argument, message + reason)
