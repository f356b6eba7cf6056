"""What follows from the process graphs of jobs, remembered."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from threading import Lock
from typing import Any

from pydantic_core import PydanticSerializationError, to_json

from mock_backend.engine.workers import workers_of
from mock_backend.given_data.contents import Contents, Reader
from mock_backend.jobs.job import Job
from mock_backend.outcomes import Surroundings
from mock_backend.processes import walk
from mock_backend.results.producing import Production
from mock_backend.settings import AppSettings
from mock_backend.validation import ValidationRegister

_MOST = 200
#: Of larger graphs each is likely to be another one; in bytes.
_LARGEST = 20_000

#: What comes out of these is up to others.
_UNCERTAIN = frozenset(
    {"run_udf", "run_udf_externally", "load_stac", "load_uploaded_files", "load_url", "load_ml_model"}
)

#: What comes out of these depends on what is in files, at URLs, and on what is installed.
_READING = frozenset(
    {"load_stac", "load_result", "load_uploaded_files", "load_url", "load_geojson", "run_udf"}
)

_Key = tuple[bytes, datetime, int, Hashable]


class _Lately:
    """The values that were asked for lately."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: OrderedDict[Any, Production] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any, make: Callable[[], Production]) -> Production:
        with self._lock:
            known = self._values.pop(key, None)
            if known is not None:
                self._values[key] = known
                return known
        made = make()
        with self._lock:
            self._values[key] = made
            if len(self._values) > self._most:
                self._values.popitem(last=False)
        return made


#: Tests send the same process graphs again and again, each to a back-end of its own.
_everywhere = _Lately(_MOST)


class Producer:
    """Find out what process graphs produce.

    Args:
        validation: What knows collections and processes.
        settings: What decides the values.
        contents: What is at URLs, and in users' files.
    """

    def __init__(
        self, validation: ValidationRegister, settings: AppSettings, contents: Contents | None = None
    ) -> None:
        self._contents = contents if contents is not None else Contents()
        self._validation = validation
        self._settings = settings
        self._runs = _Lately(_MOST)

    def of_run(self, job: Job) -> Production:
        """Return what a job that has been started produces."""
        if job.run is None:
            raise ValueError(f"Job {job.job_id!r} has not been started.")
        started = job.run.started
        key = job.job_id, job.run.number, started
        return self._runs.get(
            key, lambda: self.of_process(job.processed, job.user_id, started, run_udfs=job.run_udfs)
        )

    def of_process(
        self, process: Mapping[str, Any], user_id: str, now: datetime, *, run_udfs: bool | None = False
    ) -> Production:
        """Return what a sound process produces.

        Args:
            process: The process with its ``process_graph``.
            user_id: Whose user-defined processes count.
            now: There are no data of later instants.
            run_udfs: Whether its user-defined functions run; None for those that can.

        Raises:
            OpenEOError: If it would be too much, or nothing that the file format can hold.
        """
        # Whoever asks within an hour gets the same.
        hour = now.replace(minute=0, second=0, microsecond=0)
        called = {node.process_id for node in walk(process["process_graph"])}

        def make() -> Production:
            from mock_backend.outcomes.following import outcome_of  # with NumPy, which is heavy

            outcome = outcome_of(
                process["process_graph"], self._surroundings(process, user_id, hour, run_udfs)
            )
            workers = workers_of(self._settings.workers, self._settings.scheduler)
            return Production(outcome, certain=not called & _UNCERTAIN, workers=workers)

        key = None if called & _READING else self._key(process, user_id, hour)
        return make() if key is None else _everywhere.get(key, make)

    def _key(self, process: Mapping[str, Any], user_id: str, now: datetime) -> _Key | None:
        """Return what the production of a process depends on; None if that cannot be told."""
        validation = self._validation
        defined = validation.user_processes
        own = defined is not None and defined.has_any(user_id)
        if own or not (validation.processes.is_standard and validation.catalogue.is_standard):
            return None
        try:
            raw = to_json([process["process_graph"], process.get("parameters")])
        except (PydanticSerializationError, ValueError, RecursionError):
            return None
        profile = self._settings.profile
        offer = profile.catalogue, profile.dialect.features_by_band, validation.lets_pass
        return None if len(raw) > _LARGEST else (raw, now, self._settings.seed, offer)

    def _surroundings(
        self, process: Mapping[str, Any], user_id: str, now: datetime, run_udfs: bool | None
    ) -> Surroundings:
        validation = self._validation
        defined = validation.user_processes
        return Surroundings(
            catalogue=validation.catalogue,
            processes=validation.processes.signatures(),
            user_process=lambda name: None if defined is None else defined.find(user_id, name),
            remote_process=validation.processes.remote.resolve,
            parameters=process.get("parameters") or (),
            now=now,
            lets_pass=validation.lets_pass,
            seed=self._settings.seed,
            features_by_band=self._settings.profile.dialect.features_by_band,
            reader=Reader(self._contents, user_id),
            run_udfs=run_udfs,
        )
