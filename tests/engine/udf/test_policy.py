"""The policy that decides which functions run."""

import sys
from textwrap import dedent

import pytest

from mock_backend.engine.udf.failure import UdfFailure
from mock_backend.engine.udf.policy import decide_run, imports_of, missing_from
from mock_backend.lifecycle.run import UdfRules

WHAT_CAN = UdfRules(None)
GOOD = "import numpy\n\ndef apply_datacube(cube, context): ...\n"


def test_functions_whose_imports_can_be_found_run():
    for runtime in ("Python", "python", "Python-Jep"):
        verdict = decide_run(GOOD, runtime, WHAT_CAN)
        assert verdict.code == GOOD
    assert decide_run(GOOD, "Python", UdfRules(True)).code


def test_functions_that_lack_something_do_not_run_unless_they_must():
    code = "import not_there.at_all\nfrom nor_this import x\n" + GOOD
    verdict = decide_run(code, "Python", WHAT_CAN)
    assert verdict.code is None
    assert verdict.reason == "not installed: not_there.at_all, nor_this"
    with pytest.raises(UdfFailure, match=r"ModuleNotFoundError: not installed: not_there.at_all, nor_this\."):
        decide_run(code, "Python", UdfRules(True))


@pytest.mark.parametrize(
    ("udf", "runtime", "run_udfs", "reason"),
    [
        (GOOD, "Python", False, "user-defined functions do not run here (run_udfs)"),
        (GOOD, "R", True, "the runtime 'R' is not available, only Python is"),
        (GOOD, "EOAP-CWL", None, "the runtime 'EOAP-CWL' is not available, only Python is"),
        (3, "Python", None, "udf must be a str with code, got int"),
        (
            "https://example.org/udf.py",
            "Python",
            None,
            "there is no code known at 'https://example.org/udf.py'",
        ),
        ("folder/udf.py ", "Python", True, "there is no code known at 'folder/udf.py'"),
    ],
)
def test_what_never_runs(udf, runtime, run_udfs, reason):
    verdict = decide_run(udf, runtime, UdfRules(run_udfs))
    assert (verdict.code, verdict.reason) == (None, reason)


def test_code_at_urls_and_paths_that_are_known_runs():
    known = {"https://example.org/udf.py": GOOD, "mine/udf.py": GOOD}
    for each in known:
        assert decide_run(each, "Python", WHAT_CAN, resolve=known.get).code == GOOD
    assert decide_run("https://example.org/other.py", "Python", WHAT_CAN, resolve=known.get).code is None


READING = """
import sys
sys.path.append("deps")

def apply_datacube(cube, context):
    \"\"\"Load a model/net from models/.\"\"\"
    return load({path})
"""


@pytest.mark.parametrize(
    ("path", "runs"),
    [
        ('f"models/{context[0]}.onnx"', False),
        ('Path("models") / "net.onnx"', False),
        ('glob("/opt/**/models/**/net.onnx")', False),
        ('"my_models/net.onnx"', True),
        ('"net.onnx"', True),
    ],
)
def test_functions_that_read_files_of_an_archive_run_where_they_are(path, runs, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code = READING.replace("{path}", path)

    verdict = decide_run(code, "Python", UdfRules(None, ("deps", "models")))
    assert (verdict.code is not None) == runs
    assert verdict.reason == ("" if runs else "not in the working directory: models")
    assert decide_run(code, "Python", UdfRules(True, ("deps", "models"))).code
    (tmp_path / "models").mkdir()
    assert decide_run(code, "Python", UdfRules(None, ("deps", "models"))).code


def test_broken_code_runs_to_tell_what_is_wrong_with_it():
    assert decide_run("def broken(:", "Python", UdfRules(None, ("models",))).code


@pytest.mark.parametrize("folder", ["a" * 5000, "\0", "\ud800"])
def test_archives_with_names_that_no_folder_can_have_are_not_there(folder):
    code = f"{GOOD}MODEL = {folder!a}\n"

    assert decide_run(code, "Python", UdfRules(None, (folder,))).code is None


def test_imports_are_found_wherever_they_are():
    code = """
    import a, b.c as d
    from e.f import g
    from . import h
    from typing import TYPE_CHECKING
    import typing

    if TYPE_CHECKING:
        import no1
    elif typing.TYPE_CHECKING:
        import no2
    else:
        import i

    try:
        import no3
    except ImportError:
        import no4
    try:
        import no5
    except (AttributeError, ModuleNotFoundError):
        pass
    try:
        import j
    except ValueError:
        import k

    class C:
        def f(self):
            with open("x") as f, self:
                for x in f:
                    while x:
                        import l
            match x:
                case 1:
                    import m

    async def g():
        async with x:
            import n
    """
    names = imports_of(dedent(code))
    assert names == ("a", "b.c", "e.f", "typing", "i", "j", "k", "l", "m", "n")
    assert imports_of("def f(:") == ()


def test_looking_for_modules_imports_none(tmp_path, monkeypatch):
    package = tmp_path / "udf_package_of_the_test" / "inner"
    package.mkdir(parents=True)
    (package.parent / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "__init__.py").write_text("raise RuntimeError('imported')")
    (package / "module.py").write_text("raise RuntimeError('imported')")
    monkeypatch.syspath_prepend(tmp_path)
    here = "udf_package_of_the_test"
    code = f"import {here}.inner.module\nimport {here}.other\nimport os.path\nimport {here}.inner.module.x\n"
    assert missing_from(code) == (f"{here}.other", f"{here}.inner.module.x")
    assert here not in sys.modules


def test_dependencies_in_a_block_must_be_there():
    code = """
    # /// script
    # dependencies = [
    #     "numpy>=1",
    #     "not-there[extra]==1.0; python_version > '3'",
    #     "pytest",
    # ]
    # ///
    import numpy
    """
    assert missing_from(dedent(code)) == ("not-there[extra]==1.0; python_version > '3'",)
    broken = "# /// script\n# dependencies = [\n# ///\n"
    [reason] = missing_from(broken)
    assert reason.startswith("dependencies that can be read (")


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://x/y", True),
        ("http://x/y.py?z=1", True),
        ("udf.py", True),
        ("a b/udf.R", True),
        ("x = f.py", False),
        ("import numpy", False),
        ("# https://x\nimport y.py", False),
        ("", False),
    ],
)
def test_references_are_told_from_code(text, is_one):
    from mock_backend.engine.udf.policy import is_reference

    assert is_reference(text) is is_one
