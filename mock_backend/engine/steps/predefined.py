"""Results of predefined processes: of steps, of functions, and of what is not computed."""

from dataclasses import replace
from typing import Any

from mock_backend.engine.steps.areas import UNKNOWN_FEATURE
from mock_backend.engine.steps.call import Child, StepCall
from mock_backend.engine.steps.dimensions import lacks
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.inputs.loading import says_where_or_when, stand_in, vectors
from mock_backend.engine.steps.outcome import Later
from mock_backend.engine.steps.registry import OF_SPACE, SOURCES, STAND_INS, STEPS
from mock_backend.processes.validation.signature import Signature

#: Processes that hand on what they get.
_HANDING_ON = ("inspect", "sleep", "run_udf", "run_udf_externally", "run_ogcapi", "run_ogcapi_externally")
#: Those of them whose results are unknown.
COMPUTING = _HANDING_ON[2:]
#: Processes that hand on one of their arguments, which may be a data cube.
_CHOOSING = ("if", "constant")
#: Processes of which each value of a data cube is an argument, if there is one in these.
_OF_PIXELS = ("x", "y", "base", "p", "value", "accept", "reject")
#: The parameters of processes that have a data cube somewhere else than in ``data``.
_DATA = {"predict_curve": "parameters"}
#: Steps that may leave a data cube as it is.
_KEEPING = ("trim_cube", "vector_reproject")
#: Processes that hand on what has been saved.
OF_SAVED = ("export_workspace", "stac_modify")
_TYPICAL: dict[str, Any] = {
    "number": 0.0,
    "integer": 0,
    "boolean": False,
    "array": [],
    "string": "",
    "object": {},
}


def result_of(asked: StepCall, signature: Signature | None) -> Any:
    """Return what a process makes of its arguments, or what stands in for it.

    Args:
        signature: The signature of the process; None if it is unknown.
    """
    if not _calls_udf(asked):
        given = asked.arguments
        is_value = asked.process_id not in STEPS and asked.process_id not in SOURCES
        if is_value and any(isinstance(each, Later) for each in given.values()):

            def made_later() -> Any:
                made = {
                    name: each.make() if isinstance(each, Later) else each for name, each in given.items()
                }
                return _predefined(replace(asked, arguments=made), signature)

            return Later(made_later)
        return _predefined(asked, signature)
    from mock_backend.engine.steps.processes.udfs import made_by_function  # with all that it needs

    made = made_by_function(asked)
    if made is not None:
        asked.udfs.append(asked.node)
        return made
    found = _predefined(asked, signature)
    return replace(found, is_certain=False) if isinstance(found, Flow) else found


def _predefined(asked: StepCall, signature: Signature | None) -> Any:
    name = asked.process_id
    if name in SOURCES:
        found = SOURCES[name](asked)
        return unknown_result(asked, signature) if found is None else found
    if name in STEPS and (flow := asked.flow(_DATA.get(name, "data"))) is not None:
        known, wrong = len(asked.stand_ins), len(asked.problems)
        if name in OF_SPACE and not {"spatial", "geometry"} & {each.kind for each in flow.cube.dimensions}:
            lacks(asked, flow.cube, "spatial dimensions", "DimensionNotAvailable")
        made = STEPS[name](asked, flow)
        if len(asked.problems) > wrong:
            return flow if isinstance(made, Flow) else made
        if made is flow and name not in _KEEPING:
            asked.stands_in()
        if len(asked.stand_ins) > known and isinstance(made, Flow) and name not in STAND_INS:
            # What was not computed may have made other labels, too; of these the shape is known.
            return replace(made, is_certain=False)
        return made
    if name == "export_collection":
        return asked.get("collection")
    if name in _HANDING_ON or name in OF_SAVED:
        found = asked.get("data")
        if name in COMPUTING:
            asked.stands_in()
            found = replace(found, is_certain=False) if isinstance(found, Flow) else found
        return found
    from mock_backend.engine.functions import FUNCTIONS, call

    if name in FUNCTIONS:
        cubes = {key: value for key, value in asked.arguments.items() if isinstance(value, Flow)}
        if not cubes or (name in _CHOOSING and not isinstance(asked.get("value"), Flow)):
            return call(name, {key: asked.callback(key) or each for key, each in asked.arguments.items()})
        if set(cubes) <= set(_OF_PIXELS):
            from mock_backend.engine.steps.processes.applying import of_pixels

            return of_pixels(asked, cubes)
    return unknown_result(asked, signature)


def _calls_udf(asked: StepCall) -> bool:
    """Tell whether a process calls a user-defined function, or is one."""
    children = (each.graph for each in asked.arguments.values() if isinstance(each, Child))
    return asked.process_id == "run_udf" or any(
        node.get("process_id") == "run_udf" for graph in children for node in graph.values()
    )


def unknown_result(asked: StepCall, signature: Signature | None) -> Any:
    """Return something that a process may return of which nothing else is known."""
    asked.stands_in()
    returns = None if signature is None else signature.returns
    kinds, subtypes = {kind for kind, _ in returns or ()}, {subtype for _, subtype in returns or ()}
    flows = [each for each in asked.arguments.values() if isinstance(each, Flow)]
    if flows and (returns is None or "object" in kinds):
        return replace(flows[0], is_certain=False)
    if "datacube" in subtypes or (signature is None and says_where_or_when(asked)):
        return stand_in(asked)
    if "geojson" in subtypes:
        return vectors((UNKNOWN_FEATURE,))
    if returns is None:
        return next((each for each in asked.arguments.values() if isinstance(each, int | float | list)), None)
    return next((value for kind, value in _TYPICAL.items() if kind in kinds), None)
