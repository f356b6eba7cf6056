"""Hosts that offer several back-ends of production as one, as openeo-aggregator does; as data."""

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from mock_backend.dataclass import dataclass
from mock_backend.profiles.catalogue import read_file
from mock_backend.profiles.profile import Profile


@dataclass(frozen=True)
class Federated:
    """The back-ends that a host offers as one."""

    #: Their URLs and titles by the ids that they have there; the first one has what no other has
    backends: Mapping[str, Mapping[str, str]]
    #: By the id of a back-end, the ids of collections that it has, as patterns
    collections: Mapping[str, Sequence[str]]

    def described(self) -> dict[str, dict[str, str]]:
        """Return the back-ends as capabilities describe them."""
        return {
            name: {**facts, "description": facts["title"], "status": "online"}
            for name, facts in self.backends.items()
        }

    def with_backends(self, collection: Mapping[str, Any]) -> dict[str, Any]:
        """Return the metadata of a collection with the back-ends that have it."""
        names = [
            name
            for name, patterns in self.collections.items()
            if any(fnmatchcase(collection["id"], each) for each in patterns)
        ]
        told = {"federation:backends": names or [next(iter(self.backends))]}
        return {**told, **collection, "summaries": {**told, **collection.get("summaries", {})}}


def federated_at(profile: Profile, url: str) -> Federated | None:
    """Return which back-ends are offered at the URL of a request; None if its host is a single back-end."""
    if profile.federation is None:
        return None
    hosts, found = _federation_of(profile.federation)
    return found if urlsplit(url).hostname in hosts else None


@lru_cache(maxsize=8)
def _federation_of(folder: str) -> tuple[Sequence[str], Federated]:
    facts = read_file(folder, "federation")
    return facts["hosts"], Federated(facts["backends"], facts["collections"])
