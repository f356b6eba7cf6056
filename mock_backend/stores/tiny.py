"""Batch jobs in a file that TinyDB can read; the only module that knows TinyDB."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json
from tinydb.storages import Storage
from tinydb.table import Document as TinyDocument

from mock_backend.stores.base import StoreError
from mock_backend.stores.blobs import FolderBlobs
from mock_backend.stores.documents import identify
from mock_backend.stores.lock import StoreLock
from mock_backend.stores.memory import MemoryStore
from mock_backend.stores.write_log import WriteLog, beside, replace_file

Tables = dict[str, dict[str, Any]]

_FORMAT = "openeo-mock-backend"
_VERSION = 1
#: A journal of fewer bytes is not worth a new snapshot.
_SMALL = 1 << 20


class JobDocument(TinyDocument):
    """The class in which the store keeps a job; its ``doc_id`` is the job's creation number."""


class JournaledStorage(Storage):
    """Keep TinyDB's tables in a snapshot, replaced as a whole, and a journal of what came after.

    TinyDB's own storage rewrites the file in place at each change: slow, and a crash on the way
    destroys it. Here the ``meta`` table's first document is the storage's own.

    Args:
        path: The snapshot, which is what plain TinyDB reads. Journal and lock are beside it.
        fsync: True to survive a power loss, too.
    """

    def __init__(self, path: Path, *, fsync: bool = False) -> None:
        self._path = path
        self._fsync = fsync
        self._process = os.getpid()
        self._generation = 0
        self._size = 0
        self._journal = WriteLog(beside(path, ".journal"), fsync=fsync)
        self._lock = StoreLock(path, beside(path, ".lock"))

    def open(self) -> Tables:
        """Lock the file and return its tables; change nothing unless it is new or ours."""
        if self._path.is_dir():
            raise StoreError(f"{self._path} is a folder: name a file in it, e.g. {self._path / 'jobs.json'}.")
        if not self._path.parent.is_dir():
            raise StoreError(f"There is no folder for {self._path}: create {self._path.parent} first.")
        self._lock.acquire()
        try:
            tables = self.read()
            if tables is None:
                tables = {"meta": {}, "jobs": {}, "resources": {}}
                self.write(tables)
            self._journal.open()
        except BaseException:
            self._lock.discard()
            raise
        return tables

    def read(self) -> Tables | None:
        """Read the snapshot and what the journal adds; None if nothing was ever written."""
        content = self._path.read_bytes() if self._path.exists() else b""
        if not content:
            if self._journal.path.exists() and self._journal.path.stat().st_size:
                raise StoreError(
                    f"{self._path} is gone or empty, but {self._journal.path.name} has writes to it. "
                    "Put the file back, or move the journal away to start afresh."
                )
            return None
        tables, self._generation = self._parse(content)
        self._size = len(content)
        changes = self._journal.read(self._generation)
        try:
            # By what identifies them, so that changes find them.
            tables["resources"] = {_name_of(each): each for each in tables["resources"].values()}
        except (LookupError, TypeError, AttributeError) as error:
            raise StoreError(f"{self._path} is damaged: its resources: {error!r}.") from None
        for change in changes:
            try:
                _replay(change, tables)
            except (LookupError, ValueError, TypeError, AttributeError) as error:
                raise StoreError(
                    f"{self._journal.path} has a write that is not of ours: {error!r}."
                ) from None
        try:
            _check(tables)
        except (ValueError, TypeError, AttributeError) as error:
            raise StoreError(
                f"{self._path} is damaged: {error}. Name another file, or move it and its .files folder away."
            ) from None
        return tables

    def write(self, data: Tables) -> None:
        """Replace everything at once; a document may be given as the bytes of its JSON."""
        marker = {"format": _FORMAT, "version": _VERSION, "generation": self._generation + 1}
        tables = {**data, "meta": {"1": marker, **data.get("meta", {})}}
        # An interrupt below must not lead to writes in a journal that the new snapshot outdates.
        self._journal.needs_restart = True
        self._size = replace_file(self._path, _chunks(tables), fsync=self._fsync, hold=self._lock.hold)
        self._generation += 1
        # A crash here leaves a journal of an older generation, which is skipped.
        self._journal.restart(self._generation)

    def append(self, change: bytes) -> None:
        """Note one change, at a cost that does not depend on how much is stored."""
        self._journal.append(change)

    @property
    def has_journal(self) -> bool:
        """True if there may be writes that the snapshot lacks."""
        return self._journal.needs_restart or self._journal.size > 0

    @property
    def wants_snapshot(self) -> bool:
        """True if the journal has outgrown the snapshot, or ends in a write that failed."""
        return self._journal.needs_restart or self._journal.size > max(_SMALL, 2 * self._size)

    @property
    def is_foreign(self) -> bool:
        """True if a fork took this into another process: the file remains the parent's."""
        return os.getpid() != self._process

    def close(self) -> None:
        """Let others open the file."""
        if not self.is_foreign:
            self._journal.close(delete=not self.has_journal)
            self._lock.release()

    def _parse(self, content: bytes) -> tuple[Tables, int]:
        try:
            tables: Tables = from_json(content, allow_inf_nan=False)
            marker = tables["meta"].pop("1")
            version = marker["version"] if marker["format"] == _FORMAT else None
            generation = int(marker["generation"]) if version == _VERSION else 0
        except (ValueError, TypeError, KeyError, AttributeError):
            version = None
        if version is None:
            raise StoreError(
                f"{self._path} is damaged or not a store of ours: name another file, or move "
                "it and its .files folder away."
            )
        if version != _VERSION:
            raise StoreError(
                f"{self._path} has format version {version!r}; this release reads version {_VERSION}. "
                "Upgrade openeo-mock-backend, or name another file."
            )
        tables.setdefault("jobs", {})
        tables.setdefault("resources", {})
        return tables, generation


