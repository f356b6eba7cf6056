"""One more of each kind, added as CONTRIBUTING says, and used by the openeo client."""

from dataclasses import dataclass

import pytest
from openeo.processes import process
from openeo.rest import OpenEoApiError

from mock_backend import OpenEOError
from mock_backend.api.models import Endpoint
from mock_backend.api.register import EndpointRegister
from mock_backend.control.faults import FaultKind
from mock_backend.control.faults.kind import all_kinds
from mock_backend.engine.functions import FUNCTIONS
from mock_backend.engine.functions.pixelwise import pixelwise
from mock_backend.results.formats import FORMATS
from mock_backend.results.formats.base import OneFile


class Reversed(OneFile):
    """A file format."""

    name, media_type, most_values = "Reversed", "text/plain", None

    def check(self, content):
        pass

    def file_name(self, content, options):
        return "result.rev"

    def written(self, content, options):
        return str(content.value)[::-1].encode()


def test_a_file_format(mock_backend, mock_backend_connection, monkeypatch, tmp_path):
    monkeypatch.setitem(FORMATS, "Reversed", Reversed())
    mock_backend.add_file_format("Reversed", gis_data_types=["other"])
    job = process("add", x=500, y=23)
    saved = process("save_result", data=job, format="REVERSED")

    assert "Reversed" in mock_backend_connection.list_file_formats()["output"]
    done = mock_backend_connection.create_job(saved).start_and_wait(print=lambda _: None)
    (asset,) = done.get_results().get_assets()
    assert (asset.key, asset.load_bytes()) == ("result.rev", b"325")


def test_a_process(mock_backend, mock_backend_connection, monkeypatch):
    monkeypatch.setitem(FUNCTIONS, "thrice", None)  # taken away at the end

    @pixelwise()
    def thrice(x):
        return 3 * x

    mock_backend.add_process("thrice", parameters=["x"], returns={"type": "number"})

    assert mock_backend_connection.execute(process("thrice", x=process("thrice", x=5))) == 45
    pixels = mock_backend_connection.load_collection(
        "SENTINEL2_L2A",
        bands=["B02"],
        spatial_extent={"west": 5, "south": 51, "east": 5.001, "north": 51.001},
    )
    mock_backend_connection.create_job(pixels.apply(lambda x: process("thrice", x=x))).start()


@pytest.fixture
def shout():
    """Return the name of a kind of fault that is there for one test."""

    @dataclass(frozen=True)
    class Shout(FaultKind):
        """A kind of fault."""

        kind = "shout"
        word: str = "HEY"

        async def strike(self, struck, app, scope, receive, send):
            async def louder(message):
                if message["type"] == "http.response.start":
                    message["headers"].append((b"x-shout", self.word.encode()))
                await send(message)

            await app(scope, receive, louder)

    yield Shout.kind
    all_kinds().pop(Shout.kind)


def test_a_kind_of_fault(mock_backend, mock_backend_connection, shout):
    order = mock_backend.inject(FaultKind.from_dict({"kind": shout, "word": "HO"}), "GET /jobs")

    assert mock_backend_connection.get("/jobs").headers["X-Shout"] == "HO"
    assert "X-Shout" not in mock_backend_connection.get("/jobs").headers
    assert order.hits == 1
    assert order.to_dict() == {"kind": shout, "word": "HO", "route": "GET /jobs"}


class TeapotShort(OpenEOError):
    """An error."""

    code, status, template = "TeapotShort", 418, "The teapot {name!r} is short and stout."


class Teapots(EndpointRegister):
    """Endpoints."""

    def _initialize_endpoints(self):
        return [Endpoint(path="/teapots/{name}", methods=["GET"], handler="pour")]

    def pour(self, name: str):
        if name == "short":
            raise TeapotShort(name=name)
        return {"tea": name}


@pytest.mark.mock_backend(registers=[Teapots])
def test_an_endpoint_and_an_error(mock_backend, mock_backend_connection):
    assert mock_backend_connection.get("/teapots/green").json() == {"tea": "green"}
    assert mock_backend_connection.capabilities().supports_endpoint("/teapots/{name}")
    with pytest.raises(OpenEoApiError, match=r"\[418\] TeapotShort: The teapot 'short' is short and stout"):
        mock_backend_connection.get("/teapots/short")
    assert len(mock_backend.requests.select("GET /teapots/{name}")) == 2
