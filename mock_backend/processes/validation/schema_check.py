"""Check argument values against the JSON Schemas of parameters."""

from collections.abc import Collection, Iterator, Set
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from pydantic_core import to_json

from mock_backend.catalog.stac.instants import is_loose_date
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.validation.kinds import (
    Kinds,
    Path,
    alternatives,
    is_telling,
    kind_of,
    kinds_of,
    may_be,
    quoted,
    subtype_of,
    tell,
    tell_value,
)
from mock_backend.processes.validation.subtype_schemas import SUBTYPES, strict

if TYPE_CHECKING:
    from jsonschema_rs import Draft7Validator, ValidationError


#: Keywords whose complaints hold, whatever the references inside a value turn out to be.
_FINAL = {
    "type",
    "required",
    "additionalProperties",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
}
#: Keywords for details that most back-ends never check.
_FORM = {
    "additionalProperties",
    "const",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "maxLength",
    "maximum",
    "minLength",
    "minimum",
    "multipleOf",
    "pattern",
    "uniqueItems",
}
_SCALARS = {"string", "number", "integer", "boolean", "null"}
_COLLECTION = "GeometryCollection"
_MOST_TOLD = 3
_MOST_LOOKED_AT = 50
#: The most values, and the most hundreds of characters, of an argument of which all errors are listed: the
#: validator lists millions, each with a copy of the value, before it gives the first.
_MOST_LISTED = 5_000
#: The same for arguments of which the first error is given, which has several copies of them.
_MOST_COPIED = 50_000
_LONGEST = 300


class Complaint(NamedTuple):
    """Problem with a value."""

    reason: str  #: The problem and its remedy
    rule: str = "argument-type"  #: The name of the rule that it breaks


_MANY = 500
_NO_UNICODE = Complaint("a text in it is not valid Unicode.")


def _is_unicode(value: Any) -> bool:
    try:
        to_json(value)
    except ValueError as error:
        return "UnicodeEncodeError" not in str(error)
    return True


class _Misfit(NamedTuple):
    """The error of a long value, whatever in it is wrong."""

    instance: Any
    message: str = "something in it is not as its schema says"
    instance_path: tuple[()] = ()
    schema_path: tuple[()] = ()


