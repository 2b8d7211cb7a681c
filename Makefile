# Everything starts here and needs only make and a python3 (3.11 or newer) that can make a venv.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The first Python that is new enough; `make PYTHON=/path/to/python …` decides otherwise.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
  if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then echo $$name; break; fi; done)
UV := $(or $(shell command -v uv 2>/dev/null),.uv/bin/uv)
export UV_PYTHON_DOWNLOADS ?= never
export UV_SYSTEM_CERTS ?= 1

VENV_PYTHON := .venv/bin/python
# Named after what is pinned: another pin, another stamp, and the environment is made to match.
STAMP := .venv/.stamp-$(shell cksum < requirements/dev.txt | cut -d' ' -f1)
# What is only measured beside the engine stays out of the product's environment.
BENCH_STAMP := .venv-bench/.stamp-$(shell cksum < requirements/bench.txt | cut -d' ' -f1)
MANAGE := $(VENV_PYTHON) manage.py
TESTS := tests
# Side by side, each with a database of its own; a file's tests stay together. They wait for a third
# of their time, so that two cores have work for three.
SIDE_BY_SIDE := -n $(shell n=$$(nproc 2>/dev/null || echo 2); echo $$((n < 3 ? 3 : n > 6 ? 6 : n))) --dist loadfile
# Each of these is a dozen processes by itself.
PAIRED := -n 2 --dist loadfile

# What a real installation would set, for the checks that look at settings.
PRODUCTION := env ENV_FILE= DEBUG=0 SECRET_KEY=a-long-random-text-that-only-the-check-of-the-settings-knows-4711 \
  SUPPORTCOORD_ENCRYPTION_KEYS=another-long-random-text-for-the-check \
  SITE_URL=https://desk.example STREAM_URL=https://desk.example ALLOWED_HOSTS=desk.example \
  DATABASE_URL=postgresql://nobody@127.0.0.1:1/none

.PHONY: help run test drill mail-drill stack-test browser-test bench mail-mutations lint types contracts format check ci \
  golden requirements screenshots environment clean

help:  ## Say what can be made
	@grep -hE '^[a-z-]+:.*  ## ' $(MAKEFILE_LIST) | sed -E 's/:.*  ## /\t/' | expand -t 16

run: environment  ## Start everything on this machine; Ctrl-C stops it
	@exec $(MANAGE) dev

test: environment  ## Run the tests (real PostgreSQL and Valkey, no browser)
	$(VENV_PYTHON) -m pytest $(TESTS) -m "not browser and not stack" $(SIDE_BY_SIDE) $(PYTEST)

drill: environment  ## Hurt the whole stack for MINUTES (3), and see that nothing is lost (SEED=)
	@exec env MINUTES="$(MINUTES)" SEED="$(SEED)" ONLY="$(ONLY)" $(VENV_PYTHON) -m tests.drill

mail-drill: environment  ## Kill everything while MAILS (2000) come and are answered (SEED=, RATE=)
	@exec env MAILS="$(MAILS)" RATE="$(RATE)" SEED="$(SEED)" $(VENV_PYTHON) -m tests.drill.mail

stack-test: environment  ## Run the tests that start the whole product, or take their time
	$(VENV_PYTHON) -m pytest $(TESTS) -m "stack and not browser" $(PAIRED) $(PYTEST)

browser-test: environment  ## Run the tests that drive Chromium
	@command -v chromium chromium-browser google-chrome >/dev/null || { \
	  echo "browser-test needs Chromium: apt-get install chromium"; exit 1; }
	$(VENV_PYTHON) -m pytest $(TESTS) -m browser $(PYTEST)

bench: environment $(BENCH_STAMP)  ## Measure the engine beside three others, and mail (QUICK=1, ONLY=mail)
	$(VENV_PYTHON) -m tests.bench

mutants: environment  ## Switch off one protection of the engine at a time; a test must fail
	@$(VENV_PYTHON) -m tests.mutants $(if $(MUTANT),"$(MUTANT)")

