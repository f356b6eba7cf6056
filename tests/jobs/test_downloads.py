"""Downloads of results by signed URL: which URLs work, and what of the content they give."""

from datetime import timedelta
from urllib.parse import quote, urlsplit

import pytest
import requests

from mock_backend.jobs import JobsRegister
from mock_backend.profiles.dialect import BY_RUN
from mock_backend.results.documents.assets import Asset, Product
from mock_backend.results.documents.signed_urls import Signer


class Endless:
    """A terabyte of zeros; notes how many of them were asked for."""

    size = 1 << 40
    read_bytes = 0

    def read(self, start, stop):
        self.read_bytes += stop - start
        for place in range(start, stop, 1 << 20):
            yield bytes(min(1 << 20, stop - place))


@pytest.fixture
def product(monkeypatch, tmp_path):
    """Files of all kinds that jobs produce, by their names."""
    file = tmp_path / "on disk.bin"
    file.write_bytes(b"0123456789")
    contents = {
        "result.json": b'{"a": 1}',
        "folder/ä b%.tif": bytes(range(200)),
        "on disk.bin": file,
        "endless.tif": Endless(),
    }
    assets = tuple(Asset(name, "image/tiff", lambda each=each: each) for name, each in contents.items())
    monkeypatch.setattr(JobsRegister, "product", lambda register, job: Product((), assets))
    return contents


@pytest.fixture
def run(mock_backend, api):
    """A finished job's id and the number of its start."""
    job_id = api.create()
    api.start(job_id)
    mock_backend.clock.advance("1d")
    return job_id, 1


@pytest.fixture
def signed(mock_backend, run):
    """Sign the URL of a file among the results of the job, for an hour."""

    def signed(name, form=BY_RUN.asset, run=run):
        expires = mock_backend.clock.now() + timedelta(hours=1)
        key = mock_backend.registers.one(JobsRegister).signing_key
        return Signer(expires, key=key, job_id=run[0], run=run[1]).url(mock_backend.url, form, name)

    return signed


@pytest.mark.parametrize(
    ("name", "content"),
    [("folder/ä b%.tif", bytes(range(200))), ("on disk.bin", b"0123456789"), ("result.json", b'{"a": 1}')],
)
def test_files_of_any_name(product, signed, anonymous, name, content):
    url = signed(name)

    response = anonymous(f"GET {url}")

    assert (response.status_code, response.content) == (200, content)
    assert response.headers["Content-Type"] == "image/tiff"
    assert urlsplit(url).path.endswith("/assets/" + quote(name))


def test_what_is_told_of_the_content(product, signed, anonymous, mock_backend, run):
    job = mock_backend.jobs.one(job_id=run[0]).job
    ended = job.state(mock_backend.clock.now()).since

    for name in product:
        response = anonymous(f"HEAD {signed(name)}")
        assert response.headers["Last-Modified"] == f"{ended:%a, %d %b %Y %H:%M:%S} GMT"
        assert response.headers["Accept-Ranges"] == "bytes"
        assert response.headers["ETag"].strip('"')
    assert len({anonymous(f"HEAD {signed(name)}").headers["ETag"] for name in product}) == len(product)


@pytest.mark.parametrize("name", ["result.json", "on disk.bin", "endless.tif"])
def test_parts(product, signed, anonymous, assert_error, name):
    url = signed(name)
    etag = anonymous(f"HEAD {url}").headers["ETag"]

    def part(asked, **headers):
        return anonymous(f"GET {url}", headers={"Range": asked} | headers)

    assert len(part("bytes=2-5").content) == 4
    assert len(part("bytes=-3").content) == 3
    assert part("bytes=0-1,-1").headers["Content-Type"].startswith("multipart/byteranges")
    assert part("bytes=0-1", **{"If-Range": etag}).status_code == 206
    assert part("bytes=0-1", **{"If-None-Match": etag}).status_code == 304
    assert_error(part(f"bytes={1 << 50}-"), 416, "RequestInvalid", "no such bytes")
    assert_error(part("bytes=5-1"), 416, "RequestInvalid", "FIRST-LAST")


