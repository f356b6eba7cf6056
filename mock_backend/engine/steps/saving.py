"""Data that a process graph saves, and its outcome."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from mock_backend.dataclass import dataclass
from mock_backend.engine.cubes import DataCube
from mock_backend.engine.sources.memory import remembered
from mock_backend.engine.steps.areas import UNKNOWN_FEATURE
from mock_backend.engine.steps.call import StepCall
from mock_backend.engine.steps.flow import Flow, Read, check_size, sampled
from mock_backend.engine.steps.inputs.loading import vectors
from mock_backend.engine.steps.outcome import GraphContext, Outcome, Plain, ReadCollection, Saved, plain_json
from mock_backend.processes.validation.problems import Problem


@dataclass(frozen=True)
class Stored:
    """Result of a process that saves data."""

    saved: Saved
    value: Any  #: The data as later processes get them
    reads: tuple[Read, ...] = ()  #: What was loaded for them


class Savings:
    """All that a process graph saves."""

    def __init__(self, surroundings: GraphContext) -> None:
        self._surroundings = surroundings
        self._stored: list[Stored] = []
        self._is_sampled = False
        #: Results of processes whose process graphs are unknown.
        self.foreign: list[Any] = []

    def save_result(self, asked: StepCall) -> Stored:
        """Save what the process of this name is given."""
        name, options, data = asked.text("format"), asked.get("options"), asked.get("data")
        formats = self._surroundings.catalogue.output_formats()
        spelled = next((each for each in formats if name is not None and each.lower() == name.lower()), name)
        format_ = formats.get(spelled or "", {})
        message = f"{spelled} holds rasters, and this is a time series of geometries; JSON holds it."
        if "JSON" in formats and _needs_json(data, format_) and asked.lets_pass("unsuitable-format", message):
            spelled, format_ = "JSON", formats["JSON"]
        complete = {
            option: schema["default"]
            for option, schema in format_.get("parameters", {}).items()
            if isinstance(schema, Mapping) and "default" in schema
        }
        given = plain_json(options) if isinstance(options, Mapping) else {}
        if "raster" not in format_.get("gis_data_types", ["raster"]) and any(
            data is each for each in self.foreign
        ):
            data = vectors((UNKNOWN_FEATURE,))  # who saves it so knows better
        return self.save(data, Saved(Plain(None), spelled, {**complete, **given}, asked.node))

    def save(self, value: Any, saved: Saved) -> Stored:
        """Save a value; ``saved`` has the format and so on, without content."""
        if isinstance(value, Flow):
            whole = value
            if not self._surroundings.in_parts:
                if (sample := sampled(value)) is not None:
                    value, self._is_sampled = sample, True
                check_size(value)
            made = Stored(replace(saved, content=value.cube, whole=whole), value, value.reads)
        else:
            made = Stored(replace(saved, content=Plain(plain_json(value))), value)
        self._stored.append(made)
        return made

    def outcome(
        self, result: Stored, *, runs_udfs: bool, passed: Iterable[Problem], stand_ins: Iterable[str]
    ) -> Outcome:
        """Return what comes out of the process graph: its result, and what else was saved."""
        stored = sorted(self._stored, key=lambda each: each.saved is not result.saved)
        loaded = [
            each for each in dict.fromkeys(read for one in stored for read in one.reads) if each.collection
        ]
        return Outcome(
            saved=tuple(_remembered(each.saved) if runs_udfs else each.saved for each in stored),
            collections=tuple(dict.fromkeys(each.collection for each in loaded if each.collection)),
            input_pixels=sum(each.count for each in loaded),
            sources=tuple(
                ReadCollection(read.collection, read.extent, each.value.cube.period)
                for each in stored
                for read in each.reads
                if read.collection is not None
            ),
            is_sample=self._is_sampled,
            runs_udfs=runs_udfs,
            passed=tuple(dict.fromkeys(passed)),
            stand_ins=tuple(dict.fromkeys(stand_ins)),
        )


def _needs_json(data: Any, format_: Mapping[str, Any]) -> bool:
    """Tell whether data are a time series of geometries, and a format is one of rasters only."""
    if not isinstance(data, Flow) or format_.get("gis_data_types") != ["raster"]:
        return False
    return all(data.cube.of_kind(kind) is not None for kind in ("geometry", "temporal"))


def _remembered(saved: Saved) -> Saved:
    """Return what is saved so that what functions make of it when a job starts is what its files hold."""
    cube = saved.content
    return replace(saved, content=remembered(cube)) if isinstance(cube, DataCube) else saved
