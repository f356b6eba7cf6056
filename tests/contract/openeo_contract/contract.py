"""Hold answers to the official document."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, NoReturn

import jsonschema_rs

from openeo_contract.answers import Answer, is_json
from openeo_contract.dialect import to_json_schema, to_json_schemas

#: Headers that every answer has to let browsers see (chapter "CORS headers" of the document).
_EXPOSED = {"link", "location", "openeo-costs", "openeo-identifier"}

#: Media types of several parts, whatever the body is.
_SEVERAL_PARTS = "multipart/byteranges"

#: Maximum number of messages for one answer, and of characters of each.
_MOST, _LONGEST = 3, 400

_MOST_VERDICTS = 5000


class Validator:
    """A JSON Schema; remembers what it thought of a text, since listings are asked for over and over."""

    def __init__(self, schema: Any, schemas: dict[str, Any]) -> None:
        root = {"allOf": [to_json_schema(schema)], "components": {"schemas": schemas}}
        self._schema = jsonschema_rs.Draft7Validator(root, validate_formats=True)
        self._verdicts: dict[bytes, list[str]] = {}

    def problems(self, value: Any) -> list[str]:
        """Return what is wrong with a value."""
        found = []
        for error in self._schema.iter_errors(value):
            place = "".join(f"[{step!r}]" for step in error.instance_path)
            found.append(_shortened(f"body{place}: {error.message}"))
            if len(found) == _MOST:
                break
        return found

    def problems_of_text(self, text: bytes) -> list[str]:
        """Return what is wrong with a JSON text."""
        key = blake2b(text).digest()
        if (verdict := self._verdicts.get(key)) is None:
            if len(self._verdicts) >= _MOST_VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[key] = self._judge(text)
        return verdict

    def _judge(self, text: bytes) -> list[str]:
        try:
            value = json.loads(text, parse_constant=_refuse)
        except ValueError as error:
            return [_shortened(f"the body is not JSON: {error}: {text[:100]!r}")]
        return self.problems(value)


@dataclass
class Documented:
    """A documented answer.

    Args:
        content: The validators of the bodies by media type; None for what is not JSON.
        headers: Whether a header is required, and its validator, by its name in lower case.
    """

    content: dict[str, Validator | None] = field(default_factory=dict)
    headers: dict[str, tuple[bool, Validator]] = field(default_factory=dict)


class Contract:
    """The official document, ready to hold answers to it.

    Args:
        document: An OpenAPI 3.0 document without defects.
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self._document = document
        self._schemas = to_json_schemas(document["components"]["schemas"])
        self._error = Validator({"$ref": "#/components/schemas/error"}, self._schemas)
        self._documented: dict[tuple[str, str, str], Documented] = {}
        self._templates = [(_pattern(template), template) for template in document["paths"]]

    def template(self, path: str) -> str | None:
        """Return the document's template of a path; None if it is not in the document."""
        if path in self._document["paths"]:
            return path
        return next((template for pattern, template in self._templates if pattern.fullmatch(path)), None)

    def documents(self, answer: Answer) -> bool:
        """Tell whether the document has the operation that was asked for."""
        template = self.template(answer.path)
        return template is not None and answer.method.lower() in self._document["paths"][template]

    def operation(self, answer: Answer) -> str:
        """Return the operation that was asked for, e.g. ``GET /jobs/{job_id}``."""
        return f"{answer.method} {self.template(answer.path) or answer.path}"

    def violations(self, answer: Answer) -> list[str]:
        """Return what an answer violates, in no more than a few messages."""
        found = [*_cors(answer), *self._own(answer)]
        return [f"{self.operation(answer)} -> {answer.status}: {each}" for each in found[:_MOST]]

    def _own(self, answer: Answer) -> Iterator[str]:
        """Yield what is wrong with an answer itself."""
        if answer.method == "OPTIONS":
            yield from _preflight(answer)
            return
        template = self.template(answer.path)
        method = "get" if answer.method == "HEAD" else answer.method.lower()
        responses = self._document["paths"].get(template, {}).get(method, {}).get("responses")
        if responses is None:
            # Nothing says how other paths answer; whatever refuses must say why, all the same.
            if answer.status >= 400:
                yield from self._refusal(answer)
            elif template is not None:
                yield "the document has no such operation"
            return
        assert template is not None  # there are responses for paths of the document only
        if answer.status == 304 and answer.conditional:
            yield from _body(answer, Documented())
            return
        # Parts of bodies, and bodies that have not changed, are HTTP's business: RFC 9110.
        status = 200 if answer.status == 206 and answer.ranged else answer.status
        found = next((each for each in (str(status), f"{status // 100}XX") if each in responses), None)
        if found is None:
            yield f"the status is not documented; these are: {', '.join(responses)}"
            return
        key = (template, method, found)
        if (documented := self._documented.get(key)) is None:
            documented = self._documented[key] = self._compile(responses[found])
        yield from _headers(answer, documented)
        if answer.status == 206 and answer.media_type == _SEVERAL_PARTS:
            return
        yield from _body(answer, documented)

    def _refusal(self, answer: Answer) -> Iterator[str]:
        yield from _body(answer, Documented({"application/json": self._error}))

    def _compile(self, response: dict[str, Any]) -> Documented:
        response = self._resolved(response)
        documented = Documented()
        for media_type, described in response.get("content", {}).items():
            schema = described.get("schema")
            checked = schema is not None and is_json(media_type)
            documented.content[media_type] = Validator(schema, self._schemas) if checked else None
        for name, described in response.get("headers", {}).items():
            header = self._resolved(described)
            validator = Validator(header["schema"], self._schemas)
            documented.headers[name.lower()] = (header.get("required", False), validator)
        return documented

    def _resolved(self, node: dict[str, Any]) -> dict[str, Any]:
        while reference := node.get("$ref"):
            node = self._document
            for step in reference.removeprefix("#/").split("/"):
                node = node[step]
        return node


