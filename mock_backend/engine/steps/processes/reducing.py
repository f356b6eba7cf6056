"""Processes that make one value of many: along a dimension, in an area, of several bands."""

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mock_backend.catalog import Band
from mock_backend.engine.core.bands import band_of, each_band, reduced_bands, with_gaps
from mock_backend.engine.core.callbacks import ProcessCallback
from mock_backend.engine.core.values import Callback, items_in
from mock_backend.engine.cubes import Dimension
from mock_backend.engine.functions import call
from mock_backend.engine.sources.computing import ArrayLine, Reduced
from mock_backend.engine.sources.merging import Joined
from mock_backend.engine.sources.restructuring import Bounded, Flattened, Widened
from mock_backend.engine.sources.source import Source
from mock_backend.engine.sources.zones import Overall, Zonal
from mock_backend.engine.steps.areas import Area, Feature, place_of_features, size_of_boxes
from mock_backend.engine.steps.array_lines import array_along, line_of, looked_at, place_of_band, spans_left
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.dimensions import check_elements, is_taken, lacks, lacks_labels, named
from mock_backend.engine.steps.flow import Flow, sampled
from mock_backend.engine.steps.shape import PLAIN_NAME, rebuilt, source_of


def reduce_dimension(asked: StepCall, flow: Flow) -> Flow:
    """Reduce a dimension."""
    cube, callback = flow.cube, asked.callback("reducer")
    dimension = named(asked, cube)
    if dimension is None or callback is None or check_elements(asked, "reducer", callback, dimension):
        return flow
    flat, line = line_of(cube, dimension)
    if dimension.kind == "bands":
        bands: Sequence[Band] = [band_of(callback(data=array_along(cube.bands, line)), PLAIN_NAME)]
    else:
        bands = each_band(cube.bands, lambda band: callback(data=array_along([band], line)))
    left = [each for each in flat.dimensions if each.name != dimension.name]
    source = Reduced(*looked_at(source_of(flat), line, callback))
    made = rebuilt(cube, left, bands, grid=flat.grid, spans=spans_left(cube, left), source=source)
    return flow.made(made)


def reduce_spatial(asked: StepCall, flow: Flow) -> Flow:
    """Reduce both horizontal dimensions."""
    callback = asked.callback("reducer")
    flow = sampled(flow) or flow
    if callback is None:
        return flow
    flow = asked.readable(flow, flow.cube.count)
    cube = flow.cube
    if cube.grid is None:
        return _reduced_line(flow, callback)
    bands = reduced_bands(callback, cube.bands, cube.grid.pixels)
    left = cube.others
    source = Overall(source_of(cube), cube.grid, callback)
    return flow.made(rebuilt(cube, left, bands, grid=None, source=source))


def _reduced_line(flow: Flow, callback: Callback) -> Flow:
    """Reduce what is left of the horizontal dimensions when one of them is gone."""
    cube = flow.cube
    gone = [each for each in cube.dimensions if each.kind == "spatial" and each.axis in ("x", "y")]
    if not gone:
        return flow
    left = [each for each in cube.dimensions if each not in gone]
    sizes = tuple(cube.sizes[each.name] for each in gone)
    flat = Flattened(source_of(cube), tuple(map(cube.dimensions.index, gone)), sizes)
    line = ArrayLine(len(left), range(math.prod(sizes)))
    bands = reduced_bands(callback, cube.bands, math.prod(sizes))
    return flow.made(rebuilt(cube, left, bands, source=Reduced(flat, line, callback)))


