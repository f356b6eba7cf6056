"""Listings in parts: ``limit``, and links to the pages around one (openEO API 1.2, "Pagination")."""

from collections.abc import Mapping
from urllib.parse import urlencode

from mock_backend.api.models import Link
from mock_backend.errors import RequestInvalid


def page_size(limit: int | str | None, largest: int) -> int | None:
    """Return how many entries a page has, None for all; raise ``RequestInvalid`` for less than one."""
    if limit is None or limit == "":
        return None
    text = str(limit)
    # The first digits of a very large number are more than the largest page, too.
    number = int(text.lstrip("0")[:20] or 0) if text.isascii() and text.isdigit() else 0
    if number < 1:
        raise RequestInvalid(f"limit must be an integer ≥ 1, got {limit!r}.")
    # More than the largest number is no error: so the OGC wants it.
    return min(number, largest)


def page_links(
    url: str,
    limit: int | None,
    *,
    next: Mapping[str, object] | None = None,  # noqa: A002  # the link's relation is called so
    prev: Mapping[str, object] | None = None,
) -> list[Link]:
    """Return the links to the pages around one.

    Args:
        url: The listing's URL, without a query.
        limit: The size of pages; without one there is only one page.
        next: The query that leads to the next page besides ``limit``; None on the last one.
        prev: The query that leads to the page before; None on the first one.
    """
    if limit is None:
        return []
    return [
        Link(rel=rel, href=f"{url}?{urlencode({'limit': limit, **query})}", type="application/json")
        for rel, query in (("next", next), ("prev", prev))
        if query is not None
    ]
