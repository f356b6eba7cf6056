"""Sources of data cubes: collections, files, STAC, GeoJSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from mock_backend.catalog import Band, Described
from mock_backend.catalog.stac.instants import write_instant
from mock_backend.engine.core.instants import Period, period_of
from mock_backend.engine.cubes import DataCube, Dimension, Grid
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.engine.given_data.url_contents import UnknownContentError
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.memory import HeldValues, Same
from mock_backend.engine.sources.source import Source
from mock_backend.engine.steps.areas import SOMEWHERE, UNKNOWN_FEATURE, Area, Feature, Geometry, feature_of
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.dimensions import lacks_labels
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs.collection_facts import USUAL, holding_of
from mock_backend.engine.steps.inputs.native_grid import (
    RESOLUTION,
    ItemFilter,
    Native,
    Visits,
    dates_of,
    degrees,
)
from mock_backend.engine.steps.inputs.own_data import (
    conditions_of,
    data_of_files,
    day_of,
    features_in,
    loaded,
    stac_data,
    unknown,
)
from mock_backend.engine.steps.shape import PLAIN_NAME, complete, rebuilt
from mock_backend.errors import CollectionNotFound
from mock_backend.landscape.sensors.sensor import UNKNOWN, Sensor

#: So long are periods that begin in the future and have no end.
_SOON = timedelta(days=30)
#: Most processes of which nothing is known load this collection.
_MOST_USED = "SENTINEL2_L2A"
_VECTORS = ("geojson", "parquet", "geoparquet", "esri shapefile", "flatgeobuf", "gpkg", "csv", "json")


def load_collection(asked: StepCall) -> Flow:
    """Load a collection."""
    name = asked.text("id") or ""
    try:
        collection = asked.surroundings.catalogue.known(name)
    except CollectionNotFound:
        return _unknown(asked)
    bands = holding_of(collection).described_bands
    if bands is not None and lacks_labels(asked, bands, asked.texts("bands"), "bands"):
        asked = replace(asked, arguments={**asked.arguments, "bands": None})
    return _loaded(asked, collection)


def load_stac(asked: StepCall) -> Flow:
    """Load what a URL leads to: collections and items of this back-end, results, other documents."""
    return _of_stac(asked, asked.text("url") or "", "url")


def load_result(asked: StepCall) -> Flow:
    """Load the results of a job, by its id or by a URL."""
    name = asked.text("id") or ""
    return _of_stac(asked, name if "://" in name else asked.reader.results(name), "id")


def load_url(asked: StepCall) -> Flow:
    """Load the file at a URL."""
    url = asked.text("url") or ""
    return _of_files(asked, "url", lambda: {url: asked.reader.url(url)})


def load_uploaded_files(asked: StepCall) -> Flow:
    """Load files of the user."""
    paths = asked.texts("paths")
    return _of_files(asked, "paths", lambda: {path: asked.reader.file(path) for path in paths})


def load_geojson(asked: StepCall) -> Flow:
    """Make a vector cube of GeoJSON, or of that at a URL."""
    url, features = asked.text("data"), asked.features("data")
    if url is not None:
        try:
            features = features_in(asked.reader.url(url), url, None)
        except UnknownContentError as error:
            unknown(asked, "data", error)
            features = (UNKNOWN_FEATURE,)
    return vectors(features, asked.texts("properties"))


def _of_stac(asked: StepCall, url: str, parameter: str) -> Flow:
    catalogue = asked.surroundings.catalogue
    try:
        if asked.reader.is_own(url) and "/collections/" in url:
            document = asked.reader.json(url)
            is_item = document.get("type") == "Feature"
            collection = catalogue.known(str(document.get("collection" if is_item else "id")))
            return _loaded(_within(asked, document) if is_item else asked, collection)
        return stac_data(asked, url)
    except UnknownContentError as error:
        try:
            # Catalogues elsewhere have collections of the same ids.
            return _loaded(asked, catalogue.known(urlsplit(url).path.rstrip("/").rpartition("/")[2]))
        except CollectionNotFound:
            unknown(asked, parameter, error)
            return _unknown(asked)


def _within(asked: StepCall, item: Mapping[str, Any]) -> StepCall:
    """Return a call that is limited to the area and the day of an item, as far as it names no other ones."""
    west, south, east, north = item["bbox"]
    area = {"west": west, "south": south, "east": east, "north": north}
    limits = {"spatial_extent": area, "temporal_extent": day_of(item)}
    given = {name: each for name, each in asked.arguments.items() if each is not None}
    return replace(asked, arguments={**limits, **given})


def _of_files(asked: StepCall, parameter: str, read: Callable[[], Mapping[str, bytes]]) -> Flow:
    kind = asked.text("format")
    try:
        contents = read()
        features = [each for name, content in contents.items() for each in features_in(content, name, kind)]
        return vectors(features) if features else data_of_files(asked, contents)
    except UnknownContentError as error:
        unknown(asked, parameter, error)
        return load_files(asked)


def load_files(asked: StepCall) -> Flow:
    """Stand in for files of which nothing is known but their format."""
    if (asked.text("format") or "").lower() in _VECTORS:
        asked.stands_in()
        return vectors((UNKNOWN_FEATURE,))
    return _unknown(asked, has_time=False)


def create_data_cube(asked: StepCall) -> Flow:  # noqa: ARG001  # the signature of a source
    """Make a data cube without dimensions."""
    band = complete(Band(PLAIN_NAME, data_type="float32"))
    return Flow(DataCube((), (band,), source=Same()))


def vectors(features: Sequence[Feature], properties: Sequence[str] = ()) -> Flow:
    """Return a vector cube, with the named properties of its features as values."""
    dimensions = [Dimension("geometry", "geometry", tuple(range(len(features))))]
    told = [given if isinstance(given := each.get("properties"), Mapping) else {} for each in features]
    rows = [[each.get(name) for name in properties] for each in told]
    flat = [item for row in rows for each in row for item in (each if isinstance(each, list) else [each])]
    numbers: list[Any] = [each for each in flat if _is_number(each)]
    band = complete(
        Band(
            PLAIN_NAME,
            data_type="float64" if numbers else "float32",
            minimum=min(numbers, default=None),
            maximum=max(numbers, default=None),
        )
    )
    source: Source = Same()
    if properties:
        labels: tuple[Any, ...] = tuple(properties)
        if len(labels) == 1 and any(isinstance(row[0], list) for row in rows):
            # The elements of lists are values by themselves.
            rows = [row[0] if isinstance(row[0], list) else [] for row in rows]
            labels = tuple(range(max(map(len, rows))))
        dimensions.append(Dimension("properties", "other", labels))
        values = np.full((len(features), len(labels)), np.nan)
        for place, row in enumerate(rows):
            values[place, : len(row)] = [each if _is_number(each) else np.nan for each in row]
        source = HeldValues(values)
    return Flow(
        DataCube(tuple(dimensions), (band,), geometries=tuple(features), is_given=True, source=source)
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _loaded(asked: StepCall, collection: Described) -> Flow:
    if collection.data is not None:
        return loaded(asked, collection.data, collection.id, _item_filter(asked, collection))
    holding = holding_of(collection)
    coverage, now = collection.coverage, asked.surroundings.now
    bands, chosen = holding.chosen(asked.texts("bands"))
    place = asked.place("spatial_extent")
    native = holding.native(bands)
    grid: Grid | None = None
    if holding.has_pixels:
        grid = (
            native.whole() if place is None else asked.guarded("spatial_extent", lambda: native.around(place))
        )
        if grid is None:
            raise asked.no_data(
                f"the collection {collection.id!r} covers {list(coverage.bbox)}, not this area."
            )
    wanted = period_of(asked.get("temporal_extent"))
    if holding.has_time and coverage.until is None and asked.lets_begin(wanted.start):
        now = wanted.end or wanted.start + _SOON
    visits = Visits(coverage, wanted, now, _item_filter(asked, collection))
    dimensions = list(chosen)
    if holding.has_time:
        area = None if place is None else place.degrees
        labels = visits.labels(area)
        if not labels:
            last = min(coverage.until or now, now)
            raise asked.no_data(
                f"the collection {collection.id!r} has none in this period; there are some until "
                f"{write_instant(last)}, which is {'now' if last == now else 'its end'}."
            )
        dimensions = [replace(each, labels=labels) if each.kind == "temporal" else each for each in chosen]
    period = Period(coverage.since, coverage.until)
    if holding.has_time:
        period = Period(coverage.since, now if coverage.until is None else min(now, coverage.until))
        period = period.shared(visits.period)
    geometries: tuple[Feature, ...] = ()
    if holding.has_geometries:
        # The area that is asked for.
        inside = Area(coverage.bbox) if place is None else place.clipped(coverage.bbox)
        geometries = (feature_of(SOMEWHERE if inside is None else inside.degrees),)
    cube = rebuilt(DataCube((), bands, grid=grid), dimensions, geometries=geometries, period=period.texts())
    is_open = place is None and grid is not None
    everywhere = replace(native, visits=visits if holding.has_time else None) if is_open else None
    cube = painted(cube, asked.surroundings.seed, None if place is None else place.geometry, holding.sensor)
    return Flow.loaded(cube, asked.node, collection.id, everywhere)


def painted(cube: DataCube, seed: int, within: Geometry | None = None, sensor: Sensor = UNKNOWN) -> DataCube:
    """Return a cube with values of the landscape.

    Args:
        within: A geometry in degrees outside of which there are no values, if there is one.
        sensor: The facts of its collection, if it belongs to one.
    """
    geometries = cube.geometries if cube.grid is None else ()
    source: Source = Painted(cube.others, cube.bands, seed, cube.period, cube.spans, geometries, sensor)
    if within is not None and cube.grid is not None:
        from mock_backend.engine.sources.zones import Inside

        source = Inside(source, within)
    return replace(cube, source=source)


def _item_filter(asked: StepCall, collection: Described) -> ItemFilter | None:
    known = {each.name for each in collection.item_summaries}
    conditions = {name: each for name, each in conditions_of(asked).items() if name in known}
    return (
        ItemFilter(collection, conditions, asked.surroundings.seed, asked.stands_in) if conditions else None
    )


def stand_in(asked: StepCall) -> Flow:
    """Return the data cube that a call has, or one of the usual form, where and when its arguments say."""
    if (flow := asked.flow("data")) is not None:
        asked.stands_in()
        return flow
    return _unknown(
        asked,
        where=next(_places(asked), "spatial_extent"),
        when=next(_periods(asked), "temporal_extent"),
        like=_MOST_USED,
    )


def says_where_or_when(asked: StepCall) -> bool:
    """Tell whether some argument of a call is an area or a period."""
    return any(True for found in (_places(asked), _periods(asked)) for _ in found)


def _places(asked: StepCall) -> Iterator[str]:
    given = (
        name
        for name, value in asked.arguments.items()
        if isinstance(value, Mapping) or (isinstance(value, Flow) and value.cube.geometries)
    )
    return (name for name in given if asked.place(name) is not None)


def _periods(asked: StepCall) -> Iterator[str]:
    return (name for name in asked.arguments if not period_of(asked.get(name)).is_open)


def read_vector(asked: StepCall) -> Flow:
    """Make a vector cube of GeoJSON, or of that at a URL or in a file of the user."""
    name = asked.text("filename")
    if name is None:
        return features_of_anything(asked)
    try:
        return vectors(features_in(asked.reader.content(name), name, None) or (UNKNOWN_FEATURE,))
    except UnknownContentError as error:
        unknown(asked, "filename", error)
        asked.stands_in()
        return vectors((UNKNOWN_FEATURE,))


def features_of_anything(asked: StepCall) -> Flow:
    """Make a vector cube of geometries, or of unread content."""
    found = (asked.features(name) for name in asked.arguments if asked.flow(name) is None)
    features = next(filter(None, found), ())
    if not features:
        asked.stands_in()
    return vectors(features or (UNKNOWN_FEATURE,))


def _unknown(
    asked: StepCall,
    *,
    has_time: bool = True,
    where: str = "spatial_extent",
    when: str = "temporal_extent",
    like: str | None = None,
) -> Flow:
    """Load unknown content: of the usual form, at the requested place and time.

    Args:
        like: A collection with the first date of which it begins; by default with the period's first day.
    """
    labels = asked.texts("bands") or ("B01",)
    bands = [complete(Band(label, data_type="float32")) for label in labels]
    place = asked.place(where)
    native = Native(DEGREES, degrees(RESOLUTION), degrees(RESOLUTION))
    grid = native.whole() if place is None else asked.guarded(where, lambda: native.around(place))
    period = period_of(asked.get(when))
    now = asked.surroundings.now
    start = period.start or now.replace(month=1, day=1)
    dates: Sequence[str] = ()
    if like is not None:
        with suppress(CollectionNotFound):
            coverage = asked.surroundings.catalogue.known(like).coverage
            dates = dates_of(coverage, None if place is None else place.degrees, period, now)
    known = {"temporal": (dates[0] if dates else f"{start.date()}T00:00:00Z",), "bands": labels}
    wanted = [each for each in USUAL if has_time or each.kind != "temporal"]
    dimensions = [replace(each, labels=known.get(each.kind)) for each in wanted]
    cube = rebuilt(
        DataCube((), tuple(bands), grid=grid),
        dimensions,
        period=Period(start, period.end or max(now, start)).texts(),
    )
    asked.stands_in()
    cube = painted(cube, asked.surroundings.seed, None if place is None else place.geometry)
    # Without an area it is everywhere, until a later step chooses one.
    found = Flow.loaded(cube, asked.node, None, native if place is None else None)
    return replace(found, is_certain=False)
