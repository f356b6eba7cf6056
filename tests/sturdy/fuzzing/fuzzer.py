"""A back-end that gets requests made at random, and a look at what comes back."""

import time
from collections import Counter
from itertools import islice
from pathlib import Path

import requests

from mock_backend import MockBackend
from mock_backend.settings import AppSettings
from mock_backend.stores import MemoryStore
from random_requests import MOST, Maker

#: The most processor time until an answer begins, and of each megabyte of it: files of any size are
#: computed while they are read; in seconds. And the most growth of the process, in MB: while an answer is
#: made, and in a whole run.
SLOW, LARGE = 2.0, 200
#: The number of requests before growth counts: imports, caches, the journal.
WARM_UP = 10_000
#: Refusals that have a status of 5xx, as the API has it.
KNOWN = {"EstimateComplexity", "FeatureUnsupported"}


class Fuzzer:
    """Send requests and look at what comes back.

    Args:
        seed: Decides the requests.
        measured: True if answers have to be quick, too, and small.
    """

    def __init__(self, seed, *, measured=False, **options):
        self.store = MemoryStore()
        settings = AppSettings(journal_size=MOST)
        self.backend = MockBackend("https://fuzzed.test", store=self.store, settings=settings, **options)
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {self.backend.token()}"
        self.measured = measured
        self.counts = Counter()
        #: Findings by what they have in common, each with an example.
        self.findings = {}
        #: The most processor time of an answer, in seconds, with its request, and the size of the largest
        #: body, in bytes.
        self.slowest, self.largest = (0.0, "none"), 0
        #: Memory of the process in MB: after the warm-up, at the end, and the most, also for a moment.
        self.memory = {"begin": 0.0, "end": 0.0, "peak": 0.0}
        self._seed = seed

    def run(self, goes_on):
        """Send requests as long as a function says so."""
        with self.backend:
            maker = Maker(self._seed, self.backend, self.session)
            while goes_on(self.counts.total()):
                self._ask(maker, *maker.request())
                if self.counts.total() % 500 == 0:
                    self._tidy(maker)

    def _ask(self, maker, method, path, headers, body):
        begun, before = time.process_time(), self._lowered()
        try:
            answer = self.session.request(
                method,
                self.backend.url + path,
                headers=headers,
                data=body,
                allow_redirects=False,
                stream=True,
            )
            took = time.process_time() - begun
            read, longest = _read(answer, whole=answer.status_code >= 400)
            took = max(took, longest)
        except (requests.RequestException, UnicodeError) as error:
            self._found(f"{type(error).__name__}: {error}"[:80], method, path, headers, body)
            return
        self.counts[answer.status_code] += 1
        if answer.status_code >= 400 and method != "HEAD":
            self._judge(answer, method, path, headers, body)
        if (created := answer.headers.get("OpenEO-Identifier")) and answer.status_code == 201:
            maker.ids.append(created)
        if self.measured:
            self.slowest = max(self.slowest, (took, f"{method} {path[:60]} ({self.counts.total()})"))
            self.largest = max(self.largest, len(body or b""))
            if took > SLOW:
                self._found(f"slow: {method} {path[:20]}", method, path, headers, body, *self._told(path))
            peak = _memory("VmHWM")
            self.memory["peak"] = max(self.memory["peak"], peak)
            # The answer is here, too: in pieces, and in one.
            if peak - before > LARGE + 2 * read / 1e6:
                self._found(f"large: {method} {path[:20]}", method, path, headers, body)

    def _judge(self, answer, method, path, headers, body):
        try:
            error = answer.json()
            code, message = error["code"], error["message"]
        except (ValueError, LookupError, TypeError):
            self._found(f"{answer.status_code} is no error of openEO", method, path, headers, body)
            return
        if answer.status_code >= 500 and code not in KNOWN:
            self._found(f"{code}: {message}"[:80], method, path, headers, body)

    def _found(self, what, *request):
        known = self.findings.get(what)
        if known is None or len(str(request)) < len(str(known)):
            self.findings[what] = request

    def _told(self, path):
        """Return the number of the request, and the process graphs of jobs that it was about."""
        graphs = [dict(job.process_graph) for job in self.backend.jobs if job.job_id in path]
        return f"request {self.counts.total()}", *graphs

    def _tidy(self, maker):
        """Let time pass, and keep no more than some resources."""
        self.backend.clock.advance(minutes=10)
        resources = [raw for *_, raw in self.store.resources.items()]
        kept = sum(map(len, (*self.store.versions().values(), *resources)))
        if len(self.backend.jobs) > 500 or kept > MOST:
            self.backend.reset()
            self.session.headers["Authorization"] = f"Bearer {self.backend.token()}"
            del maker.ids[4:]
        if self.measured and self.counts.total() >= WARM_UP:
            self.memory["end"] = _memory("VmRSS")
            self.memory["begin"] = self.memory["begin"] or self.memory["end"]
            if self.memory["end"] - self.memory["begin"] > LARGE:
                self._found("growth of the process")

    def _lowered(self):
        """Return how much memory the process has, and forget that it has had more."""
        if not self.measured:
            return 0.0
        Path("/proc/self/clear_refs").write_text("5")
        return _memory("VmRSS")


def _read(answer, *, whole):
    """Read an answer as far as it counts, since a file may have gigabytes.

    Returns:
        How much that was, in bytes, and the most processor time of a megabyte.
    """
    begun, read, longest = time.process_time(), 0, 0.0
    if whole:
        return len(answer.content), time.process_time() - begun
    with answer:
        for part in islice(answer.iter_content(1 << 20), MOST >> 20):
            now = time.process_time()
            read, longest, begun = read + len(part), max(longest, now - begun), now
    return read, longest


def _memory(what):
    """Return a size of the process, in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith(f"{what}:")) / 1024
