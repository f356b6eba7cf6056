"""What a register serves."""

from pydantic import BaseModel, ConfigDict, field_validator

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


class Endpoint(BaseModel):
    """A path of the API and the methods it takes.

    Args:
        path: A path template of the specification, e.g. ``/jobs/{job_id}``.
        methods: HTTP methods in upper case.
        handler: The register's method that answers; None if the route is added to the app by hand.
        listed: Whether capabilities name it; signed downloads, for example, are not part of the API.
    """

    model_config = ConfigDict(frozen=True)

    path: str
    methods: tuple[str, ...]
    handler: str | None = None
    listed: bool = True

    @field_validator("path")
    @classmethod
    def _starts_with_slash(cls, path: str) -> str:
        if not path.startswith("/") or (path.endswith("/") and path != "/"):
            raise ValueError(f"an endpoint's path starts with a slash and does not end with one: {path!r}")
        return path

    @field_validator("methods", mode="before")
    @classmethod
    def _upper(cls, methods: object) -> object:
        if not isinstance(methods, list | tuple) or not methods:
            raise ValueError("methods is a list of HTTP methods, e.g. ['GET']")
        upper = tuple(str(getattr(method, "value", method)).upper() for method in methods)
        if unknown := [method for method in upper if method not in HTTP_METHODS]:
            raise ValueError(f"not an HTTP method: {unknown[0]!r}; known are {', '.join(HTTP_METHODS)}")
        return upper
