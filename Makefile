# Everything lives in .venv; nothing is installed on the machine.
PYTHON ?= python3.11
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed
ARGS   ?=

# The tests start hundreds of processes. Without byte code beside the sources each of them would
# compile all modules anew: half of what an edge takes to start.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: .install help setup machine demo test longer interop campaign lint types format lock kernel bench clean

help: ## What can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

# Two makes at the same time: the second waits for the first, and finds all of it done.
LOCKED := import fcntl, subprocess, sys; lock = open(".setup.lock", "w"); \
  fcntl.flock(lock, fcntl.LOCK_EX); sys.exit(subprocess.call(sys.argv[1:]))
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# `python3.11` where it is on the path, else a `python3` that is new enough.
$(STAMP): requirements/dev.txt pyproject.toml
	@py=$$(command -v $(PYTHON) || command -v python3) && \
	  $$py -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Taktline needs Python 3.11 or newer; say which with: make PYTHON=/path/to/python3.11" >&2; exit 2; }; \
	  $$py -c '$(LOCKED)' $(MAKE) --no-print-directory PYTHON=$$py .install

.install:
	@[ -e $(STAMP) ] && [ -z "$$(find requirements/dev.txt pyproject.toml -newer $(STAMP))" ] || { set -ex; \
	  $(PYTHON) -m venv $(VENV); \
	  $(PIP) --require-hashes -r requirements/dev.txt; \
	  $(PIP) --no-deps --no-build-isolation -e .; \
	  touch $(STAMP); }

setup: $(STAMP) ## The environment in .venv, pinned with hashes

demo: $(STAMP) ## A simulated plant end to end; ARGS="--exit --seed 7" and others, see docs/demo.md
	@$(BIN)/taktline demo $(ARGS)

machine: ## What some tests need beside Python: a C compiler, libfaketime, tmux (from Debian's packages, where root may)
	@tests/setup.sh

# Three at a time also on two cores: a third of the time they wait for servers and timers.
test: $(STAMP) lint types ## Lint, strict types and all tests but the longer ones
	@tests/setup.sh || echo "make test: goes on without; its last lines say which tests were not run" >&2
	@$(BIN)/python hatch_build.py || true
	$(BIN)/python -m pytest -n 3 --dist loadgroup $(ARGS)

longer: $(STAMP) ## The longer checks: three seeds, kills
	$(BIN)/python -m pytest --longer -m longer $(ARGS)

interop: $(STAMP) ## Before OPC UA and Modbus devices and a spreadsheet program that nobody here wrote; needs Node.js
	@tests/interop/setup.sh
	$(BIN)/python -m pytest --interop -m interop $(ARGS)

campaign: $(STAMP) ## 1,000 kill -9 under load, books against machines; ARGS="--kills 200 --seed 7"
	$(BIN)/python -m tests.campaign $(ARGS)

kernel: $(STAMP) ## Compile the planner's kernel, if it has changed; needs a C compiler
	@$(BIN)/python hatch_build.py

bench: $(STAMP) ## Ratios against a bare baseline measured in the same run
	@$(BIN)/python hatch_build.py
	$(BIN)/python -m bench $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

format: $(STAMP) ## Mend layout and simple lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(STAMP) ## Pin all dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-annotate --no-header --all-extras pyproject.toml -o requirements/dev.txt

clean: ## Remove the environment and what runs left behind
	rm -rf $(VENV) build edge/planning/kernel/*.so .setup.lock run .pytest_cache .mypy_cache .ruff_cache .hypothesis
