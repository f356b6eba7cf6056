"""Context of process graphs: data, processes, formats, and the time."""

from collections.abc import Callable, Mapping, Set
from dataclasses import field
from datetime import datetime
from typing import Any

from mock_backend.catalog import CollectionsRegister
from mock_backend.dataclass import dataclass
from mock_backend.engine.given_data.url_contents import ContentReader, UrlContents
from mock_backend.lifecycle.run import UdfRules


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
