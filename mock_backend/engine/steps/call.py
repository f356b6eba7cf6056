"""A call of a process whose arguments are known as far as they can be, and checks of these."""

import math
from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from mock_backend.catalog.stac.instants import write_instant
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.values import Labelled
from mock_backend.engine.cubes import UnknownCrsError
from mock_backend.engine.given_data.url_contents import ContentReader
from mock_backend.engine.sources.memory import Failing
from mock_backend.engine.steps.areas import Area, Feature, features_of, place_of_box, place_of_features
from mock_backend.engine.steps.flow import MOST_READ, Flow, too_much
from mock_backend.engine.steps.outcome import GraphContext, Later, plain_json
from mock_backend.errors import OpenEOError, ProcessParameterInvalid
from mock_backend.processes.validation.arguments import contents_of
from mock_backend.processes.validation.call_checks import check_meaning
from mock_backend.processes.validation.problems import CheckedCall, GraphPlace, Problem
from mock_backend.processes.validation.schema_check import Complaint
from mock_backend.processes.validation.signature import Parameter, Signature

if TYPE_CHECKING:
    from mock_backend.engine.core.callbacks import GraphCallback


_Found = TypeVar("_Found")
#: The codes of what cannot be computed, whatever is let pass: e.g. no two dimensions have one name.
_IMPOSSIBLE = (
    "DimensionExists",
    "DimensionLabelCountMismatch",
    "LabelExists",
    "LabelMismatch",
    "TargetDimensionExists",
)


@dataclass(frozen=True)
class Child:
    """A child process in an argument, and the scope that it is in."""

    graph: dict[str, Any]
    scope: ChainMap[str, Any]

    @property
    def values(self) -> dict[str, Any]:
        """All that it may refer to, but for data cubes."""
        return {name: each for name, each in self.scope.items() if not isinstance(each, Flow)}


