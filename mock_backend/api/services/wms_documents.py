"""The XML documents of a Web Map Service: capabilities and exception reports."""

import re
from xml.etree import ElementTree as Xml

from mock_backend.api.services.service_types import LAYER
from mock_backend.catalog.dimensions import WORLD
from mock_backend.dataclass import dataclass
from mock_backend.results.documents.extent import BBox

#: The only style of the only layer, and the largest width and height of a map in pixels.
STYLE, MAX_SIZE = "default", 4096

_XLINK = "http://www.w3.org/1999/xlink"

# What XML cannot hold, not even escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Description:
    """Capabilities of a Web Map Service."""

    version: str  #: The version of the standard
    url: str  #: The URL of the service
    title: str
    abstract: str | None
    bbox: BBox | None  #: The area of its only layer in degrees; None for everywhere

    @property
    def systems(self) -> tuple[str, ...]:
        """The coordinate reference systems of maps."""
        # CRS:84 came with 1.3.0, which turned the axes of EPSG:4326.
        return ("EPSG:3857", "EPSG:4326") + (("CRS:84",) if self.version == "1.3.0" else ())


def capabilities(about: Description) -> tuple[bytes, str]:
    """Return the capabilities and their media type."""
    new = about.version == "1.3.0"
    root = Xml.Element("WMS_Capabilities" if new else "WMT_MS_Capabilities", version=about.version)
    root.set("xmlns:xlink", _XLINK)
    if new:
        root.set("xmlns", "http://www.opengis.net/wms")
    service = _add(root, "Service")
    _add(service, "Name", "WMS" if new else "OGC:WMS")
    _describe(service, about)
    _link(service, about.url)
    if new:
        _add(service, "MaxWidth", str(MAX_SIZE))
        _add(service, "MaxHeight", str(MAX_SIZE))
    capability = _add(root, "Capability")
    media_type = _media_type(about.version, "wms")
    requests = _add(capability, "Request")
    for name, produced in (("GetCapabilities", media_type), ("GetMap", "image/png")):
        operation = _add(requests, name)
        _add(operation, "Format", produced)
        _link(_add(_add(_add(operation, "DCPType"), "HTTP"), "Get"), f"{about.url}?")
    _add(_add(capability, "Exception"), "Format", "XML" if new else _media_type(about.version, "se"))
    _layer(capability, about, new=new)
    return _written(root), media_type


def exception_report(version: str, message: str, code: str | None) -> tuple[bytes, str]:
    """Return the report of why a request is refused, and its media type."""
    root = Xml.Element("ServiceExceptionReport", version=version)
    if version == "1.3.0":
        root.set("xmlns", "http://www.opengis.net/ogc")
    exception = _add(root, "ServiceException", message)
    if code is not None:
        exception.set("code", code)
    return _written(root), _media_type(version, "se")


def _layer(capability: Xml.Element, about: Description, *, new: bool) -> None:
    layer = _add(capability, "Layer", queryable="0", opaque="0")
    _add(layer, "Name", LAYER)
    _describe(layer, about)
    for system in about.systems:
        _add(layer, "CRS" if new else "SRS", system)
    west, south, east, north = map(str, about.bbox or WORLD)
    if new:
        box = _add(layer, "EX_GeographicBoundingBox")
        for name, side in (("west", west), ("east", east)):
            _add(box, f"{name}BoundLongitude", side)
        for name, side in (("south", south), ("north", north)):
            _add(box, f"{name}BoundLatitude", side)
        _add(layer, "BoundingBox", CRS="CRS:84", minx=west, miny=south, maxx=east, maxy=north)
    else:
        _add(layer, "LatLonBoundingBox", minx=west, miny=south, maxx=east, maxy=north)
    style = _add(layer, "Style")
    _add(style, "Name", STYLE)
    _add(style, "Title", STYLE)


def _describe(element: Xml.Element, about: Description) -> None:
    _add(element, "Title", about.title)
    if about.abstract:
        _add(element, "Abstract", about.abstract)


def _link(parent: Xml.Element, url: str) -> None:
    _add(parent, "OnlineResource", **{"xlink:type": "simple", "xlink:href": url})


def _add(parent: Xml.Element, name: str, text: str | None = None, **attributes: str) -> Xml.Element:
    element = Xml.SubElement(parent, name, attributes)
    element.text = None if text is None else _UNSPEAKABLE.sub("", text)
    return element


def _media_type(version: str, kind: str) -> str:
    return "text/xml" if version == "1.3.0" else f"application/vnd.ogc.{kind}_xml"


def _written(root: Xml.Element) -> bytes:
    written: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return written
