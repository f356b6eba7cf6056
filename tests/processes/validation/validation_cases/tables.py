"""All tables of cases."""

from validation_cases.arguments import ARGUMENTS
from validation_cases.building import Case
from validation_cases.cubes import CUBES
from validation_cases.dimensions import DIMENSIONS
from validation_cases.extents import EXTENTS, GEOJSON
from validation_cases.production import PRODUCTION
from validation_cases.references import REFERENCES
from validation_cases.structure import PROCESSES, STRUCTURE
from validation_cases.user_processes import USER_PROCESSES

TABLES: dict[str, list[Case]] = {
    "structure": STRUCTURE,
    "processes": PROCESSES,
    **ARGUMENTS,
    "extents": EXTENTS,
    "GeoJSON": GEOJSON,
    **REFERENCES,
    **CUBES,
    "dimensions": DIMENSIONS,
    **USER_PROCESSES,
    "production": PRODUCTION,
}
