"""One account of a back-end."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator

#: Similarity to a known name from which an unknown one counts as a slip.
_LIKE = 0.8


class User(BaseModel):
    """An account of the back-end.

    Those in ``backend.users`` are live: what is assigned to them counts from the next request on.
    """

    model_config = ConfigDict(extra="allow", validate_assignment=True)

    user_id: str = Field(frozen=True)
    name: str | None = None
    email: str | None = None
    #: Remaining budget in the back-end's currency; None without a limit.
    budget: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    #: The billing plan of who names none; None for the back-end's own default.
    default_plan: str | None = None
    #: Maximum total size of the user's files in bytes; None for that of the back-end's settings.
    storage_quota: int | None = Field(default=None, ge=0)
    roles: list[str] = []
    #: Entitlements of the person in the words of an OpenID Connect provider.
    entitlements: list[str] = []
    #: Subject of the person at an OpenID Connect provider; the ``user_id`` unless it is given.
    subject: str | None = Field(default=None, validate_default=True, min_length=1)

    @field_validator("subject")
    @classmethod
    def _user_id_by_default(cls, subject: str | None, info: ValidationInfo) -> str | None:
        return info.data.get("user_id") if subject is None else subject

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "password":
            raise ValueError(
                "A user has no password to look at: remove the account, and add it with another."
            )
        if name not in type(self).model_fields and name not in (self.model_extra or ()):
            check_account_members((name,))
        try:
            super().__setattr__(name, value)
        except ValidationError as error:
            raise ValueError(account_fault(self.user_id, error)) from None


def check_account_members(names: Iterable[str]) -> None:
    """Check names of members: others than ours are fine. Raise ``ValueError`` if one is nearly ours."""
    known = {*User.model_fields, "password"} - {"user_id"}
    for name in names:
        if name == "user_id":
            raise ValueError("The user_id of an account is its name; it takes no other.")
        if name not in known and (like := get_close_matches(name, known, n=1, cutoff=_LIKE)):
            raise ValueError(f"An account has no {name!r}. Did you mean {like[0]!r}?")


def account_fault(user_id: str, error: ValidationError) -> str:
    """Say in one line what an account cannot have."""
    problems = [
        f"{'.'.join(map(str, each['loc']))}: {each['msg']}, not {each['input']!r}" for each in error.errors()
    ]
    return f"The account {user_id!r} cannot have this. {'; '.join(problems)}."
