"""Route texts such as ``"GET /jobs/{job_id}"``: how tests name the operations of the API."""

import re
from collections.abc import Collection
from functools import lru_cache

from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

_ROUTE = re.compile(r"(?P<method>[A-Za-z]+|\*)\s+(?P<template>/\S*|\*)")
_PARAMETER = re.compile(r"\{(\w+)\}")
#: Parameters whose values may have slashes.
_WITH_SLASHES = frozenset({"path", "collection_id", "name"})
_OF_A_JOB = re.compile(r"\*|/(?:jobs|results)/.+")


@dataclass(frozen=True)
class RoutePattern:
    """An operation, or several: ``*`` stands for any method or any path."""

    method: str  #: An HTTP method in upper case, or ``*``
    template: str  #: A path template of the API, a path below its URL, or ``*``

    @classmethod
    def parse(cls, text: str) -> "RoutePattern":
        """Read a route text; raise ``ValueError`` if it is not a method, a space and a path."""
        match = _ROUTE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                "A route must be a method and a path template or a "
                f"path, e.g. 'GET /jobs/{{job_id}}', 'GET /jobs/j-1' or 'POST *', got {text!r}."
            )
        return cls(match["method"].upper(), match["template"])

    def __str__(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def names_job(self) -> bool:
        """True if requests that it means can be about a job that there is."""
        return _OF_A_JOB.fullmatch(self.template) is not None

    def check(self, operations: Collection[tuple[str, str]]) -> None:
        """Check that the pattern means something; raise ``ValueError`` if it does not.

        What is ordered or asked by it would be empty for the wrong reason.

        Args:
            operations: Method and path template of everything that is served.
        """
        if self.template == "*":
            known = {method for method, _ in operations} | {"OPTIONS", "*"}
            if self.method in known:
                return
            raise ValueError(
                f"No endpoint takes the method {self.method!r}; known are {', '.join(sorted(known))}."
            )
        methods = sorted(method for method, template in operations if template == self.template)
        if not methods and "{" not in self.template:
            methods = sorted(
                {method for method, each in operations if _form_of(each).fullmatch(self.template)}
            )
        if not methods:
            templates = sorted({template for _, template in operations})
            raise ValueError(
                f"No endpoint has the path template {self.template!r}, so nothing would ever match."
                f"{did_you_mean(self.template, templates)}"
            )
        if self.method not in ("*", "OPTIONS", *methods):
            raise ValueError(
                f"{self.template} does not take {self.method}, so nothing would ever match. It takes: "
                f"{', '.join(methods)}."
            )

    def matches(self, method: str, template: str | None, path: str | None) -> bool:
        """Tell whether an exchange is meant.

        Args:
            template: The path template of its endpoint; None where there is none.
            path: Its path below the API's URL.
        """
        return self.method in ("*", method) and self.template in ("*", template, path)


@lru_cache(maxsize=256)
def _form_of(template: str) -> re.Pattern[str]:
    """Return the form of the paths of a template."""
    texts, names = _PARAMETER.split(template)[::2], _PARAMETER.findall(template)
    forms = [".+" if name in _WITH_SLASHES else "[^/]+" for name in names]
    return re.compile("".join(re.escape(text) + form for text, form in zip(texts, [*forms, ""], strict=True)))
