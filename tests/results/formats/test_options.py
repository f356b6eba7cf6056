"""Options as they are meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.results.formats.base import choice, file_prefix, whole_option


@pytest.mark.parametrize(
    ("given", "meant"), [("NONE", "NONE"), ("zstd", "ZSTD"), ("x", "A"), (None, "A"), (5, "A")]
)
def test_words(given, meant):
    assert choice({"o": given}, "o", {"NONE", "ZSTD"}, "A") == meant
    assert choice({}, "o", {"NONE", "ZSTD"}, "A") == "A"


@pytest.mark.parametrize(
    ("given", "meant"), [(1, 1), (9, 9), (0, 6), (10, 6), (True, 6), (None, 6), ("3", 6), (3.0, 6), ([], 6)]
)
def test_whole_numbers(given, meant):
    assert whole_option({"o": given}, "o", range(1, 10), 6) == meant


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("mine", "mine"),
        ("a b/c", "a_b_c"),
        ("../x", "x"),
        ("v1.2", "v1.2"),
        ("..", None),
        ("", None),
        (5, None),
    ],
)
def test_prefixes(given, meant):
    assert file_prefix({"filename_prefix": given}) == meant


@given(st.text())
def test_no_prefix_leads_elsewhere(text):
    name = file_prefix({"filename_prefix": text})

    assert name is None or not set(name) & set("/\\ \0:?#%&")
