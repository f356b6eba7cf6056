"""Differences between versions of the openEO API.

Serving another version means another entry here.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.errors.suggestions import did_you_mean

_STAC_API = "https://api.stacspec.org/v1.0.0"
_OGC = "http://www.opengis.net/spec"

#: Standards beside openEO that this back-end keeps to, whatever the version of the API.
_OTHER_STANDARDS = (
    f"{_STAC_API}/core",
    f"{_STAC_API}/collections",
    f"{_STAC_API}/ogcapi-features",
    f"{_STAC_API}/ogcapi-features#sort",
    f"{_STAC_API}/item-search",
    f"{_STAC_API}/item-search#filter",
    f"{_STAC_API}/item-search#sort",
    f"{_OGC}/ogcapi-features-1/1.0/conf/core",
    f"{_OGC}/ogcapi-features-1/1.0/conf/geojson",
    f"{_OGC}/ogcapi-features-1/1.0/conf/oas30",
    f"{_OGC}/ogcapi-features-3/1.0/conf/queryables",
    f"{_OGC}/ogcapi-features-3/1.0/conf/filter",
    f"{_OGC}/ogcapi-features-3/1.0/conf/features-filter",
    *(
        f"{_OGC}/cql2/1.0/conf/{name}"
        for name in (
            "cql2-text",
            "cql2-json",
            "basic-cql2",
            "advanced-comparison-operators",
            "case-insensitive-comparison",
            "accent-insensitive-comparison",
            "basic-spatial-functions",
            "basic-spatial-functions-plus",
            "spatial-functions",
            "temporal-functions",
            "array-functions",
            "property-property",
            "arithmetic",
        )
    ),
)

#: The extensions and their versions; that of the federation follows that of the API.
EXTENSIONS: Mapping[str, str] = {
    "commercial-data": "0.1.0",
    "federation": "0.1.0",
    "processing-parameters": "0.1.0",
    "remote-process-definition": "0.1.0",
    "workspaces": "0.1.0",
}

#: The conformance class of bearer tokens without a prefix.
PLAIN_JWT = "https://api.openeo.org/1.3.0/authentication/jwt"


@dataclass(frozen=True)
class ApiVersion:
    """A version of the openEO API that is served."""

    number: str  #: The version, e.g. ``1.2.0``.
    #: True if bearer tokens are JSON Web Tokens, with or without the API's prefix; otherwise they need the
    #: prefix
    plain_tokens: bool = False
    #: True if jobs and their results tell when they were queued, started, and until when results are kept
    job_times: bool = False
    stacktraces: bool = False  #: True if entries of logs may have a stack trace
    #: True if the listing of processes names the release of the official ones
    processes_release: bool = False
    #: True if parameters of file formats and service types are plain JSON Schema; otherwise they are schemas
    #: of processes, where a ``subtype`` tells of which kind they are
    plain_parameters: bool = False
    #: The names of the extensions that a back-end of any profile offers with this version
    extensions: tuple[str, ...] = ()
    federation: str = "0.1.0"  #: The version of the extension Federation
    web_editor: bool = False  #: True if the capabilities link to a Web Editor
    production: bool = False  #: True if clients may take it for more than a trial

    def conforms_to(self, extensions: Iterable[str]) -> list[str]:
        """Return all conformance classes."""
        versions = {**EXTENSIONS, "federation": self.federation}
        return [
            f"https://api.openeo.org/{self.number}",
            *([PLAIN_JWT] if self.plain_tokens else []),
            *(f"https://api.openeo.org/extensions/{name}/{versions[name]}" for name in sorted(extensions)),
            *_OTHER_STANDARDS,
        ]

    def resources(self, entries: Mapping[str, Any], member: str) -> dict[str, Any]:
        """Return file formats or service types as this version describes them.

        Args:
            member: The member with their parameters.
        """
        if not self.plain_parameters:
            return dict(entries)
        return {name: entry | {member: _plain(entry[member])} for name, entry in entries.items()}


def _plain(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return JSON Schemas by name without the subtypes that only repeat their types."""
    return {
        name: {key: value for key, value in schema.items() if key != "subtype" or value != schema.get("type")}
        for name, schema in parameters.items()
    }


#: The versions by their short names, which are the ends of the paths at which they are served.
API_VERSIONS: Mapping[str, ApiVersion] = {
    "1.1": ApiVersion("1.1.0"),
    "1.2": ApiVersion("1.2.0"),
    "1.3": ApiVersion(
        "1.3.0",
        plain_tokens=True,
        job_times=True,
        stacktraces=True,
        processes_release=True,
        plain_parameters=True,
        extensions=("commercial-data", "processing-parameters", "remote-process-definition", "workspaces"),
        federation="0.2.0",
        web_editor=True,
    ),
}

DEFAULT_VERSION = "1.2"


@lru_cache(maxsize=64)
def api_extensions(versions: tuple[str, ...], given: frozenset[str]) -> frozenset[str]:
    """Return the names of the extensions that a back-end offers.

    Args:
        given: The names of other extensions that it is to offer.

    Raises:
        ValueError: If there is no such extension.
    """
    for name in given:
        if name not in EXTENSIONS:
            raise ValueError(f"Unknown extension {name!r} of the openEO API.{did_you_mean(name, EXTENSIONS)}")
    return given.union(*(API_VERSIONS[version].extensions for version in versions))


def check_version(version: str) -> str:
    """Return the short name of a version of the API, given by that or by its number.

    Raises:
        ValueError: If it is not served.
    """
    if version in API_VERSIONS:
        return version
    for name, each in API_VERSIONS.items():
        if version == each.number:
            return name
    raise ValueError(f"Unknown version {version!r} of the openEO API.{did_you_mean(version, API_VERSIONS)}")
