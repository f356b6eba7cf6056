"""``mock-backend serve``: a back-end over HTTP, until it is stopped."""

import argparse
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn

from mock_backend.clock import Clock
from mock_backend.durations import to_timedelta
from mock_backend.lifecycle import JobPlan
from mock_backend.profiles import PROFILES, profile_from
from mock_backend.profiles.api_version import check_version
from mock_backend.settings import default_settings

#: How long jobs take unless the command line tells, or asks for another pace.
_JOB_TIME = "5s"

#: The versions of the API at paths of their own, the default one first.
_VERSIONS = ("1.2", "1.3")


def add_arguments(serve: argparse.ArgumentParser) -> None:
    """Add the options of the subcommand to its parser."""
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument(
        "--port", type=_port, default=8080, help="port; 0 takes a free one (default: %(default)s)"
    )
    serve.add_argument(
        "--asset-port",
        type=_port,
        metavar="PORT",
        help="serve assets from this port alone, which like S3 takes signed URLs only; 0 takes a free one",
    )
    serve.add_argument(
        "--profile",
        choices=PROFILES,
        metavar="NAME",
        help=f"the back-end to be like: {', '.join(PROFILES)} (default: default)",
    )
    serve.add_argument(
        "--api-version",
        action="append",
        type=_version,
        metavar="VERSION",
        help="serve this version of the openEO API, at a path of its own; repeatable, the first one is the "
        "default one (default: those of the profile, or 1.2 and 1.3)",
    )
    serve.add_argument(
        "--job-time",
        type=_plan,
        metavar="DURATION",
        help="how long jobs take in the back-end's time, e.g. 90s or 2h, a fifth of it in the queue "
        f"(default: {_JOB_TIME}; with --speed 5m30s, 30s of it in the queue)",
    )
    serve.add_argument(
        "--user",
        action="append",
        type=_account,
        metavar="NAME:PASSWORD",
        help="an account; repeat it for more (default: alice:secret)",
    )
    serve.add_argument(
        "--client",
        action="append",
        default=[],
        type=_client,
        metavar="ID:SECRET",
        help="an OpenID Connect client with a secret, beside openeo-default and openeo-service; repeatable",
    )
    serve.add_argument(
        "--auto-consent",
        action="store_true",
        help="let OpenID Connect log-ins succeed as the first account, without anybody clicking",
    )
    serve.add_argument(
        "--trust",
        action="append",
        default=[],
        type=_issuer,
        metavar="ID=URL",
        help="take the tokens of the OpenID Connect issuer at this URL as well, e.g. of another back-end; "
        "repeatable",
    )
    serve.add_argument(
        "--speed", type=float, help="seconds of the back-end's time per real second (default: 1)"
    )
    serve.add_argument(
        "--processes",
        metavar="PATH",
        help="offer these processes, too: a folder of definitions, or a file with a back-end's /processes",
    )
    serve.add_argument(
        "--fetch-remote",
        action="store_true",
        help="fetch the definitions of processes that graphs name by a URL (default: nothing is fetched)",
    )
    serve.add_argument(
        "--run-udfs",
        action="store_true",
        help="run the user-defined functions (Python) that clients on this machine send, with all the rights "
        "of this program; on loopback addresses only (default: stand-ins take their place)",
    )
    serve.add_argument("--workers", type=int, metavar="N", help="compute results in N threads (default: 1)")
    serve.add_argument(
        "--scheduler",
        metavar="URL",
        help="let the workers of a scheduler of dask.distributed compute results, e.g. tcp://127.0.0.1:8786",
    )
    serve.add_argument("--store", metavar="FILE", help="keep jobs in this file (default: in memory)")


