"""Bands that tell what is in each pixel: scene classes, masks, bits, probabilities of clouds."""

import re
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.landscape.nature.scenery import Scenery

_NOTHING = re.compile(r"no.?data|fill|saturat|defect|unclassif|unknown|invalid", re.I)
_CLEAR = re.compile(r"\b(no|not|non|without|free of)\b.*cloud|cloud.?free|\bclear\b", re.I)
_SHADOW = re.compile(r"shadow", re.I)
_THIN = re.compile(r"thin|cirrus|low", re.I)
_CLOUDS = re.compile(r"cloud|cirrus", re.I)
_WATER = re.compile(r"water|lake|river|ocean|\bsea\b", re.I)
_SNOW = re.compile(r"snow|\bice\b|glacier", re.I)
# From the barest to the greenest.
_LAND = tuple(
    re.compile(words, re.I)
    for words in (
        r"bare|sand|rock|desert",
        r"built|urban|settle|artificial",
        r"soil",
        r"moss|lichen|sparse",
        r"grass|meadow|herb",
        r"crop|arable|field|agri",
        r"shrub|bush",
        r"wetland|marsh|swamp",
        r"vegetat|plant",
        r"tree|forest|wood",
    )
)
# Depths of clouds at which the next class begins.
_DEEPER = 0.07
# Maps of land cover show snow above this height in metres at the equator, and what the poles lower it by.
_SNOW_LINE, _POLEWARD = 4000, 0.75
_COVERED = 0.5
_PROBABILITY = re.compile(
    r"prob.*(cloud|snow)|(cloud|snow)\w*.?prob|\bclp\b|\bcld\b|msk_(cld|snw)prb", re.I | re.S
)
_SCORE = re.compile(r"^cs(_cdf)?$", re.I)
_FRACTION = re.compile(r"cloud.*fraction|fraction.*cloud", re.I)
_LANDSAT = re.compile(r"^(qa_pixel|pixel_qa|bqa)$", re.I)
_SENTINEL = re.compile(r"^qa60$", re.I)
_FMASK = re.compile(r"^fmask$", re.I)
_FLAGS = re.compile(r"in bits|flags?\b|\bqa\b", re.I)

#: Returns the values of a band in the pixels of a scenery.
Model = Callable[[Scenery], NDArray[np.floating]]


@dataclass(frozen=True)
class Classes:
    """Values of a band by what they stand for."""

    land: tuple[int, ...]  #: On land, from the barest to the greenest; one at least
    water: int | None = None  #: On water, if there is such a class
    snow: int | None = None
    clouds: tuple[int, ...] = ()  #: From thin to deep clouds
    shadow: int | None = None  #: In the shadow of clouds
    is_dated: bool = False  #: True if they are those of one picture, False if of a map of land cover

    @classmethod
    def of(cls, names: Mapping[int, str], without: float | None = None) -> "Classes":
        """Return the values of classes, as their names by values say, without that of no data."""
        left = {int(value): name for value, name in names.items() if value != without}
        left = {value: name for value, name in left.items() if not _NOTHING.search(name)} or left
        shadow = next((value for value, name in left.items() if _SHADOW.search(name)), None)
        cloudy = {
            value: name
            for value, name in left.items()
            if _CLOUDS.search(name) and not _CLEAR.search(name) and value != shadow
        }
        thin = [value for value, name in cloudy.items() if _THIN.search(name)]
        clouds = (*thin, *(value for value in cloudy if value not in thin))
        rest = {value: name for value, name in left.items() if value not in (*clouds, shadow)}
        water = next((value for value, name in rest.items() if _WATER.search(name)), None)
        snow = next((value for value, name in rest.items() if _SNOW.search(name)), None)
        rest = {value: name for value, name in rest.items() if value not in (water, snow)}
        green = {value: _greenness(name) for value, name in rest.items()}
        known = sorted((value for value in rest if green[value] >= 0), key=lambda value: green[value])
        land = tuple(known) or tuple(rest) or tuple(left)
        return cls(land, water, snow, clouds, shadow, bool(clouds) or shadow is not None)

    def __call__(self, scenery: Scenery) -> NDArray[np.floating]:
        """Return the classes of the pixels."""
        terrain = scenery.terrain
        if self.is_dated:
            growth = scenery.green * np.float32(1.5)
        else:
            growth = (terrain.vegetation - np.float32(0.5)) * np.float32(1.1)
            growth += (terrain.soil - np.float32(0.5)) * np.float32(-0.7) + np.float32(0.5)
        found = _taken(self.land, scenery.between(growth) * np.float32(len(self.land)))
        if self.snow is not None:
            if self.is_dated:
                snowy = scenery.between(scenery.snow) > _COVERED
            else:
                latitudes = np.abs(terrain.latitudes).astype(np.float32)
                line = latitudes * latitudes * np.float32(-_POLEWARD) + np.float32(_SNOW_LINE)
                snowy = scenery.between(terrain.height - line) > 0
            found[snowy] = self.snow
        water, depth = scenery.around.water, scenery.cloud_depth
        if self.water is not None and water is not None:
            found[water] = self.water
        if self.shadow is not None and scenery.shadow is not None:
            found[scenery.shadow] = self.shadow
        if self.clouds and depth is not None:
            cloudy = depth > 0
            found[cloudy] = _taken(self.clouds, depth[cloudy] * np.float32(1 / _DEEPER))
        return found


