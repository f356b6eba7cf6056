"""Profile: everything by which one back-end differs from another."""

import os
from collections.abc import Mapping
from dataclasses import field, replace
from typing import Self

from mock_backend.dataclass import dataclass
from mock_backend.profiles.catalogue import CatalogueData
from mock_backend.profiles.dialect import Dialect
from mock_backend.profiles.snapshot import snapshot_at


@dataclass(frozen=True)
class Acceptance:
    """Rules that a back-end does not enforce, with a warning in the job's log."""

    name: str  #: The name of the profile that it is part of
    #: The names of the rules of ``mock_backend.processes.validation.RULES`` that do not refuse
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Profile:
    """A back-end that people use."""

    name: str
    title: str  #: The usual name of the back-end
    source: str  #: The source of the facts
    catalogue: CatalogueData
    acceptance: Acceptance  #: The rules for process graphs
    dialect: Dialect  #: The behaviour of its API
    #: The paths below its hosts at which its API is, with the version there; none if it is wherever the URL
    #: of a ``MockBackend`` says
    paths: Mapping[str, str] = field(default_factory=dict)
    providers: tuple[str, ...] = ("mock",)  #: The ids of its OpenID Connect providers, the default one first
    extensions: tuple[str, ...] = ()  #: The names of the extensions of the API that it offers in any version
    #: The folder of profiles whose ``federation.json`` tells which of its hosts offer several back-ends as
    #: one; None if none does
    federation: str | None = None

    def with_snapshot(self, path: str | os.PathLike[str]) -> Self:
        """Return the profile with the documents of another back-end in its catalogue.

        Raises:
            ValueError: If no such documents are at the path.
            OSError: If a file cannot be read.
        """
        return replace(self, catalogue=replace(self.catalogue, snapshot=snapshot_at(path)))
