"""Endpoints of registers."""

from typing import Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Endpoint(BaseModel):
    """A path of the API and the methods it takes.

    Args:
        path: A path template of the specification, e.g. ``/jobs/{job_id}``.
        methods: HTTP methods in upper case.
        handler: The register's method that answers; None if the route is added to the app by hand.
        listed: True if capabilities name it; signed downloads, for example, are not part of the API.
        takes_slashes: True if the path's last parameter takes all that is left, slashes included.
        id_takes_slashes: True if its first parameter may have slashes in it, where no other path fits.
        is_quick: True if its answer never takes long, so that a server need not make it in a thread.
        is_brief: True if its answer takes long only if it has to wait for other requests.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    methods: tuple[str, ...]
    handler: str | None = None
    listed: bool = True
    takes_slashes: bool = False
    id_takes_slashes: bool = False
    is_quick: bool = False
    is_brief: bool = False

    @property
    def answered(self) -> tuple[str, ...]:
        """The methods, and HEAD wherever GET is: a GET whose answer comes without its body."""
        implied = ("HEAD",) if "GET" in self.methods and "HEAD" not in self.methods else ()
        return self.methods + implied

    @field_validator("path")
    @classmethod
    def _starts_with_slash(cls, path: str) -> str:
        if not path.startswith("/") or (path.endswith("/") and path != "/"):
            raise ValueError(f"an endpoint's path starts with a slash and does not end with one: {path!r}")
        return path

    @model_validator(mode="after")
    def _ends_with_a_parameter(self) -> Self:
        if self.takes_slashes and not self.path.endswith("}"):
            raise ValueError(f"only a parameter at the end of a path takes slashes: {self.path!r}")
        return self

    @field_validator("methods", mode="before")
    @classmethod
    def _upper(cls, methods: object) -> object:
        if not isinstance(methods, list | tuple) or not methods:
            raise ValueError("methods is a list of HTTP methods, e.g. ['GET']")
        upper = tuple(str(getattr(method, "value", method)).upper() for method in methods)
        if unknown := [method for method in upper if method not in HTTP_METHODS]:
            raise ValueError(f"not an HTTP method: {unknown[0]!r}; known are {', '.join(HTTP_METHODS)}")
        return upper
