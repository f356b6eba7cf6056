"""All tables of cases."""

from validation_cases.building import Case
from validation_cases.tables.arguments import ARGUMENTS
from validation_cases.tables.arrays_and_objects import ARRAYS_AND_OBJECTS
from validation_cases.tables.cubes import CUBES
from validation_cases.tables.dimensions import DIMENSIONS
from validation_cases.tables.extents import EXTENTS, GEOJSON
from validation_cases.tables.inside_user_processes import INSIDE_USER_PROCESSES
from validation_cases.tables.labels import LABELS
from validation_cases.tables.parameters import PARAMETERS
from validation_cases.tables.production import PRODUCTION
from validation_cases.tables.references import REFERENCES
from validation_cases.tables.structure import PROCESSES, STRUCTURE
from validation_cases.tables.times import TIMES
from validation_cases.tables.user_processes import USER_PROCESSES

TABLES: dict[str, list[Case]] = {
    "structure": STRUCTURE,
    "processes": PROCESSES,
    **ARGUMENTS,
    **ARRAYS_AND_OBJECTS,
    "extents": EXTENTS,
    "GeoJSON": GEOJSON,
    **REFERENCES,
    "from_parameter": PARAMETERS,
    **CUBES,
    "dimensions": DIMENSIONS,
    "times": TIMES,
    "labels": LABELS,
    "calls of user-defined processes": USER_PROCESSES,
    **INSIDE_USER_PROCESSES,
    "production": PRODUCTION,
}
