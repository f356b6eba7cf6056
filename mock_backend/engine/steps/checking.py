"""Checks of arguments whose values were not known when the process graph was checked."""

from collections.abc import Mapping
from typing import Any

from mock_backend.engine.core.values import Labelled
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.outcome import Later, plain_json
from mock_backend.errors import OpenEOError
from mock_backend.processes.validation.arguments import contents_of
from mock_backend.processes.validation.call_checks import check_meaning
from mock_backend.processes.validation.problems import CheckedCall
from mock_backend.processes.validation.schema_check import Complaint
from mock_backend.processes.validation.signature import Parameter, Signature


def check_arguments(asked: StepCall, signature: Signature, written: Mapping[str, Any]) -> None:
    """Hold the values that references stand for to their parameters, as if they were written there."""
    found = {
        name: value
        for name, value in asked.arguments.items()
        if isinstance(written[name], dict | list)
        and name in signature.parameters
        and contents_of(written[name]).references
        and _is_known(value)
    }
    for name, value in found.items():
        complaint = _complaint(signature.parameters[name], value)
        if complaint is not None and not asked.lets_pass(complaint.rule, complaint.reason):
            raise asked.invalid(name, complaint.reason)
    if any(not isinstance(each, Flow) for each in found.values()):
        arguments = asked.arguments
        unclear = {name for name, each in arguments.items() if isinstance(each, Flow | Child | Labelled)}
        call = CheckedCall(asked.process_id, arguments, asked.defaults, asked.path, unclear)
        check_meaning(call, asked.surroundings.catalogue)
        for each in call.problems:
            if each.rule not in asked.surroundings.lets_pass:
                raise OpenEOError(each.text, code=each.code, status=400)
            asked.passed.append(each)


def _is_known(value: Any) -> bool:
    if isinstance(value, list | dict):
        return all(map(_is_known, value.values() if isinstance(value, dict) else value))
    return not isinstance(value, Later)


def _complaint(parameter: Parameter, value: Any) -> Complaint | None:
    if parameter.takes_anything or (value is None and parameter.optional):
        return None
    if not isinstance(value, Flow):
        return parameter.checker.complaint(plain_json(value))
    if parameter.kinds is None or ("object", "datacube") in parameter.kinds:
        return None
    return Complaint("a data cube was not expected.")
