"""The STAC document that lists what a job produced."""

from datetime import datetime
from typing import Any

from mock_backend.results.extent import Extent
from mock_backend.settings import STAC_VERSION

ASSET_NAME = "result.json"


def result_item(
    *,
    job_id: str,
    title: str | None,
    description: str | None,
    created: datetime,
    updated: datetime,
    status: str,
    expires: datetime,
    extent: Extent,
    asset_url: str | None,
    links: list[dict[str, Any]],
) -> dict[str, Any]:
    """Return a STAC Item (GeoJSON feature) for a job's results.

    Args:
        job_id: The item's id.
        title: The job's title.
        description: The job's description.
        created: When the results came into being.
        updated: When they last changed.
        status: The ``openeo:status``: running, canceled, finished or error.
        expires: When the signed URLs in it stop working.
        extent: Where and when the data are.
        asset_url: The signed URL of the asset; None while there is nothing to download.
        links: The item's links.
    """
    properties: dict[str, Any] = {
        **_when(extent, created),
        "created": rfc3339(created),
        "updated": rfc3339(updated),
        "expires": rfc3339(expires),
        "openeo:status": status,
    }
    properties |= {name: text for name, text in (("title", title), ("description", description)) if text}
    item: dict[str, Any] = {
        "stac_version": STAC_VERSION,
        "stac_extensions": ["https://stac-extensions.github.io/timestamps/v1.1.0/schema.json"],
        "type": "Feature",
        "id": job_id,
        "geometry": extent.geometry(),
        "properties": properties,
        "links": links,
        "assets": {},
    }
    if extent.bbox is not None:
        item["bbox"] = list(extent.bbox)
    if asset_url is not None:
        item["assets"][ASSET_NAME] = {
            "href": asset_url,
            "type": "application/json",
            "title": "What was asked for",
            "roles": ["data"],
        }
    return item


def placeholder(asked_format: str | None, job_id: str | None) -> dict[str, Any]:
    """Return the content of the asset: which result stands here in for the real one."""
    content: dict[str, Any] = {"format": asked_format, "note": "A result of the openEO mock back-end."}
    if job_id is not None:
        content["job_id"] = job_id
    return content


def rfc3339(instant: datetime) -> str:
    """Write an instant the way the API does, in whole seconds of UTC."""
    return instant.strftime("%Y-%m-%dT%H:%M:%SZ")


def _when(extent: Extent, created: datetime) -> dict[str, Any]:
    start, end = extent.interval or (None, None)
    if start and end:
        # STAC allows null beside an interval, but validators that read the API as OpenAPI 3.1 do not.
        return {"datetime": start, "start_datetime": start, "end_datetime": end}
    # An interval that is open on a side cannot be said in an item: its known side is its time.
    return {"datetime": start or end or rfc3339(created)}