def quality_of(band: Band, low: float, high: float) -> Model | None:
    """Return what a band tells of the pixels; None if it tells something else."""
    nodata = None if band.nodata is None else float(band.nodata)
    if band.classes:
        return Classes.of(band.classes, nodata)
    name = f"{band.name} {band.description or ''}"
    if _LANDSAT.search(band.name):
        return _bits(21824, clouds=22280, thin=54596, shadow=23888, water=21952, snow=30048)
    if _SENTINEL.search(band.name):
        return _bits(0, clouds=1024, thin=2048)
    if _FMASK.search(band.name):
        return _bits(0, clouds=2, thin=1, shadow=8, water=32, snow=16)
    if _SCORE.search(band.name):
        return lambda scenery: high - _cloudiness(scenery) * (high - low)
    if _PROBABILITY.search(name):
        if re.search("snow|snw", name, re.I):
            return lambda scenery: scenery.between(scenery.snow) * (high - low) + low
        return lambda scenery: _cloudiness(scenery) * (high - low) + low
    if _FRACTION.search(name):
        return lambda scenery: _opacity(scenery) * (high - low) + low
    if "int" in band.data_type and _FLAGS.search(name):
        return _bits(int(low), clouds=int(min(low + 1, high)))
    return None


def _bits(clear: int, *, clouds: int, thin: int | None = None, **others: int) -> Classes:
    """Return the values of a band whose bits stand for what is in a pixel."""
    return Classes((clear,), clouds=(clouds,) if thin is None else (thin, clouds), is_dated=True, **others)


def _cloudiness(scenery: Scenery) -> NDArray[np.floating]:
    """Return the probability of clouds; 0.5 at their edges."""
    found = scenery.between(scenery.clouds) * 4 + 0.5
    return np.clip(found, 0, 1, out=found)


def _opacity(scenery: Scenery) -> NDArray[np.floating]:
    found = scenery.opacity
    return np.zeros(scenery.nodes.shape, np.float32) if found is None else found


def _greenness(name: str) -> int:
    return next((place for place, words in enumerate(_LAND) if words.search(name)), -1)


def _taken(values: tuple[int, ...], places: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return the values at places counted from 0 on, the first or last one beyond them."""
    whole = np.clip(places, 0, len(values) - 1).astype(np.intp)
    taken: NDArray[np.floating] = np.array(values, np.float32).take(whole)
    return taken
