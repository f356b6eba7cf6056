"""The document as schemathesis uses it: to make up requests, and to judge what they are answered."""

import copy
import json
from typing import Any

import schemathesis
import schemathesis.engine
from hypothesis import settings

from openeo_contract.exclusions import is_excluded
from openeo_contract.hints import Hints, add_hints
from openeo_contract.links import add_links

#: Number of requests for an operation besides those that its schemas' limits suggest: more in CI.
EXAMPLES = settings.default.max_examples // 2


def fuzzed(
    document: dict[str, Any],
    *,
    url: str,
    token: str,
    credentials: tuple[str, str],
    hints: Hints,
    sequences: bool = False,
) -> Any:
    """Return the schema that schemathesis makes requests from.

    Args:
        document: The official document without defects; it stays as it is.
        url: Where the back-end is.
        token: A bearer token for it.
        credentials: The name and password of one of its users.
        hints: Values that it knows, by the names of schemas.
        sequences: Whether it is for sequences of requests, one following from the other. These are valid
            and logged in, and have known values only, or most of them would lead nowhere.
    """
    document = copy.deepcopy(document)
    add_links(document)
    add_hints(document, hints, alone=sequences)
    name, password = credentials
    config = schemathesis.Config.from_dict(
        {
            "base-url": url,
            "cache": {"enabled": False},
            "warnings": False,
            # The same requests in every run, and nothing kept between runs.
            "seed": 1,
            "generation": {
                "deterministic": True,
                "database": "none",
                "max-examples": EXAMPLES,
                "no-shrink": True,
                **({"mode": "positive", "with-security-parameters": False} if sequences else {}),
            },
            "continue-on-failure": True,
            "phases": {"stateful": {"enabled": sequences, "inference": {"algorithms": []}}},
            "auth": {
                "openapi": {
                    "Bearer": {"bearer": token},
                    "Basic": {"username": name, "password": password},
                }
            },
        }
    )
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.hooks.register_hook_with_name(_is_failure, "filter_failure")
    return schema


def failures_of(schema: Any) -> list[str]:
    """Ask for all that a schema offers (examples, limits, random values); return what was found wrong.

    Args:
        schema: What ``fuzzed`` returned, or a part of it.
    """
    # One of a kind is enough: there can be hundreds.
    found: dict[tuple[object, ...], str] = {}

    # A hook, since the engine's own records differ from release to release.
    def note(context: Any, failure: Any, case: Any, response: Any) -> bool:
        if _is_failure(context, failure, case, response):
            kind = (type(failure).__name__, response.status_code, _error(response)[0])
            found.setdefault(kind, _told(failure, case, response))
        return True

    schema.hooks.register_hook_with_name(note, "filter_failure")
    event: Any
    try:
        for event in schemathesis.engine.from_schema(schema).execute():
            match type(event).__name__:
                case "NonFatalError":
                    found.setdefault((event.label,), f"{event.label}: {event.info.format()}")
                case "FatalError":
                    raise event.exception
    finally:
        schema.hooks.unregister(note)
    return list(found.values())


def _told(failure: Any, case: Any, response: Any) -> str:
    request = case.as_curl_command(headers=dict(response.request.headers))
    return f"{failure}\n  {request[:1000]}\n  {response.status_code} {response.content[:400]!r}"


def _is_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    code, message = _error(response)
    said = failure.message if code is None else message
    return not is_excluded(type(failure).__name__, case.operation.label, code, said)


def _error(response: Any) -> tuple[str | None, str]:
    """Return an answer's openEO error code, None if it is not an error, and its message."""
    if response is None or response.status_code < 400:
        return None, ""
    try:
        error = json.loads(response.content)
        return str(error["code"]), str(error["message"])
    except (ValueError, LookupError, TypeError):
        return "", ""
