PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
UV     := $(shell command -v uv 2>/dev/null)
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# each of the many processes of the tests would otherwise compile all code anew, and the tests with it
unexport PYTHONDONTWRITEBYTECODE
# one more than there are cores: some tests wait for an instant
WORKERS ?= $(shell echo $$(( $$(getconf _NPROCESSORS_ONLN) + 1 )))
# which tests share a process, and which begin first: tests/conftest.py
SHARED  := -n $(WORKERS) --dist loadfile --no-loadscope-reorder
.DEFAULT_GOAL := help
.PHONY: help demo rehearse test test-all tests browser shots pictures check bench bench-peers lock clean

help:  ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/ready  ## the Cera round in the middle of its selection, with a link for each role; a deadline fires soon
	@$(BIN)/grantcycle demo $(DEMO)

rehearse: $(VENV)/ready  ## rehearse the Cera round 2019-2022, every letter included, and say where the report is
	@$(BIN)/grantcycle rehearse cera-impuls/2019 --report rehearsal

# what checks without running anything keeps one core busy, and goes on beside the tests, which wait for much
test: $(VENV)/ready  ## style, types, imports, workflows, and the tests (minutes)
	@$(MAKE) --no-print-directory -j 2 check tests

test-all: $(VENV)/ready  ## the same with the long sweeps
	@$(MAKE) --no-print-directory -j 2 check tests MARKED='-m "slow or not slow"'

tests: $(VENV)/ready
	@$(BIN)/python -m pytest $(SHARED) $(MARKED)

browser: $(VENV)/ready  ## only the tests of the pages in Chromium, which `test` runs too where there is one
	@$(BIN)/python -m pytest $(SHARED) tests/browser

shots: $(VENV)/ready  ## pictures of every page, in each language, width and theme (DIR=folder; minutes)
	@SHOTS_OF_THE_TESTS=$(abspath $(or $(DIR),shots)) $(BIN)/python -m pytest -m slow tests/browser/test_every_page.py

pictures: $(VENV)/ready  ## the pictures of the README anew, of the demonstration's pages (needs Chromium)
	@PYTHONPATH=. $(BIN)/python tests/browser/pictures.py docs/pictures

check: $(VENV)/ready  ## style, types, imports and the shipped workflows, without the tests
	@$(BIN)/ruff check -q .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo > .venv/imports.txt || (cat .venv/imports.txt; exit 1)
	@$(BIN)/grantcycle check workflows

bench: $(VENV)/ready  ## time ours beside the straightforward way and the limit (BENCH="--quick", "--help" ...)
	@$(BIN)/python -m bench $(BENCH)

bench-peers: .venv-bench/ready  ## install other libraries in an environment of their own, for `make bench`


lock:  ## write requirements.lock anew (needs uv)
	uv pip compile -q --universal --generate-hashes --no-header --no-annotate --python-version 3.11 \
	  pyproject.toml --group test --group e2e build.in -o requirements.lock

clean:  ## remove what the other commands made
	rm -rf $(VENV) .venv-bench build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache data rehearsal

# Hash mode refuses an editable project, hence two steps; setuptools itself stands in the lock (build.in).
$(VENV)/ready: requirements.lock pyproject.toml
	@echo "Setting up $(VENV) (first run only) ..."
ifdef UV
	@uv venv -q --clear --python '>=3.11' $(VENV)
	@uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements.lock
	@uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
else
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11 ...")'
	@$(PYTHON) -m venv --clear --without-pip $(VENV)
	@$(PYTHON) -m pip --python $(BIN)/python install -q --require-hashes -r requirements.lock
	@$(PYTHON) -m pip --python $(BIN)/python install -q --no-deps --no-build-isolation -e .
endif
	@touch $@

.venv-bench/ready: bench/peers.txt
ifdef UV
	@uv venv -q --clear --python '>=3.11' .venv-bench
	@uv pip install -q --python .venv-bench/bin/python -r bench/peers.txt
else
	@$(PYTHON) -m venv --clear --without-pip .venv-bench
	@$(PYTHON) -m pip --python .venv-bench/bin/python install -q -r bench/peers.txt
endif
	@touch $@
