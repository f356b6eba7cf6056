"""Small data cubes as tests have them."""

import numpy as np
import xarray as xr

UTM = "EPSG:32631"
DATES = ["2024-06-01", "2024-06-11", "2024-06-21"]


def cube(values=None, *, dims=("t", "y", "x"), crs=UTM, name="B04", dates=DATES, **attributes):
    """Make a cube of 3 dates, 4 rows and 5 columns of 10 metres, with its rows from the north."""
    values = np.arange(60, dtype="float32").reshape(3, 4, 5) if values is None else values
    coordinates = {
        "t": np.array(dates, "datetime64[ns]"),
        "y": 5_700_035.0 - 10 * np.arange(values.shape[-2]),
        "x": 640_005.0 + 10 * np.arange(values.shape[-1]),
    }
    attributes = {"crs": crs, **attributes} if crs else attributes
    known = {each: coordinates[each] for each in dims if each in coordinates}
    return xr.DataArray(values, dims=dims, coords=known, name=name, attrs=attributes)
