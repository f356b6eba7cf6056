"""The outcome of a process graph: followed when a job is created, computed when results are read."""

from mock_backend.outcomes.outcome import Outcome, Plain, Saved, Source
from mock_backend.outcomes.surroundings import Surroundings

__all__ = ["Outcome", "Plain", "Saved", "Source", "Surroundings"]
