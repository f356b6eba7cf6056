"""The outcome of a process graph: followed when a job is created, computed when results are read."""

from mock_backend.engine.steps.context import Surroundings
from mock_backend.engine.steps.outcome import Outcome, Plain, Saved, Source

__all__ = ["Outcome", "Plain", "Saved", "Source", "Surroundings"]
