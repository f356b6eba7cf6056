"""Collections of given data: metadata that follow from the data, unless a test tells others."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from mock_backend.catalog import Band, Collection, Described
from mock_backend.catalog.dimensions import BBox
from mock_backend.catalog.given import collection_from
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube, Dimension, Grid, UnknownCrsError
from mock_backend.engine.cubes.projection import is_geographic
from mock_backend.engine.given_data.data import GivenData, GivenDataError, with_aliases

#: The length of a degree in metres, about.
_DEGREE = 111_320
#: Members of a collection of the catalogue that also hold for other data of it.
_SHARED = ("title", "description", "license", "license_url", "providers", "keywords", "constellation")
_SHARED_LISTS = ("platforms", "instruments", "links", "version")
#: Members of its bands that do.
_OF_BANDS = ("common_name", "center", "width", "description", "classes", "aliases", "unit")


@dataclass(frozen=True, kw_only=True)
class GivenCollection(Collection):
    """A collection with data that a test gave."""

    data: GivenData
    dates: tuple[str, ...] = ()  #: The dates of its items


def given_collection(
    identifier: str, data: GivenData, known: Described | None, facts: Mapping[str, Any]
) -> GivenCollection:
    """Return a collection of given data; raise ``ValueError`` if no collection follows from that.

    Args:
        known: The collection of the catalogue whose place it takes, if there is one of this id.
        facts: The facts that a test gives, as for ``MockBackend.add_collection``.
    """
    wanted = facts.get("dimensions")
    named = wanted
    if named is None and known is not None:
        named = known.metadata.get("cube:dimensions")
    names = _names(data.cube, named, strict=wanted is not None)
    cube = replace(
        data.cube, dimensions=tuple(replace(each, name=names[each.name]) for each in data.cube.dimensions)
    )
    grid = cube.grid
    assert grid is not None  # as all given data
    bands = [_told_of(band, known, grid) for band in cube.bands]
    cube = replace(
        cube, bands=tuple(bands), dimensions=tuple(with_aliases(each, bands) for each in cube.dimensions)
    )
    times = cube.times
    told: dict[str, Any] = {
        **_told_of_all(known),
        "bands": bands if cube.of_kind("bands") is not None else [],
        "spatial_extent": _bbox(grid),
        "temporal_extent": (times[0], times[-1]) if times else None,
        "epsg": grid.epsg,
        # Where there is no number, there is no summary.
        "summaries": {} if grid.epsg is not None else {"proj:epsg": None},
        **facts,
        "dimensions": _described(cube, wanted),
    }
    described = collection_from(identifier, told)
    assert isinstance(described, Collection)  # as it has facts
    if not cube.of_kind("bands"):
        # There is no dimension to describe it.
        of_band = {"raster:bands": [bands[0].raster()], "gsd": [bands[0].gsd]}
        described = replace(described, summaries={**described.summaries, **of_band})
    shared = {each.name: getattr(described, each.name) for each in fields(Collection)}
    west, south, east, north = shared["bbox"]
    shared["tile"] = max(north - south, east - west + (360 if west > east else 0), 1e-9)
    return GivenCollection(**shared, data=replace(data, cube=cube), dates=times)


def _names(cube: DataCube, wanted: Any, *, strict: bool) -> dict[str, str]:
    """Return the name that each dimension gets: that of a wanted one for the same, or its own."""
    own = {each.name: each.name for each in cube.dimensions}
    if not isinstance(wanted, Mapping):
        return own
    found: dict[str, str] = {}
    for name, each in wanted.items():
        kind, axis = (each.get("type"), each.get("axis")) if isinstance(each, Mapping) else (None, None)
        same = [
            dimension.name
            for dimension in cube.dimensions
            if dimension.kind == kind
            and (kind != "spatial" or dimension.axis == axis)
            and (kind != "other" or dimension.name == name)
            and dimension.name not in found
        ]
        if same:
            found[same[0]] = str(name)
        elif strict:
            raise GivenDataError(f"The data have no dimension for {name!r}; theirs are {_told(cube)}.")
    if strict and len(found) < len(cube.dimensions):
        raise GivenDataError(f"dimensions must name all dimensions of the data, which are {_told(cube)}.")
    return own | found


def _told(cube: DataCube) -> str:
    return ", ".join(f"{each.name} ({each.axis or each.kind})" for each in cube.dimensions)


def _told_of_all(known: Described | None) -> dict[str, Any]:
    if not isinstance(known, Collection):
        return {} if known is None else {"title": known.title}
    facts = {name: getattr(known, name) for name in (*_SHARED, *_SHARED_LISTS)}
    return {name: value for name, value in facts.items() if value}


def _told_of(band: Band, known: Described | None, grid: Grid) -> Band:
    """Return a band with its resolution, and what the catalogue tells of a band of its name."""
    size = min(grid.x_size, grid.y_size)
    gsd = round(size * _DEGREE, 3) if is_geographic(grid.crs) else size
    others = () if known is None else known.bands
    same = next((each for each in others if each.name == band.name), band)
    facts = {name: value for name in _OF_BANDS if (value := getattr(same, name)) and not getattr(band, name)}
    return replace(band, gsd=band.gsd or gsd, **facts)


def _described(cube: DataCube, wanted: Any) -> dict[str, Any]:
    """Return STAC's dimension objects, with what a test tells of them."""
    found = {}
    for each in cube.dimensions:
        more = wanted.get(each.name) if isinstance(wanted, Mapping) else None
        found[each.name] = _dimension(each, cube) | (dict(more) if isinstance(more, Mapping) else {})
    return found


def _dimension(dimension: Dimension, cube: DataCube) -> dict[str, Any]:
    labels, grid = list(dimension.labels or ()), cube.grid
    if dimension.kind == "spatial" and grid is not None:
        across = dimension.axis == "x"
        return {
            "type": "spatial",
            "axis": dimension.axis,
            "extent": [grid.west, grid.east] if across else [grid.south, grid.north],
            "step": grid.x_size if across else grid.y_size,
            "reference_system": grid.epsg or grid.crs,
        }
    if dimension.kind == "temporal":
        return {"type": "temporal", "extent": [labels[0], labels[-1]], "values": labels}
    return {"type": "bands" if dimension.kind == "bands" else "other", "values": labels}


def _bbox(grid: Grid) -> BBox:
    try:
        west, south, east, north = grid.bbox
    except UnknownCrsError as error:
        raise GivenDataError(f"The data are nowhere on Earth: {error}") from None
    return west, max(south, -90.0), east, min(north, 90.0)
