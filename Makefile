# Everything a person or a machine does with a checkout starts here. "make help" lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PORT ?= 8000
# Extra words for pytest: make test PYTEST="tests/rules -x"
PYTEST ?=
# The same for the long run: make prove PROVE="--steps 200000"
PROVE ?=
PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$name"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
INSTALLED := $(VENV)/.installed
TEST_INSTALLED := $(VENV)/.test-installed
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CATALOGUES := $(wildcard booking/translations/*/LC_MESSAGES/messages.po)
COMPILED := $(CATALOGUES:.po=.mo)

.PHONY: help install test-deps test check demo bench prove translations lock clean

help: ## What can be made
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | \
		while IFS='|' read -r name words; do printf '  make %-14s %s\n' "$$name" "$$words"; done

install: $(INSTALLED) $(COMPILED) ## The virtual environment .venv with the booking command

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Benchtime needs Python 3.11 or newer, and none was found."; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment; on Debian, install python3-venv."; exit 1; }

# Only what the lock names, each file checked against its hash; the build tool is locked as well.
$(INSTALLED): requirements.lock pyproject.toml | $(BIN)/python
	@echo "Installing the locked dependencies into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r requirements.lock
	@$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(TEST_INSTALLED): requirements-test.lock $(INSTALLED)
	@echo "Installing the locked test dependencies into $(VENV) ..."
	@$(PIP) install --quiet --require-hashes -r requirements-test.lock
	@touch $@

%.mo: %.po | $(INSTALLED)
	@$(BIN)/pybabel --quiet compile --input-file $< --output-file $@

test-deps: ## Programs beside Python that some tests use (installs them as root on Debian)
	@scripts/test_deps.sh

test: test-deps $(TEST_INSTALLED) check ## Everything: linters, contracts, the whole suite on both engines
	@$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST)

check: $(TEST_INSTALLED) $(COMPILED) ## Linters, types and the contracts between the floors
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet

demo: install ## A demo network with log-ins on 127.0.0.1:8000 (PORT= for another)
	@$(BIN)/booking demo --port "$(PORT)"

bench: $(TEST_INSTALLED) $(COMPILED) ## Speed figures, as ratios
	@$(BIN)/python -m tests.bench
	@$(BIN)/python -m tests.bench.network

prove: $(TEST_INSTALLED) $(COMPILED) ## The long reliability run; writes a dated report
	@$(BIN)/python -m tests.prove $(PROVE)

translations: $(TEST_INSTALLED) ## Brings the catalogues up to date with the sources and compiles them
	@PATH="$(CURDIR)/$(BIN):$$PATH" scripts/translations.sh

lock: ## Resolves the dependencies anew (needs uv on the path)
	@scripts/lock.sh

clean: ## Removes what make made; keeps instance/, where the data is
	@rm -rf $(VENV) build dist *.egg-info .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	@find booking tests migrations scripts -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
	@find booking -name '*.mo' -delete 2>/dev/null || true
