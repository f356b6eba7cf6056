"""Products made from many missions: elevation, weather, land cover, soil moisture."""

from mock_backend.catalog.band import Band
from mock_backend.catalog.collection import Collection
from mock_backend.catalog.data.providers import COPERNICUS, ECMWF, ESA, HOST, WORLDCOVER

_LAND_COVER = {
    10: "Tree cover",
    20: "Shrubland",
    30: "Grassland",
    40: "Cropland",
    50: "Built-up",
    60: "Bare or sparse vegetation",
    70: "Snow and ice",
    80: "Permanent water",
    90: "Herbaceous wetland",
    95: "Mangroves",
    100: "Moss and lichen",
}

#: Name, unit, description, smallest and largest value, all times 100: what AgERA5 keeps.
_WEATHER: tuple[tuple[str, str, str, int, int], ...] = (
    ("dewpoint-temperature", "K", "Mean dewpoint temperature at 2 m", 20_000, 30_500),
    ("precipitation-flux", "mm/d", "Sum of precipitation", 0, 30_000),
    ("temperature-max", "K", "Highest air temperature at 2 m", 21_000, 32_500),
    ("temperature-mean", "K", "Mean air temperature at 2 m", 20_500, 31_500),
    ("temperature-min", "K", "Lowest air temperature at 2 m", 20_000, 31_000),
    ("vapour-pressure", "hPa", "Mean vapour pressure", 0, 4_000),
    ("wind-speed", "m/s", "Mean wind speed at 10 m", 0, 3_000),
)


def _soil_moisture(name: str, description: str) -> Band:
    return Band(
        name,
        gsd=1000,
        data_type="uint8",
        unit="%",
        scale=0.5,
        description=description,
        minimum=0,
        maximum=200,
        nodata=255,
    )


DERIVED = (
    Collection(
        id="COPERNICUS_30",
        title="Copernicus DEM, 30 m",
        description="Global digital surface model; a static collection without a time dimension.",
        bands=(
            Band(
                "DEM",
                gsd=30,
                data_type="float32",
                unit="m",
                description="Height above the geoid",
                minimum=-430,
                maximum=8850,
                nodata=-32_767,
            ),
        ),
        since="2010-12-12T00:00:00Z",
        until="2015-01-07T23:59:59Z",
        has_time=False,
        license_url="https://spacedata.copernicus.eu/documents/20123/121286/CSCDA_ESA_Mission-specific+Annex.pdf",
        providers=(ESA, COPERNICUS, HOST),
        keywords=("DEM", "elevation", "Copernicus"),
        epsg=4326,
        cell=1 / 3600,
    ),
    Collection(
        id="AGERA5",
        title="AgERA5: daily weather for agriculture",
        description="Daily surface weather on a grid of 0.1 degrees, computed from the ERA5 reanalysis.",
        bands=(
            *(
                Band(
                    name,
                    gsd=11_132,
                    data_type="uint16",
                    unit=unit,
                    scale=0.01,
                    description=description,
                    minimum=low,
                    maximum=high,
                    nodata=65_535,
                )
                for name, unit, description, low, high in _WEATHER
            ),
            Band(
                "solar-radiation-flux",
                gsd=11_132,
                data_type="uint32",
                unit="J/m^2/d",
                description="Sum of solar radiation at the surface",
                minimum=0,
                maximum=40_000_000,
                nodata=4_294_967_295,
            ),
        ),
        since="1979-01-01T00:00:00Z",
        license_url="https://cds.climate.copernicus.eu/licences/licence-to-use-copernicus-products",
        providers=(ECMWF, COPERNICUS, HOST),
        keywords=("weather", "climate", "reanalysis", "ERA5", "agriculture"),
        epsg=4326,
        cell=0.1,
        step="P1D",
        tile=360,
    ),
    Collection(
        id="ESA_WORLDCOVER_10M_2021_V2",
        title="ESA WorldCover 2021: land cover, 10 m",
        description="A global map of eleven classes of land cover for 2021, from Sentinel-1 and Sentinel-2.",
        bands=(
            Band(
                "MAP",
                gsd=10,
                data_type="uint8",
                description="Class of land cover",
                minimum=10,
                maximum=100,
                nodata=0,
                classes=_LAND_COVER,
            ),
        ),
        since="2021-01-01T00:00:00Z",
        until="2021-12-31T23:59:59Z",
        bbox=(-180.0, -60.0, 180.0, 84.0),
        license="CC-BY-4.0",
        license_url="https://creativecommons.org/licenses/by/4.0/",
        providers=(ESA, WORLDCOVER, HOST),
        keywords=("land cover", "WorldCover", "classification"),
        epsg=4326,
        cell=1 / 12_000,
        version="2.0.0",
        tile=3,
        revisit_days=0,
    ),
    Collection(
        id="CGLS_SSM_1KM",
        title="Copernicus Global Land: surface soil moisture, 1 km",
        description="Daily relative water saturation of the topmost soil over Europe, from Sentinel-1.",
        bands=(
            _soil_moisture("ssm", "Surface soil moisture"),
            _soil_moisture("ssm_noise", "Its noise"),
            # Clients that know nothing of a collection ask for a first band of this name.
            _soil_moisture("B01", "Surface soil moisture, as the first band"),
        ),
        since="2014-10-01T00:00:00Z",
        bbox=(-11.0, 35.0, 50.0, 72.0),
        license_url="https://land.copernicus.eu/global/terms-of-use",
        providers=(COPERNICUS, HOST),
        keywords=("soil moisture", "Copernicus Global Land Service"),
        epsg=4326,
        cell=1 / 112,
        step="P1D",
        tile=61,
    ),
)
