"""Dialect: how the API of a back-end behaves where back-ends differ."""

from collections.abc import Mapping, Set
from dataclasses import field
from enum import Enum

from mock_backend.dataclass import dataclass
from mock_backend.errors import BY_CODE, OpenEOError


@dataclass(frozen=True)
class Refusal:
    """An error that a back-end answers with."""

    code: str  #: The openEO error code, or one of the back-end's own
    status: int | None = None  #: The HTTP status; that of the code if omitted
    message: str | None = None  #: The message; that of the code if omitted

    def error(self, **values: object) -> OpenEOError:
        """Return the error; values fill the placeholders of its message."""
        known = BY_CODE.get(self.code, OpenEOError)
        template = self.message if self.message is not None else known.template
        return OpenEOError(template.format_map(values), code=self.code, status=self.status or known.status)


class ShownResults(Enum):
    """Results in ``GET /jobs/{job_id}/results``."""

    #: The STAC document with the files there are.
    FILES = "files"
    #: A STAC Collection without files, which tells the status in ``openeo:status``.
    STATUS_ONLY = "status only"
    #: 424 with the last entry of the log.
    FAILURE = "failure"


#: Answers without and with the query parameter ``partial``.
Answers = tuple[ShownResults | Refusal, ShownResults | Refusal]


@dataclass(frozen=True)
class SignedUrls:
    """The forms of URLs that work without a log-in, below the URL of the API.

    Placeholders: ``job_id``, ``run`` (the number of the start), ``user`` (base64), ``name`` (of an asset or
    an item), ``expires`` (seconds since 1970) and ``signature``.
    """

    document: str  #: The form of the URL of all results
    item: str
    asset: str


_QUERY = "?expires={expires}&signature={signature}"
#: The forms that do not tell who owns a job.
BY_RUN = SignedUrls(
    document="/results/{job_id}/{run}" + _QUERY,
    item="/results/{job_id}/{run}/items/{name}" + _QUERY,
    asset="/results/{job_id}/{run}/assets/{name}" + _QUERY,
)
#: The forms of openeo-python-driver.
BY_USER = SignedUrls(
    document="/jobs/{job_id}/results/{user}/{signature}?expires={expires}",
    item="/jobs/{job_id}/results/items/{user}/{signature}/{name}?expires={expires}",
    asset="/jobs/{job_id}/results/assets/{user}/{signature}/{name}?expires={expires}",
)

#: Status after cancelling: ``canceled`` if the plan of the job has partial results, else ``created``.
CANCELED_WITH_RESULTS = "canceled with results"

NOT_STARTED, NOT_FINISHED = Refusal("JobNotStarted"), Refusal("JobNotFinished")
UNSUPPORTED = Refusal("FeatureUnsupported")

#: The operations of openeo-python-driver that the specification lacks.
NAMESPACES = frozenset({("GET", "/processes/{namespace}"), ("GET", "/processes/{namespace}/{process_id}")})

_RESULTS: Mapping[str, Answers] = {
    "created": (NOT_STARTED, NOT_STARTED),
    "queued": (NOT_FINISHED, NOT_FINISHED),
    "running": (NOT_FINISHED, ShownResults.FILES),
    "canceled": (ShownResults.FILES, ShownResults.FILES),
    "finished": (ShownResults.FILES, ShownResults.FILES),
    "error": (ShownResults.FAILURE, ShownResults.FAILURE),
}


@dataclass(frozen=True)
class Dialect:
    """Behaviour of a back-end where the specification leaves room, or where it leaves the specification.

    The defaults are the specification's. Tables are keyed by the status of a job.
    """

    name: str  #: The name of the profile that it is part of
    #: Statuses in which ``POST /jobs/{job_id}/results`` starts nothing: the error, or None where it is
    #: accepted all the same
    starts: Mapping[str, Refusal | None] = field(default_factory=lambda: {"queued": None, "running": None})
    #: The effect of cancelling a job: a status, ``CANCELED_WITH_RESULTS``, or an error. Where there is no
    #: entry it is accepted and changes nothing.
    cancels: Mapping[str, str | Refusal] = field(
        default_factory=lambda: {"queued": "created", "running": CANCELED_WITH_RESULTS}
    )
    #: The answers of ``GET /jobs/{job_id}/results``
    results: Mapping[str, Answers] = field(default_factory=lambda: _RESULTS)
    #: Statuses in which there is no log: the error, or None for an empty one
    no_logs: Mapping[str, Refusal | None] = field(default_factory=dict)
    #: True if a log that cannot be read is an answer 200 whose only entry tells that
    inline_log_failures: bool = False
    #: The maximum number of jobs of a user in a status; with more of them no job can be started
    most_jobs: Mapping[str, int] = field(default_factory=dict)
    #: Operations (method and path template) that are neither listed nor served
    unsupported: Set[tuple[str, str]] = NAMESPACES
    deletion_status: int = 204  #: The HTTP status of ``DELETE /jobs/{job_id}``
    deletes: bool = True  #: True if that deletes anything
    #: The form of job ids. Placeholders: ``now``, ``hex`` (64 digits), ``letters`` (letters and digits) and
    #: ``uuid``.
    job_ids: str = "j-{now:%y%m%d}{hex:.20}"
    #: The form of the ids of synchronous requests, with the same placeholders; None if their answers do not
    #: tell an id
    request_ids: str | None = "r-{now:%y%m%d}{hex:.20}"
    signed_urls: SignedUrls = BY_RUN  #: The forms of signed URLs
    results_are_item: bool = False  #: True if results are one STAC Item, whatever the client asks for
    #: The resource usage metrics that are told
    usage: tuple[str, ...] = ("cpu", "memory", "duration", "input_pixel")
    price: float | None = 1.5  #: Credits for an hour of a CPU; None if costs are not told
    #: The operations whose answers have the header ``OpenEO-Costs``
    costs_headers: Set[str] = frozenset({"GET /jobs/{job_id}/results", "POST /result"})
    invalid_token_status: int = 403  #: The HTTP status of ``TokenInvalid``
    html_gateway_errors: bool = False  #: True if 502, 503 and 504 come from a proxy, as HTML instead of JSON
    #: True if ``apply_dimension`` into an existing dimension makes labels of each label of that: features of
    #: time for each band
    features_by_band: bool = False

    @property
    def public_urls(self) -> bool:
        """True if processes that users make public have a URL."""
        return self.unsupported.isdisjoint(NAMESPACES)
