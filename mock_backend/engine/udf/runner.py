"""Run a user-defined function: on an array, vector data, time series of places, JSON values, or metadata.

Functions get copies of the data and of ``context``, their further arguments; ``log`` takes what they log,
print and warn of. One that fails, or returns something else than it should, raises ``UdfFailure``.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.udf.capture import Log
from mock_backend.engine.udf.code import copied, run_udf_code, running
from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.xarrays import UdfArray, from_xarray, instants_of, projection_of, to_xarray

if TYPE_CHECKING:
    import geopandas
    from openeo.metadata import CollectionMetadata

#: Names that code defines to work on the time series of each geometry.
_PER_SERIES = ("udf_apply_udf_data", "udf_apply_feature_dataframe")


@dataclass(frozen=True, eq=False)
class UdfFeatures:
    """Geometries with properties and, maybe, values."""

    features: Sequence[Mapping[str, Any]]
    crs: str = "EPSG:4326"  #: The coordinate system of their geometries
    #: The values of a vector cube; its first dimension, ``geometry``, is that of the features
    values: UdfArray | None = None


def run_udf(code: str, data: UdfArray, context: Mapping[str, Any] | None, *, log: Log) -> UdfArray:
    """Run a user-defined function on an array.

    It is called as back-ends do: ``apply_datacube`` with an ``XarrayDataCube`` or a ``DataArray``,
    ``apply_timeseries``, or any function of one ``UdfData``. Each call runs the code anew, in a namespace of
    its own: nothing that a function keeps in its module is there for the next window, so that results depend
    neither on the order of windows nor on threads. There is no time limit: a thread cannot be stopped.

    Returns:
        What it returned: the values as float32, the dimensions as the function has named and ordered them
        (``UdfArray.arranged`` puts them in order), the labels of those that have some.
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
        if not isinstance(cubes[0], XarrayDataCube):
            raise UdfFailure.of_result(f"an XarrayDataCube was expected, got {type(cubes[0]).__name__}")
        return from_xarray(cubes[0].get_array(), data)


def run_on_features(
    code: str, data: UdfFeatures, context: Mapping[str, Any] | None, *, log: Log
) -> UdfFeatures | list[Any] | dict[str, Any]:
    """Run a user-defined function on vector data.

    ``apply_vectorcube`` gets the geometries as a ``GeoDataFrame`` and the values as a ``DataArray`` along
    ``geometry``, and ``t`` and ``bands`` if there are such dimensions. A function of ``UdfData`` gets a
    feature collection. Needs geopandas.

    Returns:
        The features, or the JSON value, that the function returned. Values of geometries, also those that it
        gets as features, are properties, e.g. ``2024-06-01T00:00:00Z~B04``.
    """
    from openeo.udf.feature_collection import FeatureCollection
    from openeo.udf.udf_data import UdfData
    from openeo.udf.xarraydatacube import XarrayDataCube

    with running(code, log) as namespace:
        frame = _frame_of(data)
        cubes = None
        if "apply_vectorcube" in namespace:
            cubes = [XarrayDataCube(to_xarray(_required(data.values)))]
        elif data.values is not None:
            _flatten_into(frame, data.values)
        given = UdfData(
            proj=projection_of(data.crs),
            datacube_list=cubes,
            feature_collection_list=[FeatureCollection(id="_", data=frame)],
            user_context=copied(context),
        )
        found = run_udf_code(namespace, code, given)
        collections = found.get_feature_collection_list() or []
        if not collections:
            return _structured(found)
        if len(collections) != 1:
            raise ValueError(f"UDF should return single feature collection but got {len(collections)}")
        made = collections[0].data
        if cubes is not None:
            [cube] = found.get_datacube_list() or []
            _flatten_into(made, from_xarray(cube.get_array(), _required(data.values)))
        return UdfFeatures(_features_of(made), data.crs)


