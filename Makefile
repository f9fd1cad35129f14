# Like Goals: `make demo` shows it, `make test` proves it. `make help` lists the rest.
PYTHON ?= python3
FLAVOUR ?= moodle
LMS_PORT ?= 8010
TOOL_PORT ?= 8020
BIN := .venv/bin
JOBS ?= $(shell expr 2 \* $$(nproc))
STAMP := .venv/.installed
ALONE := $(BIN)/pytest -q --last-failed --last-failed-no-failures none

.DEFAULT_GOAL := help
.PHONY: help install demo tour test test-long test-faults test-moodle bench check format lock clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Put everything into .venv

$(STAMP): requirements/dev.txt
	@command -v $(PYTHON) >/dev/null || { echo "Python 3.11 or later is needed; '$(PYTHON)' was not found. Name it with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; $$($(PYTHON) --version) was found. Name another with PYTHON=…" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { echo "Python's venv module is needed; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

demo: $(STAMP) ## Start the practice LMS, the tool and a worker; FLAVOUR=canvas for the other LMS
	@$(BIN)/python -m practice_lms.demo --flavour $(FLAVOUR) --lms-port $(LMS_PORT) --tool-port $(TOOL_PORT)

tour: $(STAMP) ## Play the whole journey over HTTP, in both flavours
	@$(BIN)/python -m practice_lms.tour

test: $(STAMP) ## Run every test, and what differs between databases once more on PostgreSQL
	$(BIN)/pytest -q -n $(JOBS) --dist loadgroup -m "not long" --ignore=tests/faults || { [ $$? -eq 1 ] && $(ALONE); }
	$(BIN)/python -m tests.postgres

test-long: $(STAMP) ## Run the tests that take minutes: bad input to every page by everybody, frameworks of 20,000 items
	$(BIN)/pytest -q -n $(JOBS) --dist loadgroup -m long --ignore=tests/faults
	$(BIN)/python -m tests.postgres -m "not long" tests/plans tests/home/test_record.py

test-faults: $(STAMP) ## Kill workers, take LMSs, brokers and databases away, and count what arrives
	$(BIN)/pytest -q tests/faults

test-moodle: $(STAMP) ## Play the journey against a running Moodle (MOODLE_URL …)
	@$(BIN)/python -m tests.real_moodle

bench: $(STAMP) ## Measure launches, pages, scores and teams: costs and ratios, no verdicts
	@$(BIN)/python -m benchmarks

check: $(STAMP) ## Lint, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP) ## Format the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: ## Renew the locked versions from requirements/*.in (needs uv)
	for each in runtime dev; do uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate requirements/$$each.in -o requirements/$$each.txt; done

clean: ## Remove what was installed and what trials left behind
	rm -rf .venv instance .mypy_cache .ruff_cache .import_linter_cache
