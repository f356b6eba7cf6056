"""Filters of items: expressions in CQL2, the Common Query Language of OGC, as text or as JSON."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mock_backend.catalog.stac.instants import read_instant
from mock_backend.errors import RequestInvalid
from mock_backend.errors.suggestions import did_you_mean

if TYPE_CHECKING:
    from cql2 import Expr

#: The languages that a filter may be written in.
LANGUAGES = ("cql2-text", "cql2-json")

_CRS = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

#: Minimum and maximum number of arguments of operators and functions.
_ARITY = {
    **dict.fromkeys(("and", "or"), (1, None)),
    **dict.fromkeys(("not", "isNull", "casei", "accenti"), (1, 1)),
    **dict.fromkeys(("=", "<>", "<", "<=", ">", ">=", "like", "in", "*", "/", "%", "^", "div"), (2, 2)),
    **dict.fromkeys(("+", "-"), (1, 2)),
    "between": (3, 3),
}
#: Those on geometries, times and arrays compare two of them.
_RELATION = re.compile(r"[sta]_\w+", re.ASCII)

_LOWER = frozenset({"=", ">", ">=", "between", "t_after", "t_during", "t_intersects", "t_equals"})
_UPPER = frozenset({"=", "<", "<=", "between", "t_before", "t_during", "t_intersects", "t_equals"})

# The parser is recursive and has no limit of its own; deeper texts than any sensible filter would end the
# process. Numbers in parentheses are coordinates mostly, where signs are no operators.
_NUMBER = r"[-+]?\d+(?:\.\d*)?(?:[eE][-+]?\d+)?"
_FLAT = re.compile(rf"'(?:[^']|'')*'|\(\s*{_NUMBER}(?:[\s,]+{_NUMBER})*\s*\)")
_NESTING = re.compile(r"\bnot\b|[-+*/%^]", re.IGNORECASE)
_MOST_NESTED = 32

Period = tuple[datetime | None, datetime | None]


class Filter:
    """An expression that items match or do not match."""

    def __init__(self, expression: "Expr") -> None:
        self._expression = expression
        self._json = expression.to_json()
        parts = list(_parts(self._json))
        #: Amount of work to evaluate: its operators, arguments and literals.
        self.size = str(self._json).count(",") + 1
        #: The names of the properties that it asks for, without the prefix ``properties.``.
        self.names = {
            str(part["property"]).removeprefix("properties.") for part in parts if "property" in part
        }
        # What is missing counts as null when the library reduces an expression.
        self._reduces = not any(part.get("op") == "isNull" for part in parts)

    @property
    def period(self) -> Period:
        """The period of the items that can match, both ends of which belong to it; None is an open one."""
        return _period(self._json)

    def within(self, collection_id: str) -> "Filter | bool":
        """Return what is left of the filter for items of a collection, or the value that it has for all."""
        if not self._reduces:
            return self
        rest = self._expression.reduce({"collection": collection_id})
        value = rest.to_json()
        return value if isinstance(value, bool) else Filter(rest)

    def check(self, names: Set[str]) -> None:
        """Check that it asks for these properties only; raise ``RequestInvalid`` if it asks for another."""
        for name in sorted(self.names - names):
            hint = did_you_mean(name, names)
            raise RequestInvalid(f"filter names {name!r}, which is not a queryable of the collections.{hint}")

    def matches(self, fields: Mapping[str, Any]) -> bool:
        """Tell whether an item matches; not if a property is missing or of another type, as in SQL.

        Args:
            fields: The item, of which ``links`` and ``assets`` do not count.
        """
        properties = fields["properties"]
        # What it does not ask for would only have to be translated for the library.
        item: dict[str, Any] = {
            name: fields[name] for name in ("id", "collection", "geometry") if name in self.names
        }
        item["properties"] = {name: properties[name] for name in self.names if name in properties}
        try:
            return self._expression.matches(item)
        except Exception:  # the library raises no other if a part of the expression is unknown
            return False


def read_filter(given: object, language: str | None = None, crs: str | None = None) -> Filter:
    """Read a filter; raise ``RequestInvalid`` if it is none.

    Args:
        given: The expression: a text, or an object in CQL2 JSON.
        language: One of ``LANGUAGES``; by default what fits the type of the expression.
        crs: The coordinate system of geometries in the expression.
    """
    if crs is not None and crs != _CRS:
        raise RequestInvalid(f"filter-crs can only be {_CRS}, got {crs!r}.")
    found = _parsed(given, language or LANGUAGES[not isinstance(given, str)])
    expression = found.to_json()
    if not (isinstance(expression, bool) or (isinstance(expression, Mapping) and "op" in expression)):
        raise RequestInvalid(f"filter is an expression that is true or false, which {given!r} is not.")
    for part in _parts(expression):
        if "op" in part:
            _check_arity(str(part["op"]), len(part["args"]))
    return Filter(found)


def _parsed(given: object, language: str) -> "Expr":
    # A native library of some size; most back-ends are never asked for it.
    import cql2

    if language not in LANGUAGES:
        raise RequestInvalid(f"filter-lang must be {' or '.join(LANGUAGES)}, got {language!r}.")
    try:
        if language == "cql2-json":
            expression = json.loads(given) if isinstance(given, str) else given
            for part in _parts(expression):
                _flatten(part)
            return cql2.parse_json(json.dumps(expression))
        if not isinstance(given, str):
            raise RequestInvalid(f"filter in {language} must be a string, got {given!r}.")
        _check_depth(given)
        return cql2.parse_text(given)
    except (cql2.ParseError, ValueError, RecursionError) as error:
        raise RequestInvalid(f"filter is not a valid {language} expression: {error}.") from None


def _flatten(part: Mapping[str, Any]) -> None:
    """Write a call of ``between`` as it is written today: drafts of CQL2 had its limits in a list."""
    arguments = part.get("args")
    if part.get("op") == "between" and isinstance(arguments, list) and len(arguments) == 2:
        value, limits = arguments
        arguments[:] = [value, *limits] if isinstance(limits, list) else arguments


def _check_arity(operator: str, count: int) -> None:
    known = (2, 2) if _RELATION.fullmatch(operator) else _ARITY.get(operator)
    if known is None:
        raise RequestInvalid(f"filter uses {operator!r}, which is not an operator or function of CQL2.")
    fewest, most = known
    if count < fewest or (most is not None and count > most):
        raise RequestInvalid(
            f"filter calls {operator!r} with {count} arguments, and it takes {most or fewest}."
        )


def _check_depth(text: str) -> None:
    rest = _FLAT.sub("", text)
    depth = deepest = 0
    for character in rest:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if max(deepest, len(_NESTING.findall(rest))) > _MOST_NESTED:
        raise RequestInvalid(f"filter is nested too deeply: at most {_MOST_NESTED} operators can be.")


def _parts(expression: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(expression, Mapping):
        yield expression
        yield from _parts(expression.get("args"))
    elif isinstance(expression, Sequence) and not isinstance(expression, str):
        for each in expression:
            yield from _parts(each)


def _period(expression: object) -> Period:
    """Return a period outside of which nothing matches, as far as comparisons with literals tell."""
    if not isinstance(expression, Mapping):
        return None, None
    operator, arguments = expression.get("op"), expression.get("args", ())
    if operator == "and":
        periods = [_period(each) for each in arguments]
        starts = [start for start, _ in periods if start is not None]
        ends = [end for _, end in periods if end is not None]
        return max(starts, default=None), min(ends, default=None)
    if len(arguments) < 2 or arguments[0] not in (
        {"property": "datetime"},
        {"property": "properties.datetime"},
    ):
        return None, None
    start, end = _ends(arguments[1])[0], _ends(arguments[-1])[1]
    return start if operator in _LOWER else None, end if operator in _UPPER else None


def _ends(literal: object) -> Period:
    if isinstance(literal, Mapping):
        literal = literal.get("timestamp") or literal.get("date") or literal.get("interval")
    first, last = literal if isinstance(literal, list) and len(literal) == 2 else (literal, literal)
    return _instant(first), _instant(last, end=True)


def _instant(text: object, *, end: bool = False) -> datetime | None:
    try:
        return read_instant(text, end=end) if isinstance(text, str) else None
    except ValueError:
        return None
