"""A back-end that is served as a command line asks for, until a signal ends it."""

import gc
import json
import secrets
import signal
import sys
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cached_property, partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_backend.api.urls import is_loopback
from mock_backend.auth.accounts.users import DEFAULT_ACCOUNTS
from mock_backend.auth.oidc.issuer import SERVICE_CLIENT, SERVICE_SECRET
from mock_backend.backend import MockBackend
from mock_backend.cli.options import job_time
from mock_backend.clock import Clock
from mock_backend.control.redaction import redact_path
from mock_backend.control.scenarios import Scenario, scenario_of
from mock_backend.control_api import Front, Guard
from mock_backend.lifecycle import JobPlan
from mock_backend.profiles import profile_from
from mock_backend.profiles.snapshot import snapshot_at
from mock_backend.settings import VERSION, default_settings
from mock_backend.stores import StoreError

if TYPE_CHECKING:
    from mock_backend.transports.live import LiveServer


#: Default length of jobs, unless the command line asks for another pace.
_JOB_TIME = "5s"

#: The maximum time for a server of remote processes to send something, in seconds.
_FETCH_TIMEOUT = 10
#: The largest document, in bytes.
_MOST_FETCHED = 5 << 20

#: The versions of the API at paths of their own, the default one first.
_VERSIONS = ("1.2", "1.3")

_WARNING = (
    "Warning: with --host {host} other machines can reach this server, over plain HTTP: whoever knows one of "
    "its passwords can use it."
)


class Options(SimpleNamespace):
    """The command line: the options of ``mock_backend.cli.serve``, by their names there."""

    @cached_property
    def told(self) -> Scenario:
        """The scenario; one that says nothing if there is none."""
        return Scenario() if self.scenario is None else scenario_of(self.scenario)

    @property
    def job_plan(self) -> JobPlan | None:
        """Plan of jobs; None for the usual."""
        default = job_time(_JOB_TIME) if self.speed is None else None
        return self.plan or self.job_time or self.told.settings().get("plan") or default

    @property
    def accounts(self) -> Mapping[str, str | Mapping[str, Any]]:
        """The accounts; none for the usual ones."""
        return dict(self.user) or self.told.users or {}


def serve_until_stopped(options: Options) -> int:
    """Serve until SIGINT or SIGTERM; return the exit status, or raise ``ClickException``."""
    _check(options)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        _serve(options, stop)
    except StoreError as error:  # also at the end, when the disk is full
        raise click.ClickException(str(error)) from None
    # What is left goes with the process, and need not be looked through before.
    gc.freeze()
    return 0


def _serve(options: Options, stop: threading.Event) -> None:
    try:
        backend = _made(options)
    except (ValueError, TypeError, OSError, ModuleNotFoundError) as error:
        raise click.ClickException(str(error)) from None
    with backend:
        try:
            _equip(backend, options)
        except (OSError, ValueError) as error:
            raise click.ClickException(str(error)) from None
        secret = _secret(options)
        front = None
        if not options.no_control:
            front = Front(backend, Guard(secret), after_reset=lambda: _restore(backend, options))
        server = _listening(backend, options, front)
        if options.fetch_remote:
            backend.remote_processes.fetch = partial(_fetched, urlsplit(server.url).netloc)
        page = f"{server.url}/" if secret is None else f"{server.url}/#secret={secret}"
        _let_threads_alternate()
        # The URL alone on the first line, for programs that start us.
        print(f"{server.api_url}/", flush=True)
        if not is_loopback(options.host):
            click.echo(_WARNING.format(host=options.host), err=True)
        if not options.quiet:
            print(greeting(backend, server, options, page if front is not None else None), flush=True)
        if options.open_page and front is not None:
            import webbrowser

            webbrowser.open(page)
        stop.wait()
        if front is not None:
            front.close()


def _fetched(own: str, url: str) -> Any:
    """Return the JSON document at a URL.

    Args:
        own: The host of this server, which cannot ask itself while it answers.

    Raises:
        OSError: If it cannot be fetched.
        ValueError: If it is no JSON, or too large.
    """
    import requests

    if urlsplit(url).netloc == own:
        raise ValueError("a back-end does not fetch anything from itself.")
    with requests.get(url, timeout=_FETCH_TIMEOUT, stream=True) as response:
        response.raise_for_status()
        body = b""
        for part in response.iter_content(1 << 16):
            body += part
            if len(body) > _MOST_FETCHED:
                raise ValueError(f"it has more than {_MOST_FETCHED} bytes.")
    return json.loads(body)


def _let_threads_alternate() -> None:
    """Let the thread that answers have its turn soon, whatever others compute."""
    # After a millisecond of each of the others, and not five.
    sys.setswitchinterval(0.001)
    # All stand still while garbage is looked for: less often, among little at once, and not among what stays.
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 4, 500)


