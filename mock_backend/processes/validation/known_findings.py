"""Cache of problems found in process graphs: tests send the same ones again and again."""

from collections.abc import Callable, Hashable
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from mock_backend.cache import Kept
from mock_backend.processes.validation.problems import Findings

_MOST = 500
#: Of larger graphs each is likely to be another one; in bytes.
_LARGEST = 20_000

_verdicts: Kept[Findings] = Kept(_MOST)


def remembered(
    graph: Any, parameters: Any, *, lenient: bool, offer: Hashable, find: Callable[[], Findings]
) -> Findings:
    """Return the problems of a process graph that is checked against what every back-end offers.

    Args:
        graph: The process graph.
        parameters: The definitions of the parameters that it may refer to.
        lenient: True if it may refer to others, too.
        offer: The unchanged back-end that it is checked against.
        find: Finds the problems if they are not known yet.
    """
    try:
        raw = to_json([graph, parameters])
    except (PydanticSerializationError, ValueError, RecursionError):
        # No proper JSON, e.g. half a surrogate pair.
        return find()
    if len(raw) > _LARGEST:
        return find()
    return _verdicts.get((raw, lenient, offer), find)
