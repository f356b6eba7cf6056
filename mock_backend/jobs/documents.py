"""The STAC documents of what a start of a job has produced, with fresh signed URLs."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from mock_backend.errors import FileNotFound
from mock_backend.jobs.job import Job
from mock_backend.jobs.presenting import end_of_results, times_of
from mock_backend.models import BatchJob
from mock_backend.results import (
    About,
    ResultsResponse,
    item_document,
    item_links,
    results_collection,
    results_item,
    results_links,
    sign,
)
from mock_backend.results.assets import Asset, Product
from mock_backend.results.links import GEOJSON, JSON
from mock_backend.results.naming import name_apart
from mock_backend.results.paths import asset_path, document_path, item_path
from mock_backend.settings import AppSettings
from mock_backend.urls import asset_base, current_base


class ResultDocuments:
    """The documents of what a start of a job has produced.

    Args:
        job: A job that has begun to run.
        product: What it has produced until now.
        beside: The files that tell of the job itself, by relations of links.
        now: The instant from which signed URLs live.
        settings: What the back-end says about itself.
        key: The secret that URLs are signed with.
        partial: Whether the client takes results of a job that still runs; its links say so, too.
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
    ) -> None:
        state = job.state(now)
        if job.run is None or state.running_since is None:
            raise ValueError(f"Job {job.job_id!r} has not begun to run, so it has no results to describe.")
        self._place = job.job_id, job.run.number
        self._base, self._key = current_base(settings.url), key
        self._partial = "partial=true" if partial else ""
        self._expires = now + timedelta(seconds=settings.link_lifetime)
        if (end := end_of_results(state, settings)) is not None:
            self._expires = min(self._expires, end)
        self._product, self._beside = product, beside
        self._listed = settings.metadata_assets
        if self._listed:
            self._product = replace(product, assets=(*product.assets, *self._beside.values()))
        times = times_of(job, state, settings)
        self._about = About(
            id=job.job_id,
            status=state.status,
            created=job.created if times else state.running_since,
            updated=state.ended or now,
            more_times=times,
            expires=self._expires,
            title=job.title,
            description=job.description,
            process=job.processed,
            provider=settings.title,
            provider_url=self._base,
        )

    def response(self, headers: Mapping[str, str] | None = None) -> ResultsResponse:
        """Return the answer with the Collection, or with the Item if the client wants it."""
        return ResultsResponse(self.collection, self.item, dict(headers or {}))

    def collection(self) -> dict[str, Any]:
        """Return all results as a STAC Collection."""
        return results_collection(
            self._product, self._about, href=self._asset, item_href=self._item, links=self._links(JSON)
        )

    def item(self) -> dict[str, Any]:
        """Return all results as one STAC Item."""
        return results_item(self._product, self._about, href=self._asset, links=self._links(GEOJSON))

    def item_of(self, item_id: str) -> dict[str, Any]:
        """Return one of the Items that the Collection links to.

        Raises:
            FileNotFound: If there is none of this id.
        """
        found = next((each for each in self._product.items if each.id == item_id), None)
        if found is None:
            raise FileNotFound(file=item_id)
        links = item_links(self._item(item_id), self._collection())
        return item_document(found, self._about, href=self._asset, links=links)

    def _links(self, media_type: str) -> list[dict[str, Any]]:
        own = f"{self._base}/jobs/{self._place[0]}/results"
        own += f"?{self._partial}" if self._partial else ""
        links = results_links(own, self._collection(), media_type=media_type)
        if self._listed:
            return links
        # Clients that download "the" file of a job count its assets, so that these must not be among them.
        beside = [
            {"rel": relation, "href": self._asset(each.name), "type": each.media_type, "title": each.title}
            for relation, each in self._beside.items()
        ]
        return links + beside

    def _collection(self) -> str:
        url = sign(self._base, document_path(*self._place), self._expires, key=self._key)
        return f"{url}&{self._partial}" if self._partial else url

    def _item(self, item_id: str) -> str:
        return sign(self._base, item_path(*self._place, item_id), self._expires, key=self._key)

    def _asset(self, name: str) -> str:
        path = asset_path(*self._place, name)
        return sign(asset_base(self._base), path, self._expires, key=self._key)


def beside_results(job: Job, product: Product, metadata: Callable[[], BatchJob]) -> dict[str, Asset]:
    """Return the files that tell of a job itself, its process and its metadata, by relations of links.

    Args:
        job: The job.
        product: What it has produced: files that may have the same names.
        metadata: Returns its metadata.
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
