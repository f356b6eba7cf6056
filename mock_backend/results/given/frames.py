"""Tables of pandas and geopandas as files. Whoever has one has imported the library."""

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

from mock_backend.results.documents.extent import BBox
from mock_backend.results.formats.refusals import check_installed
from mock_backend.results.given.content import Piece
from mock_backend.results.given.request import ResultRequest

_DEGREES = 4326


class FrameContent:
    """A pandas ``DataFrame`` or ``Series``, as it is now."""

    endings = ("csv", "json", "parquet")
    fallback = "csv"
    takes_any = False

    def __init__(self, frame: Any) -> None:
        self.frame = frame.copy()

    def pieces(self, ending: str, _asked: ResultRequest) -> Sequence[Piece]:
        """Return the table in a format."""
        write: dict[str, Callable[[Any], bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet}
        return [Piece(write[ending](self.frame))]


class GeoTable:
    """A geopandas ``GeoDataFrame`` or ``GeoSeries``, as it is now; a series is a table of one column."""

    endings = ("geojson", "parquet", "json", "csv")
    fallback = "geojson"
    takes_any = False

    def __init__(self, frame: Any) -> None:
        self.frame = frame.to_frame("geometry") if frame.ndim == 1 else frame.copy()

    def pieces(self, ending: str, _asked: ResultRequest) -> Sequence[Piece]:
        """Return the table in a format."""
        degrees = self.frame if self.frame.crs is None else self.frame.to_crs(_DEGREES)
        if ending == "parquet":
            content = _parquet(self.frame)
        elif ending == "csv":
            content = _csv(self.frame)
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
