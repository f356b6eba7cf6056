# Everything here sets itself up: a fresh clone, Python 3.11 and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# Where an environment forbids bytecode, each of the processes that tests start would compile all it imports,
# and pytest would rewrite the assertions of each module anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test lint unit lowest bench clean

demo: $(VENV)/.runtime
	@$(BIN)/mock-backend demo

test: lint unit

lint: $(VENV)/.development
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Not `pytest --cov`: our plugin is imported before pytest-cov starts to look.
unit: $(VENV)/.development
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n 2 -q
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report

# The suite with the lowest versions of the direct dependencies that pyproject.toml allows; without
# those parts in which other programs, or made-up requests and sequences, judge what versions do not change.
lowest: .venv-lowest/.installed
	.venv-lowest/bin/python -m pytest -n 2 -q $(addprefix --ignore=tests/,auth/test_reach.py benchmarks clients/test_js_client.py clock contract control lifecycle oidc/test_machine.py oidc/foreign/test_node_libraries.py oidc/foreign/test_pages.py packaging services/test_tiles.py test_cli.py validation/test_generated.py)

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
	$(BIN)/python -m pip install --quiet --editable . --group lint --group test
	touch $@ $(VENV)/.runtime

.venv-lowest/.installed: pyproject.toml
	$(PYTHON) -m venv .venv-lowest
	.venv-lowest/bin/python -m pip install --quiet --upgrade pip uv
	.venv-lowest/bin/uv pip install --quiet --python .venv-lowest/bin/python --resolution lowest-direct --editable . --group test
	touch $@
