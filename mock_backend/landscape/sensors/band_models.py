"""Band models: the values of a band in the pixels of a scenery, before they are rounded."""

import math
import re
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.landscape.nature.noise import share_of
from mock_backend.landscape.nature.scenery import Scenery
from mock_backend.landscape.sensors.quality import Model, quality_of
from mock_backend.landscape.sensors.sensor import Sensor, brightness, center_of, range_of, reflectance

Values = NDArray[np.floating]

_INDEX = re.compile(r"(?<![a-z])(ndvi|evi|savi|ndre|ndmi|ndwi|mndwi|ndsi)", re.I)
_LEAVES = re.compile(r"(?<![a-z])lai(?![a-z])", re.I)
_PLANTS = re.compile(r"fapar|fcover|biomass|vegetation|crop|gpp|npp|\bppi\b", re.I)
_HEIGHT = re.compile(r"\bd[estm]m\b|elevation|altitude|\bheight above", re.I)
_WARMTH = re.compile(r"temperature|(?<![a-z])lst(?![a-z])|\bt2m\b", re.I)
_SURFACE = re.compile(r"surface|(?<![a-z])lst(?![a-z])|brightness", re.I)
_DOUBT = re.compile(r"uncertain|error|noise|deviation", re.I)
_RADAR = re.compile(r"(?<![a-z])(vv|vh|hh|hv)(?![a-z])|sigma0|gamma0|backscatter", re.I)
_CROSS = re.compile(r"(?<![a-z])(vh|hv)(?![a-z])", re.I)
_RAIN = re.compile(r"precip|rain", re.I)
_WET = re.compile(r"moist|\bssm\b|vapou?r|wetness", re.I)
_SUN_HEIGHT = re.compile(r"(sun|solar).*zenith|\bsza\b", re.I)
_SUN_SIDE = re.compile(r"(sun|solar).*azimuth|\bsaa\b", re.I)
_ANGLES = ("deg", "°", "degree", "degrees")
_KELVIN, _CELSIUS = {"k", "kelvin"}, {"c", "°c", "degc", "celsius", "degree_celsius"}
_ZERO_CELSIUS = 273.15
# Thermal bands begin here, in micrometres.
_THERMAL = 3.0
# Temperatures in kelvin that the range of a band in kelvin or Celsius has, at least.
_MILD = (265.0, 295.0)
# The range of a band of leaf area indices has an end like this.
_LEAFY = (4.0, 20.0)
# How much brighter light is in shadows than nowhere, and what water reflects of its range in radar.
_SHADE = 0.42
# Millimetres of rain a day in other units.
_RAIN_UNITS = {"mm": 1.0, "mm/d": 1.0, "mm/day": 1.0, "mm/h": 1 / 6, "mm/hr": 1 / 6, "m": 0.001}
_GREEN, _RED_EDGE, _SHORT = 0.56, 0.705, 1.61
# The pairs of wavelengths of normalized differences: or the red or near infrared of the sensor.
_PAIRS: dict[str, tuple[float | str, float | str]] = {
    "ndvi": ("near", "red"),
    "evi": ("near", "red"),
    "savi": ("near", "red"),
    "ndre": ("near", _RED_EDGE),
    "ndmi": ("near", _SHORT),
    "ndwi": (_GREEN, "near"),
    "mndwi": (_GREEN, _SHORT),
    "ndsi": (_GREEN, _SHORT),
}


@dataclass(frozen=True)
class _Scale:
    """Storage of a quantity in a band."""

    factor: float  #: The factor of the quantity
    offset: float  #: The offset, which is added after scaling

    def __call__(self, values: Values) -> Values:
        return values * values.dtype.type(self.factor) + values.dtype.type(self.offset)


