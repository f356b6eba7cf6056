"""Rules by which it is decided whether user-defined functions run."""

from mock_backend.dataclass import dataclass


@dataclass(frozen=True)
class UdfRules:
    """Rules by which it is decided whether user-defined functions run."""

    #: None to run those that can, True to run all or to fail, False to run none.
    run: bool | None = False
    archives: tuple[str, ...] = ()  #: The folders that archives are unpacked to for them
