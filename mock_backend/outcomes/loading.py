"""Where data cubes come from: collections, files, STAC, GeoJSON."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from mock_backend.catalog import Band, Described
from mock_backend.catalog.instants import write_instant
from mock_backend.cubes import DataCube, Dimension, Grid
from mock_backend.cubes.projection import DEGREES, Box
from mock_backend.errors import CollectionNotFound
from mock_backend.outcomes.asking import Asked, names
from mock_backend.outcomes.flow import Extent, Flow, Read, layers
from mock_backend.outcomes.holding import USUAL, holding_of
from mock_backend.outcomes.instants import Period, period_of
from mock_backend.outcomes.native import RESOLUTION, Native, Visits, degrees
from mock_backend.outcomes.places import UNKNOWN_FEATURE, Feature, Place
from mock_backend.outcomes.shape import PLAIN_NAME, complete, rebuilt

#: Where files are whose content nobody knows.
_SOMEWHERE = Place((11.0, 46.0, 11.01, 46.01))
_VECTORS = ("geojson", "parquet", "geoparquet", "esri shapefile", "gpkg", "csv", "json")


def load_collection(asked: Asked) -> Flow:
    """Load a collection."""
    name = asked.text("id") or ""
    try:
        collection = asked.surroundings.catalogue.known(name)
    except CollectionNotFound:
        return _unknown(asked)
    return _loaded(asked, collection)


def load_stac(asked: Asked) -> Flow:
    """Load what a URL leads to: a collection of this back-end, or something that nobody knows."""
    url = asked.text("url") or ""
    name = urlsplit(url).path.rstrip("/").rpartition("/")[2]
    try:
        return _loaded(asked, asked.surroundings.catalogue.known(name))
    except CollectionNotFound:
        return _unknown(asked)


def load_files(asked: Asked) -> Flow:
    """Load files of which nothing is known but their format."""
    if (asked.text("format") or "").lower() in _VECTORS:
        return vectors((UNKNOWN_FEATURE,))
    return _unknown(asked, has_time=False)


def load_geojson(asked: Asked) -> Flow:
    """Make a vector cube of GeoJSON."""
    return vectors(asked.features("data"), names(asked.list("properties")))


def create_data_cube(asked: Asked) -> Flow:  # noqa: ARG001  # the signature of a source
    """Make a data cube without dimensions."""
    band = complete(Band(PLAIN_NAME, data_type="float32"))
    return Flow(DataCube((), (band,)))


def vectors(features: Sequence[Feature], properties: Sequence[str] = ()) -> Flow:
    """Return a vector cube.

    Args:
        features: Its geometries.
        properties: Which of their properties are its values.
    """
    geometry = Dimension("geometry", "geometry", tuple(range(len(features))))
    found = [
        value for name in properties for each in features if (value := _property(each, name)) is not None
    ]
    lists = [each for each in found if isinstance(each, list)]
    dimensions: list[Dimension] = [geometry]
    if properties:
        labels: tuple[Any, ...] = tuple(properties)
        if len(properties) == 1 and lists:
            labels = tuple(range(max(map(len, lists))))
        dimensions.append(Dimension("properties", "other", labels))
    flat = [item for each in found for item in (each if isinstance(each, list) else [each])]
    numbers = [each for each in flat if isinstance(each, int | float) and not isinstance(each, bool)]
    band = complete(
        Band(
            PLAIN_NAME,
            data_type="float64" if numbers else "float32",
            minimum=min(numbers, default=None),
            maximum=max(numbers, default=None),
        )
    )
    return Flow(DataCube(tuple(dimensions), (band,), geometries=tuple(features), is_given=True))


def _property(feature: Feature, name: str) -> Any:
    properties = feature.get("properties")
    return properties.get(name) if isinstance(properties, Mapping) else None


def _loaded(asked: Asked, collection: Described) -> Flow:
    holding = holding_of(collection)
    coverage, now = collection.coverage, asked.surroundings.now
    bands, chosen = holding.chosen(names(asked.list("bands")))
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
    visits = Visits(coverage, period_of(asked.get("temporal_extent")), now)
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
        geometries = (_somewhere_in(place, coverage.bbox),)
    cube = rebuilt(
        DataCube((), bands, grid=grid),
        dimensions,
        geometries=geometries,
        within=None if place is None else place.geometry,
        period=period.texts(),
    )
    is_open = place is None and grid is not None
    everywhere = replace(native, visits=visits if holding.has_time else None) if is_open else None
    return _flow(asked, cube, collection.id, everywhere)


def _flow(asked: Asked, cube: DataCube, collection: str | None, native: Native | None) -> Flow:
    extent = Extent(cube.grid, native)
    return Flow(cube, (Read(asked.node, collection, layers(cube), extent),), native, is_raw=True)


def _somewhere_in(place: Place | None, box: Box) -> Feature:
    """Return a geometry for a collection of them: the area that is asked for."""
    inside = place.clipped(box) if place is not None else Place(box)
    west, south, east, north = (inside or _SOMEWHERE).degrees
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, "properties": {}}


def _unknown(asked: Asked, *, has_time: bool = True) -> Flow:
    """Load something that nobody knows: of the usual form, where and when it is asked for."""
    labels = names(asked.list("bands")) or ["B01"]
    bands = [complete(Band(label, data_type="float32")) for label in labels]
    given = asked.place("spatial_extent")
    place = given or _SOMEWHERE
    native = Native(DEGREES, degrees(RESOLUTION), degrees(RESOLUTION))
    grid = asked.guarded("spatial_extent", lambda: native.around(place))
    period = period_of(asked.get("temporal_extent"))
    now = asked.surroundings.now
    start = period.start or now.replace(month=1, day=1)
    dimensions = [
        replace(each, labels=(f"{start.date()}T00:00:00Z",))
        if each.kind == "temporal"
        else replace(each, labels=tuple(labels))
        if each.kind == "bands"
        else each
        for each in USUAL.dimensions.values()
        if has_time or each.kind != "temporal"
    ]
    cube = rebuilt(
        DataCube((), tuple(bands), grid=grid),
        dimensions,
        within=place.geometry,
        period=Period(start, period.end or now).texts(),
    )
    return _flow(asked, cube, None, None)
