"""The types of services a back-end offers, and what may be configured about them."""

from collections.abc import Mapping
from typing import Any

from mock_backend.api.services.colour_maps import COLORMAPS
from mock_backend.errors import (
    ServiceConfigInvalid,
    ServiceConfigRequired,
    ServiceConfigUnsupported,
    ServiceUnsupported,
)
from mock_backend.errors.suggestions import did_you_mean
from mock_backend.processes.validation.schema_check import Checker

ServiceType = dict[str, Any]
ServiceTypes = dict[str, ServiceType]

TILE_SIZES = (256, 512)
WMS_VERSIONS = ("1.1.1", "1.3.0")
#: The only layer of a WMS.
LAYER = "result"

# The subtypes that repeat a type are for strict readers of the specification: without one, a schema
# is valid under more than one of the alternatives of which it says that just one has to hold.

_COLORMAP = {
    "type": "string",
    "subtype": "string",
    "description": "The colours of the map.",
    "enum": list(COLORMAPS),
    "default": next(iter(COLORMAPS)),
}
_SPATIAL_EXTENT = {
    "name": "spatial_extent",
    "description": "The area that is asked for, in degrees.",
    "schema": {
        "type": "object",
        "subtype": "bounding-box",
        "required": ["west", "south", "east", "north"],
        "properties": {side: {"type": "number"} for side in ("west", "south", "east", "north")},
    },
}


def _count(name: str, description: str) -> dict[str, Any]:
    schema = {"type": "integer", "subtype": "integer", "minimum": 0}
    return {"name": name, "description": description, "schema": schema}


SERVICE_TYPES: ServiceTypes = {
    "XYZ": {
        "title": "XYZ tiles",
        "description": "Map tiles in Web Mercator as PNG files, for OpenLayers, Leaflet, QGIS and the like.",
        "configuration": {
            "tile_size": {
                "type": "integer",
                "subtype": "integer",
                "description": "Width and height of a tile in pixels.",
                "enum": list(TILE_SIZES),
                "default": TILE_SIZES[0],
            },
            "colormap": _COLORMAP,
        },
        "process_parameters": [
            _count("x", "The column of the tile, counted from the west."),
            _count("y", "The row of the tile, counted from the north."),
            _count("z", "The zoom level of the tile."),
            _SPATIAL_EXTENT,
        ],
        "links": [
            {
                "rel": "about",
                "href": "https://wiki.openstreetmap.org/wiki/Slippy_map_tilenames",
                "type": "text/html",
                "title": "How tiles are numbered",
            }
        ],
    },
    "WMS": {
        "title": "OGC Web Map Service",
        "description": "Maps of any size as PNG files, with GetCapabilities and GetMap.",
        "configuration": {
            "version": {
                "type": "string",
                "subtype": "string",
                "description": "The version of the standard that the service speaks.",
                "enum": list(WMS_VERSIONS),
                "default": WMS_VERSIONS[-1],
            },
            "colormap": _COLORMAP,
        },
        "process_parameters": [
            _SPATIAL_EXTENT,
            _count("width", "The width of the map in pixels."),
            _count("height", "The height of the map in pixels."),
        ],
        "links": [
            {
                "rel": "about",
                "href": "https://www.ogc.org/standards/wms/",
                "type": "text/html",
                "title": "The OGC's page on the standard",
            }
        ],
    },
}


def service_type_name(asked: str, types: ServiceTypes) -> str:
    """Return the name of a type as it is listed; raise ``ServiceUnsupported`` if there is no such type.

    Args:
        asked: The name a client has sent; case does not matter.
    """
    for name in types:
        if name.lower() == asked.lower():
            return name
    raise ServiceUnsupported(f"Unknown service type {asked!r}.{did_you_mean(asked, types)}")


def check_configuration(given: Mapping[str, Any], service_type: ServiceType) -> None:
    """Check what a client wants to configure.

    Raises:
        ServiceConfigUnsupported: If the type has no such setting.
        ServiceConfigRequired: If it lacks a setting without which there can be no service.
        ServiceConfigInvalid: If a value is none of the setting's.
    """
    settings = service_type["configuration"]
    for name in given:
        if name not in settings:
            raise ServiceConfigUnsupported(
                f"Service parameter {name!r} is not supported.{did_you_mean(name, settings)}"
            )
    for name, setting in settings.items():
        if name not in given:
            if setting.get("required") is True:
                raise ServiceConfigRequired(parameter=name)
            continue
        # In JSON Schema "required" is about the members of an object.
        schema = {key: value for key, value in setting.items() if key != "required"}
        if (complaint := Checker(schema).complaint(given[name])) is not None:
            raise ServiceConfigInvalid(parameter=name, reason=complaint)


def with_defaults(given: Mapping[str, Any], service_type: ServiceType) -> dict[str, Any]:
    """Return all settings of a service: those that were given, and the defaults of the others."""
    defaults = {
        name: setting["default"]
        for name, setting in service_type["configuration"].items()
        if "default" in setting
    }
    return defaults | dict(given)
