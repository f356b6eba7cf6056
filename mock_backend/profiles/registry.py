"""The profiles by name, and those of known hosts; each is imported when it is first used."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

from mock_backend.errors.suggestions import did_you_mean
from mock_backend.profiles.profile import Profile

#: The names of the profiles, and the packages that define them.
PROFILES: Mapping[str, str] = {
    "default": "default",
    "spec": "spec",
    "cdse": "cdse",
    "openeo-platform": "openeo_platform",
    "gee": "gee",
    "eodc": "eodc",
}

#: The hosts of back-ends that people know, by profile. Those of one profile are one back-end's.
_HOSTS: Mapping[str, tuple[str, ...]] = {
    "cdse": (
        "openeo.dataspace.copernicus.eu",
        "openeofed.dataspace.copernicus.eu",
        "openeo-staging.dataspace.copernicus.eu",
        "openeofed-staging.dataspace.copernicus.eu",
        "openeo.vito.be",
        "openeo-dev.vito.be",
        "openeo.creo.vito.be",
        "openeo.vgt.vito.be",
        "openeo.terrascope.be",
    ),
    "openeo-platform": ("openeo.cloud", "openeocloud.vito.be"),
    "gee": ("earthengine.openeo.org",),
    "eodc": ("openeo.eodc.eu", "openeo-dev.eodc.eu"),
}

_AXES = ("catalogue", "acceptance", "dialect")


def profile_from(given: str | Profile | Mapping[str, str]) -> Profile:
    """Return a profile; raise ``TypeError`` if nothing is named, ``ValueError`` if the name is unknown.

    Args:
        given: Its name; or names by axis, e.g. ``{"acceptance": "cdse", "dialect": "spec"}``, where the other
            axes, and what belongs to none, are those of ``"profile"``, by default of ``default``; or itself.
    """
    if isinstance(given, Profile):
        return given
    if isinstance(given, str):
        return _named(given)
    if not isinstance(given, Mapping):
        raise TypeError(
            f"profile must be a name, or names by axis, e.g. {{'dialect': 'spec'}}, got {given!r}."
        )
    names = dict(given)
    base = _named(names.pop("profile", "default"))
    for axis in names:
        if axis not in _AXES:
            raise ValueError(f"Unknown axis {axis!r} of a profile.{did_you_mean(axis, (*_AXES, 'profile'))}")
    axes: dict[str, Any] = {axis: getattr(_named(name), axis) for axis, name in names.items()}
    return replace(base, **axes)


def profile_at(url: str) -> Profile | None:
    """Return the profile of the back-end that people know by a URL; None if there is none."""
    name = _profile_name(url)
    return None if name is None else _named(name)


@lru_cache(maxsize=64)
def aliases_of(url: str) -> tuple[str, ...]:
    """Return the other hosts, as URLs, of the back-end that people know by a URL; none if it is not known."""
    name, parts = _profile_name(url), urlsplit(url)
    if name is None or parts.port is not None:
        return ()
    hosts = (f"{scheme}://{host}" for host in _HOSTS[name] for scheme in ("https", "http"))
    return tuple(each for each in hosts if each != f"{parts.scheme}://{parts.hostname}")


@lru_cache(maxsize=1)
def known_hosts() -> Mapping[str, str]:
    """Return the names of profiles by the hosts of the back-ends that people know."""
    return {host: name for name, hosts in _HOSTS.items() for host in hosts}


def _profile_name(url: str) -> str | None:
    return known_hosts().get(urlsplit(url).hostname or "")


@lru_cache(maxsize=len(PROFILES))
def _named(name: str) -> Profile:
    if name not in PROFILES:
        raise ValueError(f"Unknown profile {name!r}.{did_you_mean(name, PROFILES)}")
    profile: Profile = import_module(f"mock_backend.profiles.{PROFILES[name]}").PROFILE
    return profile
