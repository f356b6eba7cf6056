"""The manners of clients: how they treat a back-end that they share with others."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Protocol

from mock_backend.control.journal import Exchange
from mock_backend.dataclass import dataclass
from mock_backend.durations import Duration, to_timedelta
from mock_backend.errors.suggestions import did_you_mean

#: The rules, and how each is relaxed.
RULES = {
    "started-twice": "a job is started once, unless it was cancelled or changed in between",
    "polls-too-fast": "the status of a job is not asked for more often than agreed",
    "retry-without-wait": "what failed for now (429, 502, 503, 504) is not tried again at once",
    "orphaned-job": "each job that is created is started, and ends or is deleted",
    "fetched-twice": "a file of results is downloaded once",
    "token-elsewhere": "tokens are sent to the back-end only, not to other hosts",
}

_TEMPORARY = (429, 502, 503, 504)
_START, _CANCEL = "POST /jobs/{job_id}/results", "DELETE /jobs/{job_id}/results"
_PATCH, _STATUS = "PATCH /jobs/{job_id}", "GET /jobs/{job_id}"


class LeftJob(Protocol):
    """A job as it is in the end."""

    job_id: str

    @property
    def status(self) -> str: ...


@dataclass(frozen=True)
class Lapse:
    """Something that a good client does not do."""

    rule: str  #: The name of the rule
    text: str
    exchanges: tuple[Exchange, ...] = ()  #: The requests it is about

    def __str__(self) -> str:
        return f"{self.rule}: {self.text}"


def lapses(
    exchanges: Sequence[Exchange],
    jobs: Iterable[LeftJob],
    *,
    host: str,
    poll_interval: Duration | None = None,
    allowed: Iterable[str] = (),
) -> list[Lapse]:
    """Return the lapses of clients, in the order of the rules; raise ``ValueError`` if there is no such rule.

    Args:
        poll_interval: The least time between two looks at the status of a job; None for any.
        allowed: Names of rules that do not count.
    """
    allowed = [allowed] if isinstance(allowed, str) else list(allowed)
    for name in allowed:
        if name not in RULES:
            raise ValueError(f"There is no rule {name!r}.{did_you_mean(name, RULES)}")
    found = [
        *_started_twice(exchanges),
        *(() if poll_interval is None else _polled(exchanges, to_timedelta(poll_interval))),
        *_retried(exchanges),
        *_orphaned(jobs),
        *_fetched_twice(exchanges),
        *_sent_elsewhere(exchanges, host),
    ]
    return [each for each in found if each.rule not in allowed]


def explain_lapses(found: Sequence[Lapse]) -> str:
    """Return a message about lapses that says what relaxes each rule."""
    lines = [f"The client has {len(found)} lapse{'s' if len(found) > 1 else ''}:"]
    lines += [f"  {each}" for each in found]
    rules = list(dict.fromkeys(each.rule for each in found))
    lines += [f"Expected: {RULES[rule]}." for rule in rules]
    return "\n".join([*lines, f"To let them pass: allowed={rules!r}."])


def _started_twice(exchanges: Sequence[Exchange]) -> Iterator[Lapse]:
    started: dict[str, Exchange] = {}
    for exchange in exchanges:
        job_id = exchange.job_id or ""
        if exchange.operation in (_CANCEL, _PATCH):
            started.pop(job_id, None)
        elif exchange.operation == _START:
            if job_id in started:
                text = (
                    f"job {job_id} was started at {started[job_id].at:%H:%M:%S} and at {exchange.at:%H:%M:%S}"
                )
                yield Lapse("started-twice", text, (started[job_id], exchange))
            if exchange.status is not None and exchange.status < 400:
                started[job_id] = exchange


def _polled(exchanges: Sequence[Exchange], least: timedelta) -> Iterator[Lapse]:
    polls: defaultdict[str, list[Exchange]] = defaultdict(list)
    for exchange in exchanges:
        if exchange.operation == _STATUS:
            polls[exchange.job_id or ""].append(exchange)
    for job_id, asked in polls.items():
        pairs = list(pairwise(asked))
        if fast := [pair for pair in pairs if pair[1].at - pair[0].at < least]:
            quickest = min(later.at - earlier.at for earlier, later in fast)
            text = (
                f"the status of job {job_id} was asked for after {quickest.total_seconds():g} s; "
                f"the agreed interval is {least.total_seconds():g} s (too early: {len(fast)})"
            )
            yield Lapse("polls-too-fast", text, fast[0])


def _retried(exchanges: Sequence[Exchange]) -> Iterator[Lapse]:
    latest: dict[tuple[str, str], Exchange] = {}
    for exchange in exchanges:
        key = exchange.method, exchange.path
        before = latest.get(key)
        if before is not None and before.status in _TEMPORARY and exchange.at == before.at:
            text = f"{exchange.method} {exchange.path} was tried again at once after {before.status}"
            yield Lapse("retry-without-wait", text, (before, exchange))
        latest[key] = exchange


def _orphaned(jobs: Iterable[LeftJob]) -> Iterator[Lapse]:
    for job in jobs:
        if job.status in ("created", "queued", "running"):
            yield Lapse("orphaned-job", f"job {job.job_id} was left {job.status}")


def _fetched_twice(exchanges: Sequence[Exchange]) -> Iterator[Lapse]:
    fetched: dict[str, Exchange] = {}
    for exchange in exchanges:
        if exchange.method != "GET" or exchange.status != 200 or "/assets/" not in (exchange.route or ""):
            continue
        # Signatures differ from one link to the next.
        name = f"{exchange.path.rpartition('/')[2]} of job {exchange.job_id}"
        if name in fetched:
            yield Lapse("fetched-twice", f"{name} was downloaded twice", (fetched[name], exchange))
        fetched[name] = exchange


def _sent_elsewhere(exchanges: Sequence[Exchange], host: str) -> Iterator[Lapse]:
    for exchange in exchanges:
        headers = exchange.headers
        there = headers.get("host", host)
        if "authorization" in headers and there != host and not there.startswith(("127.0.0.1", "localhost")):
            yield Lapse(
                "token-elsewhere", f"{exchange.method} {exchange.path} of {there} had a token", (exchange,)
            )