def greeting(backend: MockBackend, server: "LiveServer", options: Options, page: str | None) -> str:
    """Return what people need to know to use a server, with the address of its page if there is one."""
    accounts = options.accounts or DEFAULT_ACCOUNTS
    passwords = {
        name: each if isinstance(each, str) else each.get("password") for name, each in accounts.items()
    }
    user, password = next(iter(passwords.items()))
    told_accounts = ", ".join(f"{name} (password {word})" for name, word in passwords.items())
    rate, lasts = backend.clock.rate, (options.job_plan or JobPlan()).lasts
    pace = {0.0: "stands still", 1.0: "is real time"}.get(rate, f"runs at {rate:g} times real time")
    programs = f", for programs by the client {SERVICE_CLIENT} (secret {SERVICE_SECRET})"
    jobs = "" if lasts is None else f", jobs take {lasts.total_seconds():g} s of it"
    login = f'openeo.connect("{server.url}").authenticate_basic("{user}", "{password}")'
    facts = {
        "Page": None if page is None else f"open {page} in a browser",
        "Users": told_accounts,
        "Python": login,
        "OpenID": f"log-ins at {server.url}/oidc{'' if options.accounts else programs}",
        "Assets": None if server.asset_port is None else server.asset_url,
        "Time": f"{pace}{jobs}",
    }
    told = [f"  {name + ':':<8} {fact}" for name, fact in facts.items() if fact is not None]
    versions = " and ".join(dict.fromkeys(backend.mounts.values()))
    head = f"openEO mock back-end {VERSION}, profile {backend.settings.profile.name}, API {versions}"
    return "\n".join([head, *told, "Stop with Ctrl-C."])


def _check(options: Options) -> None:
    if options.run_udfs and not is_loopback(options.host):
        raise click.BadParameter(
            f"only on a loopback address, e.g. 127.0.0.1, and not on {options.host}.",
            param_hint="--run-udfs",
        )
    if options.plan is not None and options.job_time is not None:
        raise click.UsageError("--plan says how long jobs take, and so does --job-time; give one of them.")
    if options.open_page and options.no_control:
        raise click.UsageError("--open opens the page, and --no-control leaves it out.")
    if options.verbose and options.quiet:
        raise click.UsageError("--verbose and --quiet exclude each other.")


def _secret(options: Options) -> str | None:
    """Return the secret of the control API; None if there is none."""
    if options.control_secret is not None or is_loopback(options.host):
        return options.control_secret or None
    return secrets.token_urlsafe(12)


def _made(options: Options) -> MockBackend:
    settings = default_settings()
    told = options.told
    name = options.profile or told.profile
    profile = settings.profile if name is None else profile_from(name)
    usual = None if profile.paths else (settings.api_version, *_VERSIONS)
    versions = options.api_version or told.api_version or usual
    # Those of other back-ends have open ends.
    catalog = options.catalog or told.catalog
    others = catalog is not None and snapshot_at(catalog).is_whole
    closed = settings.closed_extents or (profile.name in ("default", "spec") and not others)
    return MockBackend.from_scenario(
        told,
        clock=Clock(datetime.now(UTC), rate=1.0 if options.speed is None else options.speed),
        users=options.accounts or None,
        store=options.store,
        run_udfs=options.run_udfs or None,
        workers=options.workers,
        scheduler=options.scheduler,
        plan=options.job_plan,
        # None leaves it to the environment.
        asset_host=None if options.asset_port is None else True,
        profile=profile,
        catalog=catalog,
        api_version=versions,
        settings=settings.changed(closed_extents=closed, set_aside=options.set_aside or None).served(),
    )


def _equip(backend: MockBackend, options: Options) -> None:
    """Give a back-end what the command line names."""
    backend.oidc.interactive = not options.auto_consent
    if options.accounts:
        # Its secret is public, and a command line that names accounts wants these and no others.
        del backend.oidc.clients[SERVICE_CLIENT]
    for client, secret in options.client:
        backend.oidc.add_client(client, secret)
    for provider, issuer in options.trust:
        backend.oidc_providers.trust(provider, issuer)
    if options.processes is not None and not backend.add_processes(options.processes):
        raise ValueError(f"{options.processes} has no process definitions in it.")


def _restore(backend: MockBackend, options: Options) -> None:
    """Give a back-end that was reset what the command line names, and the time of other programs."""
    _equip(backend, options)
    if backend.clock.rate:
        backend.clock.travel_to(datetime.now(UTC))


def _listening(backend: MockBackend, options: Options, front: Front | None) -> "LiveServer":
    def served(app: ASGIApp) -> ASGIApp:
        app = RequestLog(app) if options.verbose else app
        return app if front is None else front.around(app)

    try:
        return backend.live(
            host=options.host,
            port=options.port,
            asset_port=options.asset_port or 0,
            front=served,
        )
    except OSError as error:
        raise click.ClickException(_advice(options, error)) from None


def _advice(options: Options, error: OSError) -> str:
    import errno

    reason = f"cannot listen on {options.host}:{options.port}: {error.strerror or error}."
    if error.errno != errno.EADDRINUSE:
        return reason
    if options.asset_port:
        reason = f"{reason.rstrip('.')}, or on its port {options.asset_port} for assets."
    return (
        f"{reason} Another program, maybe another mock-backend, has the port: end it, or take another port "
        "with --port; --port 0 takes a free one."
    )


class RequestLog:
    """Print a line on standard error when a request has been answered.

    It shows the path without the query, which may have secrets in it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer an ASGI request."""
        # Applications change the path.
        path = scope.get("path", "")
        began = time.perf_counter()
        try:
            await self._app(scope, receive, send)
        finally:
            # There is none of the page and what it asks for.
            if (exchange := scope.get("mock_backend.exchange")) is not None:
                took = (time.perf_counter() - began) * 1000
                shown = redact_path(path).encode("unicode_escape").decode()
                print(
                    f"{datetime.now().astimezone():%H:%M:%S} {exchange.status or '—'} {took:6.1f} ms  "
                    f"{exchange.method} {shown}{exchange.error_text}",
                    file=sys.stderr,
                    flush=True,
                )
