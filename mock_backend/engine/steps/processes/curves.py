"""Values that follow from parameters of curves."""

from collections.abc import Sequence
from typing import Any

from mock_backend.catalog import Band
from mock_backend.dataclass import dataclass
from mock_backend.engine.core.instants import instant_of
from mock_backend.engine.core.values import Callback
from mock_backend.engine.cubes import Dimension
from mock_backend.engine.functions import call
from mock_backend.engine.sources.computing import Along
from mock_backend.engine.steps.array_lines import line_of
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow
from mock_backend.engine.steps.shape import PLAIN_NAME, check_labels, rebuilt, source_of


def predict_curve(asked: StepCall, flow: Flow) -> Flow:
    """Predict values of a function with the parameters that a cube has along one of its dimensions."""
    cube, callback, name = flow.cube, asked.callback("function"), asked.text("dimension")
    own = cube.named(name) or next((each for each in cube.dimensions[::-1] if each.kind == "other"), None)
    labels = asked.list("labels")
    if callback is None or name is None or own is None or not labels:
        asked.stands_in()
        return flow
    check_labels(len(labels), name)
    flat, line = line_of(cube, own)
    is_time = all(instant_of(each) is not None for each in labels)
    target = Dimension(name, "temporal" if is_time else "other", tuple(labels))
    dimensions = [target if each.name == own.name else each for each in flat.dimensions]
    names = [PLAIN_NAME] if own.kind == "bands" else [each.name for each in cube.bands]
    bands = [Band(each, data_type="float32", nodata="nan") for each in names]
    source = Along(source_of(flat), line, _Predicted(callback, labels), line.axis, len(labels))
    return flow.made(rebuilt(cube, dimensions, bands, grid=flat.grid, spans={}, source=source))


@dataclass(frozen=True)
class _Predicted:
    """The values of a function for some labels."""

    function: Callback
    labels: Sequence[Any]

    def __call__(self, **parameters: Any) -> Any:
        """Return them for the parameters of each pixel."""
        arguments = {"parameters": parameters["data"], "function": self.function, "labels": self.labels}
        return call("predict_curve", arguments)
