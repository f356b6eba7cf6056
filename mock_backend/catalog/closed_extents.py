"""Closed extents: open ends of time, as instants for clients that take no null."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mock_backend.catalog.coverage import EARLIEST
from mock_backend.catalog.stac.instants import read_instant, write_instant


def closed(document: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return a collection's metadata with an instant at each end of its temporal extents.

    An open start becomes the earliest instant with items, and an open end the last second of the present
    day: there are items up to now, and none after it.

    Args:
        document: The metadata; they stay as they are.
    """
    extent = document["extent"]
    intervals = [_closed(each, now) for each in extent["temporal"]["interval"]]
    changed = {**document, "extent": {**extent, "temporal": {**extent["temporal"], "interval": intervals}}}
    if (dimensions := document.get("cube:dimensions")) is not None:
        changed["cube:dimensions"] = {name: _dimension(each, now) for name, each in dimensions.items()}
    return changed


def _dimension(dimension: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if dimension.get("type") != "temporal" or "extent" not in dimension:
        return dimension
    return {**dimension, "extent": _closed(dimension["extent"], now)}


def _closed(interval: list[str | None], now: datetime) -> list[str]:
    start, end = interval
    first = write_instant(EARLIEST) if start is None else start
    if end is None:
        last = max(now.replace(hour=23, minute=59, second=59), read_instant(first))
        end = write_instant(last)
    return [first, end]
