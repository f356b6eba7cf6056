"""Turn what a back-end tells of a job into a plan for jobs like it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from mock_backend.durations import to_iso
from mock_backend.lifecycle.lines import LEVELS

#: The most lines of a log that a plan takes over.
_MOST_LINES = 1000
_ZERO = timedelta(0)


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
