"""Messages of clocks about input that makes no sense."""

import pytest

from mock_backend import Clock, Fault, JobPlan, MockBackend


@pytest.mark.parametrize(
    ("mistake", "error", "words"),
    [
        (lambda: Clock().advance(minute=5), TypeError, r"minutes=10"),
        (lambda: Clock().advance("-5m"), ValueError, r"cannot be negative"),
        (lambda: Clock().advance(minutes=-5), ValueError, r"Time cannot go backwards"),
        (lambda: Clock().travel_to("tomorrow"), ValueError, r"'tomorrow'.*2025-06-01T12:00:00Z"),
        (lambda: Clock(rate="fast"), TypeError, r"rate must be a number"),
        (lambda: JobPlan(running="-5m"), ValueError, r"running.*cannot be negative"),
        (lambda: Fault(503, retry_after=-1), ValueError, r"retry_after.*cannot be negative"),
        (lambda: MockBackend(users=["bob"]), TypeError, r"map names to passwords"),
    ],
)
def test_mistakes_are_told_from_what_would_be_right(mistake, error, words):
    with pytest.raises(error, match=words):
        mistake()
