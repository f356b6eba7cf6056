"""Tables of pandas and geopandas as files. Whoever has one has imported the library."""

import json
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from mock_backend.results.documents.extent import BBox
from mock_backend.results.formats.base import check_installed
from mock_backend.results.given.content import Material, Piece, is_of
from mock_backend.results.given.request import ResultRequest

_DEGREES = 4326


class FrameContent(Material):
    """A table of pandas or geopandas, as it is now; a ``GeoSeries`` is a table of one column."""

    def __init__(self, frame: Any) -> None:
        self._has_geometries = is_of(frame, "geopandas", "GeoDataFrame", "GeoSeries")
        self.endings = ("csv", "json", "parquet")
        if self._has_geometries:
            self.endings = ("geojson", "parquet", "json", "csv")
        self.frame = frame.to_frame("geometry") if self._has_geometries and frame.ndim == 1 else frame.copy()

    def pieces(self, ending: str, _asked: ResultRequest) -> Sequence[Piece]:
        """Return the table in a format."""
        write = {"csv": _csv, "json": _json, "parquet": _parquet}
        if not self._has_geometries:
            return [Piece(write[ending](self.frame))]
        degrees = self.frame if self.frame.crs is None else self.frame.to_crs(_DEGREES)
        if ending in ("parquet", "csv"):
            content = write[ending](self.frame)
        else:
            # GeoJSON is in degrees, and JSON of geometries is GeoJSON.
            content = json.dumps(json.loads(degrees.to_json(default=str))).encode()
        west, south, east, north = map(float, degrees.total_bounds)
        # Of no geometries the bounds are NaN.
        bbox: BBox | None = (west, south, east, north) if west <= east else None
        return [Piece(content, bbox=bbox)]


def _csv(frame: Any) -> bytes:
    return str(frame.to_csv(index=_has_index(frame), lineterminator="\n")).encode()


def _json(frame: Any) -> bytes:
    if frame.ndim == 1:
        return str(frame.to_json(date_format="iso")).encode()
    rows = frame.reset_index() if _has_index(frame) else frame
    return str(rows.to_json(orient="records", date_format="iso")).encode()


def _parquet(frame: Any) -> bytes:
    check_installed("Parquet", "parquet", ["pyarrow"])
    table = frame.to_frame(frame.name if frame.name is not None else "value") if frame.ndim == 1 else frame
    if not all(isinstance(each, str) for each in table.columns):
        table = table.rename(columns=str)
    buffer = BytesIO()
    table.to_parquet(buffer)
    return buffer.getvalue()


def _has_index(frame: Any) -> bool:
    """Tell whether the index of a table says more than the numbers of its rows."""
    return type(frame.index).__name__ != "RangeIndex" or frame.index.name is not None
