"""``mock-backend serve``: its options, and a back-end over HTTP until it is stopped."""

from pathlib import Path
from typing import Any

import click

from mock_backend.cli.options import (
    Text,
    client,
    issuer,
    job_time,
    plan,
    port,
    profile_option,
    user_option,
)
from mock_backend.profiles.api_version import check_version

_PORT = Text("port", port)

_EXAMPLES = """\b
Examples:
  mock-backend serve
      A back-end at http://127.0.0.1:8080 whose jobs take five seconds.
  mock-backend serve --profile cdse --user ada:pass --user bob:word
      One that is like the Copernicus Data Space Ecosystem, for two people.
  mock-backend serve --speed 60 --plan queued=10m,running=2h
      Jobs of hours, at sixty times the speed of real time.
  mock-backend serve --port 0 -q --store jobs.json
      For scripts: a free port, its URL alone on standard output, and jobs that last.
"""


@click.command(
    epilog=_EXAMPLES, context_settings={"max_content_width": 100}, short_help="Serve a back-end over HTTP."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=_PORT, default=8080, show_default=True, help="Port; 0 takes a free one.")
@profile_option("The back-end to be like: {}.  [default: default]")
@click.option(
    "--api-version",
    type=Text("version", check_version),
    multiple=True,
    help="Serve this version of the openEO API, at a path of its own; repeatable, the first one is the "
    "default one.  [default: those of the profile, or 1.2 and 1.3]",
)
@click.option(
    "--scenario",
    metavar="NAME|FILE",
    # Not made of their names, which would import a lot for --help.
    help="What the back-end is like and what goes wrong there: a file, or one of happy, busy-day, "
    "flaky-network, expired-tokens, chaos, production-like. Other options come first.",
)
@click.option(
    "--job-time",
    type=Text("duration", job_time),
    help="How long jobs take, e.g. 90s or 2h, a fifth of it in the queue.  "
    "[default: 5s; with --speed 11s, 3s of it in the queue]",
)
@click.option(
    "--plan",
    type=Text("plan", plan),
    help="What happens to jobs, e.g. queued=30s,running=10m,fails_at=0.5, instead of --job-time.",
)
@click.option(
    "--speed",
    type=click.FloatRange(0),
    metavar="NUMBER",
    help="Seconds of the back-end's time per real second; 0 stops it.  [default: 1]",
)
@user_option("An account; repeatable.  [default: alice:secret]", multiple=True)
@click.option(
    "--client",
    type=Text("id:secret", client),
    multiple=True,
    help="An OpenID Connect client with a secret, besides openeo-default and (unless there is a --user) "
    "openeo-service; repeatable.",
)
@click.option(
    "--auto-consent",
    is_flag=True,
    help="Let OpenID Connect log-ins succeed as the first account, without a click.",
)
@click.option(
    "--trust",
    type=Text("id=url", issuer),
    multiple=True,
    help="Take the tokens of the OpenID Connect issuer at this URL as well; repeatable.",
)
@click.option(
    "--store", type=click.Path(path_type=Path), help="Keep jobs in this file.  [default: in memory]"
)
@click.option(
    "--set-aside",
    is_flag=True,
    help="Remove damaged records from the --store, and show them on standard error; else it is refused.",
)
@click.option(
    "--catalog",
    type=click.Path(exists=True, path_type=Path),
    help="Offer what a snapshot has, a folder that mock-backend snapshot has made; or, as well, the "
    "collections of a file with a back-end's /collections, or of a folder of them.",
)
@click.option(
    "--processes",
    type=click.Path(path_type=Path),
    help="Offer these processes as well: a file with a back-end's /processes, or a folder of definitions.",
)
@click.option(
    "--fetch-remote",
    is_flag=True,
    help="Fetch the definitions of processes that graphs name by a URL.",
)
@click.option(
    "--run-udfs",
    is_flag=True,
    help="Run the user-defined functions (Python) that clients on this machine send, with all the rights "
    "of this program; on loopback addresses only.",
)
@click.option(
    "--asset-port",
    type=_PORT,
    help="Serve assets from this port alone, which like S3 takes signed URLs only; 0 takes a free one.",
)
@click.option(
    "--workers",
    type=click.IntRange(1),
    metavar="N",
    help="Compute results in this many threads.  [default: 1]",
)
@click.option(
    "--scheduler",
    metavar="URL",
    help="Let the workers of a scheduler of dask.distributed compute results, e.g. tcp://127.0.0.1:8786.",
)
@click.option(
    "--no-control",
    is_flag=True,
    help="Have neither the page at / nor the control API at /mock/.",
)
@click.option(
    "--control-secret",
    metavar="TEXT",
    help="Let only those use them who know this secret.  [default: none on a loopback address, else a "
    "random one, which is printed]",
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("-v", "--verbose", is_flag=True, help="Print a line for each request on standard error.")
@click.option("-q", "--quiet", is_flag=True, help="Print the URL of the API and nothing else.")
def serve(**options: Any) -> int:
    """Serve an openEO back-end over HTTP until Ctrl-C.

    The first line of standard output is the URL of the API alone.
    """
    from mock_backend.cli.serving import Options, serve_until_stopped

    return serve_until_stopped(Options(**options))
