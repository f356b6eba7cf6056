"""Open results with the libraries that people open them with, and say what the files tell."""

import json
import re
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pandas as pd
import rasterio
import xarray as xr
from pyproj import CRS
from rasterio.errors import NotGeoreferencedWarning

Told = dict[str, Any]

#: The name of a file that was received without one.
UNNAMED = "received"


def open_all(format_: str, files: Sequence[Path]) -> Told:
    """Open the files of a result.

    Args:
        format_: The format they are in.
        files: Their paths.

    Returns:
        What they tell, by the names of what is known of results; ``values`` are their values.
    """
    return _OPENERS[format_](sorted(files))


def _geotiff(files: Sequence[Path]) -> Told:
    told = [_geotiff_file(each) for each in files]
    first = {name: fact for name, fact in told[0].items() if name != "values"}
    for other in told[1:]:
        assert {name: fact for name, fact in other.items() if name != "values"} == first
    return first | _dates_in_names(files, "tif") | {"values": np.stack([each["values"] for each in told])}


def _geotiff_file(path: Path) -> Told:
    with rasterio.open(path) as file:
        assert file.driver == "GTiff"
        assert file.res[0] == file.res[1]
        assert len(set(file.dtypes)) == len(set(file.nodatavals)) == 1 or str(file.nodata) == "nan"
        return {
            "crs": file.crs.to_epsg(),
            "bounds": tuple(round(side, 9) for side in file.bounds),
            "resolution": round(file.res[0], 9),
            "bands": tuple(file.descriptions),
            "dtype": file.dtypes[0],
            "nodata": _text(file.nodata),
            "values": file.read(),
        }


def _png(files: Sequence[Path]) -> Told:
    sizes, shades = set(), []
    for path in files:
        with warnings.catch_warnings():
            # A picture says nothing about where it is.
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(path) as file:
                assert file.driver == "PNG"
                sizes.add((file.width, file.height))
                assert file.dtypes[0] in ("uint8", "uint16")
                shades.append(len(np.unique(file.read(1))))
    # All is white on a day with closed clouds, and there are others.
    assert max(shades) > 1, "pictures on which nothing can be seen"
    (size,) = sizes
    return {"size": size} | _dates_in_names(files, "png")


def _netcdf(files: Sequence[Path]) -> Told:
    (path,) = files
    # Lazily: nothing but the coordinates is read before values are asked for.
    with xr.open_dataset(path, engine="h5netcdf", mask_and_scale=False, chunks=None) as dataset:
        assert not any(variable._in_memory for variable in dataset.data_vars.values())
        return _dataset(dataset)


def _zarr(files: Sequence[Path]) -> Told:
    from zarr.storage import ZipStore

    (path,) = files
    with ZipStore(path, mode="r") as store, xr.open_zarr(store, mask_and_scale=False, chunks=None) as dataset:
        return _dataset(dataset)


def _dataset(dataset: xr.Dataset) -> Told:
    names = [name for name in dataset.data_vars if name != "crs"]
    dtypes = {str(dataset[name].dtype) for name in names}
    fills = {_text(dataset[name].attrs.get("_FillValue")) for name in names}
    (dtype,), (nodata,) = dtypes, fills
    told: Told = {
        "dates": _days(_instants(dataset["t"])) if "t" in dataset.coords else (),
        "dtype": dtype,
        "nodata": nodata,
        "values": np.stack([dataset[name].values for name in names]),
    }
    if "x" in dataset.dims:
        told |= _place(dataset["x"].values, dataset["y"].values)
        told["crs"] = CRS.from_cf(dataset["crs"].attrs).to_epsg()
        if names != ["var"]:  # what other back-ends call the values of a cube without bands, too
            told["bands"] = tuple(map(str, names))
        assert all(dataset[name].attrs["grid_mapping"] == "crs" for name in names)
        assert all(dataset[name].dims[-2:] == ("y", "x") for name in names)
    elif "feature" in dataset.dims:
        columns = dataset["properties"].values if "properties" in dataset.dims else names
        told |= {"geometries": dataset.sizes["feature"], "columns": tuple(map(str, columns))}
    return told


