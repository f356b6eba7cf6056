"""Scenarios: what a back-end is like and what goes wrong there, as one file."""

from mock_backend.control.scenarios.reading import READY, scenario_of
from mock_backend.control.scenarios.scenario import Scenario
from mock_backend.control.scenarios.schema import schema
from mock_backend.control.scenarios.shrinking import Shrunk, shrink, story

__all__ = ["READY", "Scenario", "Shrunk", "scenario_of", "schema", "shrink", "story"]
