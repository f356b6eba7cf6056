"""Scenery: the landscape at a moment, at the nodes and in the pixels between them, with their grain."""

import math
from functools import cache, cached_property

import numpy as np
from numpy.typing import NDArray

from mock_backend.landscape.nature import sky
from mock_backend.landscape.nature.noise import Floats, Octave, column_of, number_of, octave_at, well_mixed
from mock_backend.landscape.nature.season import PictureDate
from mock_backend.landscape.nature.terrain import Nodes, Terrain

_SIZE = 1 << 16
_Numbers = NDArray[np.int64]
_DEVIATIONS = {"texture": 0.05, "noise": 0.015}
# Looks that a pixel of radar is the mean of.
_LOOKS = 4.4


class Grain:
    """Random factors of pixels, which follow from their place, and not from the window.

    Args:
        numbers: Integers whose pairs identify the pixels, as ``Nodes.numbers`` returns them.
    """

    def __init__(self, numbers: tuple[_Numbers, _Numbers]) -> None:
        self._rows, self._columns = (_mixed(each) for each in numbers)

    def factors(self, kind: str, *parts: object) -> Floats:
        """Return factors around 1.

        Args:
            kind: One of ``texture``, ``noise`` and ``speckle``.
        """
        number = number_of("grain", kind, *parts)
        places = _mixed(self._rows ^ np.int64(number & 0xFFFF), number >> 16) ^ self._columns
        return _table(kind).take(places)


def _mixed(numbers: _Numbers, salt: int = 0) -> _Numbers:
    """Return hashes below the size of a table."""
    mixed = well_mixed(numbers.astype(np.uint64) + np.uint64(salt & 0xFFFFFFFF))
    return (mixed >> np.uint64(48)).astype(np.int64)


@cache
def _normal() -> NDArray[np.float64]:
    """Return numbers with a mean of 0 and a deviation of 1, nearly normally distributed."""
    total = np.zeros(_SIZE)
    for part in range(4):
        numbers = np.arange(_SIZE, dtype=np.int64) + (part + 1) * _SIZE
        # Two hashes: one alone has too few digits.
        total += _mixed(numbers) / _SIZE + _mixed(numbers, 1) / _SIZE - 1
    return total * math.sqrt(12 / 8)


@cache
def _table(kind: str) -> Floats:
    if kind == "speckle":
        # The approximation of the gamma distribution by Wilson and Hilferty.
        root = np.maximum(1 - 1 / (9 * _LOOKS) + _normal() / (3 * math.sqrt(_LOOKS)), 0.3)
        return (root * root * root).astype(np.float32)
    return np.maximum(1 + _normal() * _DEVIATIONS[kind], 0.5).astype(np.float32)


Truths = NDArray[np.bool_]

# Half the width of a river.
_RIVER = 0.004
# Octaves of the weather, and of differences between pictures.
_WEATHER, _RIPPLES = 4, (12, 9)
# The distance from clouds to their shadows in degrees, eastwards and polewards: the sun is in the south-east
# (north-east in the south) when satellites pass.
_SHADOW_EAST, _SHADOW_NORTH = 0.014, -0.011
# Thinner clouds have no shadow.
_DARK = 0.04
# Opacity of the thinnest clouds, and its slope.
_HAZE, _DENSER = 0.18, 4.0
# Kelvin: snow falls below the first; it covers all where it is colder than that by the second.
_FREEZING, _COVERED = 271.5, 2.5


class NodeScenery:
    """The surroundings that all moments of some nodes have in common."""

    def __init__(self, seed: int, nodes: Nodes) -> None:
        self.seed = seed
        self.nodes = nodes
        self.terrain = Terrain(seed, nodes)
        self.grain = Grain(nodes.numbers())

    @cached_property
    def water(self) -> Truths | None:
        """The pixels that show water; None if there are none."""
        shore, river = self.terrain.shore, self.terrain.river
        lakes = self.nodes.between(shore) < 0 if shore.size and shore.min() < 0 else None
        if river is None or (river.size and (river.min() > _RIVER or river.max() < -_RIVER)):
            return lakes
        middle = self.nodes.between(river)
        np.abs(middle, out=middle)
        rivers: Truths = middle < _RIVER
        return rivers if lakes is None else rivers | lakes

    @cached_property
    def texture(self) -> NDArray[np.floating]:
        """Factors of brightness that never change."""
        return self.grain.factors("texture", self.seed)

    @cached_property
    def overhead(self) -> tuple[Octave, ...]:
        """Positions of the nodes in the cells of clouds."""
        return tuple(self.terrain.octave(each) for each in sky.OCTAVES)

    @cached_property
    def sunward(self) -> tuple[Octave, ...]:
        """Positions, in the cells of clouds, of the places that shade the nodes."""
        terrain = self.terrain
        north = terrain.mercator + terrain.hemisphere * _SHADOW_NORTH
        east = terrain.longitudes + _SHADOW_EAST
        return tuple(octave_at(min(each, terrain.finest), east, north) for each in sky.OCTAVES)


