# The Makefile is the CI: every target sets up what it needs, and does the same everywhere.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
REPORT ?= seeds/002_5cb3f669036bf3d3.txt
STEM := $(basename $(notdir $(REPORT)))
ARGS ?=

.PHONY: brief test check bench docs rebind interop setup clean

$(VENV)/.ready: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

setup: $(VENV)/.ready

brief: $(VENV)/.ready  ## the brief of REPORT, printed and written to out/
	@mkdir -p out
	@$(BIN)/summarizer brief "$(REPORT)" -o - -o "out/$(STEM).md" -o "out/$(STEM).html" -o "out/$(STEM).json" $(ARGS)

test: $(VENV)/.ready
	$(BIN)/python -m pytest -n auto $(ARGS)

check: $(VENV)/.ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python benchmarks/gate.py

bench: $(VENV)/.ready
	$(BIN)/python benchmarks/bench.py

clean:
	rm -rf $(VENV) .bench .interop out build dist *.egg-info

docs: $(VENV)/.ready  ## everything that is generated: docs/cli.md, schemas/, the tables of docs/degradation.md and docs/economy.md
	$(BIN)/python docs/generate.py
	$(BIN)/python benchmarks/degradation.py --write
	$(BIN)/python benchmarks/reliability.py --write
	$(BIN)/python benchmarks/economy.py --write

rebind: $(VENV)/.ready  ## bind the authored replies to today's prompts
	$(BIN)/python tests/recordings.py

SERVERS ?= xllamacpp llama-cpp-python
interop: $(VENV)/.ready  ## a run against real servers with a small model (docs/interop.md); installs them under .interop/
	$(BIN)/python tests/interop/servers.py $(SERVERS)
	$(BIN)/python -m pytest tests/interop -m interop -n 0 -s $(ARGS)
