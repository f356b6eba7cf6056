"""Hosts that are not ours, and transports of a user's own, are reached as without a back-end."""

import asyncio
import io

import httpx
import pytest
import requests
import urllib3

from mock_backend import MockBackend


class TestOtherHosts:
    """Whoever is not ours notices nothing, while a back-end is open and afterwards."""

    @pytest.fixture(params=["while open", "after close"])
    def state(self, request):
        with MockBackend() as backend:
            requests.get(backend.url, timeout=5)
            httpx.get(backend.url)
            if request.param == "while open":
                yield
                return
        yield

    def test_by_requests(self, state, foreign):
        assert requests.get(foreign.url, timeout=5).json()["id"] == "foreign"
        assert requests.post(foreign.url + "/echo", data=iter([b"abc", b"de"]), timeout=5).json() == {
            "length": 5
        }
        assert foreign.asked == ["GET /", "POST /echo"]

    def test_by_urllib3(self, state, foreign):
        with urllib3.PoolManager() as pools:
            answer = pools.request("POST", foreign.url + "/echo", body=io.BytesIO(b"abc"))
        assert answer.json() == {"length": 3}

    def test_by_httpx(self, state, foreign):
        with httpx.Client() as client:
            assert client.get(foreign.url).json()["id"] == "foreign"
            with client.stream("GET", foreign.url) as answer:
                assert b"foreign" in b"".join(answer.iter_bytes())
            parts = (part for part in [b"abc", b"de"])
            assert client.post(foreign.url + "/echo", content=parts).json() == {"length": 5}

    async def _ask(self, foreign):
        async def parts():
            yield b"abc"
            yield b"de"

        async with httpx.AsyncClient() as client:
            answers = await asyncio.gather(*(client.get(foreign.url) for _ in range(3)))
            echo = await client.post(foreign.url + "/echo", content=parts())
        assert {answer.json()["id"] for answer in answers} == {"foreign"}
        assert echo.json() == {"length": 5}

    def test_by_async_httpx(self, state, foreign):
        asyncio.run(self._ask(foreign))

    def test_a_server_that_is_not_there(self, state, port_without_server):
        url = f"http://127.0.0.1:{port_without_server}/"

        for get, error in ((requests.get, requests.ConnectionError), (httpx.get, httpx.ConnectError)):
            with pytest.raises(error) as raised:
                get(url, timeout=5)
            assert "mock" not in str(raised.value)

    def test_a_transport_of_a_users_own_is_asked(self, state):
        transport = httpx.MockTransport(lambda request: httpx.Response(200, text="theirs"))
        with httpx.Client(transport=transport) as client:
            assert client.get("https://openeo.test/").text == "theirs"

    def test_an_adapter_of_a_users_own_is_asked(self, state):
        class Adapter(requests.adapters.BaseAdapter):
            def send(self, request, **_):
                response = requests.Response()
                response.status_code, response.raw = 200, io.BytesIO(b"theirs")
                return response

            def close(self):
                pass

        with requests.Session() as session:
            session.mount("https://openeo.test/", Adapter())
            assert session.get("https://openeo.test/").content == b"theirs"
