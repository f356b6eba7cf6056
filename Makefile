# Everything here sets itself up: a fresh clone, Python 3.11 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Where an environment forbids bytecode, each of the processes that tests start would compile all it imports,
# and pytest would rewrite the assertions of each module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo format test test-fast lint unit coverage lowest docs schema bench clean

demo: $(VENV)/.runtime
	@$(BIN)/mock-backend demo

format: $(VENV)/.development
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# Both at a time: mypy keeps one core busy, and tests that wait leave some of the other.
test:
	@$(MAKE) --no-print-directory --jobs 2 lint unit

# The tests that touch what differs from the main branch, or those of one folder: make test-fast FOLDER=tests/jobs
SINCE ?= main
test-fast: $(VENV)/.development
	@tests="$(or $(FOLDER),$$($(BIN)/python tests/changed.py $(SINCE)))"; \
	if [ -z "$$tests" ]; then echo "Nothing that differs from $(SINCE) has tests."; \
	else echo "$$tests"; $(BIN)/python -m pytest -q $$tests; fi

lint: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

unit: $(VENV)/.development
	$(BIN)/python -m pytest -n 2 -q

# Apart from the tests, which it makes take nearly twice as long. Not `pytest --cov`: our plugin is imported
# before pytest-cov starts to look.
coverage: $(VENV)/.development
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2 -q
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# With the lowest versions of the direct dependencies that pyproject.toml allows: those tests that see
# how other libraries behave. What is logic of our own does not change with versions.
LOWEST := http/app auth/test_basic_tokens.py catalog/stac/test_stac_clients.py clients/python results/formats graphs guide jobs auth/oidc/flows auth/oidc/foreign/test_authlib.py auth/oidc/test_endpoints.py auth/oidc/tokens/test_forged_tokens.py auth/oidc/test_malformed.py auth/oidc/tokens/test_nonsense_tokens.py plugin/test_fixtures.py results results/given stores landscape/series test_backend.py transports processes/validation/test_endpoint.py processes/validation/test_official_examples.py processes/validation/test_table.py
# They compare the bytes of files with those that the latest NumPy makes, and run without dask.
lowest: export MOCK_BACKEND_OTHER_PYTHON = $(abspath $(wildcard $(BIN)/python))
lowest: .venv-lowest/.installed
	.venv-lowest/bin/python -m pytest -n 2 -q $(addprefix tests/,$(LOWEST))

# The site, in build/docs; warnings are errors.
docs: $(VENV)/.documentation
	$(BIN)/python -m sphinx -q -W --keep-going -b html docs build/docs
	@echo "file://$(abspath build/docs/index.html)"

schema: $(VENV)/.development
	$(BIN)/python -c "import json; from mock_backend.control.scenarios import schema; \
	print(json.dumps(schema(), indent=1))" > docs/scenario.schema.json

bench: $(VENV)/.development
	@$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV) .venv-lowest build dist .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'

$(VENV)/.runtime: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable .
	touch $@

$(VENV)/.development: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group lint --group test --group dask
	touch $@ $(VENV)/.runtime

$(VENV)/.documentation: pyproject.toml | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --editable . --group docs
	touch $@

.venv-lowest/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --upgrade pip uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable . --group test
	touch $@
