"""The document as schemathesis uses it: to make up requests, and to judge what they are answered."""

import copy
import json
from collections.abc import Iterator
from typing import Any

import schemathesis
import schemathesis.engine

from openeo_contract.exclusions import is_excluded
from openeo_contract.hints import Hints, add_hints
from openeo_contract.links import add_links

#: So many requests for an operation besides those that its schemas' limits suggest.
EXAMPLES = 20


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
    schema.hook("filter_failure")(_is_failure)
    return schema


def failures_of(schema: Any) -> list[str]:
    """Ask for all that a schema offers (examples, limits, random values); return what was found wrong.

    Args:
        schema: What ``fuzzed`` returned, or a part of it.
    """
    found: dict[tuple[object, ...], str] = {}
    for event in schemathesis.engine.from_schema(schema).execute():
        match type(event).__name__:
            case "ScenarioFinished":
                for kind, text in _failures_in(event.recorder):
                    found.setdefault(kind, text)
            case "NonFatalError":
                found.setdefault((event.label,), f"{event.label}: {event.info.format()}")
            case "FatalError":
                raise event.exception
    return list(found.values())


def _failures_in(recorder: Any) -> Iterator[tuple[tuple[object, ...], str]]:
    """Yield what went wrong, and of which kind it is: there can be hundreds of a kind."""
    for case_id in recorder.failing_case_ids():
        for check in recorder.checks[case_id]:
            if (info := check.failure_info) is not None:
                response = recorder.interactions[case_id].response
                status = response and response.status_code
                answer = f"{status} {response.content[:400]!r}" if response else "no answer"
                text = f"{check.name}: {info.failure}\n  {info.code_sample[:1000]}\n  {answer}"
                yield (check.name, status, _error(response)[0]), text


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
