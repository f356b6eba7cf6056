"""``python -m mock_backend``."""

import sys

from mock_backend.cli import main

sys.exit(main())