def run(options: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    """Serve until SIGINT or SIGTERM.

    Args:
        options: The command line, parsed.
        parser: The parser that refuses what cannot be checked earlier.

    Returns:
        The exit status.
    """
    import signal
    import threading

    from mock_backend.api.urls import is_loopback
    from mock_backend.backend import MockBackend
    from mock_backend.stores import StoreError

    speed = 1.0 if options.speed is None else options.speed
    try:
        clock = Clock(datetime.now(UTC), rate=speed)
    except ValueError as error:
        parser.error(f"--speed: {error}")
    if options.run_udfs and not is_loopback(options.host):
        parser.error(f"--run-udfs: only on a loopback address, e.g. 127.0.0.1, and not on {options.host}")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    try:
        backend = MockBackend(
            clock=clock,
            users=dict(options.user) if options.user else None,
            store=options.store,
            run_udfs=options.run_udfs or None,
            workers=options.workers,
            scheduler=options.scheduler,
            plan=options.job_time or (_plan(_JOB_TIME) if options.speed is None else None),
            # None leaves it to the environment.
            asset_host=None if options.asset_port is None else True,
            **_likeness(options),
        )
    except (StoreError, ValueError) as error:
        return _fail(error)
    with backend:
        backend.oidc.interactive = not options.auto_consent
        for client, secret in options.client:
            backend.oidc.add_client(client, secret)
        try:
            for provider, issuer in options.trust:
                backend.oidc_providers.trust(provider, issuer)
            if options.processes is not None and not backend.add_processes(options.processes):
                raise ValueError(f"{options.processes} has no process definitions in it.")
        except (OSError, ValueError) as error:
            return _fail(error)
        try:
            server = backend.live(host=options.host, port=options.port, asset_port=options.asset_port or 0)
        except OSError as error:
            return _fail(f"cannot listen on {options.host}:{options.port}: {error}")
        if options.fetch_remote:
            from mock_backend.cli.fetching import fetcher

            backend.remote_processes.fetch = fetcher(server.url)
        # The URL alone on the first line, for programs that start us.
        print(f"{server.api_url}/", flush=True)
        names = ", ".join(backend.users)
        pace = f"runs {speed:g} times as fast" if speed else "stands still"
        assets = f" Assets at {server.asset_url}." if server.asset_port is not None else ""
        print(
            f"Accounts: {names}. Time {pace}. Log-ins at {server.url}/oidc.{assets} Stop with Ctrl-C.",
            flush=True,
        )
        stop.wait()
    return 0


def _likeness(options: argparse.Namespace) -> dict[str, Any]:
    """Return the arguments of ``MockBackend`` that tell which back-end it is like, and where its API is."""
    settings = default_settings()
    profile = settings.profile if options.profile is None else profile_from(options.profile)
    versions = options.api_version
    if versions is None and not profile.paths:
        versions = (settings.api_version, *_VERSIONS)
    # Those of other back-ends have open ends.
    closed = settings.closed_extents or profile.name in ("default", "spec")
    return {
        "profile": profile,
        "api_version": versions,
        "settings": settings.changed(closed_extents=closed),
    }


def _fail(error: object) -> int:
    print(f"mock-backend: {error}", file=sys.stderr)
    return 1


def _plan(text: str) -> JobPlan:
    try:
        time = to_timedelta(text)
    except ValueError as error:
        _refuse(str(error))
    return JobPlan(queued=time / 5, running=time * 4 / 5)


def _version(text: str) -> str:
    try:
        return check_version(text)
    except ValueError as error:
        _refuse(str(error))


def _account(text: str) -> tuple[str, str]:
    name, _, password = text.partition(":")
    if not name or not password:
        _refuse(f"an account is NAME:PASSWORD, e.g. alice:secret, not {text!r}")
    return name, password


def _client(text: str) -> tuple[str, str]:
    name, _, secret = text.partition(":")
    if not name or not secret:
        _refuse(f"a client is ID:SECRET, e.g. robot:hush, not {text!r}")
    return name, secret


def _issuer(text: str) -> tuple[str, str]:
    name, _, url = text.partition("=")
    if not name or not url.startswith(("http://", "https://")):
        _refuse(f"an issuer is ID=URL, e.g. egi=http://127.0.0.1:8081/oidc, not {text!r}")
    return name, url


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        _refuse(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _refuse(message: str) -> NoReturn:
    raise argparse.ArgumentTypeError(message)
