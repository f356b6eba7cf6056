"""Bands whose values are classes: patches of land cover, water, clouds."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mock_backend.synthesis.noise import Floats
from mock_backend.synthesis.scene import Scene
from mock_backend.synthesis.season import Season

_NOTHING = re.compile(r"no.?data|fill|saturat|defect|unclassif|unknown|invalid", re.I)
_CLOUDS = re.compile(r"cloud|cirrus|shadow", re.I)
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
_CLOUDY, _SNOWY = 0.2, 0.78


@dataclass(frozen=True)
class Classes:
    """What each class of a band shows.

    Args:
        land: What is on land, from the barest to the greenest; one at least.
        water: What is on water, if there is such a class.
        snow: What is on high mountains.
        clouds: What is above both at times.
    """

    land: tuple[int, ...]
    water: int | None = None
    snow: int | None = None
    clouds: tuple[int, ...] = ()

    @classmethod
    def of(cls, names: Mapping[int, str], without: float | None = None) -> "Classes":
        """Return what classes show, as their names say.

        Args:
            names: The names of the classes by their values.
            without: The value that says that there is none.
        """
        left = {int(value): name for value, name in names.items() if value != without}
        left = {value: name for value, name in left.items() if not _NOTHING.search(name)} or left
        # "Cloud, high probability" comes after "Cloud, medium probability" in the clouds, too.
        clouds = tuple(value for value, name in left.items() if _CLOUDS.search(name))
        rest = {value: name for value, name in left.items() if value not in clouds}
        water = next((value for value, name in rest.items() if _WATER.search(name)), None)
        snow = next((value for value, name in rest.items() if _SNOW.search(name)), None)
        rest = {value: name for value, name in rest.items() if value not in (water, snow)}
        green = {value: _greenness(name) for value, name in rest.items()}
        known = sorted((value for value in rest if green[value] >= 0), key=lambda value: green[value])
        return cls(tuple(known) or tuple(rest) or tuple(left), water, snow, clouds)

    def seen(self, scene: Scene, season: Season, key: str) -> NDArray[np.floating]:
        """Return the classes that a scene shows.

        Args:
            scene: The scene.
            season: The season, which changes nothing but clouds and snow.
            key: What distinguishes this picture from others: clouds depend on it.
        """
        landscape = scene.landscape
        growth = (landscape.vegetation - np.float32(0.5)) * np.float32(1.1)
        growth += (landscape.soil - np.float32(0.5)) * np.float32(-0.7) + np.float32(0.5)
        found = _taken(self.land, scene.seen(growth))
        if self.snow is not None:
            high = landscape.relief - np.float32(0.08 * season.wild)
            if high.size and high.max() > _SNOWY:
                found[scene.seen(high) > _SNOWY] = self.snow
        if self.water is not None and scene.water is not None:
            found[scene.water] = self.water
        if self.clouds:
            sky = landscape.ripples("sky", key)
            if sky.size and sky.max() > _CLOUDY:
                above = scene.seen(sky)
                cloudy = above > _CLOUDY
                above -= np.float32(_CLOUDY)
                above *= 8
                found[cloudy] = _taken(self.clouds, above[cloudy])
        return found


def _greenness(name: str) -> int:
    return next((place for place, words in enumerate(_LAND) if words.search(name)), -1)


def _taken(values: tuple[int, ...], shares: NDArray[np.floating] | Floats) -> NDArray[np.floating]:
    """Return a value for each share, from the first at 0 to the last at 1."""
    places = np.clip(shares * len(values), 0, len(values) - 1).astype(np.intp)
    taken: NDArray[np.floating] = np.array(values, np.float32).take(places)
    return taken
