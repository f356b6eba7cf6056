"""Print the digests of files that graphs make, computed as some settings say.

Usage: ``python -m typical_graphs.digests SETTINGS``, with the parameters of ``digests`` as a JSON object.
"""

import hashlib
import io
import json
import sys
import tarfile
from typing import Any

from mock_backend import MockBackend
from mock_backend.engine.core import file_values
from typical_graphs.graphs import DELICATE, GRAPHS


def digests(cases: list[tuple[str, str]], window: int | None = None, **options: Any) -> list[str]:
    """Return the digests of the files of some graphs.

    Args:
        cases: Pairs of a graph and a format.
        window: The length of square windows, whose square is how many values are at hand at once.
        **options: Those of ``MockBackend``.
    """
    if window is not None:
        file_values._AT_ONCE, file_values._ROWS = window**2, 1 << 30
    with MockBackend(seed=7, **options) as backend:
        connection, known = backend.connect(), GRAPHS | DELICATE
        contents = [known[graph](connection).download(format=format_) for graph, format_ in cases]
    return [hashlib.sha256(b"".join(files_of(content).values())).hexdigest() for content in contents]


def files_of(content: bytes) -> dict[str, bytes]:
    """Return the files in an archive but the document, which tells when it was made; or the only file."""
    try:
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            names = [name for name in archive.getnames() if name != "collection.json"]
            return {name: archive.extractfile(name).read() for name in names}
    except tarfile.ReadError:
        return {"": content}


if __name__ == "__main__":
    print(json.dumps(digests(**json.loads(sys.argv[1]))))
