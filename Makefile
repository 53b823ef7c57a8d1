# All set-up is done by the targets themselves: a machine with Python 3.11 (or newer) and make is enough.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV   ?= .venv
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do command -v $$p && break; done)
BIN    := $(VENV)/bin
REPLAY := .venv-replay
comma  := ,
SITE   ?= demo
ARGS   ?=
# Two workers suit the two cores that CI has; `make test JOBS=8` uses more.
JOBS   ?= 2

.PHONY: help crawl test soak lint format bench bench-crawl bench-extraction bench-archive replay-env clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# $(call install,WHAT) installs the project with an extra, quietly; what pip said is shown where it failed.
define install
	@$(BIN)/python -m pip install --disable-pip-version-check --editable '.$(1)' > $(VENV)/install.log 2>&1 \
	    || { cat $(VENV)/install.log >&2; exit 1; }
	@touch $@
endef

# What a user needs.
$(VENV)/.installed: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python found; install Python 3.11 or newer, or say: make PYTHON=/path/to/python" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	    || { echo "make: $(PYTHON) is too old; Python 3.11 or newer is needed (make PYTHON=/path/to/python)" >&2; exit 1; }
	@test -x $(BIN)/pip || { echo "Making $(VENV) …"; $(PYTHON) -m venv $(VENV); }
	@echo "Installing dangjian and what it needs (once; about a minute) …"
	$(call install)

# What a developer needs besides.
$(VENV)/.installed-dev: $(VENV)/.installed
	@echo "Installing the test tools and linters (once) …"
	$(call install,[dev])

# The peers that the benchmarks compare with.
$(VENV)/.installed-bench: $(VENV)/.installed-dev
	@echo "Installing the peers to compare with (once) …"
	$(call install,[dev$(comma)bench])

# pywb, which pins old libraries, in an environment of its own.
$(REPLAY)/bin/wayback: | $(VENV)/.installed
	@DANGJIAN_REPLAY_ENV=$(REPLAY) $(BIN)/dangjian replay --install

crawl: $(VENV)/.installed ## crawl the built-in demo site; SITE=cpc71 for another, ARGS="--limit 20" for options
	@$(BIN)/dangjian crawl $(SITE) $(ARGS)

test: $(VENV)/.installed-dev ## run the whole test suite
	@$(BIN)/python -m pytest -m "not soak" -n $(JOBS) --dist worksteal $(ARGS)

soak: $(VENV)/.installed-dev $(REPLAY)/bin/wayback ## run the slow endurance tests
	@$(BIN)/python -m pytest -m soak $(ARGS)

lint: $(VENV)/.installed-dev ## run ruff, mypy --strict and the check of who imports whom
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: $(VENV)/.installed-dev ## let ruff put the code in order
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: bench-crawl bench-extraction bench-archive ## run all benchmarks

bench-crawl: $(VENV)/.installed-bench ## the whole chain beside a plain Scrapy crawl
	@$(BIN)/python -m benchmarks.crawl $(ARGS)

bench-archive: $(VENV)/.installed-dev ## writing, reading and verifying the archive beside warcio
	@$(BIN)/python -m benchmarks.archive $(ARGS)

bench-extraction: $(VENV)/.installed-bench ## extraction beside its peers on the labelled pages
	@$(BIN)/python -m benchmarks.extraction $(ARGS)

replay-env: $(REPLAY)/bin/wayback ## install pywb, which shows archived pages, in an environment of its own

clean: ## remove the virtual environments and the caches; never the data
	rm -rf $(VENV) $(REPLAY) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache *.egg-info
