"""``MockBackend``: the one place that wires everything together."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from starlette.types import ASGIApp

from mock_backend import transports
from mock_backend.api.files import FilesRegister
from mock_backend.api.models import Links
from mock_backend.api.register import EndpointRegister
from mock_backend.api.registers import Registers
from mock_backend.api.urls import host_of
from mock_backend.auth.accounts import BASIC_TOKEN, Account, Users
from mock_backend.auth.oidc import Providers
from mock_backend.backend.additions import Additions
from mock_backend.backend.inspection import Inspection
from mock_backend.catalog import CapabilitiesRegister
from mock_backend.clock import Clock
from mock_backend.control import FaultBook, FaultOrder, PlanBook
from mock_backend.engine.core.workers import workers_of
from mock_backend.engine.given_data.url_contents import UrlContents
from mock_backend.http.app import AssetHost, IssuerHost, create_app, shared_app
from mock_backend.inspection.asked_processes import Exchanges
from mock_backend.jobs import JobsRegister
from mock_backend.lifecycle import JobPlan
from mock_backend.profiles import Profile, aliases_of, profile_at, profile_from
from mock_backend.profiles.api_version import api_extensions
from mock_backend.profiles.mounts import mounts_of
from mock_backend.results.given import ResultBook
from mock_backend.settings import AppSettings, default_settings
from mock_backend.stores import JobStore, open_store
from mock_backend.stores.secret import keep as keep_secret
from mock_backend.stores.secret import secret_of
from mock_backend.stores.time_keeper import TimeKeeper
from mock_backend.transports.content_host import ContentHost
from mock_backend.transports.own_urls import OwnUrls

if TYPE_CHECKING:
    from openeo.rest.connection import Connection

    from mock_backend.control.scenarios import Scenario
    from mock_backend.http.app.fastapi_app import MockBackendApp


class MockBackend(Inspection, Additions):
    """An openEO back-end in this process.

    Use it as a context manager: inside the block its URL is reachable for ``requests``, urllib3,
    the openeo client and httpx in this process only.

    Args:
        url: URL of the API; its host must differ from that of every other open back-end.
        clock: The clock; back-ends may share one. Its own, frozen one by default.
        store: Store of jobs: in memory by default, in a file if this is a path.
        users: Passwords by user name, or what is known of the user, e.g. ``{"password": "secret",
            "budget": 5}``; ``alice`` with the password ``secret`` by default. The first one with a
            password is who ``connect()`` logs in.
        plan: Course of jobs that no call of ``plan()`` is for.
        seed: Decides made-up data and ids.
        secret: Decides tokens and the signatures of URLs, which follow from ``seed`` by default; ``random``
            draws one.
        job_id: Returns the id of a new batch job from its process graph and its number, which counts from 1,
            e.g. ``lambda graph, number: f"job-{number:03}"``; None from it stands for an id that is made up.
        profile: The back-end that it is like: ``default``, ``spec``, ``cdse``, ``openeo-platform``, ``gee``
            or ``eodc``; or names by axis, e.g. ``{"acceptance": "cdse", "dialect": "gee"}``. By default
            that of the URL's host, if it is a known one.
        catalog: The path of a folder that ``mock-backend snapshot`` has made, whose collections, processes,
            file formats and UDF runtimes take the place of those of the profile; or of a file with an answer
            to ``GET /collections``, or a folder of files with collections, which are offered as well.
        api_version: The version of the openEO API, ``1.2`` or ``1.3``; a URL whose path ends with a version
            tells its own. Or several, the default one first: each is served at a path of its own.
        extensions: Names of extensions of the API to offer, e.g. ``workspaces``, besides those of the
            profile. With version 1.3 all but ``federation`` are offered.
        federation: Other back-ends of this process by the ids that they have here, e.g. ``{"vito": one,
            "eodc": another}``: they are offered as one, as openeo-aggregator does. Its profile is then
            ``openeo-platform`` by default, and its clock theirs.
        run_udfs: User-defined functions in Python to run: None for those whose imports can be found (a
            stand-in takes the place of others), True for all of them (a job with another one fails), False
            for none. Over a socket, they run only if it is True, and only for clients on this machine.
        workers: Number of threads that compute results; more than one need the extra ``dask``.
        scheduler: The address of a scheduler of ``dask.distributed`` whose workers compute results instead.
        relaxed: Names of rules of validation that do not count, e.g. ``unknown-band``; they are in
            ``mock_backend.processes.validation.RULES``.
        asset_host: True to serve assets from a host of their own, ``https://assets.`` and the
            API's, which like S3 refuses requests with an ``Authorization`` header.
        registers: Register classes. A subclass of one of our registers takes its place; others
            are added.
        authenticate: A FastAPI dependency that returns the ``User`` of a request, instead of the
            check of bearer tokens.
        settings: The settings; those of the environment by default.
        links: Links to add to the capabilities.

    Raises:
        ValueError: If an argument makes no sense.
        OSError: If a file of the catalogue cannot be read.
        StoreError: If the store's file cannot be used.

    Example:
        >>> with MockBackend() as backend:
        ...     connection = backend.connect()
        ...     job = connection.load_collection("SENTINEL2_L2A").create_job(title="demo")
        ...     backend.jobs.one(title="demo").status.value
        'created'
    """

    #: The scenario that it was made of; None without one.
    scenario: "Scenario | None" = None
    _own_app: "MockBackendApp | None" = None

    def __init__(
        self,
        url: str | None = None,
        *,
        clock: Clock | None = None,
        store: JobStore | str | os.PathLike[str] | None = None,
        users: Mapping[str, Account] | None = None,
        plan: JobPlan | None = None,
        seed: int | None = None,
        secret: str | None = None,
        job_id: Callable[[Any, int], str | None] | None = None,
        profile: str | Profile | Mapping[str, str] | None = None,
        catalog: str | os.PathLike[str] | None = None,
        api_version: str | Sequence[str] | None = None,
        extensions: Iterable[str] = (),
        federation: "Mapping[str, MockBackend] | None" = None,
        run_udfs: bool | None = None,
        workers: int | None = None,
        scheduler: str | None = None,
        relaxed: Iterable[str] = (),
        asset_host: bool | None = None,
        registers: Iterable[type[EndpointRegister]] = (),
        authenticate: Callable[..., Any] | None = None,
        settings: AppSettings | None = None,
        links: Links | None = None,
    ) -> None:
        settings = settings if settings is not None else default_settings()
        url = (settings.url if url is None else url).rstrip("/")
        transports.check_url(url)
        federated: tuple[object, ...] = ()
        if federation is not None:
            from mock_backend.api.federation import REGISTERS, Federation

            if not federation:
                raise ValueError("A federation has at least one back-end.")
            joined = Federation(federation, clock)
            federated = (joined,)
            clock, registers = joined.clock, (*registers, *REGISTERS)
            profile = "openeo-platform" if profile is None else profile
            extensions = {*([extensions] if isinstance(extensions, str) else extensions), "federation"}
        like = settings.profile if profile is None else profile_from(profile)
        known = profile_at(url)
        if profile is None and known is not None:
            like = known
        if catalog is not None:
            like = like.with_snapshot(catalog)
        #: The URLs of other hosts that the back-end has in production; it answers there, too.
        self.aliases = aliases_of(url)
        #: Paths of the API on its host, the default place first.
        self.mounts = mounts_of(url, like, settings.api_version if api_version is None else api_version)
        path, version = next(iter(self.mounts.items()))
        names = [relaxed] if isinstance(relaxed, str) else relaxed
        wanted = [extensions] if isinstance(extensions, str) else extensions
        offered = settings.extensions.union(like.extensions, wanted)
        self.settings = settings.changed(
            url=host_of(url) + path,
            profile=like,
            api_version=version,
            extensions=api_extensions((*self.mounts.values(),), offered),
            seed=seed,
            secret=secret,
            asset_host=asset_host,
            run_udfs=run_udfs,
            workers=workers,
            scheduler=scheduler,
            relaxed=settings.relaxed.union(names),
        )
        # Whoever wants more than there is hears of it at once.
        workers_of(self.settings.workers, self.settings.scheduler)
        self.authenticate = authenticate
        self.clock = clock if clock is not None else Clock()
        self._first_rate = self.clock.rate
        self.users = Users(users, realm=self.settings.url, clock=self.clock)
        #: The OpenID Connect providers; the first one is also ``oidc``.
        self.oidc_providers = Providers(
            self.settings.url,
            self.users,
            self.clock,
            self.settings.profile.providers,
            in_place=known is not None,
        )
        #: Host of the issuers of its providers.
        self.issuer_host = IssuerHost(self)
        self.journal = Exchanges(
            self._operations, most=self.settings.journal_size, most_of_body=self.settings.journal_body
        )
        self.journal.grant_of = self._grant_of
        self.faults = FaultBook(self.clock, self.settings.seed)
        self._plans = PlanBook(plan)
        self._results = ResultBook()
        #: Contents of URLs that process graphs load from.
        self.contents = UrlContents()
        own = OwnUrls(self)
        self._links = links if links is not None else Links([])
        self.registers = Registers.made_of(registers, self.settings, self._links)
        self._store = open_store(store)
        self._owns_store = store is not None and isinstance(store, (str, os.PathLike))
        self._secret = self.users.secret = secret_of(self.settings, self._store)
        self._shared_app = shared_app(self)
        #: Host of assets, if they have one of their own.
        self.asset_host = AssetHost(self) if self.settings.asset_host else None
        self.registers.connect(
            (
                self.clock,
                self._plans,
                self._results,
                self.users,
                self.oidc_providers,
                self.contents,
                *federated,
            ),
            {JobStore: self._store},
        )
        self.registers.one(CapabilitiesRegister).mounts = self.mounts
        jobs = self.registers.one(JobsRegister)
        jobs.job_id, jobs.secret = job_id, self._secret
        self.contents.home = self.url
        self.contents.changed = self._show_contents
        self._content_host = ContentHost(self.contents.registered, self.clock)
        self.contents.own, self.contents.at_home = own.read, own.__contains__
        self.contents.file = self.registers.one(FilesRegister).content_of
        self.faults.find_job = jobs.find
        self.faults.entered = self._remember_if_stale
        if store is not None:
            try:
                self.registers.check_stored()
            except BaseException:
                if self._owns_store:
                    self._store.close()
                raise
        # A memory of this back-end's own goes with it; no later one needs the time.
        self.time_keeper = None if store is None else TimeKeeper(self.clock, self._store)

    @classmethod
    def from_scenario(
        cls, scenario: "Scenario | Mapping[str, Any] | str | os.PathLike[str]", **settings: Any
    ) -> Self:
        """Return a back-end as a scenario describes it, with all orders given to it.

        Args:
            scenario: The name of a ready one (``happy``, ``busy-day``, ``flaky-network``, ``expired-tokens``,
                ``chaos``, ``production-like``); the path of a file, JSON or YAML; its members; or one of
                ``mock_backend.control.scenarios``.
            **settings: Arguments of ``MockBackend``, instead of those of the scenario.

        Raises:
            TypeError: If a member of it is of the wrong type.
            ValueError: If it makes no sense; the message says where.
        """
        from mock_backend.control.scenarios import scenario_of

        found = scenario_of(scenario)
        if found.start is not None and settings.get("clock") is None:
            settings["clock"] = Clock(found.start)
        backend = cls(**(found.settings() | settings))
        # Ids and chances follow from the seed: a story has to tell the one in force.
        backend.scenario = replace(found, seed=settings["seed"]) if "seed" in settings else found
        found.apply(backend)
        return backend

    def reset(self) -> None:
        """Go back to the state after construction.

        All jobs, plans, results, faults and exchanges are forgotten, and so is what has been added since,
        or changed about accounts. The clock goes back to its start. For a back-end that serves many
        tests: call it between them.
        """
        self._store.clear()
        keep_secret(self._secret, self.settings, self._store)
        self._plans.clear()
        self._results.clear()
        self.contents.clear()
        self.faults.clear()
        self.journal.clear()
        self.users.reset()
        self.oidc_providers.reset()
        self.registers.reset()
        self.clock.rate = self._first_rate
        self.clock.restart()
        if self.scenario is not None:
            self.scenario.apply(self)

    # -- talking to it ------------------------------------------------------------------------------

    @property
    def app(self) -> "MockBackendApp":
        """A FastAPI application of this back-end's own; what you add to it is served in-process, too."""
        if self._own_app is None:
            self._own_app = create_app(self)
        return self._own_app

    @property
    def asgi(self) -> ASGIApp:
        """Application that answers requests: ``app`` if it was used, else something lighter."""
        return self._own_app or self._shared_app

    def connect(self, user: str | None = "", **options: Any) -> "Connection":
        """Return an openeo client's connection to this back-end, logged in without a request for it.

        Args:
            user: User to log in; the first account by default, None for no log-in.
            **options: Passed on to ``openeo.Connection``, e.g. ``auto_validate=False``.

        Raises:
            ValueError: If there is no such account.
            RuntimeError: If the back-end is not open.
        """
        self._check_open()
        from openeo.rest.auth.auth import BasicBearerAuth

        if user is not None:
            token = self.users.issue(user or self.users.default)
            options["auth"] = BasicBearerAuth(access_token=token.removeprefix(BASIC_TOKEN))
        return _connection_class(finds_url=len(self.mounts) > 1)(self.url, **options)

    def token(self, user: str | None = None) -> str:
        """Return a bearer token (``basic//…``) of an account, the first one by default.

        Raises:
            ValueError: If there is no such account.
        """
        return self.users.issue(user if user is not None else self.users.default)

    def __repr__(self) -> str:
        return f"<MockBackend {self.url} {'open' if self._is_open else 'closed'}, {self.clock!r}>"

    # -- inside -------------------------------------------------------------------------------------

    def _remember_if_stale(self, order: FaultOrder) -> None:
        """Keep the past of jobs from now on, if it is going to be asked for."""
        from mock_backend.control.faults import Stale

        if isinstance(order.fault, Stale):
            self.registers.one(JobsRegister).remember()

    def _grant_of(self, authorization: str) -> str | None:
        token = authorization.rpartition("/")[2].rpartition(" ")[2]
        for provider in self.oidc_providers:
            if (found := provider.book.find(token)) is not None:
                return found[0].grant_type
        return "basic"

    def _operations(self, *, own: bool = True) -> set[tuple[str, str]]:
        """Return method and path template of what is served, with routes added to ``app`` or without."""
        added = self._own_app.router.routes if own and self._own_app is not None else []
        return self.registers.operations() | {
            (method, str(getattr(route, "path", "")))
            for route in added
            for method in getattr(route, "methods", None) or ()
        }


@cache
def _connection_class(*, finds_url: bool) -> "type[Connection]":
    """Return the client's connections, which look for the URL of the API at the host, or take it as given."""
    from openeo.rest.connection import Connection as Shipped

    if finds_url:
        return Shipped

    class Connection(Shipped):
        @classmethod
        def version_discovery(cls, url: str, *_: Any, **__: Any) -> str:
            return url

    return Connection