def _json(files: Sequence[Path]) -> Told:
    (path,) = files
    content = json.loads(path.read_text())
    if isinstance(content, int | float):
        return {"values": np.array(content)}
    if "dims" not in content:
        values = np.array(list(content.values()), dtype=float)
        return {"dates": _days(list(content)), "geometries": values.shape[1], "values": values}
    array = xr.DataArray.from_dict(content)
    told: Told = {"values": array.values, "dates": _days(array["t"].values) if "t" in array.dims else ()}
    if "x" in array.dims:
        told |= _place(array["x"].values, array["y"].values)
        told["crs"] = CRS.from_user_input(array.attrs["crs"]).to_epsg()
        if "bands" in array.dims:
            told["bands"] = tuple(array["bands"].values.tolist())
        told["dtype"] = array.attrs["dtype"]
    return told


def _csv(files: Sequence[Path]) -> Told:
    (path,) = files
    return _frame(pd.read_csv(path))


def _parquet(files: Sequence[Path]) -> Told:
    (path,) = files
    schema = pd.read_parquet(path)
    return _features(geopandas.read_parquet(path)) if "geometry" in schema.columns else _frame(schema)


def _geojson(files: Sequence[Path]) -> Told:
    (path,) = files
    frame = geopandas.read_file(path)
    # A row for each geometry, so the labels of values are in the names of the columns.
    labelled = [each for name in frame.columns if (each := re.fullmatch(r"(\d{4}-.+?Z)_(.+)", name))]
    numbers = [each[0] for each in labelled] or list(frame.select_dtypes("number").columns)
    told = _features(frame[[*numbers, "geometry"]])
    if labelled:
        told["dates"] = tuple(dict.fromkeys(_days([each[1] for each in labelled])))
        told["columns"] = tuple(dict.fromkeys(each[2] for each in labelled))
        assert len(labelled) == len(told["dates"]) * len(told["columns"])
    return told


def _frame(frame: pd.DataFrame) -> Told:
    keys = [name for name in ("date", "feature_index") if name in frame.columns]
    if "properties" in frame.columns:
        frame = frame.pivot(index=keys, columns="properties", values="value").reset_index()
    columns = [name for name in frame.columns if name not in (*keys, "geometry")]
    told: Told = {"columns": tuple(columns), "values": frame[columns].to_numpy(dtype=float)}
    told["dates"] = _days(frame["date"].unique()) if "date" in keys else ()
    if "feature_index" in keys:
        told["geometries"] = frame["feature_index"].nunique()
        assert len(frame) == told["geometries"] * max(len(told["dates"]), 1)
    return told


def _features(frame: geopandas.GeoDataFrame) -> Told:
    assert frame.crs.to_epsg() == 4326
    assert frame.geometry.is_valid.all()
    told = _frame(pd.DataFrame(frame))
    return told | {
        "geometries": frame.geometry.nunique(),
        "bounds": tuple(round(float(side), 7) for side in frame.total_bounds),
    }


def _place(xs: Any, ys: Any) -> Told:
    """Return where the pixels are whose centres have these coordinates, from north to south."""
    steps = np.unique(np.round([*np.diff(xs), *-np.diff(ys)], 9))
    step = float(steps.mean())
    assert np.allclose(steps, step, rtol=1e-6)
    sides = (xs[0] - step / 2, ys[-1] - step / 2, xs[-1] + step / 2, ys[0] + step / 2)
    return {"resolution": round(step, 9), "bounds": tuple(round(float(side), 9) for side in sides)}


def _dates_in_names(files: Sequence[Path], ending: str) -> Told:
    names = [each.name for each in files]
    if names == [UNNAMED]:
        return {}
    if names == [f"openEO.{ending}"]:
        return {"dates": ()}
    matches = [re.fullmatch(rf"openEO_(\d{{4}}-\d\d-\d\d)Z\.{ending}", name) for name in names]
    assert all(matches), names
    return {"dates": tuple(match[1] for match in matches if match)}


def _days(labels: Any) -> tuple[str, ...]:
    return tuple(pd.to_datetime(list(labels), utc=True).strftime("%Y-%m-%d"))


def _instants(labels: xr.DataArray) -> Any:
    assert labels.dtype.kind == "M", "dates that xarray does not know for dates"
    return labels.values


def _text(nodata: Any) -> str:
    return (
        "nan" if nodata is not None and np.isnan(nodata) else f"{nodata:g}" if nodata is not None else "none"
    )


_OPENERS: dict[str, Callable[[Sequence[Path]], Told]] = {
    "GTiff": _geotiff,
    "netCDF": _netcdf,
    "PNG": _png,
    "Zarr": _zarr,
    "JSON": _json,
    "CSV": _csv,
    "GeoJSON": _geojson,
    "Parquet": _parquet,
}
