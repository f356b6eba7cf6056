"""Settings of a back-end, from keywords or ``MOCK_BACKEND_*`` environment variables."""

from functools import lru_cache
from typing import Annotated, Self

from pydantic import BeforeValidator, InstanceOf
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from mock_backend.profiles import Profile, profile_from
from mock_backend.profiles.api_version import API_VERSIONS, DEFAULT_VERSION, ApiVersion

VERSION = "0.1.0"
#: The names of the billing plans, in lower case; the first one is the default.
BILLING_PLANS = ("free", "premium")
STAC_VERSION = "1.0.0"
DEFAULT_URL = "https://openeo.test"
#: Stands for a secret that is drawn at random.
RANDOM = "random"

#: What else is the default of a back-end that others can reach: it may run for weeks.
_SERVED = {"secret": RANDOM, "journal_body": 4096, "journal_size": 1 << 24}


class AppSettings(BaseSettings):
    """What a back-end says about itself."""

    model_config = SettingsConfigDict(env_prefix="MOCK_BACKEND_", extra="ignore", frozen=True)

    profile: Annotated[InstanceOf[Profile], NoDecode, BeforeValidator(profile_from)] = profile_from("default")
    """Which back-end it is like; a name or names by axis, see ``mock_backend.profiles.profile_from``."""
    api_version: str = DEFAULT_VERSION
    """The version of the openEO API where the path of a request does not tell, e.g. ``1.3``."""
    extensions: frozenset[str] = frozenset()
    """Names of extensions of the API that it offers besides those of its profile and of the API's version."""
    url: str = DEFAULT_URL
    """Where the API lives; links are built on it unless a request came in by another host."""
    id: str = "openeo-mock-backend"
    title: str = "openEO mock back-end"
    description: str = (
        "A test double that behaves like an openEO back-end: jobs run on a clock that the test controls."
    )
    closed_extents: bool = False
    """Whether collections without an end of time are described as ending with the present day: some clients
    take no null there, and the official test suite is one of them."""
    currency: str = "credits"
    seed: int = 0
    """Decides made-up data and ids: the same seed gives the same ones."""
    secret: str | None = None
    """Decides tokens and the signatures of URLs. Without one they follow from ``seed``, so that everybody can
    compute them; ``random`` draws one, and keeps it in the store if there is one."""
    max_listing: int = 10_000
    """The largest ``limit`` a listing takes."""
    run_udfs: bool | None = None
    """Whether user-defined functions in Python run: None if their imports can be found, True in any case,
    False never. Over a socket, they run only if it is True, and only for clients on this machine."""
    workers: int = 1
    """How many threads compute results; more than one need the extra ``dask``."""
    scheduler: str | None = None
    """The address of a scheduler of ``dask.distributed`` whose workers compute results, e.g.
    ``tcp://127.0.0.1:8786``; None for this process."""
    relaxed: frozenset[str] = frozenset()
    """Names of rules of validation that do not count, e.g. ``unknown-band``."""
    link_lifetime: float = 7 * 24 * 3600
    """How long signed URLs of results are valid, in seconds of the clock."""
    result_lifetime: float | None = 365 * 24 * 3600
    """How long results are kept after the end of their job, in seconds of the clock; None for ever."""
    asset_host: bool = False
    """Whether assets are downloaded from a host of their own, which like S3 takes no other credentials
    than the signature of the URL."""
    metadata_assets: bool = False
    """Whether the process and the metadata of a job are among the assets of its results; they are linked if
    not. Clients that expect a single asset then find several."""
    storage_quota: int | None = 1 << 30
    """How many bytes the files of a user may have; None for any number."""
    max_file_size: int | None = 1 << 29
    """How many bytes a file may have; None for any number."""
    max_request_size: int | None = 50 << 20
    """How many bytes the body of any other request may have; None for any number."""

    journal_size: int = 1 << 27
    """How many bytes the journal of requests takes, about; the oldest exchanges are forgotten, after their
    bodies."""
    journal_body: int | None = None
    """Of longer bodies of requests the journal keeps digest and length only; None to keep what there is room
    for."""

    def changed(self, **values: object) -> Self:
        """Return these settings with other values; None leaves a value as it is."""
        changes = {
            name: value
            for name, value in values.items()
            if value is not None and value is not (known := getattr(self, name)) and value != known
        }
        return self.model_copy(update=changes) if changes else self

    def served(self) -> Self:
        """Return these settings for a back-end that others can reach, as far as somebody has not set them."""
        return self.changed(
            **{name: each for name, each in _SERVED.items() if name not in self.model_fields_set}
        )

    @property
    def lets_pass(self) -> frozenset[str]:
        """The names of the rules of validation that do not refuse, or ``all``."""
        return self.relaxed | self.profile.acceptance.rules

    @property
    def version(self) -> ApiVersion:
        """The version of the openEO API where the path of a request does not tell."""
        return API_VERSIONS[self.api_version]


@lru_cache(maxsize=1)
def default_settings() -> AppSettings:
    """Return the settings of this process, read from the environment once."""
    return AppSettings()
