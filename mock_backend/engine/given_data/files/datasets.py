"""netCDF and Zarr, by xarray: what was written here needs no more libraries than writing it."""

import json
import math
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray

from mock_backend.engine.given_data.data import MOST, GivenDataError, Variables, xarray_variables

_CLASSIC = b"CDF"
_METADATA = ".zmetadata"
#: The files by which a folder is known to be Zarr.
ZARR = (_METADATA, ".zgroup", "zarr.json")

#: Returns the content of a file of a Zarr store; None if there is none.
_Fetch = Callable[[str], bytes | None]


def read_netcdf(content: bytes | Path) -> Variables:
    """Read netCDF."""
    import xarray  # heavy, and only for those who have such files

    beginning = content[:3] if isinstance(content, bytes) else _beginning(content)
    # As it is written here.
    by_hdf5 = beginning != _CLASSIC and find_spec("h5netcdf") and find_spec("h5py")
    engine: Any = "h5netcdf" if by_hdf5 else "netcdf4"
    with _blamed(content, "This netCDF file") as what:
        if not by_hdf5:
            installed("netCDF4", what)
        if isinstance(content, bytes) and not by_hdf5:
            return _from_file(content)
        opened: Any = BytesIO(content) if isinstance(content, bytes) else content
        with xarray.open_dataset(opened, engine=engine) as dataset:
            return xarray_variables(dataset.load())


def read_zarr(content: bytes | Path) -> Variables:
    """Read a Zarr store: a folder, or one in a zip file."""
    import xarray

    with _blamed(content, "This Zarr store") as what:
        if isinstance(content, Path) and content.is_dir():
            simple = _simple(lambda name: _of_folder(content, name))
        else:
            with ZipFile(BytesIO(content) if isinstance(content, bytes) else content) as archive:
                names = set(archive.namelist())
                simple = _simple(lambda name: archive.read(name) if name in names else None)
        if simple is not None:
            dataset = xarray.Dataset({name: parts for name, parts in simple.items() if name})
            return xarray_variables(xarray.decode_cf(dataset.assign_attrs(simple[""][2])))
        if isinstance(content, bytes):
            raise GivenDataError(f"{what} is not simple enough to be read without being a file.")
        installed("zarr", what)
        with xarray.open_dataset(content, engine="zarr", consolidated=False) as dataset:
            return xarray_variables(dataset.load())


@contextmanager
def _blamed(content: bytes | Path, kind: str) -> Iterator[str]:
    """Yield what messages call content, and tell of what it is that it cannot be read."""
    what = kind if isinstance(content, bytes) else f"{content}"
    try:
        yield what
    except GivenDataError:
        raise
    except Exception as error:  # of files that are broken, libraries tell by exceptions of any kind
        raise GivenDataError(f"{what} cannot be read: {error}") from None


def _from_file(content: bytes) -> Variables:
    """Read netCDF by a library that wants to have a file."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        path = Path(folder) / "content.nc"
        path.write_bytes(content)
        return read_netcdf(path)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(len(_CLASSIC))


def _of_folder(folder: Path, name: str) -> bytes | None:
    path = folder / name
    return path.read_bytes() if path.is_file() else None


def _simple(fetch: _Fetch) -> dict[str, tuple[Any, Any, Any]] | None:
    """Return the arrays of a store of version 2 whose compression is in the standard library.

    Returns:
        Dimensions, values and attributes by name, those of the whole by an empty one; None if the store is
        of another kind. The zarr library would read it, too, but runs an event loop in a thread of its own,
        for which it needs a socket.
    """
    raw = fetch(_METADATA)
    if raw is None:
        return None
    metadata = json.loads(raw)["metadata"]
    names = [key.removesuffix("/.zarray") for key in metadata if key.endswith("/.zarray")]
    found: dict[str, tuple[Any, Any, Any]] = {"": ((), (), metadata.get(".zattrs", {}))}
    for name in names:
        about = metadata[f"{name}/.zarray"]
        attributes = dict(metadata.get(f"{name}/.zattrs", {}))
        dimensions = attributes.pop("_ARRAY_DIMENSIONS", None)
        compressor = (about.get("compressor") or {}).get("id")
        if compressor not in (None, "zlib") or about.get("filters") or dimensions is None or "/" in name:
            return None
        values = _array(about, name, fetch, compressed=compressor is not None)
        if (fill := about.get("fill_value")) is not None and values.dtype.kind in "iuf":
            attributes["_FillValue"] = values.dtype.type(fill)
        found[name] = dimensions, values, attributes
    return found


def _array(about: Mapping[str, Any], name: str, fetch: _Fetch, *, compressed: bool) -> NDArray[Any]:
    dtype, shape, chunks = np.dtype(about["dtype"]), about["shape"], about["chunks"]
    if math.prod(shape) > MOST:
        raise GivenDataError(f"A Zarr array of the shape {shape} is too large to be data of a test.")
    values = np.zeros(shape, dtype)
    if (fill := about.get("fill_value")) is not None and dtype.kind in "biuf":
        values[...] = fill
    separator = about.get("dimension_separator", ".")
    for place in product(*(range(-(-size // step)) for size, step in zip(shape, chunks, strict=True))):
        content = fetch(f"{name}/{separator.join(map(str, place)) or '0'}")
        if content is None:
            continue
        raw = zlib.decompress(content) if compressed else content
        chunk = np.frombuffer(raw, dtype).reshape(chunks, order=about.get("order", "C"))
        into = tuple(slice(at * step, (at + 1) * step) for at, step in zip(place, chunks, strict=True))
        target = values[into]
        values[into] = chunk[tuple(slice(size) for size in target.shape)]
    return values


def installed(module: str, what: str) -> Any:
    """Return a module that reads files; if it is not installed, the error says how to install it."""
    if find_spec(module) is None:
        raise GivenDataError(
            f"{what} is none that this back-end has written, and reading it needs {module}, which is not "
            "installed: pip install 'openeo-mock-backend[data]'"
        )
    return import_module(module)
