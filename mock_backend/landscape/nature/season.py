"""The date of a picture, and the time of the year that labels of dates name."""

import math
import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from mock_backend.dataclass import dataclass
from mock_backend.landscape.nature.noise import share_of

# Dates, instants, and what aggregating by period calls days of the year, weeks, months and seasons.
_DATE = re.compile(r"[+-]?\d{4,}-(\d\d)-(\d\d)(?!\d)")
_DAY = re.compile(r"\d{4}-(\d{3})")
_WEEK_OR_MONTH = re.compile(r"\d{4}-(\d\d)")
_MONTHS = re.compile(r"\d{4}-([a-z]+)")
_YEAR = re.compile(r"\d{4}")
_INITIALS = "jfmamjjasond" * 2

# When the north is greenest, in days after new year: meadows and woods, and crops, which are early.
_GREENEST, _RIPEST = 200, 150
# Number of days on which a period is looked at.
_LOOKS = 6
# Number of years after which a period has all seasons alike.
_LONG = 5


class Season(NamedTuple):
    """Progress of the year."""

    wild: float  #: The greenness of meadows and woods in the north, from -1 in winter to 1 in summer
    crops: float  #: The same for fields


#: No time of the year: what there is on average.
NO_SEASON = Season(0.0, 0.0)


@lru_cache(maxsize=4096)
def season_of(label: str) -> Season:
    """Return the season that a temporal label names; any, but always the same, if it names none."""
    if _YEAR.fullmatch(label):
        return NO_SEASON
    if found := _DATE.match(label):
        return _on_day((int(found[1]) - 1) * 30.44 + int(found[2]))
    if found := _DAY.fullmatch(label):
        return _on_day(int(found[1]))
    if found := _WEEK_OR_MONTH.fullmatch(label):
        number = int(found[1])
        return _on_day((number - 0.5) * 30.44 if number <= 12 else number * 7 - 3.5)
    if (found := _MONTHS.fullmatch(label)) and (first := _INITIALS.find(found[1])) >= 0:
        return _on_day((first + len(found[1]) / 2) * 30.44)
    return _on_day(share_of("season", label) * 365)


@lru_cache(maxsize=256)
def season_between(first: str | None, last: str | None) -> Season:
    """Return what a period's seasons are on average.

    Args:
        first: Its first instant, or any label.
    """
    if first is None or last is None:
        return NO_SEASON
    try:
        start, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    except ValueError:
        return season_of(first)
    days = max((end - start).days, 0)
    if days > 365 * _LONG:
        return NO_SEASON
    dates = (start + timedelta(days=days * (2 * look + 1) // (2 * _LOOKS)) for look in range(_LOOKS))
    seasons = [season_of(each.isoformat()) for each in dates]
    return Season(*(round(sum(each) / _LOOKS, 6) for each in zip(*seasons, strict=True)))


def _on_day(day: float) -> Season:
    return Season(*(round(math.cos((day - peak) * math.tau / 365.25), 6) for peak in (_GREENEST, _RIPEST)))


_INSTANT = re.compile(r"([+-]?\d{4,}-\d\d-\d\d)(?:T(\d\d):(\d\d))?")
# How much greener or browner a year may be than the mean.
_ANNUAL = 0.1


@dataclass(frozen=True)
class PictureDate:
    """The date of a picture."""

    day: str  #: The date, or another text that decides the weather; empty if there is none
    season: Season
    hour: float | None = None  #: The hour of the day in UTC; None if the picture is for the whole day
    growth: float = 1.0  #: The greenness of the year, around 1

    @classmethod
    def of(
        cls,
        time: str | None,
        others: Sequence[object] = (),
        period: tuple[str | None, str | None] = (None, None),
        *,
        is_hourly: bool = False,
    ) -> "PictureDate":
        """Return the moment of labels, as ``LandscapeView.values`` is given them."""
        if time is None:
            return cls("/".join(map(str, others)), season_between(*period))
        match = _INSTANT.match(time)
        day, hour = time, None
        if match is not None:
            day = match[1]
            if is_hourly and match[2]:
                hour = int(match[2]) + int(match[3]) / 60
                # The weather changes every three hours.
                day += f"T{int(hour) // 3 * 3:02}"
        season = season_of(time)
        if match is None and period != (None, None):
            season = season_between(*period)
        growth = 1 + _ANNUAL * (2 * share_of("year", day[:4]) - 1)
        return cls("/".join((day, *map(str, others))), season, hour, growth)