def model_of(band: Band, sensor: Sensor) -> Model:
    """Return the model of a band, chosen by its wavelength, unit, range, name and description."""
    low, high = range_of(band)
    name = f"{band.name} {band.description or ''}"
    share = _Scale(high - low, low)
    # Stored values of a quantity of known unit; those without a scale have the unit itself.
    unit = _Scale(1 / (band.scale or 1.0), -(band.offset or 0.0) / (band.scale or 1.0))
    if (found := quality_of(band, low, high)) is not None:
        return found
    if _is_warm(band, name):
        return _warmth(band, name, sensor, low, high, unit)
    wavelength = center_of(band.common_name, band.center)
    if (index := _INDEX.search(band.name)) is not None or (wavelength is None and _INDEX.search(name)):
        kind = (index or _INDEX.search(name) or [""])[0].lower()
        return _index(kind, sensor, unit if low < 0 or band.scale else share)
    if wavelength is not None:
        base = max(low, 0.0)
        scale = unit if band.scale else _Scale(high - base, base)
        return lambda scenery: scale(reflected(scenery, sensor, wavelength))
    if _RADAR.search(name) and band.unit not in _ANGLES:
        return _radar(band, share, is_cross=_CROSS.search(name) is not None)
    if _HEIGHT.search(name):
        return lambda scenery: unit(scenery.between(scenery.terrain.height))
    if _LEAVES.search(name) or _PLANTS.search(name):
        return _plants(sensor, _leaves(unit, high, band) if _LEAVES.search(name) else None, share)
    if _RAIN.search(name):
        return _rain(band, unit, share)
    if band.unit in _ANGLES:
        return _angle(band, name, unit, share)
    if _WET.search(name):
        return _named(_wetness, band, share)
    return _named(_anything, band, share)


def reflected(scenery: Scenery, sensor: Sensor, wavelength: float) -> Values:
    """Return what the pixels reflect of a wavelength in micrometres, from 0 to about 1."""
    soil, plants, water = reflectance(wavelength)
    white, snow = brightness(wavelength)
    # Bright soils, of which fields have more than woods.
    land = scenery.terrain.soil * np.float32(0.75 * soil) + np.float32(0.6 * soil)
    land += scenery.green * (np.float32(plants) - land)
    land += scenery.snow * (np.float32(snow) - land)
    found = scenery.between(land * scenery.brightness)
    found *= scenery.around.texture
    if scenery.around.water is not None:
        np.copyto(found, np.float32(water), where=scenery.around.water)
    found *= scenery.noise(round(wavelength, 4))
    if not sensor.sees_clouds:
        return found
    if scenery.shadow is not None:
        np.multiply(found, np.float32(_SHADE), out=found, where=scenery.shadow)
    if scenery.opacity is not None:
        found += scenery.opacity * (np.float32(white) - found)
    return found


def _index(kind: str, sensor: Sensor, scale: _Scale) -> Model:
    chosen: dict[float | str, float] = {"red": sensor.red, "near": sensor.near}
    first, second = (chosen.get(each) or float(each) for each in _PAIRS[kind])
    # Where there are no bands to compare with, clouds are left out.
    plain = sensor if sensor.has_reflectance else Sensor(False, sensor.red, sensor.near)

    def model(scenery: Scenery) -> Values:
        one, other = (reflected(scenery, plain, each) for each in (first, second))
        if kind == "evi":
            blue = reflected(scenery, plain, 0.49)
            found = np.float32(2.5) * (one - other)
            found /= np.maximum(one + np.float32(6) * other - np.float32(7.5) * blue + 1, np.float32(0.1))
        elif kind == "savi":
            found = (one - other) * np.float32(1.5) / (one + other + np.float32(0.5))
        else:
            found = (one - other) / (one + other)
        return _cloudless(scale(found), scenery, hidden=sensor.sees_clouds and not sensor.has_reflectance)

    return model


def _cloudless(values: Values, scenery: Scenery, *, hidden: bool = True) -> Values:
    """Return values without those under clouds, if these hide them."""
    if hidden and scenery.cloud_depth is not None:
        values[scenery.cloud_depth > 0] = np.nan
    return values


