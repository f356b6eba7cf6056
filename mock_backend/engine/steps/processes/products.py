"""Processes that make products of what satellites have seen."""

from collections.abc import Sequence
from dataclasses import replace

from mock_backend.catalog import Band
from mock_backend.engine.sources.landscape_values import Painted
from mock_backend.engine.sources.merging import Joined
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.processes.merging import others_with
from mock_backend.engine.steps.shape import rebuilt, source_of


def sar_backscatter(asked: StepCall, flow: Flow) -> Flow:
    """Compute backscatter, with masks and angles as further bands."""
    wanted = ["mask", "contributing_area", "local_incidence_angle", "ellipsoid_incidence_angle"]
    if asked.process_id == "sar_backscatter":
        wanted = [each for each in wanted if asked.get(each) is True]
    else:
        always = ("mask", "local_incidence_angle")
        wanted = [each for each in wanted if each in always or asked.get(each) is True]
    return _with_bands(asked, flow, wanted, keep=True)


def ard_surface_reflectance(asked: StepCall, flow: Flow) -> Flow:
    """Compute reflectance at the surface, with masks as further bands."""
    return _with_bands(asked, flow, ["incomplete-testing", "saturation", "cloud", "shadow"], keep=True)


def atmospheric_correction(asked: StepCall, flow: Flow) -> Flow:
    """Compute reflectance at the surface."""
    return _with_bands(asked, flow, [], keep=True)


def cloud_detection(asked: StepCall, flow: Flow) -> Flow:
    """Compute how likely clouds and their shadows are."""
    return _with_bands(asked, flow, ["cloud", "shadow"], keep=False)


_EXTRAS = {
    "mask": Band("mask", data_type="uint8", minimum=0, maximum=1, nodata=255),
    "contributing_area": Band("", data_type="float32", minimum=0.0, maximum=1000.0, nodata="nan", unit="m^2"),
    "local_incidence_angle": Band(
        "", data_type="float32", minimum=0.0, maximum=90.0, nodata="nan", unit="deg"
    ),
    "ellipsoid_incidence_angle": Band(
        "", data_type="float32", minimum=20.0, maximum=50.0, nodata="nan", unit="deg"
    ),
    "incomplete-testing": Band("", data_type="uint8", minimum=0, maximum=1, nodata=255),
    "saturation": Band("", data_type="uint8", minimum=0, maximum=1, nodata=255),
    "cloud": Band("", data_type="float32", minimum=0.0, maximum=1.0, nodata="nan"),
    "shadow": Band("", data_type="float32", minimum=0.0, maximum=1.0, nodata="nan"),
}


def _with_bands(asked: StepCall, flow: Flow, wanted: Sequence[str], *, keep: bool) -> Flow:
    cube = flow.cube
    dimension = cube.of_kind("bands")
    if dimension is None:
        return flow.made(cube)
    asked.stands_in()
    old = list(dimension.labels or ()) if keep else []
    new = [each for each in wanted if each not in old]
    extras = tuple(replace(_EXTRAS[each], name=each) for each in new)
    bands = [*(cube.bands if keep else ()), *extras]
    changed = replace(dimension, labels=(*old, *new), aliases=dimension.aliases if keep else {})
    dimensions = [changed if each is dimension else each for each in cube.dimensions]
    axis, source = cube.others.index(dimension), source_of(cube)
    if new:
        more = Painted(
            others_with(cube, dimension.name, new), extras, asked.surroundings.seed, cube.period, cube.spans
        )
        source = Joined(source, len(old), more, axis) if keep else more
    return flow.made(rebuilt(cube, dimensions, bands, source=source))
