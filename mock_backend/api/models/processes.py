"""Requests and responses about user-defined processes."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from mock_backend.api.models.data_types import ANY_SCHEMA, DataType, Uri
from mock_backend.api.models.links import Link

# Built when a process is stored: most back-ends never see one.
_STRICT = ConfigDict(extra="allow", strict=True, defer_build=True)


def _check_names(parameters: "list[ProcessParameter]") -> "list[ProcessParameter]":
    names = [each.name for each in parameters]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise PydanticCustomError(
            "names", "The names of parameters are unique, but these are not: {names}", {"names": repeated}
        )
    return parameters


class ProcessParameter(BaseModel):
    """A parameter of a process."""

    model_config = _STRICT

    name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_]+$")]
    description: str
    data_type: DataType = Field(alias="schema")
    optional: bool = False
    deprecated: bool = False
    experimental: bool = False


class ProcessReturn(BaseModel):
    """Return value of a process."""

    model_config = _STRICT

    description: str = ""
    data_type: DataType = Field(alias="schema")


class ProcessException(BaseModel):
    """An error that a process may end with."""

    model_config = _STRICT

    message: str
    description: str = ""
    http: int = 400


class ProcessExample(BaseModel):
    """A call of a process."""

    model_config = _STRICT

    arguments: dict[str, Any]
    title: str = ""
    description: str = ""


class ProcessLink(BaseModel):
    """A link of a process."""

    model_config = _STRICT

    href: Uri
    rel: str
    type: str = ""
    title: str = ""


class UserProcess(BaseModel):
    """Process of a user, as the API describes it; null, where it is allowed, is the same as nothing."""

    model_config = _STRICT

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")] | None = None
    summary: str | None = None
    description: str | None = None
    parameters: Annotated[list[ProcessParameter], AfterValidator(_check_names)] | None = None
    returns: ProcessReturn | None = None
    categories: list[str] = []
    deprecated: bool = False
    experimental: bool = False
    exceptions: dict[str, ProcessException] = {}
    examples: list[ProcessExample] = []
    links: list[ProcessLink] = []
    process_graph: dict[str, Any]


def odd_schema(process: Any, *, refuses: bool) -> str | None:
    """Check what a user says of a process, and return what is wrong with schemas of its parameters.

    Args:
        process: The process.
        refuses: True if invalid schemas refuse it, too.

    Returns:
        What is wrong with them; None if nothing is.

    Raises:
        ValidationError: If it is not what the API lets a user say.
    """
    try:
        UserProcess.model_validate(process)
    except ValidationError as error:
        if refuses:
            raise
        UserProcess.model_validate(process, context=ANY_SCHEMA)
        return str(error.errors(include_url=False)[0]["msg"])
    return None


class UserProcessRequest(BaseModel):
    """Request body of a process to store: any object; ``UserProcess`` finds its errors."""

    model_config = ConfigDict(extra="allow")


class UserProcessesGetResponse(BaseModel):
    """A page of user-defined processes."""

    processes: list[dict[str, Any]]
    links: list[Link]