class TinyStore(MemoryStore):
    """Keep batch jobs in a file, so that they survive the process; see ``JobStore`` for the methods.

    Each change is in a journal beside the file before the method returns, so that killing the
    process at any instant loses nothing. After ``close`` the file alone has everything, and plain
    ``tinydb.TinyDB(path)`` reads it. One store at a time can have the file open.

    Args:
        path: The file; made if it is missing or empty, in a folder that exists.
        fsync: True if each change waits for the disk, to survive a power loss.

    Raises:
        StoreError: If the file is in use, damaged, of a newer release, or not a store of ours.
    """

    def __init__(self, path: str | os.PathLike[str], *, fsync: bool = False) -> None:
        super().__init__()
        # A link to the file must lead to the same lock, and must stay a link.
        self._path = Path(os.path.realpath(path))
        self._storage = JournaledStorage(self._path, fsync=fsync)
        try:
            tables = self._storage.open()
        except OSError as error:
            raise StoreError(f"{self._path} cannot be opened: {error}.") from error
        self._load(tables)
        self.blobs = folder = FolderBlobs(beside(self._path, ".files"), fsync=fsync)
        documents = (from_json(raw) for _, _, _, raw in self.resources.items())
        folder.sweep({document["blob"] for document in documents if "blob" in document})

    def __repr__(self) -> str:
        return f"{super().__repr__()[:-1]} path={str(self._path)!r}>"

    def close(self) -> None:
        """Write the file and let others open it."""
        with self._lock:
            if self._closed:
                return
            try:
                if self._storage.has_journal and not self._storage.is_foreign:
                    self._snapshot()
            except OSError as error:
                raise StoreError(
                    f"{self._path} cannot be written: {error}. The journal has it all."
                ) from error
            finally:
                self._storage.close()
                super().close()

    def _write(self, change: bytes) -> None:
        try:
            # Before the write, so that a failure means that nothing was stored.
            if self._storage.wants_snapshot:
                self._snapshot()
            self._storage.append(change)
        except OSError as error:
            raise StoreError(f"{self._path} cannot be written, so nothing was stored: {error}.") from error

    def _snapshot(self) -> None:
        meta = {"last_number": self._last_number, "state": from_json(self._state)}
        jobs = {str(number): raw for number, raw in self._documents.items()}
        resources = {
            str(number): {"kind": kind, "owner": owner, "key": key, "document": from_json(raw)}
            for number, (kind, owner, key, raw) in enumerate(self.resources.items(), 1)
        }
        self._storage.write({**self._others, "meta": {"2": meta}, "jobs": jobs, "resources": resources})

    def _load(self, tables: Tables) -> None:
        jobs = [JobDocument(values, int(key)) for key, values in tables.pop("jobs").items()]
        for job in sorted(jobs, key=lambda job: job.doc_id):
            self._documents[job.doc_id] = to_json(job)
            self._enter(*identify(job))
        meta = tables.pop("meta").get("2", {})
        self._last_number = max(meta.get("last_number", 0), *self._documents, 0)
        self._state = to_json(meta.get("state", {}))
        for each in tables.pop("resources").values():
            self.resources.load(each["kind"], each["owner"], each["key"], to_json(each["document"]))
        self._others = tables  # added by others with plain TinyDB

    def _check_usable(self) -> None:
        super()._check_usable()
        if self._storage.is_foreign:
            raise StoreError(
                f"{self._path} was opened before a fork: open a file of its own in each process."
            )


