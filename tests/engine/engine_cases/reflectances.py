"""Areas, a period, and small data cubes of reflectances."""

import numpy as np

from validation_cases.building import load

UTM = {"west": 679720, "south": 5151080, "east": 680680, "north": 5151920, "crs": "EPSG:32632"}
SMALL = {"west": 680000, "south": 5151500, "east": 680100, "north": 5151600, "crs": "EPSG:32632"}
JUNE = ["2022-06-01", "2022-07-01"]
#: 10 by 10 pixels, 6 dates, one or two bands.
RED = load(spatial_extent=SMALL, temporal_extent=JUNE, bands=["B04"])
BOTH = load(spatial_extent=SMALL, temporal_extent=JUNE)
TIME = 2  # the dimension: x, y, t, bands


def facts(band):
    return band.name, band.data_type, band.nodata


def single(values):
    """Return values as files of 32-bit floating points have them."""
    return np.asarray(values).astype(np.float32).astype(np.float64)
