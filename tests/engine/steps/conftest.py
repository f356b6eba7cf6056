"""Results of process graphs on a back-end with the usual collections."""

from datetime import UTC, datetime

import numpy as np
import pytest

from mock_backend.catalog import CollectionsRegister
from mock_backend.engine.core.file_values import Values
from mock_backend.engine.steps import GraphContext, Outcome
from mock_backend.engine.steps.follower import outcome_of
from mock_backend.processes.definitions.predefined import signatures
from mock_backend.settings import AppSettings
from validation_cases.building import flow

NOW = datetime(2025, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def catalogue():
    return CollectionsRegister(AppSettings(profile="spec"))


@pytest.fixture
def outcome(catalogue):
    """Follow a process graph."""

    def follow(graph, *, now=NOW, user_processes=None, parameters=(), relaxed=()) -> Outcome:
        surroundings = GraphContext(
            catalogue=catalogue,
            processes=signatures(),
            now=now,
            user_process=(user_processes or {}).get,
            parameters=parameters,
            # Nothing is known of any URL here.
            lets_pass=frozenset({"unknown-content", *relaxed}),
        )
        return outcome_of(graph, surroundings)

    return follow


@pytest.fixture
def content(outcome):
    """Return what a process graph saves, at just one place."""

    def follow(graph, **options):
        (saved,) = outcome(graph, **options).saved
        return saved.content

    return follow


@pytest.fixture
def after(content):
    """Return the cube that steps make of one that was loaded."""

    def follow(*steps, source=None, **options):
        return content(flow(*steps, source=source), **options)

    return follow


@pytest.fixture
def numbers():
    """Return the values of a cube as files have them, NaN where there are none."""

    def read(cube):
        found = Values(cube).array()
        assert (found.shape, found.dtype) == (cube.shape, cube.data_type)
        nothing = np.isnan(found) if cube.nodata is None or np.isnan(cube.nodata) else found == cube.nodata
        return np.where(nothing, np.nan, found.astype(np.float64))

    return read
