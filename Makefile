# Rounds: `make help` lists what there is. Everything sets itself up in .venv first.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.SUFFIXES:

VENV ?= .venv
PY := $(VENV)/bin/python
ARGS ?=
JOBS ?= 2
# Interpreter of your own choice: make test PYTHON=/usr/bin/python3.12
export PYTHON

.PHONY: help demo test test-deep lint types audit bench bench-peers serve lock clean run-packages dev-packages

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: run-packages ## Serve an invented sample county, imported and planned (PORT=8000); Ctrl-C ends it
	@exec $(PY) -m flask --app wsgi demo $(ARGS)

serve: run-packages ## Serve with gunicorn on your own settings (ROUNDS_…); beside it: flask --app wsgi worker
	@exec $(PY) -m gunicorn --config gunicorn.conf.py $(ARGS) wsgi:app

test: dev-packages ## Run all tests (ARGS="-k villages" for some, JOBS=2 at once)
	@$(PY) -m pytest -n $(JOBS) $(ARGS)

test-deep: dev-packages ## Run the long searches for rare faults (marker deep)
	@$(PY) -m pytest -m deep $(ARGS) || [ $$? -eq 5 ] # 5: none of those chosen is deep

lint: dev-packages ## Check the style of the code
	@$(PY) -m ruff check .

types: dev-packages ## Check the types
	@$(PY) -m mypy $(ARGS)

audit: dev-packages ## Look for insecure code and for known holes in the packages
	@tools/audit.sh $(PY)

bench: dev-packages ## Measure speed and quality (ARGS="smoke"; data: ROUNDS_BENCH_DATA)
	@$(PY) -m bench $(ARGS)

bench-peers: ## Install the other solvers that `make bench` can measure ours against (PyVRP, VROOM)
	@tools/venv.sh bench $(VENV)

lock: ## Pin and hash the packages anew from requirements*.in (ARGS=--upgrade for the newest)
	@tools/lock.sh $(ARGS)

clean: ## Remove .venv and caches; var/ with its data stays
	@rm -rf $(VENV) $(VENV).lock .mypy_cache .ruff_cache .pytest_cache .hypothesis
	@find . -name __pycache__ -type d -not -path './.git/*' -prune -exec rm -rf {} +

run-packages:
	@tools/venv.sh run $(VENV)

dev-packages:
	@tools/venv.sh dev $(VENV)
