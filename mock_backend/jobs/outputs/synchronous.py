"""The answer of synchronous processing: the result itself."""

from datetime import timedelta

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.urls import current_base
from mock_backend.errors import OpenEOError
from mock_backend.http.content import BinaryResponse
from mock_backend.jobs.job import Job
from mock_backend.lifecycle import Usage, Work
from mock_backend.results.documents import About, results_collection
from mock_backend.results.documents.archive import MEDIA_TYPE, Archive
from mock_backend.results.documents.assets import Content, Product
from mock_backend.results.documents.naming import name_apart
from mock_backend.settings import AppSettings

#: The name of the document in an archive of several files.
_DOCUMENT = "collection.json"


def answer_with(product: Product, job: Job, work: Work | None, *, settings: AppSettings) -> Response:
    """Return the answer of synchronous processing: a file, or a tar archive of several with their metadata.

    Args:
        work: The amount of data that was processed, if that is known.

    Raises:
        OpenEOError: If nothing was produced.
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
