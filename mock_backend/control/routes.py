"""Route texts such as ``"GET /jobs/{job_id}"``: how tests name the operations of the API."""

import re
from dataclasses import dataclass

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

    def matches(self, method: str, template: str | None) -> bool:
        """Tell whether an exchange is meant; its template is None where there is no route."""
        return self.method in ("*", method) and self.template in ("*", template)
