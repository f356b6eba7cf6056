"""Services, and what can be seen of their pictures."""

import struct
import zlib

import pytest

#: Number of bytes of a pixel, by the kind of image.
PARTS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def ids(response):
    """Return the ids of a listing of services."""
    assert response.status_code == 200, response.text
    return [service["id"] for service in response.json()["services"]]


class Png:
    """An image, read by the rules of the PNG specification.

    Args:
        content: The file.
    """

    def __init__(self, content: bytes) -> None:
        assert content.startswith(b"\x89PNG\r\n\x1a\n")
        chunks, place = {}, 8
        while place < len(content):
            (length,) = struct.unpack_from(">I", content, place)
            name, data = content[place + 4 : place + 8], content[place + 8 : place + 8 + length]
            (checksum,) = struct.unpack_from(">I", content, place + 8 + length)
            assert checksum == zlib.crc32(name + data)
            chunks[name] = data
            place += 12 + length
        order = list(chunks)
        assert (order[0], order[-1]) == (b"IHDR", b"IEND")
        self.width, self.height, depth, self.kind, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
        assert (depth, rest) == (8, [0, 0, 0])
        palette = chunks.get(b"PLTE", b"")
        self._colours = [tuple(palette[n : n + 3]) for n in range(0, len(palette), 3)]
        self._alphas = chunks.get(b"tRNS", b"")
        self._parts = PARTS[self.kind]
        raw, line = zlib.decompress(chunks[b"IDAT"]), self.width * self._parts + 1
        assert len(raw) == line * self.height
        self.rows = [raw[n + 1 : n + line] for n in range(0, len(raw), line)]
        assert {raw[n] for n in range(0, len(raw), line)} == {0}

    def __getitem__(self, place: tuple[int, int]) -> tuple[int, int, int, int]:
        column, row = place
        parts = tuple(self.rows[row][column * self._parts : (column + 1) * self._parts])
        if self.kind == 3:
            (index,) = parts
            return (*self._colours[index], self._alphas[index] if index < len(self._alphas) else 255)
        shade, opacity = (parts[:-1], parts[-1:]) if self.kind in (4, 6) else (parts, (255,))
        return (*(shade if len(shade) == 3 else shade * 3), *opacity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Png) and self.pixels == other.pixels

    __hash__ = None

    @property
    def pixels(self) -> list[list[tuple[int, int, int, int]]]:
        """Red, green, blue and opacity, row by row."""
        return [[self[x, y] for x in range(self.width)] for y in range(self.height)]

    @property
    def opaque(self) -> list[list[bool]]:
        """Visible pixels, row by row."""
        return [[pixel[3] == 255 for pixel in row] for row in self.pixels]

    @property
    def is_empty(self) -> bool:
        """True if no pixel is visible."""
        return not any(map(any, self.opaque))

    @property
    def colours(self) -> set[tuple[int, int, int]]:
        """The colours of what is to be seen."""
        return {pixel[:3] for row in self.pixels for pixel in row if pixel[3]}


@pytest.fixture
def png():
    return Png


@pytest.fixture
def tile(anonymous, png):
    """Get a tile, without a log-in as map clients do."""

    def get(service_id, address):
        response = anonymous(f"GET /services/{service_id}/xyz/{address}")
        assert response.status_code == 200, response.text
        assert response.headers["Content-Type"] == "image/png"
        return png(response.content)

    return get


@pytest.fixture
def wide(publish, everywhere):
    """A service that shows the whole world."""
    return publish(process={"process_graph": everywhere})


@pytest.fixture
def service_of(graph):
    """Publish a service and return its id."""

    def create(api, type="XYZ", **members):  # noqa: A002  # as the API calls it
        body = {"type": type, "process": {"process_graph": graph}} | members
        response = api("POST /services", json=body)
        assert response.status_code == 201, response.text
        return response.headers["OpenEO-Identifier"]

    return create


@pytest.fixture
def publish(api, service_of):
    """Publish a service of the default user and return its id."""

    def create(*arguments, **members):
        return service_of(api, *arguments, **members)

    return create


@pytest.fixture
def everywhere():
    """A process graph that names no area."""
    return {
        "load": {
            "process_id": "load_collection",
            "arguments": {"id": "SENTINEL2_L2A", "spatial_extent": None, "temporal_extent": None},
            "result": True,
        }
    }


@pytest.fixture
def graph(graph):
    """A process graph of an area of some ten tiles."""
    graph["load"]["arguments"]["spatial_extent"] = {"west": 5.0, "south": 51.2, "east": 5.1, "north": 51.3}
    return graph