def run_on_json(
    code: str, data: list[Any] | dict[str, Any], context: Mapping[str, Any] | None, *, log: Log
) -> list[Any] | dict[str, Any]:
    """Run a user-defined function of ``UdfData`` on a JSON value, e.g. on series by instant.

    Returns:
        The structured data that it returned.
    """
    from copy import deepcopy

    from openeo.udf.structured_data import StructuredData
    from openeo.udf.udf_data import UdfData

    kind = "dict" if isinstance(data, dict) else "list"
    with running(code, log) as namespace:
        structured = StructuredData(deepcopy(data), description=f"Data {kind}", type=kind)
        given = UdfData(structured_data_list=[structured], user_context=copied(context))
        return _structured(run_udf_code(namespace, code, given))


def is_per_series(code: str) -> bool:
    """Tell whether code is made for ``run_on_series``."""
    return any(f"def {each}(" in code for each in _PER_SERIES)


def is_for_vector_cubes(code: str) -> bool:
    """Tell whether code wants the geometries and values that ``run_on_features`` hands on."""
    return "def apply_vectorcube(" in code


def run_on_series(
    code: str, data: UdfArray, context: Mapping[str, Any] | None, *, log: Log
) -> dict[str, Any]:
    """Run a user-defined function on the series of each geometry by itself.

    ``udf_apply_feature_dataframe`` gets a ``DataFrame`` with the instants as its index and the bands as its
    columns; ``udf_apply_udf_data`` gets structured data: a list of values by instant.

    Args:
        data: The values along ``geometry``, ``t`` and ``bands``.

    Returns:
        A table of what it returned: ``columns``, ``index`` and ``data``.
    """
    import json

    import pandas as pd
    from openeo.udf.structured_data import StructuredData
    from openeo.udf.udf_data import UdfData

    array = data.arranged("geometry", "t", "bands")
    bands = [str(each) for each in array.coords.get("bands", range(array.values.shape[2]))]
    times = list(array.coords.get("t", ()))
    tables = []
    with running(code, log) as namespace:
        for number, values in enumerate(array.values.astype("float64")):
            if "udf_apply_udf_data" in namespace:
                series = {time: [row] for time, row in zip(times, values.tolist(), strict=True)}
                structured = StructuredData(series, description=f"Feature data {number}", type="dict")
                given = UdfData(structured_data_list=[structured], user_context=copied(context))
                found = namespace["udf_apply_udf_data"](given)
                if isinstance(found, UdfData):
                    found = _structured(found)
            else:
                index = pd.DatetimeIndex(instants_of(times), name="date", tz="UTC")
                frame = pd.DataFrame(values.copy(), columns=bands, index=index)
                found = namespace["udf_apply_feature_dataframe"](frame)
            tables.append(_table_of(found, number))
        whole = pd.concat(tables)
        text = whole.to_json(orient="split", date_format="iso", force_ascii=False)
    table: dict[str, Any] = json.loads(text)
    return table


def _table_of(found: Any, number: int) -> Any:
    """Return what a function returned for one geometry as rows that begin with its number."""
    import pandas as pd

    if isinstance(found, (int, float, str)):
        found = pd.Series([found])
    elif isinstance(found, dict):
        found = pd.DataFrame.from_dict(found, orient="index")
    elif isinstance(found, list):
        found = pd.DataFrame(found)
    if isinstance(found, pd.Series):
        found = pd.DataFrame(found).T
    elif isinstance(found, pd.DataFrame):
        found = found.reset_index()
    else:
        raise UdfFailure.of_result(f"a Series or DataFrame was expected, got {type(found).__name__}")
    found.insert(0, "feature_index", number)
    return found


def _frame_of(data: UdfFeatures) -> "geopandas.GeoDataFrame":
    import geopandas

    # Through shapely's copies: neither geometries nor properties are those of the data cube.
    features = [{"type": "Feature", "properties": {}, **each} for each in data.features]
    return geopandas.GeoDataFrame.from_features(features, crs=data.crs)


