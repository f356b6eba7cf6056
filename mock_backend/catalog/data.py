"""The collections that every back-end starts with."""

from mock_backend.catalog.collection import Band, Collection

_ESA = {
    "name": "European Space Agency (ESA)",
    "roles": ["producer", "licensor"],
    "url": "https://www.esa.int",
}
_COPERNICUS = {
    "name": "European Commission (Copernicus)",
    "roles": ["licensor"],
    "url": "https://www.copernicus.eu",
}
_HOST = {"name": "openEO mock back-end", "roles": ["host"]}
_COPERNICUS_LICENSE = "https://sentinels.copernicus.eu/documents/247904/690755/Sentinel_Data_Legal_Notice"


def _reflectance(name: str, common_name: str | None, center: float, gsd: float) -> Band:
    return Band(name, common_name, center, gsd, "int16", scale=0.0001)


COLLECTIONS = (
    Collection(
        id="SENTINEL2_L2A",
        title="Sentinel-2 Level-2A: surface reflectance",
        description="Multispectral surface reflectance of Sentinel-2, atmospherically corrected.",
        bands=(
            _reflectance("B01", "coastal", 0.443, 60),
            _reflectance("B02", "blue", 0.49, 10),
            _reflectance("B03", "green", 0.56, 10),
            _reflectance("B04", "red", 0.665, 10),
            _reflectance("B05", "rededge", 0.704, 20),
            _reflectance("B06", "rededge", 0.74, 20),
            _reflectance("B07", "rededge", 0.783, 20),
            _reflectance("B08", "nir", 0.842, 10),
            _reflectance("B8A", "nir08", 0.865, 20),
            _reflectance("B09", "nir09", 0.945, 60),
            _reflectance("B11", "swir16", 1.61, 20),
            _reflectance("B12", "swir22", 2.19, 20),
            Band("SCL", gsd=20, data_type="uint8", description="Scene classification"),
        ),
        since="2015-07-04T00:00:00Z",
        bbox=(-180.0, -56.0, 180.0, 83.0),
        license_url=_COPERNICUS_LICENSE,
        providers=(_ESA, _COPERNICUS, _HOST),
        keywords=("Sentinel-2", "optical", "reflectance", "Copernicus"),
        constellation="sentinel-2",
        instruments=("msi",),
    ),
    Collection(
        id="SENTINEL1_GRD",
        title="Sentinel-1 GRD: C-band radar",
        description="Ground-range detected amplitude of the Sentinel-1 synthetic aperture radar.",
        bands=(
            Band("VV", gsd=10, data_type="float32", description="Vertical transmit and receive"),
            Band("VH", gsd=10, data_type="float32", description="Vertical transmit, horizontal receive"),
        ),
        since="2014-10-03T00:00:00Z",
        license_url=_COPERNICUS_LICENSE,
        providers=(_ESA, _COPERNICUS, _HOST),
        keywords=("Sentinel-1", "SAR", "radar", "Copernicus"),
        constellation="sentinel-1",
        instruments=("c-sar",),
    ),
    Collection(
        id="COPERNICUS_30",
        title="Copernicus DEM, 30 m",
        description="Global digital surface model; a static collection without a time dimension.",
        bands=(Band("DEM", gsd=30, data_type="float32", unit="m", description="Height above the geoid"),),
        since=None,
        license_url="https://spacedata.copernicus.eu/documents/20123/121286/CSCDA_ESA_Mission-specific+Annex.pdf",
        providers=(_ESA, _COPERNICUS, _HOST),
        keywords=("DEM", "elevation", "Copernicus"),
        epsg=4326,
    ),
    Collection(
        id="CGLS_SSM_1KM",
        title="Copernicus Global Land: surface soil moisture, 1 km",
        description="Daily relative water saturation of the topmost soil over Europe, from Sentinel-1.",
        bands=(
            Band(
                "ssm", gsd=1000, data_type="uint8", unit="%", scale=0.5, description="Surface soil moisture"
            ),
            Band("ssm_noise", gsd=1000, data_type="uint8", unit="%", scale=0.5, description="Its noise"),
        ),
        since="2014-10-01T00:00:00Z",
        bbox=(-11.0, 35.0, 50.0, 72.0),
        license_url="https://land.copernicus.eu/global/terms-of-use",
        providers=(_COPERNICUS, _HOST),
        keywords=("soil moisture", "Copernicus Global Land Service"),
        epsg=4326,
    ),
)
