"""Content of wheel and sdist, which a project can use without anything else."""

import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST_PAGE = ROOT / "tests" / "plugin" / "test_first_page.py"

ON_A_LOOP = '''
import asyncio
from pathlib import Path


async def test_inside_a_running_loop(mock_backend, tmp_path):
    """As in a notebook: the client is synchronous, the loop is running."""
    assert asyncio.get_running_loop().is_running()
    job = mock_backend.connect().load_collection("SENTINEL2_L2A").create_job(out_format="netCDF")
    job.start_and_wait()
    assert job.get_results().download_files(tmp_path)
'''


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """A wheel and an sdist, built from the checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return {path.suffix: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def python(built, tmp_path_factory):
    """The Python of an environment that has the wheel; its dependencies come from this one."""
    folder = tmp_path_factory.mktemp("project") / "venv"
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    command = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps"]
    subprocess.run([*command, str(built[".whl"])], check=True, capture_output=True)
    [site] = folder.glob("lib/python*/site-packages")
    # A path file names a folder without running that folder's own path files: editable installs stay out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"))
    return python


@pytest.fixture
def project(tmp_path, python):
    """A project of nothing but the first page's test; returns what runs pytest in it."""
    (tmp_path / "test_first_page.py").write_text(FIRST_PAGE.read_text())

    def run(*arguments: str) -> str:
        # pytest-asyncio warns of itself unless it is told a scope; nothing else may warn.
        quiet = ["-W", "error", "-o", "asyncio_default_fixture_loop_scope=function", "-p", "no:cacheprovider"]
        # Plugins of others that take seconds to import.
        light = (
            part for name in ("schemathesis", "syrupy", "zarr", "anyio") for part in ("-p", f"no:{name}")
        )
        command = [str(python), "-m", "pytest", *quiet, *light, *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run


def test_the_wheel_holds_the_two_packages_and_nothing_else(built):
    with zipfile.ZipFile(built[".whl"]) as wheel:
        names = wheel.namelist()
        [entry_points] = [wheel.read(name).decode() for name in names if name.endswith("entry_points.txt")]

    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"mock_backend", "pytest_mock_backend"}
    assert {"mock_backend/py.typed", "pytest_mock_backend/py.typed", "pytest_mock_backend/plugin.py"} <= set(
        names
    )
    page = {Path(name).suffix for name in names if "control_api/page/" in name}
    assert {".html", ".css", ".js"} <= page
    assert "mock_backend = pytest_mock_backend.plugin" in entry_points
    assert "mock-backend = mock_backend.cli:main" in entry_points


def test_the_sdist_can_be_tested(built):
    with tarfile.open(built[".gz"]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    wanted = {"pyproject.toml", "Makefile", "README.md", "LICENSE", "conftest.py", "tests/conftest.py"}
    assert wanted <= names
    assert "fixtures/pytest_mock_backend/plugin.py" in names
    assert {"Containerfile", "compose.yaml", "examples/javascript/mock-backend.mjs"} <= names


def test_the_first_page_works_with_the_wheel_alone_under_xdist_and_asyncio(project, python, tmp_path):
    installed = str(python.parents[1])
    lines = [
        "import mock_backend",
        "def test():",
        f"    assert mock_backend.__file__.startswith({installed!r})",
    ]
    (tmp_path / "test_where.py").write_text("\n".join(lines))
    (tmp_path / "test_loop.py").write_text(ON_A_LOOP)

    assert "3 passed" in project("-n", "2", "-o", "asyncio_mode=auto")