class Scenery:
    """The landscape at a moment."""

    def __init__(self, around: NodeScenery, moment: PictureDate) -> None:
        self.around = around
        self.moment = moment
        self.nodes, self.terrain = around.nodes, around.terrain

    # -- at the nodes -------------------------------------------------------------------------------

    @cached_property
    def green(self) -> Floats:
        """Share of growing plants, from 0 to 1."""
        terrain, season = self.terrain, self.moment.season
        north = terrain.soil * np.float32(season.crops - season.wild) + np.float32(season.wild)
        green = north * terrain.hemisphere * np.float32(0.36) + np.float32(0.6)
        growth = self.ripples("green") * np.float32(0.22) + np.float32(self.moment.growth)
        found: Floats = np.clip(green * growth * terrain.vegetation * (1 - self.snow), 0, 1)
        return found

    @cached_property
    def air(self) -> Floats:
        """The temperature of the air in kelvin."""
        hour, air = self.moment.hour, self._warmth + self._weather * 8
        if hour is not None:
            # Coldest at 3, warmest at 15 hours local solar time.
            local = (self.terrain.longitudes / 15 + (hour + 9)) % 24
            air += (4 - np.abs(local - 12) * (2 / 3)).astype(np.float32) * -1
        return air

    @cached_property
    def snow(self) -> Floats:
        """Share of the ground that snow covers, from 0 to 1."""
        air = self._warmth + self._weather * 3
        found: Floats = np.clip((air - np.float32(_FREEZING)) * np.float32(-1 / _COVERED), 0, 1)
        return found

    @cached_property
    def clouds(self) -> Floats:
        """The depth of clouds above the nodes: 0 and less where the sky is clear."""
        around = self.around
        return sky.depth_of(around.seed, self.moment.day, around.overhead, self.terrain.latitudes)

    def ripples(self, *parts: object) -> Floats:
        """Return small differences, from -0.5 to 0.5, that the moment and some texts decide."""
        table = column_of(0, self.around.seed, "ripples")
        fine, coarse = (self.terrain.octave(each) for each in _RIPPLES)
        one = fine.heights(table, number_of("fine", self.moment.day, *parts))
        other = coarse.heights(table, number_of("coarse", self.moment.day, *parts))
        return (one + other) * np.float32(0.5)

    @cached_property
    def brightness(self) -> Floats:
        """Factors of what surfaces reflect: light and air differ a little from picture to picture."""
        return self.ripples("light") * np.float32(0.1) + 1

    @cached_property
    def _warmth(self) -> Floats:
        """The temperature of the air in kelvin as the season makes it."""
        return self.terrain.swing * np.float32(self.moment.season.wild) + self.terrain.climate

    @cached_property
    def _weather(self) -> Floats:
        table = column_of(1, self.around.seed, "ripples")
        return self.terrain.octave(_WEATHER).heights(table, number_of("weather", self.moment.day))

    # -- in the pixels ------------------------------------------------------------------------------

    def between(self, values: NDArray[np.floating]) -> NDArray[np.floating]:
        """Return a new array with a value for each pixel."""
        return self.nodes.between(values)

    @cached_property
    def cloud_depth(self) -> NDArray[np.floating] | None:
        """The depth of clouds; None if there are no clouds in sight."""
        clouds = self.clouds
        return self.between(clouds) if clouds.size and clouds.max() > 0 else None

    @cached_property
    def opacity(self) -> NDArray[np.floating] | None:
        """Opacity of clouds, from 0 to 1; None if there are no clouds in sight."""
        depth = self.cloud_depth
        if depth is None:
            return None
        opacity = depth * np.float32(_DENSER)
        opacity += np.float32(_HAZE)
        np.minimum(opacity, 1, out=opacity)
        opacity *= depth > 0
        return opacity

    @cached_property
    def shadow(self) -> Truths | None:
        """The pixels in the shadow of clouds, and below none; None if there are none."""
        around = self.around
        depth = sky.depth_of(around.seed, self.moment.day, around.sunward, self.terrain.latitudes)
        if not depth.size or depth.max() <= _DARK:
            return None
        found: Truths = self.between(depth) > _DARK
        if self.cloud_depth is not None:
            found &= self.cloud_depth <= 0
        return found

    def noise(self, *parts: object) -> NDArray[np.floating]:
        """Return factors of the noise of a band."""
        return self.around.grain.factors("noise", self.moment.day, *parts)
