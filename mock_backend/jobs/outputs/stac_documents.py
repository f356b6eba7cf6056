"""The STAC documents of what a start of a job has produced, with fresh signed URLs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any

from pydantic_core import to_json
from starlette.responses import Response

from mock_backend.api.models import BatchJob
from mock_backend.cache import Kept
from mock_backend.catalog import CollectionsRegister, Described
from mock_backend.catalog.dimensions import WORLD
from mock_backend.catalog.stac.instants import read_instant, write_instant
from mock_backend.catalog.stac.items import id_of
from mock_backend.engine.steps import ReadCollection
from mock_backend.errors import CollectionNotFound, FileNotFound
from mock_backend.jobs.job import Job
from mock_backend.jobs.metadata import job_times
from mock_backend.jobs.outputs.urls import ResultUrls
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.documents.naming import name_apart
from mock_backend.results.documents.stac.collection_and_items import (
    About,
    item_document,
    results_collection,
    results_item,
)
from mock_backend.results.documents.stac.common_members import (
    GEOJSON,
    JSON,
    ResultsResponse,
    item_links,
    results_links,
)
from mock_backend.settings import STAC_VERSION, AppSettings

#: Statuses that are not among the values of ``openeo:status``.
_WAITING = ("created", "queued")

#: The largest number of items of a collection that are linked; of more the collection is.
_MOST_LINKED = 100

#: Tests read the same data again and again.
_known: Kept[tuple[str, ...]] = Kept(200)


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


def links_to_sources(
    sources: tuple[ReadCollection, ...], catalogue: CollectionsRegister, now: datetime, base: str
) -> list[dict[str, Any]]:
    """Return links to what results are derived from; there are no items of later instants than now."""
    links = []
    for source in dict.fromkeys(sources):
        try:
            collection = catalogue.known(source.collection)
        except CollectionNotFound:
            continue  # one that has been let pass, or removed since
        above = f"{base}/collections/{source.collection}"
        names = _names(source, collection, now)
        if 0 < len(names) <= _MOST_LINKED:
            links += [_link(f"{above}/items/{name}", GEOJSON, name) for name in names]
        else:
            links.append(_link(above, JSON, source.collection))
    return list({link["href"]: link for link in links}.values())


def _names(source: ReadCollection, collection: Described, now: datetime) -> tuple[str, ...]:
    """Return the ids of the items that were read, newest first; of many one more than are linked."""
    coverage = collection.coverage

    def find() -> tuple[str, ...]:
        start, end = (None if each is None else read_instant(each) for each in source.period)
        grid = source.extent.grid
        tiles = [range(coverage.tiles)] if grid is None else coverage.tiles_in(grid.bbox)
        visits = coverage.select(tiles, start, end, now).visits()
        return tuple(id_of(collection, visit) for visit in islice(visits, _MOST_LINKED + 1))

    return _known.get((source, coverage, now), find)


def _link(href: str, media_type: str, name: str) -> dict[str, Any]:
    return {"rel": "derived_from", "href": href, "type": media_type, "title": f"Derived from {name}"}


def status_only(job: Mapping[str, Any], now: datetime, *, canonical: str) -> Response:
    """Return the document of a job without files, with the URL at which they will be.

    Args:
        job: The ``id``, the ``status`` and perhaps the ``title`` and the ``description`` of the job.
        canonical: The URL of the document once there are files.
    """
    instant, status = write_instant(now), job["status"]
    document = {
        "type": "Collection",
        "stac_version": STAC_VERSION,
        "id": job["id"],
        "title": job.get("title") or job["id"],
        "description": job.get("description") or f"Results of the batch job {job['id']}, which has none yet.",
        "license": "proprietary",
        "extent": {
            "spatial": {"bbox": [list(WORLD)]},
            "temporal": {"interval": [[instant, instant]]},
        },
        "openeo:status": "running" if status in _WAITING else status,
        "links": [{"rel": "canonical", "href": canonical, "type": "application/json"}],
    }
    return Response(to_json(document), media_type="application/json")
