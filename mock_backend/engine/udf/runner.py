"""Run a user-defined function on an array."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mock_backend.engine.udf.array import UdfArray
from mock_backend.engine.udf.code import copied, run_udf_code, running
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.run_log import Log
from mock_backend.engine.udf.xarrays import from_xarray, projection_of, to_xarray

if TYPE_CHECKING:
    import xarray


def run_udf(code: str, data: UdfArray, context: Mapping[str, Any] | None, *, log: Log) -> UdfArray:
    """Run a user-defined function on an array.

    It is called as back-ends do: ``apply_datacube`` with an ``XarrayDataCube`` or a ``DataArray``,
    ``apply_timeseries``, or any function of one ``UdfData``. Each call runs the code anew, in a namespace of
    its own: nothing that a function keeps in its module is there for the next window, so that results depend
    neither on the order of windows nor on threads. There is no time limit: a thread cannot be stopped.

    Args:
        context: Its further arguments; a copy, too.
        log: Takes what it logs, prints and warns of.

    Returns:
        What it returned: the values as float32, the dimensions as the function has named and ordered them
        (``UdfArray.arranged`` puts them in order), the labels of those that have some.

    Raises:
        UdfFailure: If the function fails, or returns something else.
    """
    from openeo.udf.udf_data import UdfData
    from openeo.udf.xarraydatacube import XarrayDataCube

    with running(code, log) as namespace:
        given = UdfData(
            proj=projection_of(data.crs),
            datacube_list=[XarrayDataCube(to_xarray(data))],
            user_context=copied(context),
        )
        cubes = run_udf_code(namespace, code, given).get_datacube_list() or []
        if len(cubes) != 1:
            raise ValueError(f"The provided UDF should return one datacube, but got: {cubes}")
        return from_xarray(_array_of(cubes[0]), data)


def _array_of(cube: Any) -> "xarray.DataArray":
    from openeo.udf.xarraydatacube import XarrayDataCube

    if not isinstance(cube, XarrayDataCube):
        raise UdfFailure.of_result(f"an XarrayDataCube was expected, got {type(cube).__name__}")
    return cube.get_array()
