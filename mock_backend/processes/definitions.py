"""The process definitions a back-end offers, with the texts of the installed openeo client."""

import inspect
import re
from functools import lru_cache
from typing import Any

_PARAMETER = re.compile(r":param (\w+):(.*?)(?=\n\s*:(?:param|return)|\Z)", re.DOTALL)
# Where the client's generated functions are behind the official definitions.
_RENAMED = {("apply_polygon", "polygons"): "geometries"}

_RETURNS = re.compile(r":return:(.*?)(?=\n\s*\.\. |\Z)", re.DOTALL)


@lru_cache(maxsize=1)
def predefined_processes() -> dict[str, dict[str, Any]]:
    """Return the definitions of all predefined processes, by id; they are shared: do not change them."""
    # Imported here: it is the client's, and only who asks for processes needs it.
    import openeo.processes

    functions = {
        # ``and_`` and ``if_`` are Python's keywords; the processes have no underscore.
        name.removesuffix("_"): function
        for name, function in vars(openeo.processes).items()
        if inspect.isfunction(function) and function.__module__ == openeo.processes.__name__
    }
    internal = {"process", "openeo_process"}
    return {name: _definition(name, functions[name]) for name in sorted(functions) if name not in internal}


def _definition(name: str, function: Any) -> dict[str, Any]:
    text = inspect.cleandoc(function.__doc__ or "")
    described = {match[1]: _one_line(match[2]) for match in _PARAMETER.finditer(text)}
    returns = _RETURNS.search(text)
    summary = text.partition("\n")[0]
    parameters = []
    for parameter in inspect.signature(function).parameters.values():
        entry: dict[str, Any] = {
            "name": _RENAMED.get((name, parameter.name), parameter.name.removesuffix("_")),
            "description": described.get(parameter.name, parameter.name),
            "schema": {},
        }
        if parameter.default is not inspect.Parameter.empty:
            entry |= {"optional": True, "default": None}
        parameters.append(entry)
    return {
        "id": name,
        "summary": summary,
        "description": summary,
        "parameters": parameters,
        "returns": {"description": _one_line(returns[1]) if returns else summary, "schema": {}},
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
