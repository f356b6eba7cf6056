"""Scenarios: what a back-end is like and what goes wrong there, as one file."""

from mock_backend.control.scenarios.scenario import READY, Scenario, scenario_of
from mock_backend.control.scenarios.schema import schema
from mock_backend.control.scenarios.shrinking import Shrunk, shrink, story

__all__ = ["READY", "Scenario", "Shrunk", "scenario_of", "schema", "shrink", "story"]
