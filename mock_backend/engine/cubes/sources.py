"""Sources of data cubes: processes that load them, or combine several."""

from collections.abc import Callable
from dataclasses import replace

from mock_backend.engine.cubes.call import CubeCall
from mock_backend.engine.cubes.cube import Cube, Dimension


def _load_collection(call: CubeCall) -> Cube | None:
    name = call.text("id")
    metadata = None if name is None else call.collection(name)
    cube = None if metadata is None else Cube.of_collection(metadata)
    if cube is None or (dimension := cube.bands) is None:
        return cube
    if call.is_open("bands"):
        return cube.with_(dimension.unlabelled())
    bands = call.labels("bands")
    if bands is None:
        return cube
    return cube.with_(dimension.only(bands)) if call.check_labels(dimension, bands, "bands") else cube


def _load_geojson(call: CubeCall) -> Cube | None:
    cube = Cube({"geometry": Dimension("geometry", "geometry")})
    if call.is_open("properties"):
        return None
    return cube.with_(Dimension("properties", "other")) if call.value("properties") else cube


def _merge_cubes(call: CubeCall) -> Cube | None:
    first, second = call.cubes.get("cube1"), call.cubes.get("cube2")
    if first is None or second is None:
        return None
    merged = dict(first.dimensions)
    for name, other in second.dimensions.items():
        mine = merged.get(name)
        if mine is None:
            merged[name] = other
        elif mine.labels is None or other.labels is None:
            merged[name] = mine.unlabelled()
        else:
            labels = (*mine.labels, *(each for each in other.labels if each not in mine.places))
            aliases = {
                alias: tuple(dict.fromkeys((*mine.aliases.get(alias, ()), *other.aliases.get(alias, ()))))
                for alias in (*mine.aliases, *other.aliases)
            }
            merged[name] = replace(mine, labels=labels, aliases=aliases)
    return Cube(merged)


def _vector_buffer(call: CubeCall) -> Cube | None:
    return call.cubes.get("geometries")


SOURCES: dict[str, Callable[[CubeCall], Cube | None]] = {
    "load_collection": _load_collection,
    "load_geojson": _load_geojson,
    "merge_cubes": _merge_cubes,
    "vector_buffer": _vector_buffer,
}
