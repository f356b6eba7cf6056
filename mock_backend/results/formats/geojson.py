"""GeoJSON: the geometries of a data cube, with its values as their properties."""

import json
from collections.abc import Mapping
from typing import Any

from mock_backend.catalog.stac.geometry import LEVELS
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.steps.outcome import Plain
from mock_backend.results.formats.base import MAX_WRITTEN, unsuitable, whole_option
from mock_backend.results.formats.layout import features_of_cube
from mock_backend.results.formats.tables.table import FEATURE_INDEX, Tabular, key_names, tables_of

_DECIMALS = 7

# The members of GeoJSON objects that coordinates are in.
_WITH_COORDINATES = {"bbox", "coordinates", "features", "geometries", "geometry"}

_TYPES = {"Feature", "FeatureCollection", "GeometryCollection", *LEVELS}


class GeoJson(Tabular):
    """GeoJSON in degrees.

    A property is called after the labels that its value has: ``B04``, or ``2024-06-01T00:00:00Z_B04``.
    """

    name = "GeoJSON"
    most_values = MAX_WRITTEN
    media_type = "application/geo+json"
    ending = "geojson"
    series = "vectorcube"

    def check(self, content: DataCube | Plain) -> None:
        """Check that it has geometries."""
        if isinstance(content, Plain):
            kind = content.value.get("type") if isinstance(content.value, Mapping) else None
            if not isinstance(kind, str) or kind not in _TYPES:
                raise unsuitable(
                    "GeoJSON holds geometries, and this value is none; JSON holds values of any kind."
                )
            return
        if content.of_kind("geometry") is None:
            raise unsuitable(
                "GeoJSON holds geometries, and this data cube has none: aggregate_spatial makes one that "
                "has them; netCDF holds all data cubes."
            )
        super().check(content)

    def written(self, content: DataCube | Plain, options: Mapping[str, Any]) -> bytes:
        value = content.value if isinstance(content, Plain) else _collection(content)
        decimals = whole_option(options, "coordinate_precision", range(16), _DECIMALS)
        return json.dumps(_rounded(value, decimals), ensure_ascii=False).encode()


def _collection(cube: DataCube) -> dict[str, Any]:
    if cube.is_given:
        # Its values are properties already, and those that are no numbers are there, too.
        return {"type": "FeatureCollection", "features": features_of_cube(cube)}
    features = [
        {**feature, "properties": {**(feature.get("properties") or {}), **more}}
        for feature, more in zip(features_of_cube(cube), _properties(cube), strict=True)
    ]
    return {"type": "FeatureCollection", "features": features}


def _properties(cube: DataCube) -> list[dict[str, Any]]:
    """Return the values of each geometry by the labels that they have otherwise."""
    [table] = tables_of(cube)  # as it is small
    columns = table.as_lists()
    places = columns.pop(FEATURE_INDEX)
    others = [columns.pop(each) for each in key_names(cube) if each != FEATURE_INDEX]
    named = cube.of_kind("bands") is not None
    properties: list[dict[str, Any]] = [{} for _ in features_of_cube(cube)]
    for row, place in enumerate(places):
        labels = [str(other[row]) for other in others]
        for band, values in columns.items():
            name = "_".join([*labels, band] if named or not labels else labels)
            properties[place][name] = values[row]
    return properties


def _rounded(value: Any, decimals: int) -> Any:
    """Return GeoJSON whose coordinates have at most some decimals."""
    if isinstance(value, float):
        return round(value, decimals)
    if isinstance(value, list | tuple):
        return [_rounded(each, decimals) for each in value]
    if isinstance(value, Mapping):
        return {
            name: _rounded(each, decimals) if name in _WITH_COORDINATES else each
            for name, each in value.items()
        }
    return value


FORMAT = GeoJson()
