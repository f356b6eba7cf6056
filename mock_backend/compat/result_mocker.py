"""``JobResultCollectionMocker``: results of jobs at URLs of a test's own choice, by requests-mock."""

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from openeo.rest.connection import Connection
    from openeo.rest.job import BatchJob

#: The content of an asset of which a test says nothing.
_CONTENT = b"TIFF-DUMMY-DATA"


class JobResultCollectionMocker:
    """Results of jobs as a STAC Collection with Items and assets, where a test wants them.

    New tests are better served by ``MockBackend.set_result``: see the guide, "Moving from stubs".

    Args:
        requests_mock: The mocker of requests-mock of the test.
    """

    def __init__(self, *, requests_mock: Any, connection: "Connection") -> None:
        self.requests_mock, self.connection = requests_mock, connection

    def setup_job_results(
        self,
        *,
        job_id: str = "job-123",
        items: Mapping[str, Mapping[str, Any]],
        add_collection_assets: bool = True,
        linked_docs: Iterable[Mapping[str, Any]] = (),
    ) -> "BatchJob":
        """Set up the results of a job, and return it.

        Args:
            items: The Items by id: their ``assets``, ``full_path``, ``link_extra``, ``error``.
            add_collection_assets: True if the Collection lists all assets.
        """
        from openeo.rest.job import BatchJob

        links: list[dict[str, Any]] = []
        assets: dict[str, Any] = {}
        for item_id, item in items.items():
            own = {
                key: self.setup_asset(job_id=job_id, asset_data=asset)
                for key, asset in item.get("assets", {}).items()
            }
            assets |= {f"{item_id}-{key}": asset for key, asset in own.items()}
            href = self.setup_item(job_id=job_id, item_id=item_id, item_data=item, assets=own)
            links.append({"rel": "item", "href": href, **item.get("link_extra", {})})
        links += [self.setup_linked_document(job_id=job_id, doc=each) for each in linked_docs]
        document: dict[str, Any] = {
            "type": "Collection",
            "stac_version": "1.1.0",
            "id": f"{job_id}-results",
            "description": f"Results of the job {job_id}",
            "license": "proprietary",
            "extent": {
                "spatial": {"bbox": [[-180, -90, 180, 90]]},
                "temporal": {"interval": [["2024-01-01T00:00:00Z", "2024-12-31T00:00:00Z"]]},
            },
            "links": links,
            "assets": assets if add_collection_assets else {},
        }
        self.requests_mock.get(self.connection.build_url(f"/jobs/{job_id}/results"), json=document)
        return BatchJob(job_id, connection=self.connection)

    def setup_error(self, href: str, error: Mapping[str, Any]) -> None:
        """Let requests to a URL end with an error: its ``status`` and ``message``."""
        told = {"status_code": error.get("status", 500), "text": error.get("message", "Unspecified error")}
        self.requests_mock.get(href, **told)

    def setup_item(
        self, *, job_id: str, item_id: str, item_data: Mapping[str, Any], assets: Mapping[str, Any]
    ) -> str:
        """Set up an Item, or an error in its place; return its URL."""
        path = item_data.get("full_path") or f"/j/{job_id}/r/i/{item_id}.json"
        href: str = self.connection.build_url(path)
        if error := item_data.get("error"):
            self.setup_error(href, error)
            return href
        document: dict[str, Any] = {
            "type": "Feature",
            "stac_version": "1.1.0",
            "id": item_id,
            "geometry": None,
            "properties": {"datetime": "2024-06-01T00:00:00Z"},
            "links": [],
            "assets": assets,
        }
        self.requests_mock.get(href, json=document)
        return href

    def setup_asset(self, *, job_id: str, asset_data: Mapping[str, Any]) -> dict[str, Any]:
        """Set up the file of an asset, or an error in its place; return the asset."""
        path = asset_data.get("full_path") or f"/j/{job_id}/r/a/{asset_data.get('path', 'asset.tiff')}"
        href: str = self.connection.build_url(path)
        if error := asset_data.get("error"):
            self.requests_mock.head(href, headers={})
            self.setup_error(href, error)
        else:
            self._set_up(href, asset_data.get("content", _CONTENT))
        media_type = asset_data.get("type", "image/tiff; application=geotiff")
        return {"href": href, "type": media_type, "roles": ["data"], **asset_data.get("extra", {})}

    def setup_linked_document(self, *, job_id: str, doc: Mapping[str, Any]) -> dict[str, Any]:
        """Set up a document, and return the link to it."""
        href = self.connection.build_url(
            doc.get("full_path") or f"/j/{job_id}/r/d/{doc.get('path', 'doc.txt')}"
        )
        text = json.dumps(doc["json"]) if "json" in doc else doc.get("text", "hello world")
        self._set_up(href, text.encode())
        return {"rel": doc.get("rel", "doc"), "href": href, **doc.get("link_extra", {})}

    def _set_up(self, href: str, content: bytes) -> None:
        self.requests_mock.head(href, headers={"Content-Length": str(len(content))})
        self.requests_mock.get(href, content=content)
