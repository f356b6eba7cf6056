"""Data cubes of xarray as files. Whoever has one has imported the library."""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mock_backend.engine.cubes import Grid
from mock_backend.errors import Internal
from mock_backend.results.formats.base import check_installed
from mock_backend.results.given.arrays import raster
from mock_backend.results.given.content import JsonContent, Material, Piece
from mock_backend.results.given.frames import FrameContent
from mock_backend.results.given.request import ResultRequest

_TIMES = ("t", "time", "date")
#: Name of the only variable if it has none, as in synthetic results.
_NAMELESS = "var"
# The dimension of what were variables: a name that no data set has.
_VARIABLES = "variables of the data set"


class XarrayContent(Material):
    """An xarray ``DataArray`` or ``Dataset``, as it is now."""

    endings = ("nc", "tif", "json", "csv", "parquet", "zarr.zip")

    def __init__(self, cube: Any) -> None:
        self.cube = cube.copy(deep=True)

    def pieces(self, ending: str, asked: ResultRequest) -> Sequence[Piece]:
        """Return the data cube in a format: as GeoTIFFs one for each date."""
        if ending == "tif":
            return list(_rasters(self.cube))
        if ending in ("csv", "parquet"):
            return FrameContent(self._named.to_dataframe()).pieces(ending, asked)
        grid = _grid_of(self.cube)
        bbox = None if grid is None else grid.bbox
        try:
            if ending == "json":
                return [Piece(JsonContent(self.cube.to_dict()).content, bbox=bbox)]
            dataset = self.cube if _is_dataset(self.cube) else self._named.to_dataset()
            content = _zarr(dataset) if ending == "zarr.zip" else _netcdf(dataset)
        except (TypeError, ValueError) as error:
            raise Internal(
                f"The xarray object that set_result() was given cannot be written as .{ending}: {error}"
            ) from error
        return [Piece(content, bbox=bbox)]

    @property
    def _named(self) -> Any:
        if _is_dataset(self.cube) or self.cube.name is not None:
            return self.cube
        return self.cube.rename(_NAMELESS)


def _rasters(cube: Any) -> Iterator[Piece]:
    grid = _grid_of(cube)
    if grid is None:
        raise Internal(
            "The xarray object that set_result() was given is to be a GeoTIFF, but does not say where its "
            "pixels are: it needs evenly spaced coordinates x and y (or lon and lat), and for x and y a "
            "coordinate system: attrs['crs'] = 'EPSG:32631', or a coordinate spatial_ref with crs_wkt. With "
            "name='openEO.nc' it is netCDF, which needs neither."
        )
    pixels = _with_pixels(cube)
    x, y = _axes_of(pixels)
    times = [each for each in pixels.dims if each in _TIMES or pixels[each].dtype.kind == "M"]
    others = [each for each in pixels.dims if each not in (x, y, *times)]
    if len(times) > 1 or len(others) > 1:
        raise Internal(
            "A GeoTIFF has bands, rows and columns, and there is one for each date; the xarray object that "
            f"set_result() was given has {', '.join(map(str, pixels.dims))}. With name='openEO.nc' it is "
            "netCDF."
        )
    pixels = pixels.transpose(*times, *others, y, x)
    # From the north-west, as all rasters.
    pixels = pixels.isel({x: _order(pixels[x]), y: _order(pixels[y], descending=True)})
    names = [str(each) for each in pixels[others[0]].values] if others else [str(pixels.name or "band1")]
    nodata = next(
        (
            place[name]
            for place in (pixels.attrs, pixels.encoding)
            for name in ("_FillValue", "nodata")
            if name in place
        ),
        None,
    )
    for place, when in enumerate(_labels(pixels[times[0]])) if times else [(0, None)]:
        values = pixels.isel({times[0]: place}).values if times else pixels.values
        yield raster(values if others else values[None], grid, names, nodata=nodata, when=when)


