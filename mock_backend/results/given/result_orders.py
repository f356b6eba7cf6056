"""Orders of results in place of those that follow from process graphs."""

from threading import RLock
from typing import TYPE_CHECKING, Any, Unpack

from mock_backend.control.job_orders import JobConditions, JobOrder
from mock_backend.control.orders import OrderBook
from mock_backend.results.documents.assets import Product
from mock_backend.results.given.request import Processed, ResultRequest

if TYPE_CHECKING:
    from mock_backend.results.given.product import Given


class ResultOrder(JobOrder):
    """A result and the jobs it is for.

    Args:
        result: See ``MockBackend.set_result``.
        times: For how many starts and synchronous requests; None means for all.
        **conditions: See ``JobConditions``.

    Raises:
        TypeError: If that can be no result.
        ValueError: If an argument makes no sense.
        FileNotFoundError: If the result is a path at which there is nothing.
    """

    def __init__(
        self,
        result: Any,
        *,
        times: int | None = None,
        name: str | None = None,
        media_type: str | None = None,
        **conditions: Unpack[JobConditions],
    ) -> None:
        from mock_backend.results.given.product import given_of

        super().__init__(times=times, **conditions)
        self.given = given_of(result, name=name, media_type=media_type)
        text = repr(result)
        self._text = text if len(text) <= 60 and "\n" not in text else f"{type(result).__name__}"

    def __repr__(self) -> str:
        return f"<result {self._text} for {self.meant}: {self.hits} hits>"


class _Run:
    """A start of a job that gets a result; the files are made once, on demand."""

    def __init__(self, number: int, given: "Given") -> None:
        self.number = number
        self._given = given
        self._product: Product | None = None
        # The function of a test may ask the back-end while it is called.
        self._lock = RLock()

    def product(self, job: Processed) -> Product:
        with self._lock:
            if self._product is None:
                self._product = self._given.product(ResultRequest(job))
            return self._product

    def told(self, job: Processed) -> Product:
        """Return the product; an empty one if it is not made yet, and may still become any."""
        is_known = self._product is not None or self._given.is_settled
        return self.product(job) if is_known else Product(())


class ResultBook(OrderBook[ResultOrder]):
    """The results that a test has given; later ones win.

    Which of them a batch job gets is decided when it starts, and holds for that start. That is kept in
    memory only: after a restart of the back-end, jobs produce what follows from their process graphs.
    """

    def __init__(self) -> None:
        super().__init__()
        self._runs: dict[str, _Run] = {}

    def clear(self) -> None:
        """Forget all results, and which job has got one."""
        super().clear()
        with self._lock:
            self._runs.clear()

    def forget(self, job_id: str) -> None:
        """Forget what a batch job gets."""
        with self._lock:
            self._runs.pop(job_id, None)

    def bind(self, job: Processed) -> ResultOrder | None:
        """Decide which result a start of a batch job gets, and count it."""
        order = self._hit(job)
        with self._lock:
            if order is None:
                self._runs.pop(job.job_id, None)
            else:
                self._runs[job.job_id] = _Run(_number_of(job), order.given)
        return order

    def has_one_for(self, job: Processed) -> bool:
        """Tell whether a batch job would get a result if it started now."""
        return any(order.applies_to(job) for order in self.active())

    def of(self, job: Processed) -> Product | None:
        """Return what the latest start of a batch job produces; None if no result was given for it.

        Raises:
            OpenEOError: If the files cannot be made.
        """
        run = self._run_of(job)
        return None if run is None else run.product(job)

    def told_of(self, job: Processed) -> Product | None:
        """Return what ``of`` does, but nothing that a function has still to make, or that is in a folder."""
        run = self._run_of(job)
        return None if run is None else run.told(job)

    def answer(self, job: Processed) -> Product | None:
        """Return what a synchronous request produces, and count it; None if no result was given for it.

        Raises:
            OpenEOError: If the files cannot be made.
        """
        order = self._hit(job)
        return None if order is None else order.given.product(ResultRequest(job))

    def _run_of(self, job: Processed) -> _Run | None:
        run = self._runs.get(job.job_id)
        return None if run is None or run.number != _number_of(job) else run

    def _hit(self, job: Processed) -> ResultOrder | None:
        return self.hit(lambda each: each.applies_to(job))


def _number_of(job: Processed) -> int:
    return 0 if job.run is None else job.run.number