def _chunks(tables: Tables) -> Iterator[bytes]:
    """Write tables as JSON bit by bit: a copy of everything in one piece need not fit in memory."""
    opening = b"{"
    for name, documents in tables.items():
        yield opening + _ascii(to_json(name)) + b":{"
        comma = b""
        for key, document in documents.items():
            raw = document if isinstance(document, bytes) else to_json(document)
            yield comma + _ascii(to_json(key)) + b":" + _ascii(raw)
            comma = b",\n"
        yield b"}"
        opening = b",\n"
    yield b"}"


def _ascii(raw: bytes) -> bytes:
    # Plain TinyDB reads files in the platform's encoding, which need not be UTF-8.
    return raw if raw.isascii() else json.dumps(json.loads(raw)).encode()


def _replay(change: dict[str, Any], tables: Tables) -> None:
    """Do a change again; doing all of them twice has the same outcome as once."""
    ((verb, what),) = change.items()
    jobs, meta = tables["jobs"], tables["meta"].setdefault("2", {})
    if verb == "put":
        number = identify(what)[2]
        jobs[str(number)] = what
        meta["last_number"] = max(meta.get("last_number", 0), number)
    elif verb == "drop":
        jobs.pop(str(what), None)
    elif verb == "state":
        meta["state"] = what
    elif verb == "resource":
        kind, owner, key, document = what
        resource = {"kind": kind, "owner": owner, "key": key, "document": document}
        tables["resources"].pop(_name_of(resource), None)
        if document is not None:
            tables["resources"][_name_of(resource)] = resource
    elif verb == "clear":
        jobs.clear()
        meta.clear()
        tables["resources"].clear()
    else:
        raise ValueError(f"unknown write {verb!r}")


def _name_of(resource: dict[str, Any]) -> str:
    return json.dumps([resource["kind"], resource["owner"], resource["key"]])


def _check(tables: Tables) -> None:
    """Raise an error unless the jobs and the meta table are as we write them."""
    ids = set()
    for key, job in tables["jobs"].items():
        job_id, _, number = identify(job)
        if str(number) != key or job_id in ids:
            raise ValueError(f"job {job_id!r} is there twice or under a wrong number")
        ids.add(job_id)
    for each in tables["resources"].values():
        if not all(isinstance(each[name], str) for name in ("kind", "owner", "key")):
            raise ValueError("a resource has no kind, owner or key")
        if not isinstance(each.get("document"), dict):
            raise ValueError(f"{each['key']!r} of {each['kind']} of {each['owner']!r} has no document")
    meta = tables["meta"].get("2", {})
    if not isinstance(meta.get("last_number", 0), int) or not isinstance(meta.get("state", {}), dict):
        raise TypeError("the meta table is not as this release writes it")
