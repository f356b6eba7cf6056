"""Ranges: parts of content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.errors import RequestInvalid
from mock_backend.http.content.byte_ranges import parse_ranges


@pytest.mark.parametrize(
    ("header", "size", "spans"),
    [
        ("bytes=0-0", 10, [(0, 1)]),
        ("bytes=2-5", 10, [(2, 6)]),
        ("bytes=2-", 10, [(2, 10)]),
        ("bytes=2-999", 10, [(2, 10)]),
        ("bytes=-3", 10, [(7, 10)]),
        ("bytes=-999", 10, [(0, 10)]),
        ("bytes=0-1,4-5", 10, [(0, 2), (4, 6)]),
        ("bytes= 0-1 , , -1 ", 10, [(0, 2), (9, 10)]),
        ("BYTES=0-1", 10, [(0, 2)]),
        ("bytes=0-1,50-60", 10, [(0, 2)]),
        ("bytes=4-5,0-1", 10, [(4, 6), (0, 2)]),
    ],
)
def test_what_can_be_had(header, size, spans):
    assert parse_ranges(header, size) == spans


@pytest.mark.parametrize(
    "header", ["items=0-1", "seconds=1-2", f"bytes={','.join(['0-1'] * 200)}", "bytes=0-9,0-9"]
)
def test_what_is_disregarded(header):
    assert parse_ranges(header, 10) is None


@pytest.mark.parametrize(
    ("header", "size", "word"),
    [
        ("bytes=10-", 10, "10 bytes"),
        ("bytes=10-20,30-", 10, "10 bytes"),
        ("bytes=-0", 10, "10 bytes"),
        ("bytes=0-", 0, "0 bytes"),
        ("bytes=-1", 0, "0 bytes"),
        ("bytes=5-2", 10, "FIRST-LAST"),
        ("bytes=", 10, "FIRST-LAST"),
        ("bytes=-", 10, "FIRST-LAST"),
        ("bytes=a-b", 10, "FIRST-LAST"),
        ("bytes=0-1,x", 10, "FIRST-LAST"),
        ("bytes=٣-٤", 10, "FIRST-LAST"),
        ("bytes 0-1", 10, "FIRST-LAST"),
        ("bytes=0-" + 30 * "9", 10, "FIRST-LAST"),
    ],
)
def test_what_cannot_be_had(header, size, word):
    with pytest.raises(RequestInvalid, match=word) as caught:
        parse_ranges(header, size)

    assert caught.value.status_code == 416
    assert caught.value.headers == {"Content-Range": f"bytes */{size}"}


@given(
    st.integers(1, 50), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=5)
)
def test_spans_hold_the_bytes_that_were_asked_for(size, pairs):
    content = bytes(range(size))
    wanted = [(min(pair), max(pair)) for pair in pairs]
    header = "bytes=" + ",".join(f"{first}-{last}" for first, last in wanted)
    expected = [content[first : last + 1] for first, last in wanted if first < size]

    try:
        spans = parse_ranges(header, size)
    except RequestInvalid:
        assert expected == []
        return
    if spans is None:
        assert sum(map(len, expected)) > size
    else:
        assert [content[start:stop] for start, stop in spans] == expected


@given(st.text(max_size=20), st.integers(0, 20))
def test_any_text_is_read_or_refused(text, size):
    try:
        spans = parse_ranges(f"bytes={text}", size)
    except RequestInvalid:
        return
    for start, stop in spans or ():
        assert 0 <= start < stop <= size
