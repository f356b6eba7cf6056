"""Productions of process graphs, remembered."""

import re
from collections.abc import Hashable, Mapping
from datetime import datetime
from typing import Any

from mock_backend.cache import Kept
from mock_backend.engine.core.workers import workers_of
from mock_backend.engine.given_data.url_contents import ContentReader, UrlContents
from mock_backend.engine.steps import GraphContext, Outcome
from mock_backend.errors import OpenEOError
from mock_backend.lifecycle.run import UdfRules
from mock_backend.processes.definitions import walk
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.problems import Findings, Problem, RefusedGraph
from mock_backend.results.documents.result_files import Production
from mock_backend.settings import AppSettings

_MOST = 200

#: Processes whose results are not ours to know.
_UNCERTAIN = frozenset(
    {"run_udf", "run_udf_externally", "load_stac", "load_uploaded_files", "load_url", "load_ml_model"}
)

#: Processes whose results depend on files, on URLs and on what is installed, in the JSON of a process graph.
_READING = re.compile(b'"(load_(stac|result|uploaded_files|url|geojson)|run_udf)"')

Key = tuple[bytes, datetime, int, Hashable]

#: Tests send the same process graphs again and again, each to a back-end of its own.
_everywhere: Kept[Production] = Kept(_MOST)


class Producer:
    """Find out what process graphs produce.

    A process is an object with a ``process_graph``, and there are no data of later instants than ``now``.
    """

    def __init__(
        self, validation: ValidationRegister, settings: AppSettings, contents: UrlContents | None = None
    ) -> None:
        self._contents = contents if contents is not None else UrlContents()
        self._validation = validation
        self._settings = settings

    def of_process(
        self,
        process: Mapping[str, Any],
        user_id: str,
        now: datetime,
        udfs: UdfRules = UdfRules(),
    ) -> Production:
        """Return what a sound process produces.

        Raises:
            OpenEOError: If it would be too much, or nothing that the file format can hold.
        """

        def make() -> Production:
            outcome = self.outcome(process, user_id, now, udfs)
            workers = workers_of(self._settings.workers, self._settings.scheduler)
            try:
                return Production(outcome, workers=workers)
            except OpenEOError:
                if not any(node.process_id in _UNCERTAIN for node in walk(process["process_graph"])):
                    raise
                return Production(outcome, certain=False, workers=workers)

        return _everywhere.get(self.key(process, user_id, now), make)

    def outcome(
        self,
        process: Mapping[str, Any],
        user_id: str,
        now: datetime,
        udfs: UdfRules = UdfRules(),
        *,
        in_parts: bool = False,
    ) -> Outcome:
        """Return what comes out of a sound process, of which no files are made.

        Args:
            in_parts: True if only parts of it are read, so that it may be of any size.

        Raises:
            OpenEOError: If it would be too much.
        """
        from mock_backend.engine.steps.follower import outcome_of  # with NumPy, which is heavy

        context = self._context(process, user_id, now, udfs=udfs, in_parts=in_parts)
        return outcome_of(process["process_graph"], context)

    def findings_of(
        self, process: Mapping[str, Any], user_id: str, now: datetime, known: Findings
    ) -> Findings:
        """Return the problems that show when a process is followed."""
        from mock_backend.engine.steps.follower import findings_of  # with NumPy, which is heavy

        if not known.refused and not known.undefined:
            try:
                return Findings(passed=self.of_process(process, user_id, now).outcome.passed)
            except RefusedGraph as error:
                return Findings(error.problems)
            except OpenEOError as error:
                return Findings((Problem(None, error.openeo_code, error.message),))
        context = self._context(process, user_id, now)
        return findings_of(process["process_graph"], context, known)

    def key(self, process: Mapping[str, Any], user_id: str, now: datetime) -> Key | None:
        """Return all that the outcome of a process depends on; None if that cannot be told."""
        validation = self._validation
        raw = validation.cache_key(process["process_graph"], process.get("parameters"), user_id)
        if raw is None or _READING.search(raw):
            return None
        profile, limit = self._settings.profile, self._settings.work_limit
        offer = profile.catalogue, profile.dialect.features_by_band, validation.lets_pass, limit
        return raw, _hour(now), self._settings.seed, offer

    def _context(self, process: Mapping[str, Any], user_id: str, now: datetime, **more: Any) -> GraphContext:
        validation = self._validation
        defined = validation.user_processes
        return GraphContext(
            catalogue=validation.catalogue,
            processes=validation.processes.signatures(),
            user_process=lambda name: None if defined is None else defined.find(user_id, name),
            remote_process=validation.processes.remote.resolve,
            parameters=process.get("parameters") or (),
            now=_hour(now),
            lets_pass=validation.lets_pass,
            seed=self._settings.seed,
            features_by_band=self._settings.profile.dialect.features_by_band,
            reader=ContentReader(self._contents, user_id),
            work_limit=self._settings.work_limit,
            **more,
        )


def _hour(now: datetime) -> datetime:
    """Return the full hour: requests within an hour get the same."""
    return now.replace(minute=0, second=0, microsecond=0)
