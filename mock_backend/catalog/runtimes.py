"""Where user-defined functions would run: languages, their versions and libraries."""

from typing import Any

_PYTHON_LIBRARIES = {
    "3.11": {
        "geopandas": "1.0.1",
        "numpy": "1.26.4",
        "openeo": "0.40.0",
        "pandas": "2.2.3",
        "pyproj": "3.7.0",
        "rasterio": "1.4.3",
        "scikit-learn": "1.5.2",
        "scipy": "1.14.1",
        "shapely": "2.0.6",
        "xarray": "2024.11.0",
    },
    "3.8": {
        "numpy": "1.22.4",
        "openeo": "0.30.0",
        "pandas": "1.5.3",
        "scipy": "1.10.1",
        "shapely": "2.0.6",
        "xarray": "0.16.2",
    },
}
_R_LIBRARIES = {"sf": "1.0-19", "stars": "0.6-7", "terra": "1.8-5"}


def _libraries(versions: dict[str, str]) -> dict[str, Any]:
    return {name: {"version": version} for name, version in versions.items()}


#: The answer to ``GET /udf_runtimes``.
RUNTIMES: dict[str, Any] = {
    "Python": {
        "title": "Python",
        "description": "Python with the usual libraries for arrays, tables and geometries.",
        "type": "language",
        "default": "3.11",
        "versions": {
            "3.11": {"libraries": _libraries(_PYTHON_LIBRARIES["3.11"])},
            "3.8": {"libraries": _libraries(_PYTHON_LIBRARIES["3.8"]), "deprecated": True},
        },
        "links": [{"rel": "about", "href": "https://open-eo.github.io/openeo-python-client/udf.html"}],
    },
    "R": {
        "title": "R",
        "description": "R with libraries for vector and raster data.",
        "type": "language",
        "experimental": True,
        "default": "4.4",
        "versions": {"4.4": {"libraries": _libraries(_R_LIBRARIES)}},
    },
}
