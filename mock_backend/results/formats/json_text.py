"""JSON: values as they are, time series by date and geometry, small rasters as xarray writes them."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from mock_backend.engine.cubes import DataCube, Dimension, is_horizontal
from mock_backend.engine.steps.outcome import Plain
from mock_backend.http.content import ComputedContent
from mock_backend.results.formats.base import MAX_SPOOLED, MAX_WRITTEN, OneFile
from mock_backend.results.formats.labels import instants, number_type, with_none
from mock_backend.results.formats.layout import arranged_parts, arranged_values
from mock_backend.results.formats.spooled import written


class JsonFormat(OneFile):
    """JSON.

    NaN and infinity are written as such in values, since clients of openEO read them; data cubes have
    null where there are no data.
    """

    name = "JSON"
    media_type = "application/json"
    ending = "json"

    def limit(self, content: DataCube | Plain) -> int | None:
        """Return the maximum number of values: more of a series, which is written in parts."""
        return MAX_SPOOLED if isinstance(content, DataCube) and _is_series(content) else MAX_WRITTEN

    def check(self, content: DataCube | Plain) -> None:
        """Do nothing: it holds anything."""

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes | ComputedContent:  # noqa: ARG002  # it has no options
        if isinstance(content, DataCube) and _is_series(content):
            return written(lambda file: file.writelines(_series(content)), content.count)
        value = content.value if isinstance(content, Plain) else _cube_value(content)
        return json.dumps(value, ensure_ascii=False).encode()


def _cube_value(cube: DataCube) -> Any:
    """Return a data cube that is no series with its values as what JSON can say.

    That of nothing but one value is the value. That of nothing at all is as in
    the official examples of processes. Others are as ``xarray.DataArray.to_dict``
    has them.
    """
    if not cube.dimensions:
        from mock_backend.engine.sources.memory import Same  # with NumPy, which is heavy

        if isinstance(cube.source, Same):
            return {"type": "datacube", "order": [], "dimensions": {}, "data": []}
        return with_none(arranged_values(cube), cube.nodata)[0]
    return _data_array(cube)


def _series(cube: DataCube) -> Iterator[bytes]:
    """Yield the text of a list for each geometry of a value for each band, by date if there is time."""
    times = None if cube.of_kind("temporal") is None else cube.times
    yield b"[" if times is None else b"{"
    for first, values in arranged_parts(cube):
        listed: Iterator[str] = map(json.dumps, with_none(values, cube.nodata))
        if times is not None:
            listed = (f'"{time}": {each}' for time, each in zip(times[first:], listed, strict=False))
        if text := ", ".join(listed):
            yield f"{', ' if first else ''}{text}".encode()
    yield b"]" if times is None else b"}"


def _is_series(cube: DataCube) -> bool:
    """Tell whether the dimensions are geometries and, as far as there are any, time and bands."""
    kinds = [each.kind for each in cube.dimensions]
    return (
        "geometry" in kinds
        and set(kinds) <= {"temporal", "geometry", "bands"}
        and len(set(kinds)) == len(kinds)
    )


def _data_array(cube: DataCube) -> dict[str, Any]:
    from mock_backend.engine.core.file_values import Values  # with NumPy, which is heavy

    array = Values(cube).array()
    about: dict[str, Any] = {"dtype": str(array.dtype), "shape": list(array.shape)}
    if cube.grid is not None:
        about["crs"] = cube.grid.crs
    if array.dtype.kind != "f" and cube.nodata is not None:
        # An array of integers has no place for null.
        about["nodata"] = cube.nodata
    return {
        "dims": [each.name for each in cube.dimensions],
        "attrs": about,
        "data": with_none(array, None),
        "coords": {each.name: _coordinate(cube, each) for each in cube.dimensions},
        "name": None,
    }


def _coordinate(cube: DataCube, dimension: Dimension) -> dict[str, Any]:
    labels = list(dimension.labels or ())
    if is_horizontal(dimension) and cube.grid is not None:
        labels, dtype = (cube.grid.ys if dimension.axis == "y" else cube.grid.xs).tolist(), "float64"
    elif dimension.kind == "temporal" and (times := instants(labels)) is not None:
        # As NumPy has them: in UTC, without saying so.
        labels, dtype = [each.replace(tzinfo=None).isoformat() for each in times], "datetime64[ns]"
    elif (dtype := number_type(labels) or "str") == "str":
        labels = [str(label) for label in labels]
    return {"dims": [dimension.name], "attrs": {"dtype": dtype, "shape": [len(labels)]}, "data": labels}


FORMAT = JsonFormat()
