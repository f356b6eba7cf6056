"""``mock-backend record``: a real job as a scenario, whose jobs go as it went."""

import shutil
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import click

from mock_backend.cli.options import output_option, user_option

if TYPE_CHECKING:
    from mock_backend.cli.reading import Reader

_EXAMPLES = """\b
Examples:
  mock-backend record https://openeo.example.org j-2401 -o slow-job
      The job's times, log, usage, costs, failure and results, as slow-job/scenario.json.
  mock-backend serve --scenario slow-job/scenario.json
      A back-end whose jobs go as that one went.
      In tests: @pytest.mark.mock_backend(scenario="slow-job/scenario.json").
"""


@click.command(
    epilog=_EXAMPLES,
    context_settings={"max_content_width": 100},
    short_help="Turn a job of a real back-end into a scenario.",
)
@click.argument("url")
@click.argument("job")
@output_option("The folder for scenario.json, job.json (what was asked for) and the results.")
@user_option("Log in by name and password.  [default: by OpenID Connect, as the openeo client does]")
@click.option(
    "--token", metavar="TOKEN", help="Send this bearer token, instead of a log-in, e.g. oidc/egi/eyJ…"
)
@click.option(
    "--most",
    type=click.FloatRange(0),
    metavar="MB",
    default=20,
    show_default=True,
    help="The largest result to download; 0 for none.",
)
def record(
    url: str, job: str, folder: Path, user: tuple[str, str] | None, token: str | None, most: float
) -> int:
    """Turn a job of a real back-end that has ended into a scenario.

    Tokens, passwords, signatures of URLs, e-mail addresses, and the id and name of the user are taken out
    of all documents. Results are kept as they are.
    """
    from mock_backend.cli.reading import Reader

    if user is not None and token is not None:
        raise click.UsageError("--user logs in, and so does --token; give one of them.")
    with Reader(url) as reader:
        if user is not None:
            reader.log_in(*user)
        else:
            reader.authorization = f"Bearer {token}" if token else _log_in(reader.url)
        return save(reader, job, folder, int(most * 1_000_000))


def save(reader: "Reader", job: str, folder: Path, most: int) -> int:
    """Write the scenario of a job; return the exit status.

    Args:
        reader: Reads from the back-end, with the authorization of the job's owner.
        most: The size of the largest result to download, in bytes.

    Raises:
        click.ClickException: If the back-end does not answer, or no plan follows from the job.
    """
    from mock_backend.cli.recording import job_plan_members
    from mock_backend.cli.scrubbing import scrubbed
    from mock_backend.control.scenarios import Scenario
    from mock_backend.profiles.snapshot import write_json

    path = f"jobs/{quote(job, safe='')}"
    metadata = reader.get(path)
    logs = [each for page in reader.pages(f"{path}/logs") for each in page.get("logs") or ()]
    private = _private(reader.get("me"))
    try:
        plan = scrubbed(job_plan_members(metadata, logs), private)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    scenario: dict[str, Any] = {
        "name": folder.resolve().name,
        "description": f"As job {job} of {reader.url} went.",
        "plan": plan,
    }
    if metadata.get("status") == "finished" and most and _download(reader, path, folder / "results", most):
        scenario["results"] = [{"path": "results"}]
    # Read as it will be, so that what is wrong is told now.
    text = Scenario.from_dict(scenario).to_text()
    write_json(
        folder, "job", scrubbed({name: each for name, each in metadata.items() if name != "links"}, private)
    )
    (folder / "scenario.json").write_text(text, encoding="utf-8")
    click.echo(
        f"{folder / 'scenario.json'}: jobs that go as job {job} went ({metadata['status']}).", err=True
    )
    return 0


def _log_in(url: str) -> str:
    """Return the header ``Authorization`` of a log-in by OpenID Connect."""
    from openeo.rest.auth.auth import BearerAuth
    from openeo.rest.connection import connect

    auth = connect(url).authenticate_oidc().auth
    assert isinstance(auth, BearerAuth)  # that is what it is for
    return f"Bearer {auth.bearer}"


def _private(account: Any) -> list[str]:
    told = [account.get(name) for name in ("user_id", "name")] if isinstance(account, dict) else []
    # Shorter ones would be found in words that have nothing to do with them.
    return [each for each in told if isinstance(each, str) and len(each) > 2]


def _download(reader: "Reader", path: str, folder: Path, most: int) -> bool:
    """Download the results of a job, and tell whether there are any."""
    # Those of an earlier recording are not this job's.
    shutil.rmtree(folder, ignore_errors=True)
    assets = reader.get(f"{path}/results").get("assets") or {}
    for name, asset in assets.items():
        content = reader.content(asset["href"], most)
        if content is None:
            click.echo(f"{name} has more than {most / 1_000_000:g} MB, and is left out.", err=True)
            continue
        ending = PurePosixPath(urlsplit(asset["href"]).path).suffix
        named = name if PurePosixPath(name).suffix else name + ending
        file = folder / quote(named.replace("/", "_"), safe=" ")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder.exists()
