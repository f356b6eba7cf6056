"""A Web Map Service: requests of OGC WMS 1.1.1 and 1.3.0, and the maps and XML that answer them."""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from xml.etree import ElementTree as Xml

from starlette.responses import Response

from mock_backend.api.services.maps import Colour
from mock_backend.api.services.service_types import LAYER
from mock_backend.api.services.tiles import MERCATOR
from mock_backend.catalog.dimensions import WORLD
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.errors import OpenEOError
from mock_backend.results.documents.extent import BBox

#: The only style of the only layer, and the largest width and height of a map in pixels.
_STYLE, _MAX_SIZE = "default", 4096

_XLINK = "http://www.w3.org/1999/xlink"

# What XML cannot hold, not even escaped.
_UNSPEAKABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

_PNG = "image/png"
_COLOUR = re.compile(r"0x([0-9a-fA-F]{2})([0-9a-fA-F]{2})([0-9a-fA-F]{2})")


class ServiceException(Exception):
    """A request that the service refuses.

    Args:
        message: The problem and its remedy.
        code: The standard's code, if it has one for this.
    """

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True)
class WebMapService:
    """A Web Map Service."""

    version: str  #: The version of the standard
    url: str  #: The URL of the service
    title: str
    abstract: str | None
    bbox: BBox | None  #: The area of its only layer in degrees; None for everywhere
    #: Returns a map with some pixels, and with a colour for no data if that is not transparent
    draw: Callable[[Grid, Colour | None], bytes]

    @property
    def systems(self) -> tuple[str, ...]:
        """The coordinate reference systems of maps."""
        # CRS:84 came with 1.3.0, which turned the axes of EPSG:4326.
        return ("EPSG:3857", "EPSG:4326") + (("CRS:84",) if self.version == "1.3.0" else ())

    def answer(self, query: Iterable[tuple[str, str]]) -> Response:
        """Answer a request; whatever is wrong with it becomes an exception report.

        Those have the status 200, as the common map servers send them: a client has to look.
        """
        # OGC WMS: the names of parameters are not case-sensitive, their values are.
        asked = {name.upper(): value for name, value in query}
        try:
            return self._answer(asked)
        except ServiceException as error:
            return _report(self.version, error)

    def _answer(self, asked: Mapping[str, str]) -> Response:
        if asked.get("SERVICE", "WMS").upper() != "WMS":
            raise ServiceException(f"This is a WMS, not a {asked['SERVICE']}.")
        request = _required(asked, "REQUEST")
        if request == "GetCapabilities":
            # Whatever version the client would like: it gets the one there is, and may go on with that.
            return _capabilities(self)
        if request == "GetMap":
            return Response(self._map(asked), media_type=_PNG)
        raise ServiceException(
            f"REQUEST must be GetCapabilities or GetMap, got {request!r}.", "OperationNotSupported"
        )

    def _map(self, asked: Mapping[str, str]) -> bytes:
        version = _required(asked, "VERSION")
        if version != self.version:
            raise ServiceException(f"This service speaks WMS {self.version}, not {version}.")
        for layer in _required(asked, "LAYERS").split(","):
            if layer != LAYER:
                raise ServiceException(f"The only layer is {LAYER!r}, got {layer!r}.", "LayerNotDefined")
        for style in asked.get("STYLES", "").split(","):
            if style not in ("", _STYLE):
                raise ServiceException(f"The only style is {_STYLE!r}, got {style!r}.", "StyleNotDefined")
        if (wanted := _required(asked, "FORMAT")) != _PNG:
            raise ServiceException(f"FORMAT must be {_PNG}, got {wanted!r}.", "InvalidFormat")
        system = self._system(asked)
        west, south, east, north = self._area(asked, system)
        width, height = _size(asked, "WIDTH"), _size(asked, "HEIGHT")
        crs = MERCATOR if system == MERCATOR else DEGREES
        grid = Grid(crs, west, north, (east - west) / width, (north - south) / height, width, height)
        try:
            return self.draw(grid, _background(asked))
        except OpenEOError as error:
            raise ServiceException(error.message) from error

    def _system(self, asked: Mapping[str, str]) -> str:
        name = "CRS" if self.version == "1.3.0" else "SRS"
        system = _required(asked, name)
        if system not in self.systems:
            known = ", ".join(self.systems)
            raise ServiceException(f"{name} must be one of {known}, got {system!r}.", f"Invalid{name}")
        return system

    def _area(self, asked: Mapping[str, str], system: str) -> BBox:
        """Return the area that is asked for, in units of the system, as west, south, east and north."""
        text = _required(asked, "BBOX")
        try:
            sides = [float(side) for side in text.split(",")]
        except ValueError:
            sides = []
        if len(sides) != 4 or not all(map(math.isfinite, sides)):
            raise ServiceException(f"BBOX must be four numbers with commas between them, got {text!r}.")
        if self.version == "1.3.0" and system == "EPSG:4326":
            south, west, north, east = sides
        else:
            west, south, east, north = sides
        if not (west < east and south < north):
            raise ServiceException(f"BBOX must have the smaller values before the larger ones, got {text!r}.")
        return west, south, east, north


