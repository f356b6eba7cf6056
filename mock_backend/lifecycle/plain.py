"""Orders as JSON values: what scenario files and HTTP carry."""

import base64
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime, timedelta
from typing import Any

from mock_backend.durations import to_iso


def to_plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, timedelta):
        return to_iso(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    if isinstance(value, Mapping):
        return {str(name): to_plain(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(each) for each in value]
    return members_of(value) if is_dataclass(value) else value


def members_of(instance: Any) -> dict[str, Any]:
    """Return the fields of a dataclass that differ from their defaults in value or type, as JSON values."""
    return {
        each.name: to_plain(value)
        for each in fields(instance)
        if (value := getattr(instance, each.name)) != (default := _default_of(each))
        or type(value) is not type(default)
    }


def _default_of(field: Field[Any]) -> Any:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def names_of(kind: Any) -> list[str]:
    """Return the names of the fields of a dataclass that can be given."""
    return [each.name for each in fields(kind) if each.init]
