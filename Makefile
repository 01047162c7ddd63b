# Everything a developer does has one short name here; `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run talk test check format lock bench clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/'

$(VENV)/.installed: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --no-deps --editable .
	touch $@

$(VENV)/.installed-dev: $(VENV)/.installed requirements-dev.lock
	$(BIN)/pip install --quiet --require-hashes -r requirements-dev.lock
	touch $@

run: $(VENV)/.installed ## Start web chat, console and (with a token) Telegram on this machine
	$(BIN)/zhucan serve

talk: $(VENV)/.installed ## Talk to the bot in this terminal
	$(BIN)/zhucan chat

test: $(VENV)/.installed-dev ## Set up everything and run all tests
	sh tests/set_up_browser.sh
	$(BIN)/python -m pytest -n 2 --dist loadfile

check: $(VENV)/.installed-dev ## Lint, types, catalog, architecture
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/zhucan catalog check --quiet
	$(BIN)/python -m pytest -q tests/test_architecture.py

format: $(VENV)/.installed-dev ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Pin versions and hashes anew from pyproject.toml (names no index)
	$(PYTHON) -m venv $(VENV)-lock && $(VENV)-lock/bin/pip install --quiet uv
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --upgrade pyproject.toml -o requirements.lock
	$(VENV)-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-annotate --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	rm -rf $(VENV)-lock

bench: $(VENV)/.installed-dev ## Measure turns, process and growth (some minutes)
	$(BIN)/python -m benchmarks

clean: ## Remove the venv and caches (never your data)
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache build *.egg-info
