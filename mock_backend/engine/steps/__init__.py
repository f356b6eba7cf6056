"""The outcome of a process graph: followed when a job is created, computed when results are read."""

from mock_backend.engine.steps.outcome import GraphContext, Outcome, Plain, ReadCollection, Saved

__all__ = ["GraphContext", "Outcome", "Plain", "ReadCollection", "Saved"]
