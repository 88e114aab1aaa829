# presence.office: environment, checks, tests. `make` alone lists what there is.

PYTHON ?= python3
VENV ?= .venv
# What goes into the environment: a group of pyproject.toml, and which ansible-core ("~=2.17.0"; empty: pip's choice).
GROUP ?= dev
CORE ?=
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
# More for pytest, as in: make integration ARGS='-k psrp -x'
ARGS ?=

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

venv := $(abspath $(VENV))
bin := $(venv)/bin
cache := $(CURDIR)/.cache
ready := $(venv)/.ready
step := tools/step
pytest := $(bin)/pytest --no-header --numprocesses $(JOBS) --dist worksteal

# Every tool sees the checkout as presence.office, and nothing of the person's own Ansible, which also insists on UTF-8.
export LC_ALL := C.UTF-8
export PATH := $(bin):$(PATH)
export ANSIBLE_COLLECTIONS_PATH := $(venv)/collections
export ANSIBLE_CONFIG := $(venv)/ansible.cfg
export ANSIBLE_HOME := $(cache)/ansible

# Takes longer, or needs more, than `make test` may: folders of tests/, each with a target of its name.
long := authentication reliability conformance eda
# Parts of these are quick enough: they are in `make test` as well.
apart := $(addprefix --ignore tests/,$(filter-out reliability conformance,$(long)))
# These run hundreds of programs in Wine.
apart += $(addprefix --ignore tests/conformance/,test_command_lines.py test_registry.py)

checks := sanity molecule ansible-lint mypy docs-check build ruff shellcheck frontend-lint
targets := help env demo test test-all $(long) authentication-here eda-here unit integration integration-quick faults browser screenshot pytest lint $(checks) format clean
.PHONY: $(targets)

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

env: $(ready)  ## the environment in .venv, made anew when the dependencies change

$(ready): pyproject.toml requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	    { echo "$(PYTHON) is not Python 3.11 or later; say which is: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@mkdir -p $(cache)
	@$(step) environment tools/environment "$(PYTHON)" "$(venv)" "$(GROUP)" "$(CORE)"
	@touch $@

demo: $(ready)  ## five virtual Windows machines: audit, enforce, report, and a client that fights
	@$(bin)/python -m tests.demo

# ansible-test takes one core for minutes, so it runs beside all the rest, and its lines come last.
test: $(ready)  ## everything: all checks side by side, then all tests
	@beside=$(cache)/logs/beside.log; mkdir -p $(cache)/logs; \
	$(MAKE) --no-print-directory sanity >"$$beside" & sanity=$$!; \
	checks=0; $(MAKE) --no-print-directory --keep-going --jobs $(JOBS) $(filter-out sanity,$(checks)) || checks=$$?; \
	tests=0; $(MAKE) --no-print-directory pytest || tests=$$?; \
	wait $$sanity || checks=$$?; cat "$$beside"; \
	if [ $$checks != 0 ]; then echo "make test failed: see the lines that begin with FAIL" >&2; exit 1; fi; \
	exit $$tests

test-all:  ## what `make test` leaves out, because it takes longer or needs more
	@failed=; for one in $(long); do $(MAKE) --no-print-directory $$one || failed+=" $$one"; done; \
	if [ -n "$$failed" ]; then echo "make test-all failed:$$failed" >&2; exit 1; fi

pytest: $(ready)  ## all tests but those of `make test-all`
	@$(pytest) $(apart) $(ARGS)

unit: $(ready)  ## tests without ansible-playbook, Wine and a browser
	@$(pytest) $(apart) --ignore tests/integration --ignore tests/conformance --ignore tests/browser \
	    --ignore tests/reliability $(ARGS)

integration: $(ready)  ## real ansible-playbook against virtual machines, everything over winrm and over psrp
	@PRESENCE_OFFICE_EXHAUSTIVE=1 $(pytest) tests/integration $(ARGS)

integration-quick: $(ready)  ## the same, most of it over one of the connections, as in make test
	@$(pytest) tests/integration $(ARGS)

conformance: $(ready)  ## the virtual machines' registry beside Wine's
	@$(bin)/pytest --no-header tests/conformance $(ARGS)

browser: $(ready)  ## the report's page in Debian's Chromium
	@$(pytest) tests/browser $(ARGS)

screenshot: $(ready)  ## the pictures of the report's page in docs/
	@$(bin)/python -m tests.browser.screenshot

# In an environment of its own: where Python's GSSAPI is installed, pyspnego and Ansible's connections take other paths
# than on most controllers, and the other tests are to run as those do. It takes minutes to build, pip keeps the wheels.
authentication:  ## every login over winrm and psrp, with a real KDC (ARGS=--write-table: docs/reliability.md)
	@tools/authentication-needs
	@$(MAKE) --no-print-directory VENV=.venv-authentication GROUP=authentication CORE= authentication-here

authentication-here: $(ready)
	@$(bin)/pytest --no-header tests/authentication $(ARGS)

# In an environment of its own as well: see pyproject.toml.
eda:  ## the event source and the rulebook in the real ansible-rulebook; needs Java 17
	@command -v java >/dev/null || \
	    { echo "ansible-rulebook needs Java: apt-get install --no-install-recommends openjdk-17-jre-headless" >&2; exit 1; }
	@$(MAKE) --no-print-directory VENV=.venv-eda GROUP=eda CORE= eda-here

eda-here: $(ready)
	@$(bin)/pytest --no-header tests/eda $(ARGS)

reliability: $(ready)  ## every fault at every message, thousands of mutated answers; prints the numbers
	@PRESENCE_OFFICE_EXHAUSTIVE=1 $(pytest) tests/reliability $(ARGS)

faults: $(ready)  ## the part of the reliability tests that is in make test
	@$(pytest) tests/reliability $(ARGS)

lint: ruff mypy ansible-lint shellcheck frontend-lint  ## all linters

ruff: $(ready)  ## Python style
	@$(step) ruff tools/all "ruff check" "ruff format --check --diff"

format: $(ready)  ## put Python code into the shape that ruff wants
	@$(bin)/ruff check --fix-only --quiet; $(bin)/ruff format

mypy: $(ready)  ## Python types
	@$(step) mypy tools/types

ansible-lint: $(ready)  ## roles, playbooks and metadata, profile "production"
	@$(step) ansible-lint ansible-lint --nocolor

shellcheck: $(ready)  ## shell scripts
	@$(step) shellcheck tools/shell

frontend-lint:  ## the JavaScript and CSS of the report's page; needs npm
	@$(step) frontend tools/frontend-lint

sanity: $(ready)  ## ansible-test sanity; says which of its tests ran
	@$(step) sanity python tools/sanity.py

molecule: $(ready)  ## the scenario extensions/molecule/default
	@$(step) molecule molecule test --scenario-name default

docs-check: $(ready)  ## plugin documentation and changelog fragments
	@$(step) docs-check tools/all "antsibull-docs lint-collection-docs --plugin-docs --validate-collection-refs self ." \
	    "antsibull-changelog lint"

build: $(ready)  ## the collection's artefact: build, look inside, install, verify, read its documentation
	@$(step) build tools/build

clean:  ## remove environments, caches and built artefacts
	rm -rf .venv .venv-* .cache presence-office-*.tar.gz
