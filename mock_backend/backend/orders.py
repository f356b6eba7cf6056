"""Orders: what a test decides about jobs, answers and failures."""

from collections.abc import Iterable, Mapping
from types import EllipsisType
from typing import TYPE_CHECKING, Any, Literal, Unpack

from mock_backend.api.registers import Registers
from mock_backend.auth.accounts import Users
from mock_backend.backend.opening import Opening
from mock_backend.control import FaultBook, FaultOrder, PlanBook, PlanOrder
from mock_backend.control.capacity import Capacity
from mock_backend.control.faults import FaultKind
from mock_backend.control.job_orders import JobConditions
from mock_backend.durations import Duration
from mock_backend.jobs import JobFacts, JobsRegister, JobView
from mock_backend.jobs.changing import plant
from mock_backend.lifecycle import JobPlan
from mock_backend.processes.validation import ValidationRegister
from mock_backend.processes.validation.register import ValidationOrder
from mock_backend.results.given import ResultBook, ResultOrder


class Orders(Opening):
    """The part of a back-end that takes orders."""

    #: The registers in service.
    registers: Registers
    #: The accounts.
    users: Users
    #: The orders of faults.
    faults: FaultBook
    _plans: PlanBook
    _results: ResultBook

    if TYPE_CHECKING:

        def _operations(self, *, own: bool = True) -> set[tuple[str, str]]: ...

    def plan(
        self,
        plan: JobPlan,
        *,
        times: int | None = None,
        **conditions: Unpack[JobConditions],
    ) -> PlanOrder:
        """Decide what happens to jobs once they are started; later plans win over earlier ones.

        Args:
            plan: Their course.
            times: The number of starts; None means always.
            **conditions: Conditions on jobs: ``title``, ``user``, ``process``, ``arguments``, ``options``,
                ``number`` and ``where``, see ``mock_backend.control.JobConditions``.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.
        """
        return self._plans.add(PlanOrder(plan, times=times, **conditions))

    def set_result(
        self,
        result: Any,
        *,
        times: int | None = None,
        name: str | None = None,
        media_type: str | None = None,
        **conditions: Unpack[JobConditions],
    ) -> ResultOrder:
        """Decide what jobs and synchronous requests produce; later results win over earlier ones.

        Which result a batch job gets is decided when it starts. It is not stored: jobs of a store that is
        opened again produce what follows from their process graphs.

        Args:
            result: Bytes; a text; the ``Path`` of a file, or of a folder with files; what JSON can say; a
                pandas, geopandas, xarray or NumPy object, which is written in the file format that the
                process graph asks for, if that can hold it; a ``File``, an ``Item`` or a list of
                ``Item`` objects of ``mock_backend.results.documents``, or something broken, e.g.
                ``truncated(…)`` from there. Or a function that returns one of these: it is called with
                the process graph, and with the job if it takes a second argument, when the result is
                first needed, once for each run.
            times: The number of starts and synchronous requests; 1 is the next one, None means all.
            name: The name of the file; what it ends in decides how objects are written.
            media_type: The media type of the file; by default that of its name.
            **conditions: Conditions on jobs, as in ``plan``; of synchronous requests ``job.synchronous`` is
                true.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.

        Raises:
            TypeError: If that can be no result.
            ValueError: If an argument makes no sense.
            FileNotFoundError: If there is nothing at a path.
        """
        order = ResultOrder(result, times=times, name=name, media_type=media_type, **conditions)
        return self._results.add(order)

    def set_validation(
        self,
        errors: Iterable[Mapping[str, Any] | str] = (),
        *,
        process: str | None = None,
        times: int | None = None,
    ) -> ValidationOrder:
        """Decide what ``/validation`` answers; later answers win over earlier ones.

        Args:
            errors: The errors that it finds, with ``code`` and ``message``, or messages alone; none if it
                finds nothing.
            process: Only in process graphs that call this process.
            times: The number of requests; None means always.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.

        Raises:
            TypeError: If an error has no message.
        """
        order = ValidationOrder(errors, process=process, times=times)
        return self.registers.one(ValidationRegister).answers.add(order)

    def plant_job(self, *, user: str | None = None, **facts: Unpack[JobFacts]) -> JobView:
        """Add a job as if a user had created it before, and it had come to a status by now.

        Args:
            user: Its owner; the first account by default.
            **facts: ``id``, ``status``, ``process_graph``, ``title``, ``description``, ``created``,
                ``progress``, ``error``, ``plan`` and ``additional``, see ``mock_backend.jobs.JobFacts``.

        Returns:
            The job.

        Raises:
            ValueError: If there is no such account, or the facts do not go together.
        """
        self._check_usable()
        owner = self.users.default if user is None else self.users[user].user_id
        register = self.registers.one(JobsRegister)
        return JobView(register, plant(register, owner, facts))

    def inject(
        self,
        fault: FaultKind,
        route: str = "* *",
        times: int | EllipsisType | None = ...,
        **conditions: Any,
    ) -> FaultOrder:
        """Let requests run into a fault; earlier orders come first.

        Args:
            fault: A ``Fault`` (an error in place of the answer), or another kind of
                ``mock_backend.control.faults``, e.g. ``Delay("30s")`` or ``Disconnect()``.
            route: A method and a path template, e.g. ``"GET /jobs/{job_id}"``, or a path; ``*`` for any.
            times: The number of requests; None means until it is removed. By default as its kind does: once
                for a ``Fault``, always for a ``RateLimit``.
            **conditions: Conditions on these requests: ``job``, ``title``, ``user``, ``after``, ``nth``,
                ``every``, ``per_job``, ``probability``, ``since`` and ``until``, the fields of
                ``mock_backend.control.faults.Conditions``.

        Returns:
            A handle with ``hits``, ``remaining`` and ``remove()``; also a context manager.

        Raises:
            TypeError: If that is no fault, or a condition is of the wrong type.
            ValueError: If no request could ever run into it.
        """
        return self.order(FaultOrder(fault, route, times, **conditions))

    def order(self, order: FaultOrder) -> FaultOrder:
        """Enter the order of a fault, e.g. one read by ``FaultOrder.from_dict``.

        Raises:
            TypeError: If it is none.
            ValueError: If no request could ever run into it.
        """
        if not isinstance(order, FaultOrder):
            raise TypeError(f"order() takes a FaultOrder, e.g. FaultOrder.from_dict({{…}}), got {order!r}.")
        self._check_usable()
        return self.faults.add(order, operations=self._operations(own=False))

    def lag(self, by: Duration, route: str = "GET *") -> FaultOrder:
        """Answer ``GET`` requests for jobs as of some time ago, as a lagging replica does.

        Args:
            by: Age of the data.
            route: A method and a path template, or a path.

        Returns:
            A handle with ``hits`` and ``remove()``; also a context manager.
        """
        from mock_backend.control.faults import Stale

        return self.inject(Stale(by), route)

    def set_capacity(
        self,
        capacity: Capacity | None = None,
        *,
        running: int | None = None,
        per_user: int | None = None,
        queue: int | None = None,
        order: Literal["fifo", "priority"] = "fifo",
        synchronous: Duration = 0,
    ) -> Capacity:
        """Limit from now on how many jobs run at once; the others wait, or are refused.

        When a job begins follows from all jobs that there are, anew with each start and cancellation. Jobs
        whose plans count polls take no place.

        Args:
            capacity: All of it as one object.
            running: The most jobs that run at once; None for any number.
            per_user: The most jobs of one user that run at once; None for any number.
            queue: The most jobs that wait for a place; more are refused with ``ConcurrentJobLimit``. None for
                any number, 0 for none.
            order: Order of places: ``fifo``, the job that was started first, or ``priority``, the one
                with the highest number as ``priority`` or as job option ``priority``.
            synchronous: Time for which a synchronous request takes a place, after which it is answered.

        Returns:
            The capacity.

        Raises:
            TypeError: If an argument is of the wrong type.
            ValueError: If an argument makes no sense.
        """
        self._check_usable()
        if capacity is None:
            capacity = Capacity(
                running=running, per_user=per_user, queue=queue, order=order, synchronous=synchronous
            )
        self.registers.one(JobsRegister).limit(capacity)
        return capacity
