"""``mock-backend record``: a real job as a scenario, whose jobs go as it went."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote, urlsplit

import click

from mock_backend.cli.options import output_option, user_option
from mock_backend.cli.reading import Reader
from mock_backend.cli.scrubbing import scrubbed
from mock_backend.durations import to_iso
from mock_backend.lifecycle.lines import LEVELS
from mock_backend.profiles.snapshot import write_json

#: The most lines of a log that a plan takes over.
_MOST_LINES = 1000
_ZERO = timedelta(0)

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
    if user is not None and token is not None:
        raise click.UsageError("--user logs in, and so does --token; give one of them.")
    with Reader(url) as reader:
        if user is not None:
            reader.log_in(*user)
        else:
            reader.authorization = f"Bearer {token}" if token else _log_in(reader.url)
        return save(reader, job, folder, int(most * 1_000_000))


def save(reader: Reader, job: str, folder: Path, most: int) -> int:
    """Write the scenario of a job; return the exit status.

    Args:
        reader: Reads from the back-end, with the authorization of the job's owner.
        most: The size of the largest result to download, in bytes.

    Raises:
        click.ClickException: If the back-end does not answer, or no plan follows from the job.
    """
    from mock_backend.control.scenarios import Scenario

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


def _download(reader: Reader, path: str, folder: Path, most: int) -> bool:
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


def job_plan_members(job: Mapping[str, Any], logs: Sequence[Any]) -> dict[str, Any]:
    """Return the members of a ``JobPlan`` of a job that has ended.

    Raises:
        ValueError: If it has not ended, or nothing tells when it was started and when it ended.
    """
    if (status := job.get("status")) not in ("finished", "error", "canceled"):
        raise ValueError(f"job {job.get('id')} is {status}; only one that has ended can be recorded.")
    entries = [each for each in logs if isinstance(each, Mapping) and isinstance(each.get("message"), str)]
    queued, started, ended = _instants(job, entries)
    ran = ended - started
    failure = next((each for each in reversed(entries) if each.get("level") == "error"), None)
    done = _fraction(job.get("progress"))
    plan: dict[str, Any] = {"queued": to_iso(started - queued)}
    if status == "finished":
        plan["running"] = to_iso(ran)
        failure = None
    else:
        plan["running"] = to_iso(ran / done)
        plan["fails_at" if status == "error" else "canceled_at"] = done
    if status == "error":
        plan["error"] = failure["message"] if failure is not None else "Processing failed."
        plan |= {name: failure[name] for name in ("code", "stacktrace") if failure and failure.get(name)}
    # That of the failure follows from the plan.
    others = [each for each in entries if status != "error" or each is not failure]
    if lines := [_line(each, started, ran, done) for each in _chosen(others)]:
        plan["logs"] = lines
    if usage := dict(_metrics(job.get("usage"))):
        plan["usage"] = usage
    if _is_amount(costs := job.get("costs")):
        plan["costs"] = costs
    return plan


def _instants(
    job: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]
) -> tuple[datetime, datetime, datetime]:
    """Return when a job was started by its owner, when it began to run, and when it ended."""
    written = sorted(filter(None, (_instant(each.get("time")) for each in entries)))
    # Fields of API 1.3; before that, the log is what tells. Jobs are created shortly before they are started.
    queued = _instant(job.get("queued")) or _instant(job.get("created"))
    ended = (
        _instant(job.get("finished")) or _instant(job.get("updated")) or (written[-1] if written else None)
    )
    started = _instant(job.get("started"))
    if started is None and ended is not None:
        started = written[0] if written else None
        duration = dict(_metrics(job.get("usage"))).get("duration")
        if duration is not None and duration["unit"] == "seconds":
            started = ended - timedelta(seconds=duration["value"])
    if queued is None or started is None or ended is None:
        raise ValueError(f"nothing tells when job {job.get('id')} was started and when it ended.")
    started = max(queued, started)
    return queued, started, max(started, ended)


def _line(entry: Mapping[str, Any], started: datetime, ran: timedelta, done: float) -> dict[str, Any]:
    at = _instant(entry.get("time")) or started
    passed = min(max((at - started) / ran, 0), 1) if ran > _ZERO else 1
    level = entry.get("level")
    told = {name: entry[name] for name in ("code", "data", "stacktrace") if entry.get(name) is not None}
    if not isinstance(told.get("code", ""), str):
        told["code"] = str(told["code"])
    return {
        "at": round(passed * done, 6),
        "message": entry["message"],
        "level": level if level in LEVELS else "info",
        **told,
    }


def _chosen(entries: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return entries of a log, of a long one the warnings and errors, the first and the last ones."""
    if len(entries) <= _MOST_LINES:
        return entries
    half = _MOST_LINES // 4
    middle = entries[half:-half]
    grave = [each for each in middle if each.get("level") in ("warning", "error")][: 2 * half]
    return [*entries[:half], *grave, *entries[-half:]]


def _metrics(usage: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, metric in usage.items() if isinstance(usage, Mapping) else ():
        if (
            isinstance(metric, Mapping)
            and _is_amount(metric.get("value"))
            and isinstance(metric.get("unit"), str)
        ):
            yield name, {"value": metric["value"], "unit": metric["unit"]}


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _fraction(progress: Any) -> float:
    """Return the part of the run that was done when it ended early; the whole if that is not told."""
    return round(progress / 100, 4) if _is_amount(progress) and 0 < progress < 100 else 1.0


def _instant(text: Any) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC)
