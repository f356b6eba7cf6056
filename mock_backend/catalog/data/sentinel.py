"""The Sentinel missions."""

from typing import Any

from mock_backend.catalog.band import Band
from mock_backend.catalog.collection import CLOUD_COVER, Collection
from mock_backend.catalog.data.providers import COPERNICUS, ESA, HOST, SENTINEL_TERMS

_PROVIDERS = (ESA, COPERNICUS, HOST)

_ORBITS = ["ascending", "descending"]

#: Name, common name, centre and width of the response, resolution: the instrument's 13 bands.
_MSI: tuple[tuple[str, str, float, float, float], ...] = (
    ("B01", "coastal", 0.443, 0.021, 60),
    ("B02", "blue", 0.49, 0.066, 10),
    ("B03", "green", 0.56, 0.036, 10),
    ("B04", "red", 0.665, 0.031, 10),
    ("B05", "rededge", 0.704, 0.015, 20),
    ("B06", "rededge", 0.74, 0.015, 20),
    ("B07", "rededge", 0.783, 0.02, 20),
    ("B08", "nir", 0.842, 0.106, 10),
    ("B8A", "nir08", 0.865, 0.021, 20),
    ("B09", "nir09", 0.945, 0.02, 60),
    ("B10", "cirrus", 1.375, 0.031, 60),
    ("B11", "swir16", 1.61, 0.091, 20),
    ("B12", "swir22", 2.19, 0.175, 20),
)

#: Name, resolution, unit, scale and largest value of what comes with the atmospheric correction.
_L2A_EXTRAS: tuple[tuple[str, float, str | None, float | None, float, str], ...] = (
    ("AOT", 10, None, 0.001, 1000, "Optical thickness of the aerosols"),
    ("WVP", 10, "cm", 0.001, 5000, "Water vapour"),
    ("sunAzimuthAngles", 5000, "deg", None, 360, "Azimuth of the sun"),
    ("sunZenithAngles", 5000, "deg", None, 90, "Zenith angle of the sun"),
    ("viewAzimuthMean", 5000, "deg", None, 360, "Azimuth of the satellite, mean of all bands"),
    ("viewZenithMean", 5000, "deg", None, 15, "Zenith angle of the satellite, mean of all bands"),
)

#: Centre and width of the response in nanometres: the instrument's 21 bands.
_OLCI: tuple[tuple[float, float], ...] = (
    (400, 15),
    (412.5, 10),
    (442.5, 10),
    (490, 10),
    (510, 10),
    (560, 10),
    (620, 10),
    (665, 10),
    (673.75, 7.5),
    (681.25, 7.5),
    (708.75, 10),
    (753.75, 7.5),
    (761.25, 2.5),
    (764.375, 3.75),
    (767.5, 2.5),
    (778.75, 15),
    (865, 20),
    (885, 10),
    (900, 10),
    (940, 20),
    (1020, 40),
)
_OLCI_NAMES = {3: "coastal", 4: "blue", 6: "green", 8: "red", 17: "nir08", 20: "nir09"}

_SCENE_CLASSES = {
    0: "No data",
    1: "Saturated or defective",
    2: "Dark area",
    3: "Cloud shadow",
    4: "Vegetation",
    5: "Bare soil",
    6: "Water",
    7: "Unclassified",
    8: "Cloud, medium probability",
    9: "Cloud, high probability",
    10: "Thin cirrus",
    11: "Snow or ice",
}


def _msi(**facts: Any) -> dict[str, Band]:
    return {
        name: Band(
            name,
            common_name,
            center,
            gsd,
            width=width,
            data_type="int16",
            scale=0.0001,
            minimum=0,
            maximum=10_000,
            nodata=-32_768,
            **facts,
        )
        for name, common_name, center, width, gsd in _MSI
    }


def _olci(number: int, center: float, width: float) -> Band:
    return Band(
        f"B{number:02}",
        _OLCI_NAMES.get(number),
        round(center / 1000, 6),
        300,
        width=round(width / 1000, 6),
        data_type="float32",
        description=f"Reflectance at the top of the atmosphere at {center:g} nm",
        minimum=0,
        maximum=1,
        nodata="nan",
    )


def _gas(name: str, maximum: float, description: str, unit: str = "mol/m^2", minimum: float = 0) -> Band:
    return Band(
        name,
        gsd=5500,
        data_type="float32",
        unit=unit,
        description=description,
        minimum=minimum,
        maximum=maximum,
        nodata="nan",
    )


