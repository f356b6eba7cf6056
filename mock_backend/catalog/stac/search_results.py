"""Items that a search finds: those of several collections, in an order, page by page."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import dropwhile, islice

from mock_backend.catalog.collection import Described
from mock_backend.catalog.coverage import Visit
from mock_backend.catalog.stac.filtering import Filter
from mock_backend.catalog.stac.items import covers_of, fields_of, ids_by_prefix, prefix_of, visit_of
from mock_backend.catalog.stac.query import ItemQuery, token_of
from mock_backend.catalog.stac.stac import CLOUDS
from mock_backend.dataclass import dataclass
from mock_backend.errors import RequestInvalid

#: Maximum number of items that one request looks at, one by one, to filter or to sort them.
MOST = 20_000

#: Of how many items a filter is tried on each, so that the number of all that match is known.
COUNTED = 2_000

#: Items count several times if filters are larger than this.
_USUAL = 20

# The number of items whose cloud cover is found out at once; of fewer at first.
_FEW, _AT_ONCE = 16, 128

#: A collection, and what is wanted of it.
Source = tuple[Described, ItemQuery]
Found = tuple[Described, Visit]
_Key = tuple[datetime, int, Visit]


@dataclass(frozen=True)
class Page:
    """A page of items."""

    items: Sequence[Found]
    following: str | None  #: The token of the next page; None for the last one
    matched: int | None  #: The number of items on all pages; None if it is not known


def find_items(collections: Sequence[Described], wanted: ItemQuery, now: datetime, seed: int) -> Page:
    """Return a page of the items of some collections.

    Args:
        now: There is nothing in the future.

    Raises:
        RequestInvalid: If too many items would have to be sorted, or the token is of another search.
    """
    # There may be millions of ids: none is looked at for collections that it is not of.
    named = None if wanted.ids is None else ids_by_prefix(wanted.ids)
    sources = []
    for each in collections:
        own = wanted if named is None else replace(wanted, ids=named.get(prefix_of(each), ()))
        if (left := _wanted_of(each, own)) is not None:
            sources.append((each, left))
    if wanted.after is not None and wanted.after[0] not in [each.id for each, _ in sources]:
        raise RequestInvalid("token belongs to another search than this one.")
    candidates = _count(sources, now)
    streamed = wanted.order is None or wanted.order.by_time
    if streamed and all(own.filter is None for _, own in sources):
        found = islice(_stream(sources, wanted, now), wanted.limit + 1)
        return _page(list(found), wanted.limit, candidates)
    effort = candidates * _effort(sources)
    if streamed and effort > COUNTED:
        return _filtered(sources, wanted, now, seed)
    if effort <= MOST:
        matching = _sorted(sources, wanted, now, seed)
        rest = matching[_place_after(matching, wanted) :]
        return _page(rest[: wanted.limit + 1], wanted.limit, len(matching))
    raise RequestInvalid(
        f"sortby would compare {candidates} items, and at most {MOST * candidates // effort} are possible: "
        "narrow the search by datetime, bbox, intersects or collections, or sort by datetime alone."
    )


def _wanted_of(collection: Described, wanted: ItemQuery) -> ItemQuery | None:
    """Return what is wanted of a collection, with what its filter says of times; None for nothing."""
    if wanted.filter is None:
        return wanted
    rest = wanted.filter.within(collection.id)
    if isinstance(rest, bool):
        return replace(wanted, filter=None) if rest else None
    return replace(wanted.during(*rest.period), filter=rest)


def _page(found: Sequence[Found], limit: int, matched: int | None) -> Page:
    shown = found[:limit]
    return Page(shown, _token(shown[-1]) if len(found) > limit else None, matched)


def _token(found: Found) -> str:
    return token_of(found[0].id, found[1])


def _filtered(sources: Sequence[Source], wanted: ItemQuery, now: datetime, seed: int) -> Page:
    """Return the next items that match; a page ends early, perhaps without any, if that takes too long."""
    shown: list[Found] = []
    filters, effort = _filters(sources), _effort(sources)
    every = _covered(_stream(sources, wanted, now), filters, seed)
    for seen, (found, cover) in enumerate(every, 1):
        if _matches(filters, found, cover):
            shown.append(found)
        if len(shown) > wanted.limit:
            return _page(shown, wanted.limit, None)
        if seen * effort >= MOST:
            return Page(shown, _token(found), None)
    return Page(shown, None, None)


def _sorted(sources: Sequence[Source], wanted: ItemQuery, now: datetime, seed: int) -> list[Found]:
    """Return all items that match, in order."""
    filters = _filters(sources)
    every = _covered(_stream(sources, replace(wanted, after=None), now), filters, seed)
    matching = [found for found, cover in every if _matches(filters, found, cover)]
    if wanted.order is None or wanted.order.by_time:
        return matching
    covers = covers_of(matching, seed)
    items = [fields_of(*each, cover) | {"found": each} for each, cover in zip(matching, covers, strict=True)]
    wanted.order.sort(items)
    return [item["found"] for item in items]


def _place_after(matching: Sequence[Found], wanted: ItemQuery) -> int:
    if wanted.after is None:
        return 0
    names = [(collection.id, visit) for collection, visit in matching]
    return names.index(wanted.after) + 1 if wanted.after in names else len(names)


def _effort(sources: Sequence[Source]) -> int:
    """Return how many times each item counts as filters are larger than usual ones."""
    return max((own.filter.size // _USUAL for _, own in sources if own.filter is not None), default=0) or 1


def _filters(sources: Sequence[Source]) -> Mapping[str, Filter | None]:
    return {collection.id: own.filter for collection, own in sources}


def _matches(filters: Mapping[str, Filter | None], found: Found, cover: float | None) -> bool:
    chosen = filters[found[0].id]
    return chosen is None or chosen.matches(fields_of(*found, cover))


def _covered(
    every: Iterator[Found], filters: Mapping[str, Filter | None], seed: int
) -> Iterator[tuple[Found, float | None]]:
    """Yield items with their cloud cover, if a filter asks for it: of many at once, which is cheaper."""
    if not any(each is not None and CLOUDS in each.names for each in filters.values()):
        yield from ((found, None) for found in every)
        return
    size = _FEW
    while some := list(islice(every, size)):
        yield from zip(some, covers_of(some, seed), strict=True)
        size = min(size * 2, _AT_ONCE)


def _stream(sources: Sequence[Source], wanted: ItemQuery, now: datetime) -> Iterator[Found]:
    """Yield the items that are wanted, filters aside, after that of the token."""
    if wanted.order is not None and wanted.order.by_time:
        yield from _by_time(sources, wanted, wanted.order.descending, now)
        return
    after, names = wanted.after, [collection.id for collection, _ in sources]
    first = 0 if after is None else names.index(after[0])
    for place, (collection, own) in enumerate(sources[first:]):
        before = after[1] if after is not None and place == 0 else None
        for visit in _visits(collection, own, now, before=before):
            yield collection, visit


def _by_time(
    sources: Sequence[Source], wanted: ItemQuery, descending: bool, now: datetime
) -> Iterator[Found]:
    # Time, place of the collection and item: no two are the same, so that a page can begin anywhere.
    last: _Key | None = None
    if wanted.after is not None:
        place = [collection.id for collection, _ in sources].index(wanted.after[0])
        last = _key(place, sources[place][0], wanted.after[1])

    def keys(place: int, collection: Described, own: ItemQuery) -> Iterator[_Key]:
        if last is not None:
            # The rest was on the pages before.
            own = own.during(None, last[0]) if descending else own.during(last[0], None)
        for visit in _visits(collection, own, now, rising=not descending):
            yield _key(place, collection, visit)

    found: Iterator[_Key] = heapq.merge(
        *(keys(place, *source) for place, source in enumerate(sources)), reverse=descending
    )
    if last is not None:
        found = dropwhile(last.__le__ if descending else last.__ge__, found)
    for _, place, visit in found:
        yield sources[place][0], visit


def _key(place: int, collection: Described, visit: Visit) -> _Key:
    return collection.coverage.seen(visit)[0], place, visit


def _visits(
    collection: Described,
    own: ItemQuery,
    now: datetime,
    *,
    before: Visit | None = None,
    rising: bool = False,
) -> Iterator[Visit]:
    """Yield the items of a collection, filter aside: newest first (perhaps before some one), or rising."""
    chosen = own.select(collection.coverage, now)
    if own.ids is None:
        return chosen.rising() if rising else chosen.visits(before)
    named = {visit_of(collection, each, now) for each in own.ids}
    visits = sorted((each for each in named if each is not None and each in chosen), reverse=not rising)
    return (each for each in visits if before is None or each < before)


def _count(sources: Sequence[Source], now: datetime) -> int:
    return sum(
        len(own.select(collection.coverage, now))
        if own.ids is None
        else len(list(_visits(collection, own, now)))
        for collection, own in sources
    )
