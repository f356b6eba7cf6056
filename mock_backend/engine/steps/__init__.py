"""The outcome of a process graph: followed when a job is created, computed when results are read."""

from mock_backend.engine.steps.context import GraphContext
from mock_backend.engine.steps.outcome import Outcome, Plain, ReadCollection, Saved

__all__ = ["GraphContext", "Outcome", "Plain", "ReadCollection", "Saved"]
