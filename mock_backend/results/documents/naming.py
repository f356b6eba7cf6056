"""The names and media types of files, and what content says that it is."""

import json
import mimetypes
from collections import Counter
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from mock_backend.catalog.stac.geometry import LEVELS

#: The media types of endings that matter in earth observation.
_MEDIA_TYPES = {
    "tif": "image/tiff; application=geotiff",
    "nc": "application/x-netcdf",
    "json": "application/json",
    "geojson": "application/geo+json",
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jp2": "image/jp2",
    "zarr.zip": "application/zip",
    "zip": "application/zip",
    "h5": "application/x-hdf5",
    "gpkg": "application/geopackage+sqlite3",
    "grib": "application/wmo-GRIB2",
    "txt": "text/plain",
    "html": "text/html",
    "gz": "application/gzip",
    "tar.gz": "application/gzip",
    "tar": "application/x-tar",
    "bin": "application/octet-stream",
}
_SAME = {"tiff": "tif", "jpeg": "jpg", "netcdf": "nc", "nc4": "nc", "geoparquet": "parquet", "hdf5": "h5"}

#: Endings of files by the format's name in lower case.
_ENDINGS = {
    "gtiff": "tif",
    "geotiff": "tif",
    "cog": "tif",
    "netcdf": "nc",
    "json": "json",
    "geojson": "geojson",
    "csv": "csv",
    "parquet": "parquet",
    "geoparquet": "parquet",
    "png": "png",
    "jpeg": "jpg",
    "zarr": "zarr.zip",
}

_STEMS = {
    **dict.fromkeys(("tif", "nc", "png", "jpg", "jp2", "zarr.zip"), "openEO"),
    **dict.fromkeys(("csv", "parquet"), "timeseries"),
    "geojson": "vectorcube",
}

#: Beginnings of files by their endings.
_BEGINNINGS: Mapping[str, bytes | tuple[bytes, ...]] = {
    "tif": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "nc": (b"\x89HDF\r\n\x1a\n", b"CDF\x01", b"CDF\x02", b"CDF\x05"),
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff",
    "jp2": b"\0\0\0\x0cjP  ",
    "parquet": b"PAR1",
    "grib": b"GRIB",
    "gz": b"\x1f\x8b",
    "gpkg": b"SQLite format 3\0",
    "pdf": b"%PDF-",
}
_GEOJSON_MEMBERS = {
    "FeatureCollection": "features",
    "Feature": "geometry",
    "GeometryCollection": "geometries",
    **dict.fromkeys(LEVELS, "coordinates"),
}


def ending_of(name: str) -> str:
    """Return what a name ends in, without the dot and in the usual spelling; empty if it has no ending."""
    ending = split_name(name)[1][1:].lower()
    return _SAME.get(ending, ending)


def split_name(name: str) -> tuple[str, str]:
    """Return a name without its ending, and the ending as it is written, with its dot."""
    folder, slash, last = name.rpartition("/")
    parts = last.split(".")
    count = 2 if ".".join(parts[-2:]).lower() in _MEDIA_TYPES and len(parts) > 2 else 1
    if len(parts) <= count:
        return name, ""
    return folder + slash + ".".join(parts[:-count]), "." + ".".join(parts[-count:])


def ending_of_format(name: str | None) -> str | None:
    """Return the ending of files of a format; None if it is unknown."""
    return None if name is None else _ENDINGS.get(name.lower())


def ending_of_type(media_type: str) -> str | None:
    """Return the ending of files of a media type; None if it is unknown."""
    asked = media_type.partition(";")[0].strip().lower()
    for ending, known in _MEDIA_TYPES.items():
        if known.partition(";")[0] == asked:
            return ending
    guessed = _types().guess_extension(asked)
    return None if guessed is None else _SAME.get(guessed[1:], guessed[1:])


def media_type_of(ending: str) -> str:
    """Return the media type of files with an ending."""
    known = _MEDIA_TYPES.get(ending)
    return known or _types().guess_type(f"file.{ending}")[0] or "application/octet-stream"


def stem_for(ending: str) -> str:
    """Return the default name of files with an ending."""
    return _STEMS.get(ending, "result")


def endings_in(content: bytes) -> tuple[str, ...]:
    """Return the endings that fit what content says that it is, the most telling first.

    Returns:
        Endings; none if it could be anything, e.g. mere text.
    """
    found = next((ending for ending, magic in _BEGINNINGS.items() if content.startswith(magic)), None)
    if found is not None:
        return (found, "h5") if found == "nc" else (found,)
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip", "zarr.zip"
    if content[257:262] == b"ustar":
        return ("tar",)
    if content.lstrip()[:1] in (b"{", b"["):
        try:
            return endings_of_json(json.loads(content))
        except (ValueError, RecursionError):
            return ()
    return ()


def endings_of_json(value: Any) -> tuple[str, ...]:
    """Return the endings that fit a value, the most telling first."""
    kind = value.get("type") if isinstance(value, dict) else None
    member = _GEOJSON_MEMBERS.get(kind) if isinstance(kind, str) else None
    return ("geojson", "json") if member is not None and member in value else ("json",)


def is_text(content: bytes) -> bool:
    """Tell whether content is text."""
    try:
        return b"\0" not in content and bool(content.decode())
    except UnicodeDecodeError:
        return False


def name_apart(name: str, is_taken: Callable[[str], object], numbers: Counter[str] | None = None) -> str:
    """Return a name like another one that nothing has yet: with a number behind its stem.

    Args:
        is_taken: Tells whether something has a name.
        numbers: The last numbers that were given behind names, if many names are asked for.
    """
    stem, ending = split_name(name)
    numbers, candidate = Counter() if numbers is None else numbers, name
    while is_taken(candidate):
        numbers[name] += 1
        candidate = f"{stem}_{numbers[name] + 1}{ending}"
    return candidate


@lru_cache(maxsize=1)
def _types() -> mimetypes.MimeTypes:
    # Python's own table: what the files of a machine add to it differs from the next machine's.
    return mimetypes.MimeTypes()
