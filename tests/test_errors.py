"""All errors that the openEO API names."""

import json
import re

import pytest

from mock_backend import errors


@pytest.fixture(scope="module")
def listed(shared):
    return json.loads((shared / "openeo-api" / "errors.json").read_text())


#: The codes of extensions, which are not in the API's list.
EXTENSIONS = {"ProcessNamespaceInvalid"}


def test_each_code_has_a_class_with_its_status_and_template(listed):
    known = {
        code: {"http": error.status, "message": error.template}
        for code, error in errors.BY_CODE.items()
        if code not in EXTENSIONS
    }

    assert known == {
        code: {"http": each["http"], "message": each["message"]} for code, each in listed.items()
    }


@pytest.mark.parametrize("code", errors.BY_CODE)
def test_a_template_is_filled(code):
    error = errors.BY_CODE[code]
    names = re.findall(r"{(\w+)}", error.template)
    raised = error(**{name: f"<{name}>" for name in names})

    assert raised.status_code == error.status
    assert raised.detail == {"code": code, "message": raised.message}
    assert all(f"<{name}>" in raised.message for name in names)


def test_a_message_of_its_own_takes_the_templates_place():
    assert errors.FileLocked("It is being written.").message == "It is being written."
    assert (
        str(errors.JobNotFound(identifier="j-1")) == "[404] JobNotFound: The batch job 'j-1' does not exist."
    )
