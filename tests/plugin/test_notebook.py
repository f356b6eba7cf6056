"""Inside a running event loop, as in a notebook."""

import asyncio

import httpx
import pytest

from mock_backend import MockBackend


def test_a_cell_of_a_notebook(tmp_path):
    async def cell():
        with MockBackend("https://notebook.test") as backend:
            connection = backend.connect()
            job = connection.load_collection("SENTINEL2_L2A").create_job(title="cell", out_format="netCDF")
            job.start_and_wait(print=lambda _: None)
            assert job.get_results().download_files(tmp_path)
            assert asyncio.get_running_loop().is_running()
            await asyncio.sleep(0)
            return backend.jobs[0].status.value

    assert asyncio.run(cell()) == "finished"


@pytest.mark.asyncio
async def test_under_pytest_asyncio(mock_backend):
    async with httpx.AsyncClient(base_url=mock_backend.url) as client:
        token = mock_backend.token()
        answers = await asyncio.gather(
            *(client.get("/me", headers={"Authorization": f"Bearer {token}"}) for _ in range(20))
        )

    assert {answer.json()["user_id"] for answer in answers} == {"alice"}
    assert len(mock_backend.requests.select("GET /me")) == 20
