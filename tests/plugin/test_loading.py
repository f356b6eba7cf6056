"""The plugin is loaded everywhere, so it must weigh nothing."""

import subprocess
import sys

HEAVY = ("fastapi", "pydantic", "openeo", "httpx", "respx", "starlette", "tinydb", "uvicorn", "mock_backend")


def test_loading_the_plugin_imports_nothing_heavy():
    code = (
        f"import sys, pytest_mock_backend.plugin; print([name for name in {HEAVY!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


def test_a_memory_back_end_imports_no_store_and_no_server():
    heavy = ("tinydb", "uvicorn", "respx", "openeo", "pandas", "pytest")
    code = (
        "import sys, mock_backend; mock_backend.MockBackend(); "
        f"print([name for name in {heavy!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"


#: Modules that the first job of most tests does without.
LATE = (
    "fastapi",
    "httpx",
    "respx",
    "uvicorn",
    "mock_backend.api.services.maps",
    "mock_backend.auth.oidc.provider",
    "mock_backend.catalog.description",
    "mock_backend.catalog.given",
    "mock_backend.control.faults.answers",
    "mock_backend.engine.core.callbacks",
    "mock_backend.engine.functions",
    "mock_backend.engine.sources.merging",
    "mock_backend.engine.steps.processes",
    "mock_backend.inspection.manners",
    "mock_backend.jobs.queue",
    "mock_backend.results.given.product",
    "mock_backend.stores.history",
)

#: Modules that a job does without until it has results.
LATE_RESULTS = (
    "mock_backend.catalog.stac.filtering",
    "mock_backend.catalog.stac.items",
    "mock_backend.jobs.outputs.stac_documents",
    "mock_backend.landscape.nature",
    "mock_backend.results.documents.stac.collection_and_items",
    "mock_backend.results.formats.geotiff.content",
    "mock_backend.results.formats.geotiff.file_plan",
)


def test_a_job_needs_nothing_that_others_need():
    code = (
        "import sys, mock_backend\n"
        "with mock_backend.MockBackend() as backend:\n"
        "    job = backend.connect().load_collection('SENTINEL2_L2A').create_job()\n"
        "    job.start()\n"
        f"    print([name for name in {(*LATE, *LATE_RESULTS)!r} if name in sys.modules])\n"
        "    while job.status() != 'finished':\n"
        "        backend.clock.advance(5)\n"
        "    job.get_results().get_metadata()\n"
        f"print([name for name in {LATE!r} if name in sys.modules])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.split() == ["[]", "[]"]


def test_httpx_reaches_a_back_end_that_was_open_before_it_was_imported():
    code = (
        "import sys, mock_backend\n"
        "with mock_backend.MockBackend() as backend:\n"
        "    before = 'httpx' in sys.modules\n"
        "    import httpx\n"
        "    print(before, httpx.get(backend.url + '/').status_code)\n"
        "print([each for each in sys.meta_path if 'httpx' in type(each).__module__])"
    )

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.split("\n")[:2] == ["False 200", "[]"]
