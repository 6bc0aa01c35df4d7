# Two commands matter to a newcomer: `make demo` and `make test`. Each sets up what it needs.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help demo test test-all check format bench lock clean setup

help:            ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Tacenda needs Python 3.11 or later; set PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing what Tacenda needs into $(VENV) (about a minute) ..."
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

setup: $(STAMP)  ## install into .venv

demo: $(STAMP)   ## the whole route on the shipped sample, narrated
	@$(BIN)/tacenda demo

test: $(STAMP)   ## the tests (under 10 minutes)
	@scripts/ensure-chromium
	@$(BIN)/python -m pytest -n 2 -m "not slow"

test-all: $(STAMP)  ## the slow tests too
	@scripts/ensure-chromium
	@$(BIN)/python -m pytest -n 2

check: $(STAMP)  ## what CI does before the tests: format, lint, types, architecture
	@$(BIN)/ruff format --check src tests benchmarks scripts
	@$(BIN)/ruff check src tests benchmarks scripts
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(STAMP) ## put the code in shape
	@$(BIN)/ruff format src tests benchmarks scripts
	@$(BIN)/ruff check --fix src tests benchmarks scripts

bench: $(STAMP)  ## the benchmarks, each beside a peer
	@$(BIN)/python -m benchmarks

lock:            ## renew the hashed requirements (needs uv on the PATH)
	uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 pyproject.toml -o requirements/runtime.txt
	uv pip compile --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --generate-hashes --universal --python-version 3.11 pyproject.toml --group dev -o requirements/dev.txt

clean:
	rm -rf $(VENV) .out demo-workspace
