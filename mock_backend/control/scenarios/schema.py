"""The JSON Schema of scenario files, made of the classes that read them."""

import inspect
import re
from typing import Any

from mock_backend.control.capacity import Capacity
from mock_backend.control.faults import Conditions
from mock_backend.control.faults.kind import all_kinds
from mock_backend.control.job_orders import JobConditions
from mock_backend.control.scenarios.scenario import Scenario, Tokens
from mock_backend.lifecycle import JobPlan, PlannedLine

_ROUTE = {
    "type": "string",
    "description": "A method and a path template, or a path; * for any.",
    "default": "* *",
}
_TIMES = {
    "type": ["integer", "null"],
    "minimum": 1,
    "description": "How often it applies; null means always.",
}
_BODY = {
    "description": "The body instead of an openEO error.",
    "anyOf": [
        {"type": ["string", "null"]},
        {"type": "object", "properties": {"base64": {"type": "string"}}, "required": ["base64"]},
    ],
}
#: The types of conditions for jobs, but of that which is code.
_CONDITIONS: dict[str, dict[str, Any]] = {
    **{name: {"type": ["string", "null"]} for name in ("title", "user", "process")},
    **{name: {"type": ["object", "null"]} for name in ("arguments", "options")},
    "number": {"type": ["integer", "null"], "minimum": 1},
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario."""
    found = _object(Scenario)
    conditions = _object(Conditions)["properties"]
    faults = []
    for name, kind in sorted(all_kinds().items()):
        fault = _object(kind)
        own = {"kind": {"const": name}, **fault["properties"], "route": _ROUTE, "times": _TIMES, **conditions}
        if "body" in own:
            own["body"] = _BODY
        faults.append(fault | {"properties": own, "required": ["kind", *fault.get("required", ())]})
    plan = _object(JobPlan)
    told = descriptions(JobConditions)
    conditions_of_jobs = {name: each | {"description": told[name]} for name, each in _CONDITIONS.items()}
    conditions_of_jobs["times"] = _TIMES
    plan_order = plan["properties"] | conditions_of_jobs
    plan_order["logs"] = plan_order["logs"] | {"items": _object(PlannedLine)}
    result = {
        "type": "object",
        "description": "A file, or a folder of files, that jobs produce.",
        "properties": {
            "path": {"type": "string", "description": "Its path, relative to the folder of the scenario."},
            "name": {"type": ["string", "null"], "description": "The name of the file."},
            "media_type": {"type": ["string", "null"], "description": "The media type of the file."},
            **conditions_of_jobs,
        },
        "required": ["path"],
        "additionalProperties": False,
    }
    own = found["properties"]
    own |= {
        "$schema": {"type": "string"},
        "plan": own["plan"] | {"anyOf": [{"$ref": "#/$defs/plan"}, {"type": "null"}]},
        "plans": own["plans"] | {"items": {"$ref": "#/$defs/plan"}},
        "results": own["results"] | {"items": {"$ref": "#/$defs/result"}},
        "capacity": own["capacity"] | {"anyOf": [{"$ref": "#/$defs/capacity"}, {"type": "null"}]},
        "tokens": {"$ref": "#/$defs/tokens", "description": own["tokens"]["description"]},
        "faults": own["faults"] | {"items": {"$ref": "#/$defs/fault"}},
        "provider_faults": own["provider_faults"] | {"items": {"$ref": "#/$defs/fault"}},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **found,
        "$defs": {
            "plan": plan | {"properties": plan_order},
            "result": result,
            "capacity": _object(Capacity),
            "tokens": _object(Tokens),
            "fault": {"oneOf": faults},
        },
    }


def _object(kind: type[Any]) -> dict[str, Any]:
    """Return the schema of the members of a dataclass."""
    from pydantic import TypeAdapter

    made = TypeAdapter(kind).json_schema()
    told = descriptions(kind)
    properties = {
        name: _plain(each) | ({"description": told[name]} if name in told else {})
        for name, each in made["properties"].items()
    }
    summary = (inspect.getdoc(kind) or "").partition("\n")[0]
    needed = {"required": made["required"]} if made.get("required") else {}
    return {
        "type": "object",
        "description": summary,
        "properties": properties,
        **needed,
        "additionalProperties": False,
    }


def _plain(value: Any) -> Any:
    """Return a part of a schema without titles, and without the defaults that are no JSON."""
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items() if name not in ("title", "default")}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def descriptions(of: object) -> dict[str, str]:
    """Return the descriptions of arguments or keys by name, from a docstring."""
    text = (inspect.getdoc(of) or "").replace("Keys:\n", "Args:\n")
    arguments = text.partition("Args:\n")[2].partition("\n\n")[0]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {6,}.*)*)", arguments, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", words).replace("``", "`") for name, words in entries}
