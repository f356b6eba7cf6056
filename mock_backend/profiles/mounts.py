"""Mounts: the paths of a host at which an API is served, and the version of the API at each."""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from mock_backend.profiles.api_version import API_VERSIONS, DEFAULT_VERSION, check_version
from mock_backend.profiles.profile import Profile

_VERSIONED = re.compile(r"(.*)/(\d+\.\d+)")

#: Versions of the API by path; paths have no slash at the end, and the host's root is empty.
Mounts = Mapping[str, str]


def mounts_of(url: str, profile: Profile, version: str | Sequence[str]) -> Mounts:
    """Return where the API of a back-end is, the default place first.

    Args:
        profile: Its profile; if that has paths, they count unless the URL has one of its own.
        version: The version at the URL, if its path does not tell; or several, for paths of their own.

    Raises:
        ValueError: If there is no such version.
    """
    path = urlsplit(url).path.rstrip("/")
    if not path and not profile.paths and isinstance(version, str):
        return {"": check_version(version)}
    found = _VERSIONED.fullmatch(path)
    told = found[2] if found is not None and found[2] in API_VERSIONS else None
    if not isinstance(version, str):
        versions = [check_version(each) for each in version] or [DEFAULT_VERSION]
        folder = found[1] if found is not None and told else path or "/openeo"
        return {f"{folder}/{each}": each for each in dict.fromkeys([*([told] if told else []), *versions])}
    if profile.paths and path in ("", *profile.paths):
        first = path or next(iter(profile.paths))
        return {first: profile.paths[first], **profile.paths}
    return {path: told or check_version(version)}
