"""Endpoints of registers."""

from collections.abc import Sequence

from mock_backend.dataclass import dataclass

HTTP_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, kw_only=True)
class Endpoint:
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

    path: str
    methods: Sequence[str]
    handler: str | None = None
    listed: bool = True
    takes_slashes: bool = False
    id_takes_slashes: bool = False
    is_quick: bool = False
    is_brief: bool = False

    def __post_init__(self) -> None:
        if not self.path.startswith("/") or (self.path.endswith("/") and self.path != "/"):
            raise ValueError(
                f"an endpoint's path starts with a slash and does not end with one: {self.path!r}"
            )
        if self.takes_slashes and not self.path.endswith("}"):
            raise ValueError(f"only a parameter at the end of a path takes slashes: {self.path!r}")
        if not isinstance(self.methods, list | tuple) or not self.methods:
            raise ValueError("methods is a list of HTTP methods, e.g. ['GET']")
        upper = tuple(str(getattr(method, "value", method)).upper() for method in self.methods)
        if unknown := [method for method in upper if method not in HTTP_METHODS]:
            raise ValueError(f"not an HTTP method: {unknown[0]!r}; known are {', '.join(HTTP_METHODS)}")
        object.__setattr__(self, "methods", upper)

    @property
    def answered(self) -> tuple[str, ...]:
        """The methods, and HEAD wherever GET is: a GET whose answer comes without its body."""
        implied = ("HEAD",) if "GET" in self.methods and "HEAD" not in self.methods else ()
        return (*self.methods, *implied)