def _axes_of(cube: Any) -> tuple[Any, Any]:
    """Return the names of the dimensions from west to east and from north to south; None if there is none."""
    # With NumPy, as whoever has xarray has it.
    from mock_backend.engine.given_data.data import xarray_variables
    from mock_backend.engine.given_data.files.georeference import roles_of

    roles = roles_of([str(each) for each in cube.dims], xarray_variables(cube).coordinates)
    return roles.get("x"), roles.get("y")


def _with_pixels(cube: Any) -> Any:
    """Return all variables that have pixels as a ``DataArray``; those of a ``Dataset`` become its bands."""
    if not _is_dataset(cube):
        return cube
    axes = set(_axes_of(cube))
    names = [name for name, variable in cube.data_vars.items() if axes <= set(variable.dims)]
    if not names:
        raise Internal("The xarray.Dataset that set_result() was given has no variable with pixels.")
    first = cube[names[0]]
    if len(names) == 1:
        return first
    stacked = cube[names].to_array(_VARIABLES)
    stacked.attrs, stacked.encoding = dict(first.attrs), dict(first.encoding)
    return stacked


def _grid_of(cube: Any) -> Grid | None:
    """Return where the pixels of an object are; None if it does not say that.

    Raises:
        Internal: If it names a coordinate system that there is not.
    """
    from mock_backend.engine.given_data.data import GivenDataError, Told, xarray_variables
    from mock_backend.engine.given_data.files import georeference

    x, y = _axes_of(cube)
    if x is None or y is None:
        return None
    variables = xarray_variables(cube)
    try:
        georeference.crs_of(variables)
    except GivenDataError as error:
        raise Internal(f"The xarray object that set_result() was given has an unknown crs: {error}") from None
    try:
        return georeference.grid_of_variables(variables, x, y, (cube.sizes[y], cube.sizes[x]), Told())
    except GivenDataError:
        return None


def _labels(times: Any) -> list[str]:
    import numpy as np  # whoever has xarray has it

    if times.dtype.kind == "M":
        return [f"{each}Z" for each in np.datetime_as_string(times.values, unit="s")]
    return [str(each) for each in times.values]


def _order(coordinates: Any, *, descending: bool = False) -> slice:
    first, last = coordinates.values[[0, -1]]
    return slice(None, None, -1 if bool(first > last) != descending else 1)


def _is_dataset(cube: Any) -> bool:
    return hasattr(cube, "data_vars")


def _netcdf(dataset: Any) -> bytes:
    if find_spec("netCDF4") is None:
        check_installed("netCDF", "netcdf", ["h5netcdf", "h5py"])
    engine = "h5netcdf" if find_spec("h5netcdf") and find_spec("h5py") else "netcdf4"
    with TemporaryDirectory() as folder:
        path = Path(folder) / "result.nc"
        dataset.to_netcdf(path, engine=engine)
        return path.read_bytes()


def _zarr(dataset: Any) -> bytes:
    # The zarr library runs an event loop in a thread of its own, which needs a socket and outlives the call.
    from xarray.conventions import cf_encoder, encode_dataset_coordinates

    from mock_backend.results.formats.arrays.dataset import Dataset, DatasetVariable
    from mock_backend.results.formats.arrays.zarr_zip import zipped

    encoded, attributes = cf_encoder(*encode_dataset_coordinates(dataset))
    variables = {}
    for name, variable in encoded.items():
        attrs = dict(variable.attrs)
        fill = attrs.pop("_FillValue", None)
        values = variable.values
        if values.dtype.kind == "O":
            values = values.astype("U")
        dimensions = tuple(map(str, variable.dims))
        variables[str(name)] = DatasetVariable(
            dimensions, values, attrs, None if fill is None else float(fill)
        )
    sizes = {str(name): size for name, size in dataset.sizes.items()}
    return zipped(Dataset(sizes, variables, attributes))