def test_content_is_not_computed_for_its_head(product, signed, anonymous):
    endless = product["endless.tif"]

    head = anonymous(f"HEAD {signed('endless.tif')}")
    assert head.headers["Content-Length"] == str(endless.size)
    assert endless.read_bytes == 0
    anonymous(f"GET {signed('endless.tif')}", headers={"Range": "bytes=9000000-9000009"})
    assert endless.read_bytes == 10


@pytest.mark.parametrize("name", ["on disk.bin", "endless.tif"])
def test_another_start_has_other_versions(product, signed, anonymous, api, mock_backend, run, name):
    before = anonymous(f"HEAD {signed(name)}").headers["ETag"]
    assert anonymous(f"HEAD {signed(name)}").headers["ETag"] == before
    api.start(run[0])
    mock_backend.clock.advance("1d")

    after = anonymous(f"HEAD {signed(name, run=(run[0], 2))}")

    assert after.status_code == 200
    assert after.headers["ETag"] != before


def test_results_of_an_earlier_start_are_gone(
    product, signed, anonymous, api, mock_backend, run, assert_error
):
    url = signed("result.json")
    api.start(run[0])
    mock_backend.clock.advance("1m")

    assert_error(anonymous(f"GET {url}"), 404, "FileNotFound")


@pytest.mark.parametrize(
    ("name", "form"),
    [("none.tif", BY_RUN.asset), ("folder", BY_RUN.asset), ("none", BY_RUN.item), ("a/b", BY_RUN.item)],
)
def test_what_there_is_not(product, signed, anonymous, assert_error, name, form):
    assert_error(anonymous(f"GET {signed(name, form)}"), 404, "FileNotFound")


@pytest.mark.parametrize(
    ("form", "name"), [(BY_RUN.asset, "result.json"), (BY_RUN.item, "x"), (BY_RUN.document, "")]
)
class TestSignatures:
    def test_they_expire(self, signed, anonymous, mock_backend, assert_error, form, name):
        url = signed(name, form)

        mock_backend.clock.advance("59m 59s")
        assert anonymous(f"GET {url}").status_code in (200, 404)
        mock_backend.clock.advance("1s")
        assert_error(anonymous(f"GET {url}"), 410, "ResultLinkExpired")

    def test_they_cannot_be_made_up(self, signed, anonymous, assert_error, form, name):
        url = signed(name, form)

        for forged in (url[:-1], url.partition("?")[0], url.replace("expires=", "expires=1"), url + "0"):
            assert_error(anonymous(f"GET {forged}"), 403, "PermissionsInsufficient")

    def test_each_is_for_one_path(self, signed, anonymous, assert_error, form, name):
        query = urlsplit(signed(name, form)).query

        for other in (signed("other"), signed("other", BY_RUN.item)):
            assert_error(anonymous(f"GET {other.partition('?')[0]}?{query}"), 403, "PermissionsInsufficient")


def test_a_log_in_does_no_harm_at_the_api(product, signed, api):
    assert api(f"GET {signed('result.json')}").status_code == 200


def test_files_are_not_compressed(signed, anonymous, mock_backend, monkeypatch):
    text = b'{"a": "' + b"b" * 100_000 + b'"}'
    asset = Asset("a.json", "application/json", lambda: text)
    monkeypatch.setattr(JobsRegister, "product", lambda register, job: Product((), (asset,)))
    url = signed("a.json").replace(mock_backend.url, mock_backend.live().url)

    for asked, expected in (({}, text), ({"Range": "bytes=-50000"}, text[-50000:])):
        with requests.get(
            url, headers={"Accept-Encoding": "gzip"} | asked, stream=True, timeout=30
        ) as answer:
            assert "Content-Encoding" not in answer.headers
            assert answer.raw.read(decode_content=False) == expected
