"""The answer of synchronous processing: the result itself, a tar archive if it has several files."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.urls import current_base
from mock_backend.errors import OpenEOError
from mock_backend.http.content import BinaryResponse, read_range, size_of
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Usage, Work
from mock_backend.results.documents.assets import Content, Product
from mock_backend.results.documents.naming import name_apart
from mock_backend.results.documents.stac.collection_and_items import About, results_collection
from mock_backend.settings import AppSettings

#: The name of the document in an archive of several files.
_DOCUMENT = "collection.json"


def answer_with(product: Product, job: Job, work: Work | None, *, settings: AppSettings) -> Response:
    """Return the answer of synchronous processing: a file, or a tar archive of several with their metadata.

    Raises ``OpenEOError`` if nothing was produced.
    """
    dialect, headers = settings.profile.dialect, {}
    if "POST /result" in dialect.costs_headers:
        headers["OpenEO-Costs"] = f"{Usage(timedelta(0), work=work).costs(dialect.price or 0):g}"
    if dialect.request_ids is not None:
        headers["OpenEO-Identifier"] = job.job_id
    assets = list(product.by_name.values())
    if not assets:
        raise OpenEOError("The process has produced no files.", code="NoDataAvailable", status=400)
    if len(assets) == 1:
        return BinaryResponse(assets[0].content, media_type=assets[0].media_type, headers=headers)
    about = About(
        id=job.job_id,
        status="finished",
        created=job.created,
        updated=job.created,
        title=job.title,
        description=job.description or "What synchronous processing has produced.",
        process=job.process,
        provider=settings.title,
        provider_url=current_base(settings.url),
    )
    document = results_collection(product, about, href=_beside, item_href=_beside, links=())
    files: dict[str, Content] = {each.name: each.content for each in assets}
    files[name_apart(_DOCUMENT, files.__contains__)] = to_json(document | {"links": []})
    return BinaryResponse(Archive(files, modified=job.created), media_type=MEDIA_TYPE, headers=headers)


def _beside(name: str) -> str:
    return f"./{name}"


MEDIA_TYPE = "application/x-tar"

_BLOCK = 512
# What follows the last file: two empty blocks, filled up to the size of a record.
_RECORD = 20 * _BLOCK


class Archive:
    """A tar archive of files last modified at an instant, none of which is held while it is read."""

    def __init__(self, files: Mapping[str, Content], *, modified: datetime) -> None:
        import tarfile

        self._pieces: list[Content] = []
        self.size = 0
        for name, content in files.items():
            length = size_of(content)
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime, entry.mode = length, int(modified.timestamp()), 0o644
            self._add(entry.tobuf(tarfile.PAX_FORMAT), content, bytes(-length % _BLOCK))
        end = 2 * _BLOCK
        self._add(bytes(end + -(self.size + end) % _RECORD))

    def read(self, start: int, stop: int) -> Iterator[bytes]:
        """Yield the bytes from ``start`` up to, not including, ``stop``."""
        place = 0
        for piece in self._pieces:
            length = size_of(piece)
            first, last = max(start - place, 0), min(stop - place, length)
            if first < last:
                yield from read_range(piece, first, last)
            place += length

    def _add(self, *pieces: Content) -> None:
        self._pieces.extend(pieces)
        self.size += sum(map(size_of, pieces))
