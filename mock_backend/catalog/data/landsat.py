"""The Landsat missions."""

from mock_backend.catalog.band import Band
from mock_backend.catalog.collection import CLOUD_COVER, Collection
from mock_backend.catalog.data.providers import HOST, USGS


def _reflectance(name: str, common_name: str, center: float, width: float) -> Band:
    return Band(
        name,
        common_name,
        center,
        30,
        width=width,
        data_type="uint16",
        scale=0.0000275,
        offset=-0.2,
        minimum=7273,
        maximum=43_636,
        nodata=0,
    )


LANDSAT = (
    Collection(
        id="LANDSAT8-9_C2_L2",
        title="Landsat 8 and 9, Collection 2 Level-2",
        description="Surface reflectance and surface temperature of Landsat 8 and 9.",
        bands=(
            _reflectance("B01", "coastal", 0.443, 0.016),
            _reflectance("B02", "blue", 0.482, 0.06),
            _reflectance("B03", "green", 0.561, 0.057),
            _reflectance("B04", "red", 0.655, 0.037),
            _reflectance("B05", "nir08", 0.865, 0.028),
            _reflectance("B06", "swir16", 1.609, 0.085),
            _reflectance("B07", "swir22", 2.201, 0.187),
            Band(
                "B10",
                "lwir11",
                10.895,
                30,
                width=0.59,
                data_type="uint16",
                unit="K",
                description="Surface temperature",
                scale=0.00341802,
                offset=149.0,
                minimum=15_000,
                maximum=60_000,
                nodata=0,
            ),
            Band(
                "BQA",
                gsd=30,
                data_type="uint16",
                description="Quality of each pixel, in bits",
                minimum=1,
                maximum=65_534,
                nodata=1,
            ),
        ),
        since="2013-03-18T00:00:00Z",
        bbox=(-180.0, -83.0, 180.0, 83.0),
        license_url="https://www.usgs.gov/landsat-missions/landsat-data-access",
        providers=(USGS, HOST),
        keywords=("Landsat", "optical", "thermal", "reflectance", "USGS"),
        constellation="landsat",
        platforms=("landsat-8", "landsat-9"),
        instruments=("oli", "tirs"),
        summaries={"eo:cloud_cover": CLOUD_COVER, "sat:orbit_state": ["descending"]},
        tile=2,
        revisit_days=8,
    ),
)
