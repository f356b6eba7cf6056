"""The STAC documents of what a start of a job has produced, with fresh signed URLs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic_core import to_json

from mock_backend.api.models import BatchJob
from mock_backend.errors import FileNotFound
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import job_times
from mock_backend.jobs.outputs.urls import ResultUrls
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.documents.naming import name_apart
from mock_backend.results.documents.stac.collection import (
    About,
    item_document,
    results_collection,
    results_item,
)
from mock_backend.results.documents.stac.document import (
    GEOJSON,
    JSON,
    ResultsResponse,
    item_links,
    results_links,
)
from mock_backend.settings import AppSettings


class ResultDocuments:
    """The documents of what a start of a job has produced.

    Args:
        beside: The files that tell of the job itself, by relations of links.
        now: The instant from which signed URLs live.
        key: The secret that URLs are signed with.
        partial: True if the client takes results of a job that still runs; its links say so, too.
        derived_from: Links to what it was made of.
    """

    def __init__(
        self,
        job: Job,
        product: Product,
        beside: Mapping[str, Asset],
        now: datetime,
        *,
        settings: AppSettings,
        key: str,
        partial: bool = False,
        derived_from: Sequence[dict[str, Any]] = (),
    ) -> None:
        state = job.state(now)
        if job.run is None or state.running_since is None:
            raise ValueError(f"Job {job.job_id!r} has not begun to run, so it has no results to describe.")
        self._urls = ResultUrls(job, now, settings=settings, key=key, partial=partial)
        self._is_item = settings.profile.dialect.results_are_item
        self._product, self._beside = product, beside
        self._derived_from = derived_from
        self._listed = settings.metadata_assets
        if self._listed:
            self._product = replace(product, assets=(*product.assets, *self._beside.values()))
        times = job_times(job, state, settings)
        self._about = About(
            id=job.job_id,
            status=state.status,
            created=job.created if times else state.running_since,
            updated=state.ended or now,
            more_times=times,
            expires=self._urls.expires,
            title=job.title,
            description=job.description,
            process=job.processed,
            provider=settings.title,
            provider_url=self._urls.base,
        )

    def response(self, headers: Mapping[str, str] | None = None) -> ResultsResponse:
        """Return the answer with the Collection, or with the Item if the client wants it."""
        return ResultsResponse(
            self.item if self._is_item else self.collection, self.item, dict(headers or {})
        )

    def collection(self) -> dict[str, Any]:
        """Return all results as a STAC Collection."""
        return results_collection(
            self._product,
            self._about,
            href=self._urls.asset,
            item_href=self._urls.item,
            links=self._links(JSON),
        )

    def item(self) -> dict[str, Any]:
        """Return all results as one STAC Item."""
        return results_item(self._product, self._about, href=self._urls.asset, links=self._links(GEOJSON))

    def item_of(self, item_id: str) -> dict[str, Any]:
        """Return one of the Items that the Collection links to, or raise ``FileNotFound``."""
        found = next((each for each in self._product.items if each.id == item_id), None)
        if found is None:
            raise FileNotFound(file=item_id)
        links = item_links(self._urls.item(item_id), self._urls.document())
        return item_document(found, self._about, href=self._urls.asset, links=links)

    def _links(self, media_type: str) -> list[dict[str, Any]]:
        links = results_links(self._urls.own, self._urls.document(), media_type=media_type)
        links += self._derived_from
        if self._listed:
            return links
        # Clients that download "the" file of a job count its assets, so that these must not be among them.
        href = self._urls.asset
        beside = [
            {"rel": relation, "href": href(each.name), "type": each.media_type, "title": each.title}
            for relation, each in self._beside.items()
        ]
        return links + beside


def beside_results(job: Job, product: Product, metadata: Callable[[], BatchJob]) -> dict[str, Asset]:
    """Return the files that tell of a job itself, its process and its metadata, by relations of links.

    They are not called like files of its product.
    """

    def process() -> bytes:
        return to_json(job.processed)

    def told() -> bytes:
        return metadata().model_dump_json(exclude_none=True).encode()

    graph, about = (
        name_apart(each, product.by_name.__contains__) for each in ("process.json", "metadata.json")
    )
    roles = ("metadata", "process", "reproduction")
    return {
        "processing-expression": Asset(graph, JSON, process, title="The process", roles=roles),
        "describedby": Asset(about, JSON, told, title="The job's metadata", roles=("metadata",)),
    }
