"""A Web Map Service: requests of OGC WMS 1.1.1 and 1.3.0, and what they are answered with."""

import math
import re
from collections.abc import Callable, Iterable, Mapping

from starlette.responses import Response

from mock_backend.api.services.colour_maps import Colour
from mock_backend.api.services.service_types import LAYER
from mock_backend.api.services.tiles import MERCATOR
from mock_backend.api.services.wms_documents import (
    MAX_SIZE,
    STYLE,
    Description,
    capabilities,
    exception_report,
)
from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import Grid
from mock_backend.engine.cubes.projection import DEGREES
from mock_backend.errors import OpenEOError
from mock_backend.results.documents.extent import BBox

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

    about: Description
    #: Returns a map with some pixels, and with a colour for no data if that is not transparent
    draw: Callable[[Grid, Colour | None], bytes]

    def answer(self, query: Iterable[tuple[str, str]]) -> Response:
        """Answer a request; whatever is wrong with it becomes an exception report.

        Those have the status 200, as the common map servers send them: a client has to look.
        """
        # OGC WMS: the names of parameters are not case-sensitive, their values are.
        asked = {name.upper(): value for name, value in query}
        try:
            return self._answer(asked)
        except ServiceException as error:
            content, media_type = exception_report(self.about.version, str(error), error.code)
            return Response(content, media_type=media_type)

    def _answer(self, asked: Mapping[str, str]) -> Response:
        if asked.get("SERVICE", "WMS").upper() != "WMS":
            raise ServiceException(f"This is a WMS, not a {asked['SERVICE']}.")
        request = _required(asked, "REQUEST")
        if request == "GetCapabilities":
            # Whatever version the client would like: it gets the one there is, and may go on with that.
            content, media_type = capabilities(self.about)
            return Response(content, media_type=media_type)
        if request == "GetMap":
            return Response(self._map(asked), media_type=_PNG)
        raise ServiceException(
            f"REQUEST must be GetCapabilities or GetMap, got {request!r}.", "OperationNotSupported"
        )

    def _map(self, asked: Mapping[str, str]) -> bytes:
        version = _required(asked, "VERSION")
        if version != self.about.version:
            raise ServiceException(f"This service speaks WMS {self.about.version}, not {version}.")
        for layer in _required(asked, "LAYERS").split(","):
            if layer != LAYER:
                raise ServiceException(f"The only layer is {LAYER!r}, got {layer!r}.", "LayerNotDefined")
        for style in asked.get("STYLES", "").split(","):
            if style not in ("", STYLE):
                raise ServiceException(f"The only style is {STYLE!r}, got {style!r}.", "StyleNotDefined")
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
        name = "CRS" if self.about.version == "1.3.0" else "SRS"
        system = _required(asked, name)
        if system not in self.about.systems:
            known = ", ".join(self.about.systems)
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
        if self.about.version == "1.3.0" and system == "EPSG:4326":
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
    if not (text.isascii() and text.isdecimal() and len(text) < 12 and 1 <= int(text) <= MAX_SIZE):
        raise ServiceException(f"{name} must be a number of pixels from 1 to {MAX_SIZE}, got {text!r}.")
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