def _leaves(unit: _Scale, high: float, band: Band) -> _Scale | None:
    most = high * (band.scale or 1.0) + (band.offset or 0.0)
    return unit if _LEAFY[0] <= most <= _LEAFY[1] else None


def _plants(sensor: Sensor, leaves: _Scale | None, share: _Scale) -> Model:
    def model(scenery: Scenery) -> Values:
        found = scenery.between(scenery.green)
        found *= scenery.around.texture
        found *= scenery.noise("plants")
        if scenery.around.water is not None:
            found[scenery.around.water] = 0
        if leaves is not None:
            found = found * found * np.float32(6)
        return _cloudless((leaves or share)(found), scenery, hidden=sensor.sees_clouds)

    return model


def _is_thermal(band: Band) -> bool:
    return (band.center or 0) > _THERMAL or (band.common_name or "").startswith("lwir")


def _is_warm(band: Band, name: str) -> bool:
    if _is_thermal(band):
        return True
    warm = (band.unit or "").lower() in _KELVIN | _CELSIUS or _WARMTH.search(name)
    return bool(warm) and not _DOUBT.search(name)


def _warmth(band: Band, name: str, sensor: Sensor, low: float, high: float, unit: _Scale) -> Model:
    zero = 0.0 if (band.unit or "").lower() not in _CELSIUS else _ZERO_CELSIUS
    scale, offset = band.scale or 1.0, band.offset or 0.0
    cold, hot = low * scale + offset + zero, high * scale + offset + zero
    to_stored = _Scale(unit.factor, unit.offset - zero * unit.factor)
    if not cold < _MILD[0] < _MILD[1] < hot:
        # No temperatures as its unit has them: what is usual on Earth is between its ends.
        to_stored = _Scale((high - low) / 100, low - 2.3 * (high - low))
    shifts = {"max": 4.5, "min": -4.5, "dew": -6.0}
    shift = next((value for key, value in shifts.items() if key in band.name.lower()), 0.0)
    is_sensed = sensor.sees_clouds
    is_brightness = _is_thermal(band)
    is_surface = is_sensed or _SURFACE.search(name) is not None

    def model(scenery: Scenery) -> Values:
        air = scenery.air + np.float32(shift)
        if is_surface:
            # The sun heats bare ground.
            sun = np.float32(0.55) + scenery.terrain.hemisphere * np.float32(
                0.45 * scenery.moment.season.wild
            )
            air += sun * (1 - scenery.green) * (1 - scenery.snow) * np.float32(11)
        found = scenery.between(air)
        if is_surface:
            water = scenery.around.water
            if water is not None:
                # Waters are neither as cold nor as warm as the land.
                milder = scenery.between(scenery.air * np.float32(0.6) + np.float32(0.4 * 285))
                np.copyto(found, milder, where=water)
            # A sixth of the noise of other bands: a thousandth of the temperature.
            found *= (scenery.noise("warmth") - 1) * np.float32(0.15) + 1
        if is_sensed and is_brightness and scenery.opacity is not None:
            assert scenery.cloud_depth is not None  # both are known together
            top = np.float32(262) - np.maximum(scenery.cloud_depth, 0) * np.float32(70)
            found += scenery.opacity * (np.minimum(top, found) - found)
        found = to_stored(found.astype(np.float64)).astype(np.float32)
        return _cloudless(found, scenery, hidden=is_sensed and not is_brightness)

    return model


def _radar(band: Band, share: _Scale, *, is_cross: bool) -> Model:
    low, high = range_of(band)
    # Coherences are stored with a scale.
    top = high * (band.scale or 1.0) + (band.offset or 0.0)

    def model(scenery: Scenery) -> Values:
        # Volumes of plants scatter both polarizations, rough soil one of them.
        plants = scenery.green * np.float32(0.035 if is_cross else 0.09)
        plants += scenery.terrain.soil * np.float32(0.012 if is_cross else 0.08)
        plants += np.float32(0.006 if is_cross else 0.04)
        plants *= scenery.ripples("rough", band.name) * np.float32(0.3) + 1
        found = scenery.between(plants)
        if scenery.around.water is not None:
            np.copyto(found, np.float32(0.0012 if is_cross else 0.009), where=scenery.around.water)
        found *= scenery.around.grain.factors("speckle", scenery.moment.day, band.name)
        if low < 0:
            return decibels(found)
        return share(found * np.float32(3)) if band.scale or top > 1.5 else found

    return model


