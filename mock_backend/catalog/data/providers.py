"""Who stands behind the data, and on what terms."""

from typing import Any

ESA: dict[str, Any] = {
    "name": "European Space Agency (ESA)",
    "roles": ["producer", "licensor"],
    "url": "https://www.esa.int",
}
COPERNICUS: dict[str, Any] = {
    "name": "European Commission (Copernicus)",
    "roles": ["licensor"],
    "url": "https://www.copernicus.eu",
}
USGS: dict[str, Any] = {
    "name": "United States Geological Survey (USGS)",
    "roles": ["producer", "processor", "licensor"],
    "url": "https://www.usgs.gov",
}
ECMWF: dict[str, Any] = {
    "name": "European Centre for Medium-Range Weather Forecasts (ECMWF)",
    "roles": ["producer", "processor", "licensor"],
    "url": "https://cds.climate.copernicus.eu",
}
WORLDCOVER: dict[str, Any] = {
    "name": "ESA WorldCover consortium",
    "roles": ["processor"],
    "url": "https://esa-worldcover.org",
}
#: Comes last: the one who offers the data.
HOST: dict[str, Any] = {"name": "openEO mock back-end", "roles": ["host"]}

SENTINEL_TERMS = "https://sentinels.copernicus.eu/documents/247904/690755/Sentinel_Data_Legal_Notice"