SENTINEL = (
    Collection(
        id="SENTINEL2_L2A",
        title="Sentinel-2 Level-2A: surface reflectance",
        description="Multispectral surface reflectance of Sentinel-2, atmospherically corrected.",
        bands=(
            *(band for name, band in _msi().items() if name != "B10"),
            Band(
                "SCL",
                gsd=20,
                data_type="uint8",
                description="Scene classification",
                minimum=0,
                maximum=11,
                nodata=0,
                classes=_SCENE_CLASSES,
            ),
            *(
                Band(
                    name,
                    gsd=gsd,
                    data_type="uint16",
                    unit=unit,
                    scale=scale,
                    description=description,
                    minimum=0,
                    maximum=maximum,
                    nodata=65_535,
                )
                for name, gsd, unit, scale, maximum, description in _L2A_EXTRAS
            ),
        ),
        since="2015-07-04T00:00:00Z",
        bbox=(-180.0, -56.0, 180.0, 83.0),
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-2", "optical", "reflectance", "Copernicus"),
        constellation="sentinel-2",
        platforms=("sentinel-2a", "sentinel-2b"),
        instruments=("msi",),
        summaries={"eo:cloud_cover": CLOUD_COVER, "sat:orbit_state": _ORBITS},
        revisit_days=5,
    ),
    Collection(
        id="SENTINEL2_L1C",
        title="Sentinel-2 Level-1C: reflectance at the top of the atmosphere",
        description="Multispectral reflectance of Sentinel-2 as the satellite sees it, with the cirrus band.",
        bands=tuple(_msi().values()),
        since="2015-07-04T00:00:00Z",
        bbox=(-180.0, -56.0, 180.0, 83.0),
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-2", "optical", "top of the atmosphere", "Copernicus"),
        constellation="sentinel-2",
        platforms=("sentinel-2a", "sentinel-2b"),
        instruments=("msi",),
        summaries={"eo:cloud_cover": CLOUD_COVER, "sat:orbit_state": _ORBITS},
        revisit_days=5,
    ),
    Collection(
        id="SENTINEL1_GRD",
        title="Sentinel-1 GRD: C-band radar",
        description="Ground-range detected backscatter of the Sentinel-1 synthetic aperture radar.",
        bands=tuple(
            Band(
                name,
                gsd=10,
                data_type="float32",
                description=description,
                minimum=0,
                maximum=maximum,
                nodata="nan",
            )
            for name, description, maximum in (
                ("VV", "Vertical transmit and receive", 1),
                ("VH", "Vertical transmit, horizontal receive", 0.25),
            )
        ),
        since="2014-10-03T00:00:00Z",
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-1", "SAR", "radar", "Copernicus"),
        constellation="sentinel-1",
        platforms=("sentinel-1a", "sentinel-1b", "sentinel-1c"),
        instruments=("c-sar",),
        summaries={
            "sar:instrument_mode": ["IW"],
            "sar:frequency_band": ["C"],
            "sar:center_frequency": [5.405],
            "sar:product_type": ["GRD"],
            "sar:polarizations": ["VV", "VH"],
            "sat:orbit_state": _ORBITS,
        },
        tile=2.5,
        revisit_days=6,
    ),
    Collection(
        id="SENTINEL3_OLCI_L1B",
        title="Sentinel-3 OLCI Level-1B",
        description="The 21 bands of the Ocean and Land Colour Instrument, every day at full resolution.",
        bands=tuple(_olci(number, *response) for number, response in enumerate(_OLCI, 1)),
        since="2016-04-25T00:00:00Z",
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-3", "OLCI", "ocean colour", "optical", "Copernicus"),
        epsg=4326,
        constellation="sentinel-3",
        platforms=("sentinel-3a", "sentinel-3b"),
        instruments=("olci",),
        summaries={"eo:cloud_cover": CLOUD_COVER, "sat:orbit_state": ["descending"]},
        tile=12,
        revisit_days=1,
    ),
    Collection(
        id="SENTINEL3_SLSTR_L2_LST",
        title="Sentinel-3 SLSTR Level-2: land surface temperature",
        description="Land surface temperature from the thermal bands of SLSTR, by day and by night.",
        bands=(
            Band(
                "LST",
                gsd=1000,
                data_type="float32",
                unit="K",
                description="Land surface temperature",
                minimum=200,
                maximum=340,
                nodata="nan",
            ),
            Band(
                "LST_uncertainty",
                gsd=1000,
                data_type="float32",
                unit="K",
                description="Its uncertainty",
                minimum=0,
                maximum=5,
                nodata="nan",
            ),
        ),
        since="2016-04-19T00:00:00Z",
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-3", "SLSTR", "temperature", "thermal", "Copernicus"),
        epsg=4326,
        constellation="sentinel-3",
        platforms=("sentinel-3a", "sentinel-3b"),
        instruments=("slstr",),
        summaries={"eo:cloud_cover": CLOUD_COVER, "sat:orbit_state": _ORBITS},
        tile=12,
        revisit_days=1,
    ),
    Collection(
        id="SENTINEL_5P_L2",
        title="Sentinel-5P TROPOMI Level-2: trace gases",
        description="Columns of trace gases and aerosols from TROPOMI, every day.",
        bands=(
            _gas("NO2", 0.0003, "Nitrogen dioxide, tropospheric column"),
            _gas("CO", 0.1, "Carbon monoxide, total column"),
            _gas("SO2", 0.01, "Sulphur dioxide, total column"),
            _gas("HCHO", 0.001, "Formaldehyde, tropospheric column"),
            _gas("O3", 0.36, "Ozone, total column"),
            _gas("CH4", 2000, "Methane, mixing ratio in dry air", "ppb", 1600),
            _gas("AER_AI_340_380", 5, "Aerosol index at 340 and 380 nm", "1", -1),
        ),
        since="2018-04-30T00:00:00Z",
        license_url=SENTINEL_TERMS,
        providers=_PROVIDERS,
        keywords=("Sentinel-5P", "TROPOMI", "air quality", "atmosphere", "Copernicus"),
        epsg=4326,
        constellation="sentinel-5p",
        platforms=("sentinel-5p",),
        instruments=("tropomi",),
        summaries={"sat:orbit_state": ["ascending"]},
        tile=30,
        revisit_days=1,
    ),
)