@dataclass(frozen=True)
class StepCall:
    """A call of a process."""

    process_id: str
    arguments: Mapping[str, Any]  #: Its arguments: data cubes are ``Flow``, child processes ``Child``
    defaults: Mapping[str, Any]
    path: tuple[str, ...]  #: The place in the process graph
    surroundings: GraphContext  #: The context to refer to
    made: Callable[[Child, Mapping[str, Any]], "GraphCallback"]  #: Makes a child process that computes
    #: Returns what a child process makes of values for its parameters
    followed: Callable[[Child, Mapping[str, Any], tuple[str, ...]], Any]
    problems: list[Problem] = field(default_factory=list)  #: The problems so far
    passed: list[Problem] = field(default_factory=list)  #: Those so far that do not refuse
    stand_ins: list[str] = field(default_factory=list)  #: The processes not computed so far
    udfs: list[str] = field(default_factory=list)  #: The nodes so far for which user-defined functions run

    @property
    def node(self) -> str:
        """The place in the process graph, as texts name it."""
        return "/".join(self.path)

    @property
    def reader(self) -> ContentReader:
        """The reader of URLs and files."""
        return self.surroundings.reader

    def stands_in(self, what: str | None = None) -> None:
        """Note that something is not computed: by default, the process."""
        self.stand_ins.append(f"{self.process_id} [at {self.node}]" if what is None else what)

    def lets_pass(self, rule: str, message: str) -> bool:
        """Tell whether a rule does not refuse; if so, note that it was broken."""
        if rule not in self.surroundings.lets_pass:
            return False
        text = message.removesuffix(f" [at {self.node}]")
        self.passed.append(Problem(rule, "", text, GraphPlace(self.path)))
        return True

    def remark(self, rule: str, code: str, argument: str | None, message: str) -> bool:
        """Say that the call breaks a rule; tell whether it is refused for it.

        It is not if that is let pass, or if a process that was not computed could have made what is missing.
        """
        if not all(each.is_certain for each in self.arguments.values() if isinstance(each, Flow)):
            return False
        problem = Problem(rule, code, message, GraphPlace(self.path, argument))
        if rule in self.surroundings.lets_pass:
            if code not in _IMPOSSIBLE:
                self.passed.append(problem)
                return False
            problem = replace(problem, rule=None)
        self.problems.append(problem)
        return True

    def get(self, name: str) -> Any:
        """Return an argument, or its default."""
        value = self.arguments.get(name)
        return self.defaults.get(name) if value is None else value

    def flow(self, name: str = "data") -> Flow | None:
        """Return an argument that is a data cube; None if it is something else."""
        value = self.get(name)
        return value if isinstance(value, Flow) else None

    def text(self, name: str) -> str | None:
        """Return an argument that is a text; None if it is something else."""
        value = self.get(name)
        return value if isinstance(value, str) else None

    def list(self, name: str) -> list[Any]:
        """Return an argument that is a list; an empty one if it is something else."""
        value = self.get(name)
        if isinstance(value, Labelled):
            return list(value.items)
        return list(value) if isinstance(value, list | tuple) else []

    def texts(self, name: str) -> tuple[str, ...]:
        """Return the texts in an argument that is a list, each of them once."""
        return tuple(dict.fromkeys(each for each in self.list(name) if isinstance(each, str)))

    def number(self, name: str) -> float | None:
        """Return an argument that is a finite number; None if it is something else."""
        return finite(self.get(name))

    def callback(self, name: str) -> "GraphCallback | None":
        """Return the child process in an argument; None if there is none."""
        value = self.get(name)
        return self.made(value, {"context": self.get("context")}) if isinstance(value, Child) else None

    # -- places -------------------------------------------------------------------------------------

    def place(self, name: str) -> Area | None:
        """Return the area that an argument names; None if it names none."""
        value = self.get(name)
        if isinstance(value, Mapping) and "west" in value:
            with_crs = self.guarded(name, lambda: place_of_box(value))
            if with_crs is not None:
                # Whether it can be projected is found out while it is known which argument it was.
                self.guarded(name, lambda: with_crs.degrees)
            return with_crs
        return place_of_features(self.features(name))

    def features(self, name: str) -> tuple[Feature, ...]:
        """Return the GeoJSON features of an argument; refuse a data cube without geometries."""
        value = self.get(name)
        if not isinstance(value, Flow):
            return features_of(value)
        if value.cube.of_kind("geometry") is None and value.is_certain:
            raise self.invalid(name, "the data cube has no dimension of geometries.")
        return value.cube.geometries

    def invalid(self, name: str, reason: str) -> ProcessParameterInvalid:
        """Return the error for an argument that the process cannot go on with."""
        return ProcessParameterInvalid(
            parameter=name, process=self.process_id, reason=f"{reason} [at {self.node}]"
        )

    def guarded(self, name: str, compute: Callable[[], _Found]) -> _Found:
        """Return what is computed; blame an argument for a coordinate system that does not exist."""
        try:
            return compute()
        except UnknownCrsError as error:
            raise self.invalid(name, f"{error}") from None

    def refusal(self, code: str, message: str) -> OpenEOError:
        """Return an error of a code that the definition of the process has."""
        return OpenEOError(f"{message} [at {self.node}]", code=code, status=400)

    def no_data(self, reason: str) -> OpenEOError:
        """Return the error for a part of a data cube that has nothing in it."""
        return self.refusal("NoDataAvailable", f"There is no data for {self.process_id!r}: {reason}")

    def lets_begin(self, start: datetime | None) -> TypeGuard[datetime]:
        """Tell whether a period begins later than now, and may."""
        now = self.surroundings.now
        if start is None or start < now:
            return False
        message = f"{write_instant(start)} is later than the clock, {write_instant(now)}."
        return self.lets_pass("future", message)

    def readable(self, flow: Flow, count: int) -> Flow:
        """Return a cube of whose values each one that is made is made of some number.

        Too many are refused, or, where that is let pass, refused when they are read.
        """
        if count <= MOST_READ:
            return flow
        grid = flow.cube.grid
        what = "" if grid is None else f" of {grid.columns:,} by {grid.rows:,} pixels"
        error = too_much(
            f"the node {self.node!r} makes single values of {count:,} others{what}, and {MOST_READ:,} is the "
            "most",
            "Choose a smaller area, a coarser resolution or fewer dates and bands.",
        )
        if not self.lets_pass("large-values", error.message):
            raise error
        return flow.made(replace(flow.cube, source=Failing(error)))


def finite(value: Any) -> float | None:
    """Return a value that is a finite number; None if it is something else."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return value if is_number else None


def check_arguments(asked: StepCall, signature: Signature, written: Mapping[str, Any]) -> None:
    """Hold the values that references stand for to their parameters, as if they were written there."""
    found = {
        name: value
        for name, value in asked.arguments.items()
        if isinstance(written[name], dict | list)
        and name in signature.parameters
        and contents_of(written[name]).references
        and _is_known(value)
    }
    for name, value in found.items():
        complaint = _complaint(signature.parameters[name], value)
        if complaint is not None and not asked.lets_pass(complaint.rule, complaint.reason):
            raise asked.invalid(name, complaint.reason)
    if any(not isinstance(each, Flow) for each in found.values()):
        arguments = asked.arguments
        unclear = {name for name, each in arguments.items() if isinstance(each, Flow | Child | Labelled)}
        call = CheckedCall(asked.process_id, arguments, asked.defaults, asked.path, unclear)
        check_meaning(call, asked.surroundings.catalogue)
        for each in call.problems:
            if each.rule not in asked.surroundings.lets_pass:
                raise OpenEOError(each.text, code=each.code, status=400)
            asked.passed.append(each)


def _is_known(value: Any) -> bool:
    if isinstance(value, list | dict):
        return all(map(_is_known, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, Later)


def _complaint(parameter: Parameter, value: Any) -> Complaint | None:
    if parameter.takes_anything or (value is None and parameter.optional):
        return None
    if not isinstance(value, Flow):
        return parameter.checker.complaint(plain_json(value))
    if parameter.kinds is None or ("object", "datacube") in parameter.kinds:
        return None
    return Complaint("a data cube was not expected.")
