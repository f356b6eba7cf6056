"""The metadata that GDAL reads of a GeoTIFF's bands: descriptions, units, statistics."""

import sys
from collections.abc import Mapping, Sequence
from html import escape

from mock_backend.results.formats.rasters import Layer

#: The statistics of a band by their STAC names.
Statistics = Mapping[str, float]

_COLOURS = ("red", "green", "blue", "alpha")
_NAMES = ("minimum", "maximum", "mean", "stddev", "valid_percent")
#: The statistics with the longest texts.
LONGEST: Statistics = dict.fromkeys(_NAMES, -sys.float_info.max)


def description_of(layers: Sequence[Layer]) -> str:
    """Return the items that are known without values."""
    lines = []
    for sample, layer in enumerate(layers):
        band = layer.band
        said: dict[str, object] = {"description": layer.name}
        if band.scale not in (None, 1) or band.offset not in (None, 0):
            said |= {
                "offset": float(band.offset or 0),
                "scale": float(1 if band.scale is None else band.scale),
            }
        if band.unit:
            said["unittype"] = band.unit
        if band.common_name in _COLOURS:
            said["colorinterp"] = band.common_name.capitalize()
        lines += [_item(role.upper(), sample, value, f' role="{role}"') for role, value in said.items()]
    return "".join(lines)


def gdal_metadata(description: str, statistics: Sequence[Statistics], *, sampled: bool) -> str:
    """Return the metadata as XML.

    Args:
        statistics: The statistics of each band; none if they are not told.
        sampled: True if they are those of a sample.
    """
    lines = ["<GDALMetadata>\n", description]
    for sample, each in enumerate(statistics):
        if sampled:
            lines.append(_item("STATISTICS_APPROXIMATE", sample, "YES"))
        lines += [_item(f"STATISTICS_{name.upper()}", sample, each[name]) for name in _NAMES if name in each]
    return "".join([*lines, "</GDALMetadata>\n"])


def _item(name: str, sample: int, value: object, role: str = "") -> str:
    # GDAL reads values that are escaped once more than XML has them.
    text = escape(escape(str(value), quote=False), quote=False)
    return f'  <Item name="{name}" sample="{sample}"{role}>{text}</Item>\n'