def _flatten_into(frame: Any, values: UdfArray) -> None:
    """Add a property for each value that every geometry has."""
    import itertools

    labels = [
        values.coords.get(each, range(values.values.shape[1 + axis]))
        for axis, each in enumerate(values.dims[1:])
    ]
    for places in itertools.product(*(range(len(each)) for each in labels)):
        name = "~".join(str(each[place]) for each, place in zip(labels, places, strict=True))
        # One position of each dimension but the first: all geometries have the others.
        column: Any = (slice(None), *places)
        frame[name or "_vc"] = values.values[column]


def _features_of(found: Any) -> list[dict[str, Any]]:
    """Return the GeoJSON features of a ``GeoDataFrame`` or ``GeoSeries``."""
    import json

    import geopandas

    frame = geopandas.GeoDataFrame(geometry=found) if isinstance(found, geopandas.GeoSeries) else found
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise UdfFailure.of_result(f"a GeoDataFrame was expected, got {type(frame).__name__}")
    invalid = [place for place, is_valid in enumerate(frame.is_valid) if not is_valid]
    if invalid:
        raise UdfFailure.of_result(f"the geometries at {invalid} are not valid")
    features: list[dict[str, Any]] = json.loads(frame.to_json(to_wgs84=False, na="null"))["features"]
    return features


def _structured(found: Any) -> list[Any] | dict[str, Any]:
    from mock_backend.engine.udf.capture import json_or_description

    results = [json_or_description(each.data) for each in found.get_structured_data_list() or []]
    if not results:
        raise UdfFailure.of_result("either features or structured data were expected")
    return results[0] if len(results) == 1 else results


def _required(values: UdfArray | None) -> UdfArray:
    if values is None:
        raise UdfFailure.of_result("apply_vectorcube works on vector cubes with values only")
    return values


_DEFINED = re.compile(r"^def\s+apply_metadata\s*\(", re.MULTILINE)


@dataclass(frozen=True)
class UdfMetadata:
    """Labels and pixels that come out of a user-defined function."""

    bands: tuple[str, ...] | None  #: The labels of the dimension of bands; None if there is none
    steps: Mapping[str, float]  #: The size of pixels along each horizontal dimension


def apply_metadata(
    code: str, given: Callable[[], "CollectionMetadata"], context: Mapping[str, Any] | None, *, log: Log
) -> UdfMetadata | None:
    """Return what comes out of a user-defined function, if it tells by ``apply_metadata``.

    Args:
        given: Makes the metadata that the function gets.
        context: The function's further arguments; a copy.

    Returns:
        The labels and pixels; None if the code has no such function.

    Raises:
        UdfFailure: If it fails, returns something else, or removes the dimension of bands.
    """
    if _DEFINED.search(code) is None:
        return None
    from openeo.metadata import CubeMetadata

    metadata = given()
    had_bands = metadata.has_band_dimension()
    with running(code, log) as namespace:
        found = namespace["apply_metadata"](metadata, copied(context))
        if not isinstance(found, CubeMetadata):
            raise UdfFailure.of_result(
                f"apply_metadata should return the kind of metadata that it got, not {type(found).__name__}"
            )
        if had_bands and not found.has_band_dimension():
            raise UdfFailure.of_result("apply_metadata should not remove the dimension of bands")
        bands: list[Any] | None = None
        if found.has_band_dimension():
            # Bands may be given by their names alone, and have such a name again.
            bands = [getattr(each, "name", each) for each in found.bands]
        spatial = [each for each in found._dimensions or [] if each.type == "spatial"]
        return UdfMetadata(
            bands=None if bands is None else tuple(str(getattr(each, "name", each)) for each in bands),
            steps={each.name: each.step for each in spatial if each.step is not None},  # type: ignore[attr-defined]  # those of spatial dimensions
        )
