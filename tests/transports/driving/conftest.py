"""A back-end whose app has routes of all kinds, and ways to call them."""

import asyncio
import ssl
from typing import Annotated

import httpx
import pytest
import requests
from fastapi import BackgroundTasks, Depends, Request
from fastapi.responses import FileResponse, RedirectResponse, StreamingResponse

from mock_backend import MockBackend

#: For httpx, which otherwise reads all certificates for each client.
NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture(params=["", "/api/v1"], ids=["at the root", "below a path"])
def backend(request, tmp_path):
    """A back-end whose app has routes of all kinds."""
    with MockBackend("https://openeo.test" + request.param) as backend:
        _add_routes(backend, tmp_path)
        yield backend


def _add_routes(backend, folder):
    app = backend.app
    backend.calls = []

    @app.get("/plain")
    def plain():
        return {"kind": "plain"}

    def open_resource():
        backend.calls.append("opened")
        yield "resource"
        backend.calls.append("closed")

    @app.get("/dependency")
    async def dependency(resource: Annotated[str, Depends(open_resource)]):
        return {"kind": resource}

    (folder / "file.bin").write_bytes(bytes(range(256)) * 4000)

    @app.get("/file")
    async def file():
        return FileResponse(folder / "file.bin")

    @app.get("/iterator")
    async def iterator():
        return StreamingResponse(iter([b"one ", b"two"]))

    async def sleeper(value):
        await asyncio.sleep(0.01)
        return value

    @app.get("/sleep")
    async def sleep():
        return {"kind": await sleeper("sleep")}

    @app.get("/gather")
    async def gather():
        return {"kind": "".join(await asyncio.gather(sleeper("gat"), sleeper("her")))}

    @app.get("/wait_for")
    async def wait_for():
        return {"kind": await asyncio.wait_for(sleeper("wait_for"), 10)}

    @app.get("/timeout")
    async def timeout():
        async with asyncio.timeout(10):
            return {"kind": await sleeper("timeout")}

    @app.get("/group")
    async def group():
        async with asyncio.TaskGroup() as tasks:
            task = tasks.create_task(sleeper("group"))
        return {"kind": task.result()}

    @app.get("/thread")
    async def thread():
        return {"kind": await asyncio.to_thread(lambda: "thread")}

    @app.get("/late")
    async def late():
        async def parts():
            yield b"one "
            await asyncio.sleep(0.01)
            yield b"two"

        return StreamingResponse(parts())

    @app.get("/background")
    async def background(tasks: BackgroundTasks):
        tasks.add_task(backend.calls.append, "background")
        return {"kind": "background"}

    @app.get("/redirect")
    async def redirect():
        return RedirectResponse(backend.url + "/plain")

    @app.api_route("/echo", methods=["POST", "PUT"])
    async def echo(request: Request):
        body = await request.body()
        return {"body": body.decode(), "type": request.headers.get("content-type")}

    @app.post("/slow-echo")
    async def slow_echo(request: Request):
        body = await request.body()
        backend.calls.append(body)
        await asyncio.sleep(0.001)
        return {"body": body.decode()}

    @app.get("/fail")
    async def fail():
        raise ValueError("a route of a user's own")

    @app.get("/fail-in-thread")
    def fail_in_thread():
        raise ValueError("a route of a user's own")

    @app.get("/break")
    async def break_off():
        async def parts():
            yield b"one "
            raise ValueError("half-way")

        return StreamingResponse(parts())


def by_requests(url):
    return requests.get(url, timeout=5).content


def by_httpx(url):
    return httpx.get(url, follow_redirects=True, verify=NO_CERTIFICATES).content


@pytest.fixture(params=[by_requests, by_httpx], ids=["requests", "httpx"])
def fetch(request):
    return request.param
