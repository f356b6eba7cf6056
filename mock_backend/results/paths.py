"""Where the results of one start of a job are downloaded: paths below the back-end's URL, to be signed."""


def document_path(job_id: str, run: int) -> str:
    """Return the path of the document that lists the results."""
    return f"/results/{job_id}/{run}"


def item_path(job_id: str, run: int, item_id: str) -> str:
    """Return the path of the document of an item among the results."""
    return f"{document_path(job_id, run)}/items/{item_id}"


def asset_path(job_id: str, run: int, name: str) -> str:
    """Return the path of a file among the results; its name may have folders."""
    return f"{document_path(job_id, run)}/assets/{name}"
