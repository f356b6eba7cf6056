"""The date of a picture, as far as a landscape depends on it."""

import re
from collections.abc import Sequence

from mock_backend.dataclass import dataclass
from mock_backend.landscape.nature.hashing import share_of
from mock_backend.landscape.nature.season import Season, season_between, season_of

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