mail-mutations: environment  ## Break every public mail in all ways, and show what became of each
	MAIL_MUTATIONS=all $(VENV_PYTHON) -m pytest tests/channels/test_mutated.py -q --timeout=3600 $(PYTEST)
	@cat var/mail-mutations.md

lint: environment  ## Lint, and say what is not formatted
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m ruff format --check .

types: environment  ## Check types
	$(VENV_PYTHON) -m mypy

contracts: environment  ## Check which part may import which
	.venv/bin/lint-imports --no-cache

format: environment  ## Write the code as the linter wants it
	$(VENV_PYTHON) -m ruff check --fix .
	$(VENV_PYTHON) -m ruff format .

check: lint types contracts  ## Lint, types, contracts, migrations, settings of a real installation
	$(PRODUCTION) $(VENV_PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PRODUCTION) $(MANAGE) check --deploy --fail-level WARNING

ci:  ## What .ci/run runs
	@bash .ci/run

screenshots: environment  ## Draw docs/screenshots anew
	$(VENV_PYTHON) tests/screenshots.py

golden: environment  ## Record what each new version of a flow does, for tests to hold it to
	GOLDEN=record $(VENV_PYTHON) -m pytest tests/flows/test_golden.py -q -k recorded

requirements: $(filter .uv/bin/uv,$(UV))  ## Pin what pyproject.toml asks for, with hashes
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	  pyproject.toml -o requirements/runtime.txt $(UPGRADE)
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	  --extra embedded --group dev -c requirements/runtime.txt pyproject.toml -o requirements/dev.txt $(UPGRADE)
	$(UV) pip compile -q --universal --generate-hashes --no-header --no-emit-index-url --python-version 3.11 \
	  --group bench -c requirements/runtime.txt -o requirements/bench.txt $(UPGRADE)

clean:  ## Remove the environment and what tests left; the data of `make run` stays
	rm -rf .venv .venv-bench .uv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis var/test var/bench

environment: $(STAMP)

# uv is quicker; without it, pip installs the same pins and checks the same hashes.
$(STAMP): | python
	@$(VENV_PYTHON) -c '' 2>/dev/null || rm -rf .venv
	@rm -f .venv/.stamp-*
	@echo "Installing what requirements/dev.txt pins, once …"
	@if $(MAKE) -s .uv/bin/uv UV="$(UV)"; then \
	  $(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv && \
	  $(UV) pip sync --quiet --python $(VENV_PYTHON) requirements/dev.txt; \
	else \
	  echo "uv cannot be had here: pip does its work, slower"; \
	  "$(PYTHON)" -m venv .venv && .venv/bin/pip install --quiet --require-hashes -r requirements/dev.txt; \
	fi
	@touch $@

$(BENCH_STAMP): $(STAMP)
	@rm -f .venv-bench/.stamp-*
	@echo "Installing what requirements/bench.txt pins, once …"
	@if test -x "$(UV)"; then \
	  $(UV) venv --quiet --allow-existing --python "$(PYTHON)" .venv-bench && \
	  $(UV) pip sync --quiet --python .venv-bench/bin/python requirements/bench.txt; \
	else \
	  "$(PYTHON)" -m venv .venv-bench && \
	  .venv-bench/bin/pip install --quiet --require-hashes -r requirements/bench.txt; \
	fi
	@touch $@

.PHONY: python
python:
	@test -n "$(PYTHON)" || { echo "supportcoord needs Python 3.11 or newer, and found none"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "$(PYTHON) cannot make a virtual environment: install its venv package (Debian: python3-venv)"; exit 1; }

.uv/bin/uv: requirements/uv.txt
	@if test "$(UV)" = .uv/bin/uv; then \
	  "$(PYTHON)" -m venv .uv && .uv/bin/pip install --quiet --require-hashes -r requirements/uv.txt && touch $@; fi