def _required(asked: Mapping[str, str], name: str) -> str:
    if not (value := asked.get(name)):
        raise ServiceException(f"The parameter {name} is missing.", "MissingParameterValue")
    return value


def _size(asked: Mapping[str, str], name: str) -> int:
    text = _required(asked, name)
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and 1 <= int(text) <= _MAX_SIZE):
        raise ServiceException(f"{name} must be a number of pixels from 1 to {_MAX_SIZE}, got {text!r}.")
    return int(text)


def _background(asked: Mapping[str, str]) -> Colour | None:
    """Return the colour of what there is nothing to see of; None if the client wants to see through it."""
    text = asked.get("BGCOLOR") or "0xFFFFFF"
    if (match := _COLOUR.fullmatch(text)) is None:
        raise ServiceException(f"BGCOLOR must be a colour such as 0xFFFFFF, got {text!r}.")
    if asked.get("TRANSPARENT", "FALSE").upper() == "TRUE":
        return None
    red, green, blue = (int(part, 16) for part in match.groups())
    return red, green, blue


def _capabilities(about: WebMapService) -> Response:
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
        _add(service, "MaxWidth", str(_MAX_SIZE))
        _add(service, "MaxHeight", str(_MAX_SIZE))
    capability = _add(root, "Capability")
    media_type = _media_type(about.version, "wms")
    requests = _add(capability, "Request")
    for name, produced in (("GetCapabilities", media_type), ("GetMap", "image/png")):
        operation = _add(requests, name)
        _add(operation, "Format", produced)
        _link(_add(_add(_add(operation, "DCPType"), "HTTP"), "Get"), f"{about.url}?")
    _add(_add(capability, "Exception"), "Format", "XML" if new else _media_type(about.version, "se"))
    _layer(capability, about, new=new)
    return _answered(root, media_type)


def _report(version: str, refused: ServiceException) -> Response:
    root = Xml.Element("ServiceExceptionReport", version=version)
    if version == "1.3.0":
        root.set("xmlns", "http://www.opengis.net/ogc")
    exception = _add(root, "ServiceException", str(refused))
    if refused.code is not None:
        exception.set("code", refused.code)
    return _answered(root, _media_type(version, "se"))


def _layer(capability: Xml.Element, about: WebMapService, *, new: bool) -> None:
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
    _add(style, "Name", _STYLE)
    _add(style, "Title", _STYLE)


def _describe(element: Xml.Element, about: WebMapService) -> None:
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


def _answered(root: Xml.Element, media_type: str) -> Response:
    return Response(Xml.tostring(root, encoding="utf-8", xml_declaration=True), media_type=media_type)