def _rain(band: Band, unit: _Scale, share: _Scale) -> Model:
    amount = _RAIN_UNITS.get((band.unit or "").lower())

    def model(scenery: Scenery) -> Values:
        # Only deep clouds rain, warm ones more than cold ones.
        found = np.maximum(scenery.between(scenery.clouds - np.float32(0.09)), 0)
        heavy = np.clip((scenery.air - np.float32(258)) * np.float32(1 / 40), 0.1, 1)
        found = found * found * scenery.between(heavy * np.float32(420))
        if amount is None:
            return share(found * np.float32(1 / 300))
        return unit(found * np.float32(amount))

    return model


def _angle(band: Band, name: str, unit: _Scale, share: _Scale) -> Model:
    def model(scenery: Scenery) -> Values:
        terrain, season = scenery.terrain, scenery.moment.season
        # Degrees between the place and the one above which the sun is at noon.
        away = terrain.latitudes.astype(np.float32) - np.float32(23.4 * season.wild)
        if _SUN_HEIGHT.search(name):
            found = np.minimum(np.sqrt(away * away + np.float32(22 * 22)), np.float32(89))
            return unit(scenery.between(found))
        if _SUN_SIDE.search(name):
            # In the south-east in the morning; in the north-east where it passes in the north.
            side = away / np.sqrt(away * away + np.float32(30 * 30))
            return unit(scenery.between(side * np.float32(65) + np.float32(95)))
        mean = np.float32(0.45 + 0.1 * share_of(scenery.moment.day, band.name))
        return share(scenery.between(scenery.ripples(band.name) * np.float32(0.02) + mean))

    return model


def _named(model: Callable[[Scenery, str], Values], band: Band, share: _Scale) -> Model:
    """Return a model that shows another picture for each name of a band."""
    return lambda scenery: share(scenery.between(model(scenery, band.name)))


def _wetness(scenery: Scenery, name: str) -> Values:
    found = scenery.terrain.vegetation * np.float32(0.35) - scenery.terrain.soil * np.float32(0.15)
    found += scenery.ripples(name) * np.float32(0.2)
    found += scenery.clouds * np.float32(0.15)
    found += np.float32(0.3 - 0.08 * scenery.moment.season.wild)
    return found


def _anything(scenery: Scenery, name: str) -> Values:
    found = scenery.terrain.vegetation * np.float32(0.3) + scenery.terrain.soil * np.float32(0.2)
    found += scenery.ripples(name) * np.float32(0.25)
    found += np.float32(0.25 + 0.06 * scenery.moment.season.wild)
    return found


_STEPS = 1024
_LOWEST = 1e-6


def decibels(values: NDArray[np.floating]) -> NDArray[np.floating]:
    """Return positive numbers in decibels, -60 for what is lower."""
    fractions, exponents = np.frexp(np.maximum(values.astype(np.float64), _LOWEST))
    places = (fractions - 0.5) * (2 * _STEPS)
    below = places.astype(np.intp)
    table = _logarithms()
    found = table.take(below)
    found += (table.take(below + 1) - found) * (places - below)
    found += exponents * _TWO
    return found.astype(values.dtype)


_TWO = round(10 * math.log10(2), 9)


@lru_cache(maxsize=1)
def _logarithms() -> NDArray[np.float64]:
    # Rounded: the last digits are those of one machine.
    return np.array([round(10 * math.log10(0.5 + step / _STEPS / 2), 9) for step in range(_STEPS + 1)])
