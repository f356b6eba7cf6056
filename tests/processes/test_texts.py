"""The client's docstrings are turned back into the Markdown they were made of."""

import textwrap

import openeo.processes
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_backend.processes.definitions.predefined import Texts, client_texts, markdown

WORDS = st.text("abcdefgh", min_size=1, max_size=8)
COMPOUNDS = st.builds("-".join, st.lists(WORDS, min_size=1, max_size=2))
PARAGRAPHS = st.builds(" ".join, st.lists(COMPOUNDS, min_size=1, max_size=30))
BULLETS = st.builds(
    lambda marker, items: "\n".join(f"{marker} {item}" for item in items),
    st.sampled_from("-*"),
    st.lists(PARAGRAPHS, min_size=1, max_size=5),
)
NUMBERED = st.builds(
    lambda items: "\n".join(f"{number}. {item}" for number, item in enumerate(items, 1)),
    st.lists(PARAGRAPHS, min_size=1, max_size=12),
)
DOCUMENTS = st.builds("\n\n".join, st.lists(PARAGRAPHS | BULLETS | NUMBERED, min_size=1, max_size=4))


@given(DOCUMENTS, st.integers(30, 120))
def test_paragraphs_and_lists_come_back_and_wrapping_changes_no_word(document, width):
    assert markdown(textwrap.fill(document, width=10**6)) == document
    assert markdown(textwrap.fill(document, width)).split() == document.split()


def test_a_list_that_begins_on_a_new_line():
    assert (
        markdown("The options\nare:\n- `a`: one - `b`: two") == "The options are:\n\n- `a`: one\n- `b`: two"
    )


def test_lists_in_lists():
    squeezed = "1. One:    - a    - b 2. Two"

    assert markdown(squeezed) == "1. One:\n   - a\n   - b\n2. Two"


def test_what_belongs_to_a_process():
    texts = client_texts()["if"]

    assert texts.summary == "If-Then-Else conditional"
    assert list(texts.parameters) == ["value", "accept", "reject"]
    assert texts.returns
    assert "process" not in client_texts()["apply_polygon"].parameters["geometries"]


@pytest.mark.parametrize("docstring", [None, ".. seealso:: openeo.org documentation on `ndvi`."])
def test_a_client_without_docstrings(monkeypatch, docstring):
    monkeypatch.setattr(openeo.processes.ndvi, "__doc__", docstring)

    assert client_texts()["ndvi"] == Texts()