def _pattern(template: str) -> re.Pattern[str]:
    # The document says that the path of a file may include folders, which OpenAPI cannot express.
    several = template.replace("{path}", "(.+)")
    return re.compile(re.sub(r"\\?\{\w+\\?\}", "([^/]+)", several).replace(".well", r"\.well"))


def _cors(answer: Answer) -> Iterator[str]:
    if "access-control-allow-origin" not in answer.headers:
        yield "the header Access-Control-Allow-Origin is missing"
    exposed = _listed(answer.headers.get("access-control-expose-headers", ""))
    if missing := _EXPOSED - exposed:
        yield f"Access-Control-Expose-Headers lacks {', '.join(sorted(missing))}"


def _preflight(answer: Answer) -> Iterator[str]:
    if answer.status != 204:
        yield "a preflight is answered with 204"
    if answer.length:
        yield f"a preflight's answer has no body, but there are {answer.length} bytes"
    if "authorization" not in _listed(answer.headers.get("access-control-allow-headers", "")):
        yield "Access-Control-Allow-Headers lacks Authorization"
    if not answer.headers.get("access-control-allow-methods"):
        yield "the header Access-Control-Allow-Methods is missing"


def _headers(answer: Answer, documented: Documented) -> Iterator[str]:
    for name, (required, validator) in documented.headers.items():
        text = answer.headers.get(name)
        if text is None:
            if required:
                yield f"the header {name} is missing"
            continue
        # Headers are texts; one of a number has to be read first.
        if problems := validator.problems(text) and validator.problems(_read(text)):
            yield f"header {name} {text!r}: {problems[0]}"


def _body(answer: Answer, documented: Documented) -> Iterator[str]:
    content = documented.content
    if answer.length and (answer.method == "HEAD" or not content):
        yield f"there is to be no body, but there are {answer.length} bytes: {(answer.body or b'')[:100]!r}"
        return
    if not content:
        return
    described = next((each for each in (answer.media_type, "*/*") if each in content), None)
    if not answer.media_type or described is None:
        yield f"the media type is {answer.media_type!r}; documented: {', '.join(content)}"
        return
    validator = content[described]
    if validator is not None and answer.body is not None and answer.method != "HEAD":
        yield from validator.problems_of_text(answer.body)


def _listed(value: str) -> set[str]:
    return {name.strip().lower() for name in value.split(",")}


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is none of JSON's values")


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"