class _Alternative:
    """One of the schemas of which one has to fit."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.kinds: Kinds = kinds_of(schema)
        # A data cube cannot be written down; it comes from another node.
        self.is_cube = subtype_of(schema) == "datacube"
        self.strict = strict(schema)
        members = self.strict.get("properties")
        self.members: Collection[str] = members if isinstance(members, dict) else ()
        self.subtype = subtype_of(schema)
        if self.subtype in SUBTYPES:
            self.members = {*self.members, *SUBTYPES[self.subtype].get("properties", ())}
        self._validator = _compiled(self.strict)

    @property
    def validates(self) -> bool:
        """True if more than the kind of a value counts."""
        return self._validator is not None

    def takes(self, value: Any) -> bool:
        """Tell whether a value fits."""
        if self.is_cube:
            return False
        if self._validator is None:
            return may_be(frozenset({kind_of(value)}), self.kinds)
        return self._validator.is_valid(value)

    def errors(self, value: Any, holes: Collection[Path]) -> list["ValidationError"]:
        """Return what is wrong with a value whatever is in its holes; only so much of it."""
        if self._validator is None:
            return []
        open_ = set(holes)
        around = {hole[:length] for hole in holes for length in range(len(hole) + 1)}
        listed = (
            self._first_error(value)
            if _holds_more(value, _MOST_LISTED)
            else self._validator.iter_errors(value)
        )
        return list(islice((each for each in listed if not _may_go(each, open_, around)), _MOST_LOOKED_AT))

    def _first_error(self, value: Any) -> Iterator["ValidationError"]:
        from jsonschema_rs import ValidationError

        # The first error lists those of all choices.
        if _has_choices(self.strict) or _holds_more(value, _MOST_COPIED):
            yield _Misfit(value)  # type: ignore[misc]  # what is read of an error
            return
        try:
            self._validator.validate(value)  # type: ignore[union-attr]  # there is one
        except ValidationError as error:
            yield error

    def likeness(self, value: Any) -> int:
        """Count the members of an object that the schema speaks of."""
        return sum(name in value for name in self.members) if isinstance(value, dict) else 0


class Checker:
    """Check values against the schema of a parameter.

    Args:
        schema: The schema as openEO writes it: JSON Schema draft 7 with subtypes, or a list of such.
    """

    def __init__(self, schema: Any) -> None:
        self._alternatives = [_Alternative(each) for each in alternatives(schema)]
        self._kinds = kinds_of(schema)
        self._validates = any(each.validates for each in self._alternatives)

    def complaint(self, value: Any, holes: Collection[Path] = ()) -> Complaint | None:
        """Say what is wrong with a value; None if it fits.

        Args:
            holes: The positions of references to nodes and parameters in it; these fit everywhere.
        """
        try:
            # In a long array the validator takes milliseconds to find each text that is not.
            if isinstance(value, list) and len(value) > _MANY and self._validates and not _is_unicode(value):
                return _NO_UNICODE
            return self._complaint(value, holes)
        except UnicodeError:
            return _NO_UNICODE
        except ValueError:
            return Complaint("it is nested too deeply to be checked.")

    def _complaint(self, value: Any, holes: Collection[Path]) -> Complaint | None:
        for each in self._alternatives:
            if each.takes(value):
                return None
        complaints = []
        for each in self._alternatives:
            if each.is_cube or not may_be(frozenset({kind_of(value)}), each.kinds):
                continue
            errors = each.errors(value, holes)
            if not errors:
                return None
            complaints.append((each.likeness(value), each, errors))
        rules = [_rule_of(errors) for _, _, errors in complaints]
        rule = next((each for each in rules if each != "argument-type"), "argument-type")
        if rule == "argument-type" and isinstance(value, dict) and None in value.values():
            told = {name: each for name, each in value.items() if each is not None}
            rule = "null-argument" if any(each.takes(told) for each in self._alternatives) else rule
        return Complaint(self._told(value, complaints), rule)

    def _told(self, value: Any, complaints: list[tuple[int, _Alternative, list["ValidationError"]]]) -> str:
        expected = f"expected {tell(self._kinds)}"
        best = max((likeness for likeness, _, _ in complaints), default=0)
        meant = [(each, errors) for likeness, each, errors in complaints if likeness == best]
        if len(meant) != 1:
            return f"{expected}, got {tell_value(value)}."
        # Only one alternative can be meant, so its details help.
        (each, errors) = meant[0]
        details = list(dict.fromkeys(_in_words(error, each, value) for error in errors))
        told = " ".join(details[:_MOST_TOLD])
        if len(details) > _MOST_TOLD:
            number = len(details) - _MOST_TOLD if len(errors) < _MOST_LOOKED_AT else "Many"
            told += f" {number} more like that."
        what = tell(each.kinds)
        return f"{told} Expected {what}." if is_telling(each.kinds) and what not in told else told


def _rule_of(errors: list["ValidationError"]) -> str:
    """Return the name of the rule that errors of one alternative break."""
    if all(_keyword(error) in _FORM or _is_loose(error) for error in errors):
        return "argument-form"
    if all(list(error.instance_path)[-1:] == ["type"] and error.instance == _COLLECTION for error in errors):
        return "geometry-collection"
    return "argument-type"


def _is_loose(error: "ValidationError") -> bool:
    """Tell whether a date lacks zeros, or the number of a size is in quotes."""
    value, path = error.instance, list(error.instance_path)
    is_number = isinstance(value, str) and value.isdecimal() and path[-1:] == ["value"]
    return is_number or is_loose_date(value)


def _compiled(schema: Any) -> "Draft7Validator | None":
    """Return what checks values against a schema; None if it is none, as users may define anything."""
    # Imported here: only who validates needs it, and it takes a while.
    from jsonschema_rs import Draft7Validator

    if repr(schema).count("'$ref'") > 1:
        # Parts that refer to others twice, and these again, take for ever to check; nothing can stop that.
        return None
    try:
        return Draft7Validator(schema, retriever=_never)
    except (ValueError, TypeError):
        return None


def _never(uri: str) -> NoReturn:
    """Refuse to fetch what a schema refers to: nothing here asks the network or reads files for a user."""
    raise ValueError(f"{uri} is not fetched.")


def _holds_more(value: Any, most: int) -> bool:
    """Tell whether a value has more than a number of values, or of hundreds of characters, in it."""
    count, left = 0, [value]
    while left and count <= most:
        each = left.pop()
        if isinstance(each, list | dict):
            count += len(each)
            left.extend(each.values() if isinstance(each, dict) else each)
        elif isinstance(each, str):
            count += len(each) // 100
    return count > most


def _has_choices(schema: Any) -> bool:
    """Tell whether one of several schemas has to fit somewhere, and these are not all of single values."""
    if isinstance(schema, list):
        return any(map(_has_choices, schema))
    if not isinstance(schema, dict):
        return False
    choices = [*schema.get("anyOf", ()), *schema.get("oneOf", ())]
    singles = (isinstance(each, dict) and str(each.get("type")) in _SCALARS for each in choices)
    return not all(singles) or any(map(_has_choices, schema.values()))


def _may_go(error: "ValidationError", holes: Set[Path], around: Set[Path]) -> bool:
    """Tell whether there may be no such error once the holes are filled; ``around`` is what they are in."""
    if not holes:
        return False
    path = tuple(error.instance_path)
    if any(path[:length] in holes for length in range(len(path) + 1)):
        return True
    return _keyword(error) not in _FINAL and path in around


def _keyword(error: "ValidationError") -> str | int:
    return error.schema_path[-1] if error.schema_path else ""


def _in_words(error: "ValidationError", alternative: _Alternative, value: Any) -> str:
    """Say what an error of the validator means, and where it is."""
    for step in error.instance_path:
        value = value[step]
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in error.instance_path)
    message = _message(error, _schema_of(error, alternative.strict), value)
    message = (f"{path.removeprefix('.')}: " if path else "") + message
    return message if message.endswith(("?", ".", "…")) else f"{message}."


def _message(error: "ValidationError", schema: Any, value: Any) -> str:
    keyword = _keyword(error)
    if isinstance(schema, dict):
        kinds, choices = kinds_of(schema), _choices(schema)
        if isinstance(value, str) and choices:
            return f"there is no {quoted(value)}.{did_you_mean(value, choices)}"
        if keyword in ("type", "anyOf", "oneOf", "format") or (keyword == "pattern" and is_telling(kinds)):
            return f"expected {tell(kinds)}, got {tell_value(value)}"
        if keyword == "required" and isinstance(value, dict):
            return (
                f"{' and '.join(repr(name) for name in schema['required'] if name not in value)} is missing"
            )
        if keyword == "additionalProperties" and isinstance(value, dict):
            members = schema.get("properties", {})
            name = next((each for each in value if each not in members), "")
            hint = did_you_mean(name, members) if members else " Nothing is expected in this object."
            return f"there is no member {quoted(name)}.{hint}"
    message = error.message
    return message if len(message) <= _LONGEST else f"{message[:_LONGEST]}…"


def _choices(schema: dict[str, Any]) -> list[str]:
    """Return the texts of which one has to be chosen; none if there are others, too."""
    texts = [each for each in alternatives(schema) if each.get("type", "string") == "string"]
    if not all(isinstance(each.get("enum"), list) for each in texts):
        return []
    return [choice for each in texts for choice in each["enum"] if isinstance(choice, str)]


def _schema_of(error: "ValidationError", schema: Any) -> Any:
    """Return the part of a schema that an error is about; None if it is not found."""
    for step in error.schema_path[:-1]:
        try:
            schema = schema[step]
        except (KeyError, IndexError, TypeError):
            return None
    return schema
