"""What processing a graph produces, short of the values: followed, not computed."""

from mock_backend.outcomes.following import outcome_of
from mock_backend.outcomes.outcome import Outcome, Plain, Saved, Source
from mock_backend.outcomes.surroundings import Surroundings

__all__ = ["Outcome", "Plain", "Saved", "Source", "Surroundings", "outcome_of"]
