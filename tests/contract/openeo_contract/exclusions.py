"""Answers to made-up requests that schemathesis counts as failures without reason.

Nothing is excluded as a whole: an entry is about one check, and about some answers of some operations.
"""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class Exclusion:
    """Answers that are right although a check of schemathesis does not like them.

    Args:
        check: The failure's class in schemathesis.
        reason: What the document cannot say, or says wrongly, so that they have to be excluded.
        codes: openEO error codes of the answers; empty for answers that are not errors.
        operations: The operations, e.g. ``POST /jobs``.
        words: What the message says: that of the error, or of the failure if the answer is no error.
    """

    check: str
    reason: str
    operations: Collection[str]
    codes: Collection[str] = ()
    words: str = ""

    def covers(self, check: str, operation: str, code: str | None, message: str) -> bool:
        """Tell whether a failure is excluded.

        Args:
            check: Its class.
            operation: The operation that was asked for.
            code: The openEO error code of the answer, if it is an error.
            message: Its message, or that of the failure.
        """
        return (
            check == self.check
            and operation in self.operations
            and (code in self.codes if self.codes else code is None)
            and self.words in message
        )


def is_excluded(check: str, operation: str, code: str | None, message: str) -> bool:
    """Tell whether one of the exclusions covers a failure."""
    return any(each.covers(check, operation, code, message) for each in EXCLUSIONS)


_WITH_PROCESS = (
    "POST /result",
    "POST /jobs",
    "PATCH /jobs/{job_id}",
    "POST /services",
    "PATCH /services/{service_id}",
    "PUT /process_graphs/{process_graph_id}",
)
_WITH_TERMS = tuple(each for each in _WITH_PROCESS if not each.startswith("PUT"))

EXCLUSIONS = (
    Exclusion(
        "RejectedPositiveData",
        "a schema cannot say that the nodes of a process graph are connected, that one of them has the "
        "result, and which processes, parameters and collections there are",
        _WITH_PROCESS,
        codes=(
            "ProcessGraphInvalid",
            "ProcessGraphMissing",
            "ProcessUnsupported",
            "ProcessParameterRequired",
            "ProcessParameterInvalid",
            "ProcessParameterUnsupported",
        ),
    ),
    Exclusion(
        "AcceptedNegativeData",
        "null is what was not said, or a member to be reset, for every member of a job; the document has "
        "it for all of them but this one",
        ("POST /jobs", "PATCH /jobs/{job_id}", "POST /result"),
        words="log_level: Incorrect type",
    ),
    Exclusion(
        "RejectedPositiveData",
        "a schema cannot say that the names of parameters differ from each other",
        ("PUT /process_graphs/{process_graph_id}",),
        codes=("ProcessInvalid",),
        words="names of parameters are unique",
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of budgets takes any amount, but a job starts only if its own covers the costs",
        ("POST /jobs/{job_id}/results",),
        codes=("PaymentRequired",),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of billing plans takes any text, but only those that the back-end lists exist",
        _WITH_TERMS,
        codes=("BillingPlanInvalid",),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of service types takes any text, but only those that the back-end lists exist",
        ("POST /services",),
        codes=("ServiceUnsupported",),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of a service's configuration takes anything; which parameters there are depends on its "
        "type",
        ("POST /services", "PATCH /services/{service_id}"),
        codes=("ServiceConfigUnsupported", "ServiceConfigInvalid", "ServiceConfigRequired"),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schemas of changes take more members than they name, and do not say which of them are read-only",
        ("PATCH /jobs/{job_id}", "PATCH /services/{service_id}"),
        codes=("PropertyNotEditable",),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema cannot say which ids the predefined processes have taken",
        ("PUT /process_graphs/{process_graph_id}",),
        codes=("PredefinedProcessExists",),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of an offset takes any text, but it is the id of a log entry",
        ("GET /jobs/{job_id}/logs", "GET /services/{service_id}/logs"),
        codes=("RequestInvalid",),
        words="offset must be the id of a log entry",
    ),
    Exclusion(
        "RejectedPositiveData",
        "a schema cannot say in which states of a job something can be done",
        ("PATCH /jobs/{job_id}", "GET /jobs/{job_id}/results"),
        codes=("JobLocked", "JobNotStarted", "JobNotFinished"),
    ),
    Exclusion(
        "RejectedPositiveData",
        "the schema of paths takes any text; that some characters and relative parts do not belong there "
        "is said in words, and in the schema of the paths that are listed",
        ("GET /files/{path}", "PUT /files/{path}", "DELETE /files/{path}"),
        codes=("FilePathInvalid",),
    ),
    Exclusion(
        "AcceptedNegativeData",
        "a body is required, but in HTTP none is the same as an empty one, and a file may be empty",
        ("PUT /files/{path}",),
    ),
    Exclusion(
        "UseAfterFree",
        "DELETE on the results of a job cancels it, the document says; results stay until it is restarted",
        ("GET /jobs/{job_id}/results",),
        words="/results`",
    ),
    Exclusion(
        "AcceptedNegativeData",
        "20.0 is an integer by JSON Schema, and so it is here",
        ("GET /jobs", "GET /jobs/{job_id}/logs", "GET /process_graphs", "GET /services", "GET /files"),
        words="parameter `limit` in query - violates `enum`",
    ),
    Exclusion(
        "AcceptedNegativeData",
        "a validation succeeds when it finds errors: they are its answer",
        ("POST /validation",),
    ),
)
