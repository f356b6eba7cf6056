"""What a band shows of a landscape."""

import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mock_backend.catalog import Band
from mock_backend.synthesis.hashing import share_of
from mock_backend.synthesis.landscape import Landscape
from mock_backend.synthesis.noise import Floats
from mock_backend.synthesis.season import Season
from mock_backend.synthesis.spectra import center_of, reflectance

_INDEX_OF_WATER = re.compile(r"nd[wm]i|mndwi|water", re.I)
_INDEX = re.compile(r"ndvi|evi|savi|ndre|ndmi", re.I)
_PLANTS = re.compile(r"\blai\b|fapar|fcover|biomass|vegetation|crop|gpp|npp", re.I)
_HEIGHT = re.compile(r"\bd[estm]m\b|elevation|altitude|height", re.I)
_WARMTH = re.compile(r"temperature|\blst\b|\bt2m\b", re.I)
_DOUBT = re.compile(r"uncertain|error|noise|deviation", re.I)
_RADAR = re.compile(r"(?<![a-z])(vv|vh|hh|hv)(?![a-z])|sigma0|gamma0|backscatter", re.I)
_WET = re.compile(r"moist|\bssm\b|precip|rain|vapou?r|wetness", re.I)
_KELVIN, _CELSIUS = {"k", "kelvin"}, {"c", "°c", "degc", "celsius", "degree_celsius"}
_ZERO_CELSIUS = 273.15
# Thermal bands begin here, in micrometres.
_THERMAL = 3.0
# What has a wider range has none that anybody knows, e.g. what was divided by something near 0.
_WIDEST = 1e9
# A range of temperatures, in kelvin, and one of heights, in metres, that have what there is on Earth.
_MILD = (265.0, 295.0)
_HILLY = (0.0, 2000.0)


@dataclass(frozen=True)
class Seen:
    """What a band shows.

    Args:
        land: On land, from 0 to 1: from the smallest to the largest value of the band.
        water: The same on water; None if water is nothing else than land.
    """

    land: Floats
    water: float | None = None


#: What a band shows of a landscape in a season; the text distinguishes one picture from the next.
Look = Callable[[Landscape, Season, str], Seen]


def look_of(band: Band) -> Look:
    """Return what a band shows, as its wavelength, its unit, its range, its name and description say."""
    low, high = range_of(band)
    name = f"{band.name} {band.description or ''}"
    if _is_warm(band, name):
        return _warmth(band)
    wavelength = center_of(band.common_name, band.center)
    if low < 0 and abs(low + high) <= 0.02 * high and (wavelength is None or _INDEX.search(band.name)):
        return _water_index if _INDEX_OF_WATER.search(band.name) else _index
    if wavelength is not None:
        return _reflectance(wavelength, symmetric=low < 0 and abs(low + high) <= 0.02 * high)
    if _RADAR.search(name):
        return _named(_radar(in_decibels=low < 0), band)
    if _HEIGHT.search(name):
        return _height(low, high) if low <= _HILLY[0] and high >= _HILLY[1] else _relief
    if _INDEX.search(name) or _PLANTS.search(name):
        return _plants
    if _WET.search(name):
        return _named(_wetness, band)
    if band.unit in ("deg", "°", "degree", "degrees"):
        return _named(_angle, band)
    return _named(_anything, band)


def _named(look: Look, band: Band) -> Look:
    """Return a look that shows another picture for each name of a band."""
    return lambda landscape, season, key: look(landscape, season, f"{key} {band.name}")


def range_of(band: Band) -> tuple[float, float]:
    """Return the smallest and the largest value of a band; from 0 to 1 if it does not say.

    Of a range that is too wide to mean anything only what is around 0 is used.
    """
    low = 0.0 if band.minimum is None else float(band.minimum)
    high = low + 1 if band.maximum is None else float(band.maximum)
    low, high = min(low, high), max(low, high)
    if high - low > _WIDEST and low < 1 and high > -1 and band.data_type.startswith("float"):
        return max(low, -1.0), min(high, 1.0)
    return low, high


def _is_warm(band: Band, name: str) -> bool:
    if (band.center or 0) > _THERMAL or (band.common_name or "").startswith("lwir"):
        return True
    warm = (band.unit or "").lower() in _KELVIN | _CELSIUS or _WARMTH.search(name)
    return bool(warm) and not _DOUBT.search(name)


