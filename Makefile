# Everything from a machine that has only Python 3.11+ and make.
# Set-up noise goes to standard error: standard output belongs to the program that was asked for.
# Options for the program: make demo ARGS='--format json'

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

ARGS ?=
VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.project.stamp
REQUIREMENTS := requirements/all.txt
# Output of what runs side by side stays apart, where make knows how (4.0).
APART := $(if $(filter output-sync,$(.FEATURES)),--output-sync=target)
OWN_KAFKA := $(wildcard tests/integration/test_embedded_*.py) \
	$(addprefix tests/integration/,test_demo.py test_rolling_restart.py test_secure_kafka.py)
OTHERS := $(filter-out tests/integration/ tests/__pycache__/,$(wildcard tests/*/))
COMPILED := build/compiled
QUICK := build/quick
SOURCES := $(shell find streams schemas agents -name '*.py') hatch_build.py
UV_VERSION := 0.13.9
COMPILE := $(PYTHON) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet

.PHONY: demo test native bench oracles torture compiled lint format types unit integration shared-kafka own-kafka lock java-lock clean help

help:
	@echo "make demo | test | native | bench | oracles | torture | compiled | lint | format | types | unit | integration | lock | java-lock | clean   [ARGS='...']"

demo: $(READY)
	@$(VENV)/bin/shipclock demo $(ARGS)

# The bench measures a wheel that is built with SHIPCLOCK_COMPILE=1: native modules, where there is a C compiler.
bench: $(COMPILED)/.stamp
	@PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/$(COMPILED) $(PYTHON) -m bench $(ARGS)

# Real data whose truth is known, judged by the same core; SHIPCLOCK_DATA names its folder.
oracles: $(READY)
	@$(PYTHON) -m bench.oracles $(ARGS)

# Workers and brokers are killed, frozen and restarted at random, for as long as one likes.
torture: $(READY)
	@$(PYTHON) -m tests.torture $(ARGS)

compiled: $(COMPILED)/.stamp

# Tests on a real Kafka wait more than they compute: those with a Kafka of their own run meanwhile, and so do all others.  They
# give way, for some tests look at the clock.  Options may choose tests or name files, so they are for one run.
test: lint types
ifeq ($(strip $(ARGS)),)
	@echo "Every test, with Kafka and without side by side: what they say follows when they are through" >&2
	@$(MAKE) -j3 $(APART) shared-kafka own-kafka unit GIVE_WAY=nice
else
	@$(PYTHON) -m pytest $(ARGS)
endif

# The tests of the hot path on native modules: the same sources must mean the same when they are compiled.
native: $(QUICK)/.stamp
	@PYTHONSAFEPATH=1 PYTHONPATH=$(CURDIR)/$(QUICK):$(CURDIR) $(PYTHON) -m pytest -o pythonpath= \
		tests/unit/sla tests/unit/partition tests/unit/intake tests/unit/kafka tests/stories tests/property \
		$(ARGS)

lint: $(READY)
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/ruff format --check .

format: $(READY)
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

types: $(READY)
	@$(PYTHON) -m mypy

unit: $(READY)
	@$(GIVE_WAY) $(PYTHON) -m pytest $(OTHERS) $(ARGS)

integration: $(READY)
	@$(PYTHON) -m pytest tests/integration $(ARGS)

shared-kafka: $(READY)
	@$(PYTHON) -m pytest tests/integration $(addprefix --ignore=,$(OWN_KAFKA)) $(ARGS)

own-kafka: $(READY)
	@$(GIVE_WAY) $(PYTHON) -m pytest $(OWN_KAFKA) $(ARGS)

# Resolves the newest allowed versions again and writes them down with their hashes: of everything, then the same versions
# of what a worker needs and of what builds it.
lock: $(PYTHON)
	@$(PYTHON) -m pip install --quiet uv==$(UV_VERSION) >&2
	@$(COMPILE) --all-extras --upgrade --output-file $(REQUIREMENTS) >/dev/null
	@$(COMPILE) --constraint $(REQUIREMENTS) --output-file requirements/runtime.txt >/dev/null
	@$(COMPILE) --constraint $(REQUIREMENTS) --extra build --output-file requirements/build.txt >/dev/null

# The same for the jars of the embedded Kafka.
java-lock: $(READY)
	@$(PYTHON) -m streams.embedded.lock $(ARGS)

$(PYTHON):
	@for candidate in python3 python3.13 python3.12 python3.11; do \
		if "$$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' >/dev/null 2>&1; then \
			echo "Setting up $(VENV) with $$("$$candidate" --version)" >&2; \
			"$$candidate" -m venv --clear $(VENV) >&2; \
			exit 0; \
		fi; \
	done; \
	echo "No Python 3.11, 3.12 or 3.13 with venv was found on the PATH: install one (on Debian also python3-venv) and try again." >&2; \
	exit 1

$(VENV)/.requirements.stamp: $(REQUIREMENTS) | $(PYTHON)
	@echo "Installing the locked requirements" >&2
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $(REQUIREMENTS) >&2
	@touch $@

$(READY): pyproject.toml $(VENV)/.requirements.stamp
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable . >&2
	@touch $@

$(COMPILED)/.stamp: HOW := 1
$(QUICK)/.stamp: HOW := quick
$(COMPILED)/.stamp $(QUICK)/.stamp: build/%/.stamp: $(READY) $(SOURCES)
	@rm -rf build/wheel-$* build/$* && mkdir -p build/$*
	@if SHIPCLOCK_COMPILE=$(HOW) $(PYTHON) -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--wheel-dir build/wheel-$* . >build/$*.log 2>&1; then \
		$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --target build/$* build/wheel-$*/*.whl >&2; \
		echo "Compiled the hot path" >&2; \
	else \
		echo "The hot path stays plain Python: it could not be compiled (build/$*.log says why)" >&2; \
	fi
	@touch $@

clean:
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
