"""Crossings of the edges of geometries: for each of them GEOS takes some time, and makes a corner.

Real geometries hardly ever cross themselves; polygons of a few hundred random corners do thousands of times.
"""

from typing import Any

from mock_backend.engine.steps.flow import too_much

#: The largest number of crossings where polygons are made valid, and where geometries are widened or joined.
MENDED, MADE = 2_000, 20_000
#: The number of pairs of edges that are looked at, and the least if there are fewer edges than that.
_PAIRS, _FEW = 1 << 18, 1 << 12


def limit_crossings(shapes: Any, most: int, *, joined: bool = False) -> None:
    """Check that geometries do not cross very often.

    Args:
        shapes: An array of shapely's geometries, or None.
        most: The largest number of crossings.
        joined: True if one geometry may cross another one, too, and not only itself.

    Raises:
        ProcessGraphComplexity: If there are more, as far as some of the edges tell.
    """
    if (count := crossings_of(shapes, joined=joined)) > most:
        raise too_much(
            f"the edges of its geometries cross about {count:,} times, and {most:,} is the most",
            "Simplify the geometries, or make them valid.",
        )


def crossings_of(shapes: Any, *, joined: bool) -> int:
    """Return how often the edges of geometries cross, counted if they are few, or estimated.

    Args:
        shapes: As of ``limit_crossings``.
        joined: Likewise.
    """
    import numpy as np

    from mock_backend.landscape.sensors.geojson import edges_of, parts_of

    parts, owners = parts_of(shapes)
    edges, part = edges_of(parts)
    return count_crossings(edges, np.zeros(len(edges), int) if joined else owners[part])


def count_crossings(edges: Any, owner: Any) -> int:
    """Return how often edges of the same owner cross, see ``crossings_of``.

    Args:
        edges: An array: each from x and y to x and y.
        owner: The number of the owner of each edge.
    """
    import numpy as np

    is_some = np.isfinite(edges).all(axis=1)
    order = np.argsort(owner[is_some], kind="stable")
    edges, owner = edges[is_some][order], owner[is_some][order]
    # Pairs of edges of the same geometry, by number: those of the first edge, those of the second one, ...
    first = np.searchsorted(owner, owner)
    after = np.cumsum(np.searchsorted(owner, owner, side="right") - first)
    count = int(after[-1]) if len(after) else 0
    pairs = max(min(32 * len(edges), _PAIRS), _FEW)
    chosen = np.arange(count) if count <= pairs else np.random.default_rng(0).integers(count, size=pairs)
    one = np.searchsorted(after, chosen, side="right")
    other = first[one] + after[one] - 1 - chosen
    found = np.count_nonzero(_cross(edges[one], edges[other]))
    return round(found * count / max(len(chosen), 1) / 2)


def _cross(edges: Any, others: Any) -> Any:
    """Tell which edges cross others: the ends of each are on different sides of the other."""
    start, end, starts, ends = edges[:, :2], edges[:, 2:], others[:, :2], others[:, 2:]
    own = _side(start, end, starts) * _side(start, end, ends)
    # Exactly 0 for those that only meet.
    return (own < 0) & (_side(starts, ends, start) * _side(starts, ends, end) < 0)


def _side(start: Any, end: Any, point: Any) -> Any:
    """Return a number that is positive where points are left of lines, and negative right of them."""
    return (end - start)[:, 0] * (point - start)[:, 1] - (end - start)[:, 1] * (point - start)[:, 0]
