"""User-defined functions in process graphs: what comes out of them, and what gives the values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.callbacks import GraphCallback
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.sources.functions import WHOLE, Functional
from mock_backend.engine.sources.memory import Failing
from mock_backend.engine.sources.neighbourhoods import Chunks
from mock_backend.engine.steps.array_lines import spans_left
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs.loading import vectors
from mock_backend.engine.steps.outcome import Later
from mock_backend.engine.steps.processes.neighbourhoods import chunks_of, tile_of, told, within_polygons
from mock_backend.engine.steps.shape import PLAIN_NAME, rebuilt, source_of
from mock_backend.engine.udf.capture import to_job
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.policy import decide_run
from mock_backend.engine.udf.runner import (
    UdfFeatures,
    UdfMetadata,
    apply_metadata,
    is_for_vector_cubes,
    is_per_series,
    run_on_features,
    run_on_json,
    run_on_series,
    run_udf,
)
from mock_backend.engine.udf.xarrays import UdfArray
from mock_backend.lifecycle.lines import Line

if TYPE_CHECKING:
    from openeo.metadata import CollectionMetadata
    from openeo.metadata import Dimension as ClientDimension

#: Processes whose child process may be a function.
_CALLING = (
    "apply",
    "apply_dimension",
    "reduce_dimension",
    "apply_neighborhood",
    "apply_polygon",
    "chunk_polygon",
)
#: The number of rows and columns that functions are tried on, ...
_TRIED = 16
#: ... or the largest number of values of a chunk as the process graph wants it.
_MOST_TRIED = 1 << 20
#: The instant that results have that have lost theirs, on back-ends.
_NO_INSTANT = "2020-01-01T00:00:00Z"


@dataclass(frozen=True)
class _Work:
    """The work of a function on a cube."""

    code: str
    context: Mapping[str, Any]
    by_date: bool  #: True if it gets each instant by itself
    reduced: Dimension | None = None  #: The dimension that it reduces, if it does
    chunks: Chunks | None = None


def made_by_function(asked: StepCall) -> Any:
    """Return what a user-defined function, called by itself or as a child process, makes of a cube or JSON.

    Returns:
        What comes out; None if there is no function, or if it does not run, which is noted.
    """
    flow, data = asked.flow(), asked.get("data")
    try:
        call = asked.arguments if asked.process_id == "run_udf" else _only_call(asked)
        context = call.get("context")
        context = context if isinstance(context, Mapping) else {}
        verdict = decide_run(
            call.get("udf"),
            call.get("runtime"),
            asked.surroundings.udfs,
            resolve=asked.surroundings.reader.code,
        )
        if verdict.code is None:
            asked.stands_in(f"run_udf [at {asked.node}]: {verdict.reason}")
            return None
        if flow is None:
            if isinstance(data, dict) and (features := asked.features("data")):
                return _of_features(verdict.code, UdfFeatures(features), context)
            return (
                run_on_json(verdict.code, data, context, log=_nowhere)
                if isinstance(data, list | dict)
                else None
            )
        if flow.cube.grid is None and flow.cube.of_kind("geometry") is not None:
            if asked.process_id == "run_udf" or (
                asked.process_id == "apply_dimension" and flow.cube.is_given
            ):
                return _of_vectors(verdict.code, flow.cube, context)
            raise _unsupported(asked, "for values of vectors")
        work = _work_of(asked, flow, verdict.code, context)
        if asked.process_id in ("apply_polygon", "chunk_polygon"):
            return within_polygons(asked, flow, partial(_made_within, work))
        return _made_flow(flow, _made(flow.cube, work))
    except UdfFailure as failure:
        # Jobs fail when they run, and not when they are created.
        flow = flow or next((each for each in asked.arguments.values() if isinstance(each, Flow)), None)
        if flow is not None and flow.cube.source is not None:
            return _made_flow(flow, replace(flow.cube, source=Failing(failure)))
        return Later(partial(_fail, failure))


def _fail(failure: UdfFailure) -> Any:
    raise failure


def _of_vectors(code: str, cube: DataCube, context: Mapping[str, Any]) -> Any:
    """Return what a function makes of a vector cube: features, or a JSON value."""
    names = {"geometry": "geometry", "temporal": "t", "bands": "bands"}
    kinds = [each.kind for each in cube.dimensions]
    if cube.is_given or not set(kinds) <= set(names):
        return _of_features(code, UdfFeatures(cube.geometries), context)

    def values() -> UdfArray:
        coords = {names[each.kind]: each.labels or () for each in cube.dimensions}
        array = Values(replace(cube, bands=tuple(_float_band(each.name) for each in cube.bands))).array()
        return UdfArray(array, tuple(names[kind] for kind in kinds), coords)

    def of_vector_cube() -> Any:
        given = values()
        axis = given.dims.index("geometry")
        dims = ("geometry", *given.dims[:axis], *given.dims[axis + 1 :])
        ordered = UdfArray(np.moveaxis(given.values, axis, 0), dims, given.coords)
        data = UdfFeatures(cube.geometries, values=ordered)
        found = run_on_features(code, data, context, log=to_job)
        if isinstance(found, UdfFeatures):
            return {"type": "FeatureCollection", "features": list(found.features)}
        return found

    if is_for_vector_cubes(code):
        return Later(of_vector_cube)
    if is_per_series(code):
        return Later(lambda: run_on_series(code, values(), context, log=to_job))
    if kinds == ["geometry"]:
        return _of_features(code, UdfFeatures(cube.geometries), context)
    return Later(lambda: run_on_json(code, _as_lists(values()), context, log=to_job))


def _as_lists(array: UdfArray) -> list[Any] | dict[str, Any]:
    """Return the values of geometries: a list for each, all of that by instant if there are some."""
    found = array.values.astype(object)
    found[np.isnan(array.values)] = None
    if "t" not in array.dims:
        listed: list[Any] = found.tolist()
        return listed
    by_time = np.moveaxis(found, array.dims.index("t"), 0).tolist()
    return dict(zip(map(str, array.coords["t"]), by_time, strict=True))


def _of_features(code: str, data: UdfFeatures, context: Mapping[str, Any]) -> Any:
    found = run_on_features(code, data, context, log=_nowhere)
    return vectors(tuple(found.features)) if isinstance(found, UdfFeatures) else found


def _nowhere(line: Line) -> None:
    """Forget a line: nothing is being processed yet."""


def _only_call(asked: StepCall) -> Mapping[str, Any]:
    """Return the arguments of ``run_udf``, which has to be all that a child process consists of."""
    if asked.surroundings.udfs.run is False:
        return {}
    if asked.process_id not in _CALLING:
        raise _unsupported(asked, f"which {', '.join(_CALLING)} take")
    child = asked.get("reducer" if asked.process_id == "reduce_dimension" else "process")
    if not isinstance(child, Child) or len(child.graph) != 1:
        raise _unsupported(asked, "beside other processes: run_udf has to be all that its child process has")
    callback = GraphCallback(child.graph, {**child.values, "context": asked.get("context")})
    return callback.arguments_of(*child.graph.values())


def _unsupported(asked: StepCall, reason: str) -> UdfFailure:
    """Return the failure of a function where there can be none, as on production back-ends."""
    message = f"{asked.process_id} [at {asked.node}] takes no user-defined function {reason}."
    return UdfFailure(f"FeatureUnsupported: {message}", code="FeatureUnsupported", status=501)


def _work_of(asked: StepCall, flow: Flow, code: str, context: Mapping[str, Any]) -> _Work:
    """Return what a function is to do; raise ``UdfFailure`` if it cannot."""
    cube = flow.cube
    chunks = None
    if cube.grid is not None:
        size = tile_of(cube)
        chunks = Chunks(cube.grid, size, size, is_chosen=flow.native is None)
    work = _Work(code, context, by_date=asked.process_id == "apply", chunks=chunks)
    if asked.process_id in ("apply_dimension", "reduce_dimension"):
        dimension = cube.named(asked.text("dimension"))
        if dimension is None or dimension.kind not in ("temporal", "bands"):
            raise _unsupported(asked, "but along the dimensions of time and of bands")
        reduced = dimension if asked.process_id == "reduce_dimension" else None
        return replace(work, by_date=dimension.kind == "bands", reduced=reduced)
    return _neighbourhood(asked, flow, work) if asked.process_id == "apply_neighborhood" else work


def _neighbourhood(asked: StepCall, flow: Flow, work: _Work) -> _Work:
    if flow.cube.grid is None:
        raise _unsupported(asked, "for a data cube without pixels")
    chunks, time = chunks_of(asked, flow), flow.cube.of_kind("temporal")
    size, overlap = (
        None if time is None else told(asked, argument, time)[0] for argument in ("size", "overlap")
    )
    if size not in (None, "P1D", "day", 1) or overlap:
        given = f"a temporal size of {size!r} and an overlap of {overlap!r}"
        raise _unsupported(asked, f"with {given}: it gets all instants, or each by itself ('P1D')")
    return replace(work, chunks=chunks, by_date=size is not None)


def _made(cube: DataCube, work: _Work) -> DataCube:
    time, bands = cube.of_kind("temporal"), cube.of_kind("bands")
    names: dict[str, Dimension] = {} if bands is None else {"bands": bands}
    if time is not None and not work.by_date:
        names["t"] = time
    numbered = [each for each in cube.others if each not in names.values()]
    if time in numbered:
        numbered.sort(key=lambda each: each is not time)
    roles: dict[str, str | int] = {each.name: number for number, each in enumerate(numbered)}
    roles |= {each.name: name for name, each in names.items()}
    tried = Functional(
        source_of(cube),
        work.code,
        work.context,
        {name: each.labels or () for name, each in names.items()},
        tuple(roles[each.name] for each in cube.others),
        {},
        (),
        () if time is None or not work.by_date else time.labels or (),
        work.chunks,
    )
    metadata = apply_metadata(work.code, partial(metadata_of, cube), work.context, log=_nowhere)
    found = _tried(tried)
    reduced = None if work.reduced is None else roles[work.reduced.name]
    labels: dict[str, Sequence[Any]] = {}
    if "t" in names and reduced != "t":
        labels["t"] = _times(names["t"], found)
    if reduced != "bands":
        labels |= _bands(bands, found, metadata)
    chunks = work.chunks and replace(work.chunks, finer=_finer(cube, metadata))
    dimensions = [
        _relabelled(each, labels[role]) if (role := str(roles.get(each.name))) in labels else each
        for each in cube.dimensions
        if each is not work.reduced
    ]
    if "bands" in labels and bands is None:
        dimensions.append(Dimension("bands", "bands", tuple(labels["bands"])))
        roles["bands"] = "bands"
    others = [each for each in dimensions if cube.grid is None or not is_horizontal(each)]
    made = tuple(roles[each.name] for each in others)
    function = replace(tried, makes=labels, made=made, chunks=chunks)
    facts = [_float_band(str(label)) for label in labels.get("bands", (PLAIN_NAME,))]
    grid = cube.grid if chunks is None else chunks.made
    return rebuilt(cube, dimensions, facts, grid=grid, spans=spans_left(cube, dimensions), source=function)


def _made_within(work: _Work, part: Flow) -> Flow:
    """Return what a function makes of all of a part at once."""
    grid = part.cube.grid
    chunks = None if grid is None else Chunks(grid, grid.rows, grid.columns)
    return _made_flow(part, _made(part.cube, replace(work, chunks=chunks)))


def _made_flow(flow: Flow, cube: DataCube) -> Flow:
    """Return what was made of a cube; other values than those it was tried on may give other labels."""
    return replace(flow.made(cube), is_certain=False)


def _tried(function: Functional) -> UdfArray | None:
    """Return what a function makes of made-up values; None if it fails at these."""
    chunks = function.chunks
    if chunks is not None:
        rows, columns = min(chunks.rows, chunks.grid.rows), min(chunks.columns, chunks.grid.columns)
        layers = max(1, *(len(each) for each in function.gets.values()), 1)
        if not chunks.is_padded or layers * rows * columns > _MOST_TRIED:
            chunks = replace(chunks, rows=min(rows, _TRIED), columns=min(columns, _TRIED))
        function = replace(function, chunks=chunks)
    at: dict[str | int, int] = {each: 0 for each in function.axes if isinstance(each, int)}
    try:
        found = run_udf(function.code, function.given(at, (0, 0), None), function.context, log=_nowhere)
        names = [each for each in WHOLE if each in found.dims or each in function.gets or each == "bands"]
        return found.arranged(*names, *(() if chunks is None else ("y", "x")))
    except UdfFailure:
        # It may want other values; what it does to these is found out when it runs.
        return None


def _times(dimension: Dimension, found: UdfArray | None) -> Sequence[Any]:
    """Return the instants that a function makes."""
    before = dimension.labels or ()
    if found is None:
        return before
    count = found.values.shape[found.dims.index("t")]
    told = found.coords.get("t")
    if told is not None:
        return list(told)
    return before if count == len(before) else [_NO_INSTANT] * min(count, 1)


def _bands(
    dimension: Dimension | None, found: UdfArray | None, metadata: UdfMetadata | None
) -> dict[str, Sequence[Any]]:
    """Return the bands that a function makes; none if neither it nor the cube has any."""
    before = None if dimension is None else dimension.labels or ()
    if metadata is not None and metadata.bands is not None and metadata.bands != before:
        return {"bands": metadata.bands}
    if found is None:
        return {} if before is None else {"bands": before}
    count, told = found.values.shape[found.dims.index("bands")], found.coords.get("bands")
    if before is None and count == 1:
        return {}
    if told is not None:
        return {"bands": [str(each) for each in told]}
    if before is not None and count == len(before):
        return {"bands": before}
    return {"bands": [f"band_{number}" for number in range(count)]}


def _finer(cube: DataCube, metadata: UdfMetadata | None) -> tuple[int, int]:
    """Return how many rows and columns a function makes of one."""
    if metadata is None or cube.grid is None:
        return 1, 1
    before = {"y": cube.grid.y_size, "x": cube.grid.x_size}
    rows, columns = (
        max(round(size / metadata.steps.get(cube.axis(axis).name, size)), 1) for axis, size in before.items()
    )
    return rows, columns


def metadata_of(cube: DataCube) -> "CollectionMetadata":
    """Return the dimensions of a cube as the openeo client has them."""
    from openeo import metadata as client

    grid = cube.grid
    period: list[Any] = list(cube.period)
    common_names = {each.name: each.common_name or None for each in cube.bands}
    pixels: dict[str | None, Any] = {}
    if grid is not None:
        pixels = {"x": ([grid.west, grid.east], grid.x_size), "y": ([grid.south, grid.north], grid.y_size)}

    def of_client(each: Dimension) -> "ClientDimension":
        if each.kind == "bands":
            bands = [client.Band(name, common_names.get(name)) for name in map(str, each.labels or ())]
            return client.BandDimension(each.name, bands)
        if each.kind == "temporal":
            return client.TemporalDimension(each.name, period)
        if each.kind == "spatial":
            extent, step = pixels.get(each.axis, ([None, None], None))
            crs = None if grid is None else grid.epsg
            return client.SpatialDimension(each.name, extent, crs=crs or 4326, step=step)
        if each.kind == "geometry":
            return client.GeometryDimension(each.name)
        return client.Dimension(each.kind, each.name)

    return client.CollectionMetadata({}, list(map(of_client, cube.dimensions)))


def _relabelled(dimension: Dimension, labels: Sequence[Any]) -> Dimension:
    if tuple(labels) == dimension.labels:
        return dimension
    return replace(dimension.unlabelled(), labels=tuple(labels))


def _float_band(name: str) -> Band:
    return Band(name, data_type="float32", nodata="nan")
