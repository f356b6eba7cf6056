"""Acceptance: what process graphs may say although a strict reading of the specification refuses it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Acceptance:
    """Rules that a back-end does not enforce, with a warning in the job's log."""

    name: str  #: The name of the profile that it is part of
    #: The names of the rules of ``mock_backend.processes.validation.RULES`` that do not refuse
    rules: frozenset[str] = frozenset()
