"""Answers that stay the same for long are made once, and change with what they follow from."""

import gzip
from unittest.mock import patch

import pytest
import requests

from mock_backend import Clock, MockBackend
from mock_backend.catalog import CollectionsRegister
from mock_backend.processes.definitions import ProcessesRegister
from mock_backend.settings import AppSettings

URL = "https://kept-answers.test"
PATHS = {
    "/collections": (CollectionsRegister, "list_collections"),
    "/collections/SENTINEL2_L2A": (CollectionsRegister, "get_collection"),
    "/processes": (ProcessesRegister, "list_processes"),
}


def content(backend, path, url=None, **headers):
    answer = requests.get((url or backend.url) + path, headers=headers, timeout=20)
    answer.raise_for_status()
    return answer.content


@pytest.mark.parametrize("path", PATHS)
def test_back_ends_that_are_alike_share_an_answer(path):
    register, method = PATHS[path]
    with patch.object(register, method, autospec=True, side_effect=getattr(register, method)) as called:
        answers = []
        for _ in range(2):
            with MockBackend(f"{URL}/{method}") as backend:
                answers.append(content(backend, path))

    assert answers[0] == answers[1]
    assert called.call_count == 1


def test_what_is_added_is_there_at_once_and_gone_after_a_reset():
    with MockBackend(URL) as backend:
        before = content(backend, "/collections"), content(backend, "/processes"), content(backend, "/")
        backend.add_collection("OWN")
        backend.add_process("own", parameters=[], returns={"schema": {}})
        for path, name in (("/collections", b'"OWN"'), ("/processes", b'"own"'), ("/", b"/collections/OWN")):
            assert name in content(backend, path)
        backend.reset()

        assert before == (
            content(backend, "/collections"),
            content(backend, "/processes"),
            content(backend, "/"),
        )


def test_links_follow_each_host_and_compressed_answers_are_the_same():
    with MockBackend(URL) as backend:
        live = backend.live()
        for path in PATHS:
            there = content(backend, path, live.url, **{"Accept-Encoding": "identity"})
            assert there == content(backend, path).replace(URL.encode(), live.url.encode())
            for _ in range(2):
                with requests.get(
                    live.url + path, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=20
                ) as answer:
                    assert gzip.decompress(answer.raw.read()) == there


def test_the_present_day_goes_on():
    def end():
        collection = requests.get(f"{URL}/collections/SENTINEL2_L2A", timeout=20).json()
        return collection["extent"]["temporal"]["interval"][0][1]

    clock, settings = Clock("2024-02-28T12:00:00Z"), AppSettings(closed_extents=True)
    with MockBackend(URL, clock=clock, settings=settings) as backend:
        first = end()
        backend.clock.advance(days=1)

        assert (first, end()) == ("2024-02-28T23:59:59Z", "2024-02-29T23:59:59Z")
