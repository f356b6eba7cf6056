"""Uploads and listings."""


def put(api, path, content=b"content", **options):
    """Upload a file, and return what the API tells of it."""
    response = api(f"PUT /files/{path}", data=content, **options)
    assert response.status_code == 200, response.text
    return response.json()


def paths_of(response):
    """Return the paths of a listing."""
    return [file["path"] for file in response.json()["files"]]
