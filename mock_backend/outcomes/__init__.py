"""What processing a graph produces, short of the values: followed, not computed."""

from mock_backend.outcomes.outcome import Outcome, Plain, Saved

__all__ = ["Outcome", "Plain", "Saved"]
