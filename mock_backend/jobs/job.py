"""A batch job: the facts that are stored about it."""

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer, PlainValidator

from mock_backend.api.models import JobsRequest
from mock_backend.api.models.jobs import LogLevel
from mock_backend.lifecycle import JobState, Run, Status, state_at
from mock_backend.lifecycle.run import UdfRules
from mock_backend.processes.definitions import Node, walk

_IDENTITY = {"job_id", "user_id", "number", "created"}


def _read_run(value: Any) -> Run:
    return value if isinstance(value, Run) else Run.from_json(value)


if TYPE_CHECKING:
    RunFact = Run
else:
    # Of Any, since pydantic would look through all the dataclasses that a run is made of.
    RunFact = Annotated[Any, PlainValidator(_read_run), PlainSerializer(Run.to_json)]


class Job(BaseModel):
    """A batch job in memory.

    Only facts are stored: what was asked and what happened to the job. Its status follows from
    them and the time; ``status`` holds what it was when the job was read.

    Args:
        job_id: Its id.
        process: The process with its ``process_graph``.
        status: Its status when it was read; not stored.
        user_id: Its owner.
        created: When it was created.
        title: Its title.
        description: Its description.
        synchronous: True if it was processed synchronously.
        updated: When its metadata were last changed.
        plan: The billing plan.
        budget: The most it may cost; None means no limit.
        log_level: The lowest level of its log.
        number: Its creation number.
        run: Its latest start.
        run_udfs: True if its user-defined functions run, False if not; None means those that can.
        leniencies: Warnings about what its process says although it breaks a rule.
        additional: Further members that the client sent, e.g. ``job_options``.
    """

    model_config = ConfigDict(from_attributes=True, extra="ignore")

    job_id: str
    process: dict[str, Any]
    status: Status = Field(default=Status.created, exclude=True)
    user_id: str
    created: datetime
    title: str | None = None
    description: str | None = None
    synchronous: bool = False
    updated: datetime | None = None
    plan: str | None = None
    budget: float | None = None
    log_level: LogLevel = "info"
    number: int = 0
    run: RunFact | None = None
    run_udfs: bool | None = None
    leniencies: list[str] | None = None
    additional: dict[str, Any] = {}

    @classmethod
    def get_orm(cls) -> type[Any]:
        """Return the class in which TinyDB keeps this model."""
        from mock_backend.stores.tiny import JobDocument

        return JobDocument

    @classmethod
    def from_document(cls, document: dict[str, Any], now: datetime) -> Self:
        """Read what ``to_document`` wrote, with the status it has at an instant."""
        job = cls.model_validate(document)
        # Not by assignment, which pydantic makes costly; a job is read at every request.
        job.__dict__["status"] = job.state(now).status
        return job

    def to_document(self) -> dict[str, Any]:
        """Return the facts as JSON values, for a store."""
        # What the client sent goes in as it is: pydantic would leave out nulls and soften NaN.
        own = {"process": self.process, "additional": self.additional}
        return self.model_dump(mode="json", exclude_none=True, exclude=set(own)) | own

    @property
    def udfs(self) -> UdfRules:
        """The rules by which its user-defined functions run."""
        options = self.additional.get("job_options")
        named = options.get("udf-dependency-archives") if isinstance(options, dict) else None
        folders = (str(each).partition("#")[2].strip() for each in (named if isinstance(named, list) else ()))
        return UdfRules(self.run_udfs, tuple(folder for folder in folders if folder))

    @classmethod
    def own_fields(cls) -> set[str]:
        """Return the fields that a subclass has added: those that clients may set, too."""
        return cls.model_fields.keys() - Job.model_fields.keys()

    def patch(self, patch: Any) -> Self:
        """Take over the changed fields of another job or of a request, and return the job.

        What identifies a job (id, owner, creation) stays.

        Raises:
            TypeError: If the patch is neither a ``Job`` nor a ``JobsRequest``.
            ValidationError: If a value does not fit its field; nothing is changed then.
        """
        if not isinstance(patch, Job | JobsRequest):
            raise TypeError(f"A job must be patched with a Job or a JobsRequest, got {type(patch).__name__}.")
        mine, own = type(self).model_fields, type(self).own_fields()
        # What a client sends can be called like a fact of ours; it is a member of the client's then.
        changeable = (
            mine.keys() - _IDENTITY if isinstance(patch, Job) else JobsRequest.model_fields.keys() | own
        )
        changes = {}
        for name in patch.model_fields_set & changeable & mine.keys():
            value = getattr(patch, name)
            if name == "plan" and value is None and isinstance(patch, JobsRequest):
                continue  # null leaves the plan as it is, says the specification
            changes[name] = mine[name].get_default(call_default_factory=True) if value is None else value
        if isinstance(patch, JobsRequest) and patch.model_extra:
            extra = {name: value for name, value in patch.model_extra.items() if name not in own}
            changes["additional"] = self.additional | extra
        checked = type(self).model_validate(self.__dict__ | changes)
        for name in changes:
            setattr(self, name, getattr(checked, name))
        self.__dict__.pop("nodes", None)
        return self

    def state(self, now: datetime) -> JobState:
        """Return what the job is at an instant."""
        # An operation asks more than once. In the instance's dictionary, as cached properties are: pydantic
        # makes private attributes costly, and a job is read at every request.
        known = self.__dict__.get("latest state")
        if known is None or known[0] is not self.run or known[1] != now:
            known = self.__dict__["latest state"] = (self.run, now, state_at(self.created, self.run, now))
        state: JobState = known[2]
        return state

    @property
    def processed(self) -> dict[str, Any]:
        """The process that its latest start processes, whatever it has been given since."""
        return self.run.process if self.run is not None and self.run.process is not None else self.process

    @property
    def process_graph(self) -> dict[str, Any]:
        """The job's process graph."""
        graph: dict[str, Any] = self.process["process_graph"]
        return graph

    @cached_property
    def nodes(self) -> list[Node]:
        """All nodes of the process graph, those of nested graphs included."""
        return list(walk(self.process_graph))

    @property
    def process_ids(self) -> set[str]:
        """The ids of all processes it calls."""
        return {node.process_id for node in self.nodes}
