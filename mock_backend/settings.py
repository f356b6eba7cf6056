"""Settings of a back-end, from keywords or ``MOCK_BACKEND_*`` environment variables."""

import json
import os
from functools import lru_cache
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, InstanceOf

from mock_backend.profiles import Profile, profile_from
from mock_backend.profiles.api_version import API_VERSIONS, DEFAULT_VERSION, ApiVersion

__all__ = ["AppSettings"]

VERSION = "0.1.0"
STAC_VERSION = "1.0.0"
DEFAULT_URL = "https://openeo.test"
#: Value of ``secret`` that draws one at random.
RANDOM = "random"

_PREFIX = "MOCK_BACKEND_"

#: Other defaults of a back-end that others can reach: it may run for weeks.
_SERVED = {"secret": RANDOM, "journal_body": 4096, "journal_size": 1 << 24}


class AppSettings(BaseModel):
    """Settings of a back-end: what is given, else what the environment says, else the defaults."""

    # Built for settings that are given: most tests have the defaults.
    model_config = ConfigDict(frozen=True, defer_build=True)

    profile: Annotated[InstanceOf[Profile], BeforeValidator(profile_from)] = profile_from("default")
    """Name of the back-end to behave like, or names by axis; see ``mock_backend.profiles.profile_from``."""
    api_version: str = DEFAULT_VERSION
    """Version of the openEO API if the path of a request does not tell, e.g. ``1.3``."""
    extensions: frozenset[str] = frozenset()
    """Names of extensions of the API to offer besides those of the profile and of the API's version."""
    url: str = DEFAULT_URL
    """URL of the API. Links start with it unless a request came in by another host."""
    id: str = "openeo-mock-backend"
    """Id of the back-end in its capabilities."""
    title: str = "openEO mock back-end"
    """Title of the back-end in its capabilities."""
    description: str = (
        "A test double that behaves like an openEO back-end: jobs run on a clock that the test controls."
    )
    """Description of the back-end in its capabilities."""
    closed_extents: bool = False
    """True to describe collections without an end of time as ending with the present day: some clients,
    the official test suite among them, accept no null there."""
    currency: str = "credits"
    """Currency of costs and budgets."""
    billing_plans: tuple[str, ...] = Field(("free", "premium"), min_length=1)
    """Names of the billing plans, the default one first; all but ``free`` are paid ones."""
    seed: int = 0
    """Seed of made-up data and ids: the same seed gives the same ones."""
    secret: str | None = None
    """Secret from which tokens and the signatures of URLs follow. None derives them from ``seed``, so that
    anyone can compute them; ``random`` draws a secret and keeps it in the store if there is one."""
    max_listing: int = 10_000
    """Largest ``limit`` of a listing."""
    run_udfs: bool | None = None
    """True to run all user-defined functions in Python, False to run none, None to run those whose imports
    are installed. Over a socket they run only if it is True, and only for clients on this machine."""
    workers: int = 1
    """Number of threads that compute results; more than one need the extra ``dask``."""
    scheduler: str | None = None
    """Address of a scheduler of ``dask.distributed`` whose workers compute results, e.g.
    ``tcp://127.0.0.1:8786``; None for this process."""
    relaxed: frozenset[str] = frozenset()
    """Names of rules of validation not to apply, e.g. ``unknown-band``."""
    link_lifetime: float = 7 * 24 * 3600
    """Lifetime of signed URLs of results, in seconds of the clock."""
    result_lifetime: float | None = 365 * 24 * 3600
    """Time for which results are kept after the end of their job, in seconds of the clock; None for ever."""
    asset_host: bool = False
    """True to serve assets from a host of their own, which like S3 accepts no credentials other than the
    signature of the URL."""
    metadata_assets: bool = False
    """True to list the process and the metadata of a job among the assets of its results instead of linking
    them. Clients that expect a single asset then find several."""
    storage_quota: int | None = 1 << 30
    """Maximum total size of a user's files in bytes; None for no limit."""
    max_file_size: int | None = 1 << 29
    """Maximum size of a file in bytes; None for no limit."""
    max_request_size: int | None = 50 << 20
    """Maximum size of the body of any other request in bytes; None for no limit."""
    set_aside: bool = False
    """True to remove damaged documents from a store when it is opened, and to show them in warnings; else
    such a store is refused."""
    max_synchronous: int | None = 1 << 35
    """Maximum number of values that a synchronous request computes, about; None for no limit. A value that is
    loaded counts as 32."""
    work_limit: float = 1.0
    """Factor of the limits to the steps, calls and values of one process graph."""

    journal_size: int = 1 << 27
    """Maximum size of the journal of requests in bytes, about; it forgets the oldest exchanges, after their
    bodies."""
    journal_body: int | None = None
    """Maximum size of a request body in the journal in bytes; of longer ones it keeps digest and length. None
    for what there is room for."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**(_of_environment() | given))

    def changed(self, **values: object) -> Self:
        """Return these settings with other values; None leaves a value as it is."""
        changes = {
            name: value
            for name, value in values.items()
            if value is not None and value is not (known := getattr(self, name)) and value != known
        }
        return self.model_copy(update=changes) if changes else self

    def served(self) -> Self:
        """Return these settings with the defaults of a back-end that others can reach."""
        return self.changed(
            **{name: each for name, each in _SERVED.items() if name not in self.model_fields_set}
        )

    @property
    def lets_pass(self) -> frozenset[str]:
        """Names of the rules of validation that do not refuse, or ``all``."""
        return self.relaxed | self.profile.acceptance.rules

    @property
    def version(self) -> ApiVersion:
        """Version of the openEO API if the path of a request does not tell."""
        return API_VERSIONS[self.api_version]


@lru_cache(maxsize=1)
def default_settings() -> AppSettings:
    """Return the settings of this process, read from the environment once."""
    return AppSettings() if _of_environment() else AppSettings.model_construct()


def _of_environment() -> dict[str, Any]:
    """Return what the environment says; names of several things are an array of JSON there."""
    found = {}
    for variable, text in os.environ.items():
        name = variable.upper().removeprefix(_PREFIX).lower()
        if variable.upper().startswith(_PREFIX) and name in AppSettings.model_fields:
            are_several = AppSettings.model_fields[name].annotation in (frozenset[str], tuple[str, ...])
            try:
                found[name] = json.loads(text) if are_several else text
            except ValueError:
                raise ValueError(
                    f'{variable} must be an array of names, e.g. ["unknown-band"], got {text!r}.'
                ) from None
    return found
