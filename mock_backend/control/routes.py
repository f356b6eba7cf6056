"""Route texts such as ``"GET /jobs/{job_id}"``: how tests name the operations of the API."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from mock_backend.errors.suggestions import did_you_mean

_ROUTE = re.compile(r"(?P<method>[A-Za-z]+|\*)\s+(?P<template>/\S*|\*)")


@dataclass(frozen=True)
class RoutePattern:
    """An operation, or several: ``*`` stands for any method or any path.

    Args:
        method: An HTTP method in upper case, or ``*``.
        template: A path template of the API, or ``*``.
    """

    method: str
    template: str

    @classmethod
    def parse(cls, text: str) -> "RoutePattern":
        """Read a route text.

        Raises:
            ValueError: If it is not a method, a space and a path template.
        """
        match = _ROUTE.fullmatch(text.strip()) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                "A route is a method and a path template, e.g. 'GET /jobs/{job_id}' or 'POST *', "
                f"not {text!r}."
            )
        return cls(match["method"].upper(), match["template"])

    def check(self, operations: Collection[tuple[str, str]]) -> None:
        """Check that the pattern means something.

        Args:
            operations: Method and path template of everything that is served.

        Raises:
            ValueError: If it fits none of them: what is ordered or asked by it would be empty for
                the wrong reason.
        """
        implied = {("OPTIONS", "*"), ("OPTIONS", self.template)}
        if self.template == "*":
            known = {method for method, _ in operations} | {"OPTIONS", "*"}
            if self.method in known:
                return
            raise ValueError(
                f"No endpoint takes the method {self.method!r}; known are {', '.join(sorted(known))}."
            )
        methods = sorted(method for method, template in operations if template == self.template)
        if not methods:
            templates = sorted({template for _, template in operations})
            raise ValueError(
                f"No endpoint has the path template {self.template!r}, so nothing would ever match."
                f"{did_you_mean(self.template, templates)}"
            )
        if self.method != "*" and self.method not in methods and (self.method, self.template) not in implied:
            raise ValueError(
                f"{self.template} does not take {self.method}, so nothing would ever match. It takes: "
                f"{', '.join(methods)}."
            )

    def matches(self, method: str, template: str | None) -> bool:
        """Tell whether an exchange is meant; its template is None where there is no route."""
        return self.method in ("*", method) and self.template in ("*", template)
