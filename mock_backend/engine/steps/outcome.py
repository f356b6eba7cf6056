"""Context of process graphs, and the outcome of processing one, short of the values."""

from collections.abc import Callable, Mapping, Set
from dataclasses import field
from datetime import datetime
from typing import Any

from mock_backend.catalog import CollectionsRegister
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.given_data.url_contents import ContentReader, UrlContents
from mock_backend.engine.steps.flow import Flow, PixelExtent
from mock_backend.lifecycle.run import UdfRules
from mock_backend.processes.validation.problems import Problem


@dataclass(frozen=True)
class GraphContext:
    """Context of process graphs."""

    catalogue: CollectionsRegister  #: The data that there are, and the formats of files
    processes: Mapping[str, dict[str, Any]]  #: The definitions of the predefined processes by id
    now: datetime  #: There are no data of later instants
    #: Returns a user-defined process of the user by its id, or None
    user_process: Callable[[str], dict[str, Any] | None] = lambda _: None
    #: Returns the process of an id at a URL; None if nothing is known of the URL
    remote_process: Callable[[str, str], dict[str, Any] | None] = lambda _url, _id: None
    #: The definitions of the parameters of the process; those with a default have it as value
    parameters: Any = ()
    lets_pass: Set[str] = frozenset()  #: The names of the rules that do not refuse
    seed: int = 0  #: The seed of made-up values
    #: True if ``apply_dimension`` into an existing dimension makes labels of each of its labels
    features_by_band: bool = False
    #: The reader of URLs and files of the user
    reader: ContentReader = field(default_factory=lambda: ContentReader(UrlContents(), ""))
    udfs: UdfRules = UdfRules()  #: The rules by which user-defined functions run
    in_parts: bool = False  #: True if only parts of results are read, which may therefore be of any size
    work_limit: float = 1.0  #: Factor of the limits of work


@dataclass(frozen=True)
class Plain:
    """A result that is no data cube: a number, a text, a list …"""

    given: Any  #: A JSON value, or ``Later``

    @property
    def value(self) -> Any:
        """JSON value."""
        return self.given.make() if isinstance(self.given, Later) else self.given


@dataclass(frozen=True)
class Later:
    """A value that JSON can say, and that is made when it is read."""

    make: Callable[[], Any]


def plain_json(value: Any) -> Any:
    """Return what JSON can say of a value."""
    from mock_backend.engine.core.values import Labelled  # with NumPy, which formats are found without

    if isinstance(value, Later):
        return value
    if isinstance(value, Labelled):
        return plain_json(value.items)
    if isinstance(value, list | tuple):
        return [plain_json(each) for each in value]
    if isinstance(value, dict):
        return {str(name): plain_json(each) for name, each in value.items()}
    return value if value is None or isinstance(value, str | bool | int | float) else None


@dataclass(frozen=True)
class Saved:
    """Data saved to files at one place of a process graph."""

    content: DataCube | Plain
    #: The name of the file format as the back-end spells it; None if the graph names none
    format: str | None = None
    #: The options of the format, completed with their defaults
    options: Mapping[str, Any] = field(default_factory=dict)
    node: str = ""  #: The id of the node that saves it
    whole: Flow | None = None  #: The data cube that ``content`` is, or is a sample of; None for other content


@dataclass(frozen=True)
class ReadCollection:
    """Data read from a collection."""

    collection: str
    extent: PixelExtent
    period: tuple[str | None, str | None]  #: When; None for open ends


@dataclass(frozen=True)
class Outcome:
    """Outcome of processing a graph."""

    saved: tuple[Saved, ...]  #: The saved data, at one place at least
    collections: tuple[str, ...] = ()  #: The ids of the collections that are loaded
    input_pixels: int = 0  #: The number of values read to make it
    sources: tuple[ReadCollection, ...] = ()  #: The data read from them
    runs_udfs: bool = False  #: True if user-defined functions run for it
    #: True if a sample stands in for all data of a collection, since no area was chosen
    is_sample: bool = False
    #: The processes not computed: something of the right form stands in for their results
    stand_ins: tuple[str, ...] = ()
    passed: tuple[Problem, ...] = ()  #: The problems that are let pass

    @property
    def warnings(self) -> tuple[str, ...]:
        """The texts for logs about broken rules and stand-ins."""
        return (
            *(f"{each.text} (rule: {each.rule})" for each in self.passed),
            *(f"Not computed here: {each}. A stand-in has its place." for each in self.stand_ins),
        )
