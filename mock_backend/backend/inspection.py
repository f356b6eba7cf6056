"""Inspection of a back-end: its jobs, requests, users, journal."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mock_backend.api.services import ServicesRegister, ServicesView
from mock_backend.auth.oidc import Providers
from mock_backend.backend.orders import Orders
from mock_backend.control import Order
from mock_backend.durations import Duration, to_instant
from mock_backend.inspection.asked_processes import AskedProcesses, Exchanges
from mock_backend.jobs import JobsRegister, JobsView
from mock_backend.jobs.views import Moment
from mock_backend.processes.definitions import UserProcessesRegister
from mock_backend.processes.validation import Leniency, ValidationRegister

if TYPE_CHECKING:
    from mock_backend.auth.oidc import Provider
    from mock_backend.inspection.manners import Lapse
    from mock_backend.jobs.queue import Stats


class Inspection(Orders):
    """The part of a back-end that tells what happened."""

    #: All exchanges, oldest first.
    journal: Exchanges
    #: The OpenID Connect providers; the first one is also ``oidc``.
    oidc_providers: Providers

    @cached_property
    def jobs(self) -> JobsView:
        """All jobs, in the order of creation."""
        return JobsView(self.registers.one(JobsRegister))

    def at(self, instant: datetime | str) -> Moment:
        """Return a read-only look at the jobs as they were, or will be, at an instant.

        Args:
            instant: A datetime with a time zone, or ISO 8601 text; in the clock's past or future.

        Raises:
            ValueError: If the instant has no time zone, or cannot be read.
        """
        return Moment(self.registers.one(JobsRegister), to_instant(instant))

    @cached_property
    def synchronous(self) -> AskedProcesses:
        """All requests for synchronous processing."""
        return AskedProcesses(lambda: self.journal, "POST /result", "synchronous request")

    @cached_property
    def validations(self) -> AskedProcesses:
        """All requests for the validation of process graphs."""
        return AskedProcesses(lambda: self.journal, "POST /validation", "validation")

    def lapses(self, *, poll_interval: Duration | None = None, allowed: Iterable[str] = ()) -> "list[Lapse]":
        """Return what clients have done that a good client does not do.

        Args:
            poll_interval: The least time between two looks at the status of a job; None for any.
            allowed: Names of rules that do not count, of ``mock_backend.inspection.manners.RULES``.

        Raises:
            ValueError: If there is no such rule.
        """
        host = self.url.partition("//")[2].partition("/")[0]
        from mock_backend.inspection.manners import lapses

        return lapses(list(self.journal), self.jobs, host=host, poll_interval=poll_interval, allowed=allowed)

    def assert_good_citizen(
        self, *, poll_interval: Duration | None = None, allowed: Iterable[str] = ()
    ) -> None:
        """Check that clients have done nothing that a good client does not do; see ``lapses``.

        Raises:
            AssertionError: If they have.
        """
        from mock_backend.inspection.manners import explain_lapses

        if found := self.lapses(poll_interval=poll_interval, allowed=allowed):
            raise AssertionError(explain_lapses(found))

    @cached_property
    def services(self) -> ServicesView:
        """All secondary web services, in the order of creation."""
        return ServicesView(self.registers.one(ServicesRegister))

    @property
    def oidc(self) -> "Provider":
        """The OpenID Connect provider whose tokens the API takes; the first of ``oidc_providers``."""
        return self.oidc_providers.default

    @property
    def user_processes(self) -> dict[str, dict[str, dict[str, Any]]]:
        """The processes that users have stored, by user and id."""
        return {user: {} for user in self.users} | self.registers.one(UserProcessesRegister).all()

    @property
    def orders(self) -> list[Order]:
        """The plans, results, answers and faults in force, oldest first; hits tell if they ever applied."""
        answers = self.registers.one(ValidationRegister).answers
        return [*self._plans.active(), *self._results.active(), *answers.active(), *self.faults.active()]

    @property
    def stats(self) -> "Stats":
        """Numbers on its work: the most jobs at once, and their waits for a place."""
        return self.registers.one(JobsRegister).stats()

    @property
    def leniencies(self) -> list[Leniency]:
        """Processes accepted although they break a rule, oldest first."""
        return list(self.registers.one(ValidationRegister).leniencies)

    @property
    def requests(self) -> Exchanges:
        """All exchanges, oldest first."""
        return self.journal