def aggregate_spatial(asked: StepCall, flow: Flow) -> Flow:
    """Aggregate the pixels in each of some geometries."""
    features, given = asked.features("geometries"), asked.flow("geometries")
    callback, place = asked.callback("reducer"), place_of_features(features)
    bounds = flow.cube.grid if flow.native is None else None
    if place is not None and flow.cube.grid is not None:
        # What is outside of all geometries need not be read.
        flow = asked.guarded("geometries", lambda: flow.clipped(place)) or flow
    share = _share(features, place)
    if flow.cube.grid is not None:
        flow = asked.readable(flow, math.ceil(flow.cube.count * min(share, 1.0)))
    cube, target = flow.cube, asked.text("target_dimension")
    own = None if given is None else given.cube.of_kind("geometry")
    own = own or Dimension("geometry", "geometry", tuple(range(len(features))))
    if target is not None:
        taken = replace(cube, dimensions=(*cube.dimensions, own))
        is_taken(asked, taken, "TargetDimensionExists", "target_dimension", target)
    if callback is None or cube.grid is None:
        return flow
    bands = list(map(with_gaps, reduced_bands(callback, cube.bands, cube.grid.pixels)))
    others = [each for each in cube.dimensions if each.kind != "spatial"]
    dimensions = [*others, own]
    if target is not None:
        dimensions.append(Dimension(target, "other", ("value", "total_count", "valid_count")))
    source = source_of(cube)
    if bounds is not None:
        source = Bounded(source, bounds)
    shapes = tuple(each.get("geometry") for each in features)
    zonal: Any = Zonal(source, cube.grid, shapes, callback, len(others), share)
    if target is not None:
        # The value, and how many pixels there were.
        zonal = _with_counts(zonal, len(others) + 1)
    made = rebuilt(cube, dimensions, bands, grid=None, geometries=features, source=zonal)
    return flow.made(made, *(() if given is None else (given,)))


def _share(features: Sequence[Feature], place: Area | None) -> float:
    """Return what geometries take of an area together, about, as a share of it."""
    if place is None:
        return 1.0
    west, south, east, north = place.bounds
    whole = (east - west) * (north - south)
    return size_of_boxes(features) / whole if whole else 1.0


def ndvi(asked: StepCall, flow: Flow) -> Flow:
    """Compute the NDVI."""
    cube, target = flow.cube, asked.text("target_band")
    of_bands = [each for each in cube.dimensions if each.kind == "bands"]
    if len(of_bands) != 1:
        lacks(asked, cube, "dimension of bands, or several, and ndvi needs one", "DimensionAmbiguous")
        return flow
    dimension, wanted = of_bands[0], [asked.text(name) or name for name in ("nir", "red")]
    for argument, band, code in zip(
        ("nir", "red"), wanted, ("NirBandAmbiguous", "RedBandAmbiguous"), strict=True
    ):
        lacks_labels(asked, dimension, [band], argument, code)
    if target in (dimension.labels or ()):
        message = f"There is a band {target!r} already; choose another name."
        asked.remark("unknown-band", "BandExists", "target_band", message)
        return flow
    places = [place_of_band(cube, band) for band in wanted]
    new = Band(
        "NDVI" if target is None else target, data_type="float32", minimum=-1.0, maximum=1.0, nodata="nan"
    )
    line = line_of(cube, dimension)[1]
    two = replace(line, labels=[line.labels[each] for each in places])
    index = Reduced(source_of(cube).picked(line.axis, places), two, _difference)
    if target is None:
        left = [each for each in cube.dimensions if each is not dimension]
        return flow.made(rebuilt(cube, left, (new,), source=index))
    source = Joined(source_of(cube), len(line.labels), Widened(index, line.axis), line.axis)
    more = cube.changed(dimension, labels=(*line.labels, target))
    return flow.made(rebuilt(cube, more, (*cube.bands, new), source=source))


def _difference(**parameters: Any) -> Any:
    """Return the normalised difference of the two elements of an array, for each pixel."""
    x, y = items_in(parameters["data"]) or ()
    return call("normalized_difference", {"x": x, "y": y})


def _with_counts(source: Zonal, axis: int) -> Source:
    """Return values with a dimension for the number of pixels, and of those that have data."""
    count = [ProcessCallback("count", arguments) for arguments in ({"condition": True}, {})]
    parts = [source, *(replace(source, callback=each) for each in count)]
    found: Source = Widened(parts[0], axis)
    for place, part in enumerate(parts[1:], 1):
        found = Joined(found, place, Widened(part, axis), axis)
    return found
