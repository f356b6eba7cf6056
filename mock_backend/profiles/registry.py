"""The profiles by name, and those of known hosts; each is imported when it is first used."""

from collections.abc import Mapping
from functools import lru_cache
from importlib import import_module
from urllib.parse import urlsplit

from mock_backend.hints import did_you_mean
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

_HOSTS = {
    "openeo.dataspace.copernicus.eu": "cdse",
    "openeofed.dataspace.copernicus.eu": "cdse",
    "openeo-staging.dataspace.copernicus.eu": "cdse",
    "openeo.vito.be": "cdse",
    "openeo.cloud": "openeo-platform",
    "earthengine.openeo.org": "gee",
    "openeo.eodc.eu": "eodc",
}

_AXES = ("catalogue", "acceptance", "dialect")


def profile_from(given: str | Profile | Mapping[str, str]) -> Profile:
    """Return a profile.

    Args:
        given: Its name; or names by axis, e.g. ``{"acceptance": "cdse", "dialect": "spec"}``, where the other
            axes, and what belongs to none, are those of ``"profile"``, by default of ``default``; or itself.

    Raises:
        ValueError: If there is no such profile or axis.
    """
    if isinstance(given, Profile):
        return given
    if isinstance(given, str):
        return _named(given)
    names = dict(given)
    base = _named(names.pop("profile", "default"))
    for axis in names:
        if axis not in _AXES:
            raise ValueError(f"Unknown axis {axis!r} of a profile.{did_you_mean(axis, (*_AXES, 'profile'))}")
    return base.mixed_with(**{axis: _named(name) for axis, name in names.items()})


def profile_at(url: str) -> Profile | None:
    """Return the profile of the back-end that people know by a URL; None if there is none."""
    name = _HOSTS.get(urlsplit(url).hostname or "")
    return None if name is None else _named(name)


@lru_cache(maxsize=len(PROFILES))
def _named(name: str) -> Profile:
    if name not in PROFILES:
        raise ValueError(f"Unknown profile {name!r}.{did_you_mean(name, PROFILES)}")
    profile: Profile = import_module(f"mock_backend.profiles.{PROFILES[name]}").PROFILE
    return profile
