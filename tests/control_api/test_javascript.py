"""The client for JavaScript, and the example that shows it, under Node's own test runner."""

import os
import re
import subprocess
import sys
from pathlib import Path

from js_clients import PATIENCE, needs_node

EXAMPLES = Path(__file__).parents[2] / "examples" / "javascript"


def test_the_example_passes():
    command = [needs_node(), "--test", str(EXAMPLES / "jobs.test.mjs")]
    environment = os.environ | {"MOCK_BACKEND": f"{sys.executable} -m mock_backend"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE)

    assert done.returncode == 0, done.stdout + done.stderr
    assert int(re.search(r"pass (\d+)", done.stdout)[1]) >= 5