def _index(landscape: Landscape, season: Season, key: str) -> Seen:
    near, red = _mixed(0.842, landscape, season), _mixed(0.665, landscape, season)
    found = (near - red) / (near + red)
    found += landscape.ripples(key) * np.float32(0.05)
    found *= 0.5
    found += 0.5
    return Seen(found, 0.33)


def _water_index(landscape: Landscape, season: Season, key: str) -> Seen:
    near, green = _mixed(0.842, landscape, season), _mixed(0.56, landscape, season)
    found = (green - near) / (near + green)
    found += landscape.ripples(key) * np.float32(0.05)
    found *= 0.5
    found += 0.5
    return Seen(found, 0.8)


def _reflectance(wavelength: float, *, symmetric: bool) -> Look:
    water = reflectance(wavelength)[2]

    def look(landscape: Landscape, season: Season, key: str) -> Seen:
        found = _mixed(wavelength, landscape, season)
        ripples = landscape.ripples(key)
        ripples *= 0.12
        ripples += 1
        found *= ripples
        if symmetric:
            # A difference of reflected light: around nothing.
            return Seen(found * np.float32(0.5) + np.float32(0.5), 0.5 + water / 2)
        return Seen(found, water)

    return look


def _mixed(wavelength: float, landscape: Landscape, season: Season) -> Floats:
    """Return what soil and plants reflect together, from 0 to 1."""
    soil, plants, _ = reflectance(wavelength)
    green = landscape.green(season)
    # Bright soils, of which fields have more than woods.
    found = landscape.soil * np.float32(0.75 * soil)
    found += np.float32(0.6 * soil)
    found += green * (np.float32(plants) - found)
    return found


def _warmth(band: Band) -> Look:
    low, high = range_of(band)
    kelvin = (band.unit or "").lower() not in _CELSIUS
    scale, offset = band.scale or 1.0, band.offset or 0.0
    zero = 0.0 if kelvin else _ZERO_CELSIUS
    cold, hot = low * scale + offset + zero, high * scale + offset + zero
    if not cold < _MILD[0] < _MILD[1] < hot:
        # No temperatures as its unit has them: what is usual on Earth is between its ends.
        cold, hot = 230.0, 330.0
    shift = 0.0
    if "max" in band.name:
        shift = 4.5
    elif "min" in band.name:
        shift = -4.5
    elif "dew" in band.name:
        shift = -6.0

    def look(landscape: Landscape, season: Season, key: str) -> Seen:
        found = landscape.warmth(season)
        found += shift
        found -= landscape.green(season) * 4
        found += landscape.ripples(key) * 6
        found -= np.float32(cold)
        found /= np.float32(hot - cold)
        return Seen(found)

    return look


def _radar(*, in_decibels: bool) -> Look:
    def look(landscape: Landscape, season: Season, key: str) -> Seen:
        found = landscape.green(season) * np.float32(0.2)
        found += landscape.relief * np.float32(0.12)
        found += landscape.ripples(key) * np.float32(0.06)
        found += 0.06
        if in_decibels:
            found *= 0.8
            found += 0.45
        return Seen(found, 0.2 if in_decibels else 0.012)

    return look


def _height(low: float, high: float) -> Look:
    def look(landscape: Landscape, season: Season, key: str) -> Seen:  # noqa: ARG001 - as all looks
        found = landscape.relief * landscape.relief
        found *= 2600
        found += 5
        found -= low
        found /= high - low
        return Seen(found)

    return look


def _relief(landscape: Landscape, season: Season, key: str) -> Seen:  # noqa: ARG001 - as all looks
    return Seen(landscape.relief.copy())


def _plants(landscape: Landscape, season: Season, key: str) -> Seen:
    found = landscape.green(season)
    found += landscape.ripples(key) * np.float32(0.06)
    return Seen(found, 0.0)


def _wetness(landscape: Landscape, season: Season, key: str) -> Seen:
    found = landscape.vegetation * np.float32(0.35)
    found -= landscape.soil * np.float32(0.15)
    found += landscape.ripples(key) * np.float32(0.3)
    found += 0.3 - 0.08 * season.wild
    return Seen(found)


def _angle(landscape: Landscape, season: Season, key: str) -> Seen:
    found = landscape.ripples(key)
    found *= 0.02
    found += 0.45 - 0.15 * season.wild + 0.04 * share_of(key)
    return Seen(found)


def _anything(landscape: Landscape, season: Season, key: str) -> Seen:
    found = landscape.vegetation * np.float32(0.3)
    found += landscape.soil * np.float32(0.2)
    found += landscape.ripples(key) * np.float32(0.25)
    found += 0.25 + 0.06 * season.wild
    return Seen(found)
