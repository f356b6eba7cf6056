"""Official examples of openEO: none has problems."""

import re
from typing import Any

import pytest
import yaml

from validation_cases.building import Case, call, graph, load, par, ref
from validation_cases.catalogue import problems_of

#: Examples of the official tests of processes that are wrong by the definitions that they are for.
WRONG = {
    "apply 1": "says from_argument for from_parameter",
    "array_apply 0": "says from_argument for from_parameter",
    "array_apply 2": "says from_argument for from_parameter",
    "array_apply 6": "says from_argument for from_parameter",
    "array_apply 7": "says from_argument for from_parameter",
    "merge_cubes 3": "says from_argument for from_parameter",
    "reduce_dimension 1": "says from_argument for from_parameter",
    **dict.fromkeys((f"array_filter {i}" for i in (0, 2, 3, 4, 5)), "says process for condition"),
    "arccos 5": "is beyond the maximum of the schema",
    "arccos 6": "is beyond the minimum of the schema",
    "arcsin 5": "is beyond the maximum of the schema",
    "arcsin 6": "is beyond the minimum of the schema",
    "ln 5": "is beyond the minimum of the schema",
    "log 0": "is beyond the minimum of the schema",
    "normalized_difference 3": "gives null, which the schema does not take",
    "rename_labels 5": "lacks target, which is required",
    "rename_labels 7": "lacks target, which is required",
}
#: Numbers that JSON has no words for.
_BEYOND_JSON = ("NaN", "Infinity", "-Infinity")


class BeyondJson(Exception):
    """An example needs a number that JSON has no word for."""


def sendable(value: Any) -> Any:
    """Return an argument as it can be sent: no-data as null, data cubes as what another node makes."""
    if isinstance(value, dict):
        if value.get("type") == "nodata":
            return None
        if "$ref" in value or value.get("type") in ("datacube", "labeled-array"):
            return ref("made")
        return {key: sendable(item) for key, item in value.items()}
    if isinstance(value, list):
        return [sendable(item) for item in value]
    if value in _BEYOND_JSON and isinstance(value, str):
        raise BeyondJson
    return value


def parsed(text: str) -> dict[str, Any]:
    """Parse what is left of JSON5 when its comments are gone: YAML, without tabs."""
    text = re.sub(r"^\s*//.*$|(?<=[\s,\[\]{}])//[^\"\n]*$", "", text, flags=re.MULTILINE)
    return yaml.safe_load(text.replace("\t", "  "))


def test_official_process_examples_are_valid(shared):
    found, checked = {}, 0
    for file in sorted((shared / "openeo-processes" / "tests").glob("*.json5")):
        document = parsed(file.read_text(encoding="utf-8"))
        for number, example in enumerate(document["tests"]):
            if "throws" in example:
                continue
            try:
                arguments = sendable(example["arguments"])
            except BeyondJson:
                continue
            checked += 1
            nodes = graph(made=call("constant", x=0), n=call(document["id"], **arguments))
            if problems := problems_of(Case("", nodes)):
                found[f"{document['id']} {number}"] = [problem.message for problem in problems]

    assert checked > 500
    assert {name: messages for name, messages in found.items() if name not in WRONG} == {}
    assert WRONG.keys() - found.keys() == set(), "these are not wrong any more"


def test_the_specifications_process_is_valid(shared, api):
    specification = yaml.safe_load((shared / "openeo-api" / "openapi.yaml").read_text(encoding="utf-8"))
    evi = specification["components"]["examples"]["evi_user_defined_process"]["value"]

    assert api("POST /validation", json=evi).json() == {"errors": []}
    assert api("PUT /process_graphs/evi", json=evi).status_code == 200
    bands = {
        color: call("array_element", data=par("data"), label=band)
        for color, band in {"red": "B04", "blue": "B02", "nir": "B08"}.items()
    }
    result = call("evi", **{color: ref(color) for color in bands})
    reduced = call(
        "reduce_dimension",
        data=ref("load"),
        dimension="bands",
        reducer={"process_graph": graph(**bands, evi=result)},
    )
    process = {"process_graph": graph(load=load(bands=["B02", "B04", "B08"]), minimum=reduced)}

    assert api("POST /validation", json=process).json() == {"errors": []}


@pytest.mark.parametrize("text", ['{"a": "//b", // c\n"d": 1}', "{\n// e\n\t\"a\": 'b'}"])
def test_comments_are_taken_for_what_they_are(text):
    assert parsed(text)["a"] in ("//b", "b")
