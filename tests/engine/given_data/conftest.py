"""Reading of given data."""

import pytest

from mock_backend.engine.given_data.data import Told
from mock_backend.engine.given_data.reading import read_given


@pytest.fixture
def given():
    """Read data with what else is told of them."""

    def read_(data, **told):
        return read_given(data, Told(**told))

    return read_
