# Two commands for everyone: `make run` and `make test`. Everything else is for who works on the code.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
STAMP = $(VENV)/.installed
DEV_STAMP = $(VENV)/.installed-dev
BENCH_STAMP = $(VENV)/.installed-bench
CATALOGUES = $(wildcard directory/translations/*/LC_MESSAGES/*.po)

.PHONY: run test check format bench relevance soak fuzz catalogues screenshots clean

run: $(STAMP)
	$(BIN)/cso-directory serve

test: $(DEV_STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup -m "not soak"

# Hostile values in every form and body: four times about eleven thousand requests.
fuzz: $(DEV_STAMP)
	DIRECTORY_FUZZ=6000 $(BIN)/python -m pytest -n 2 tests/security/test_hostile_values.py

soak: $(DEV_STAMP)
	$(BIN)/python -m pytest -m soak
	for seed in 1 $$(date +%s); do \
	  $(BIN)/python -m pytest -n 2 --dist loadgroup -m "not soak" -o addopts="-q --strict-markers" --randomly-seed=$$seed || exit 1; \
	done

check: $(DEV_STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m tests.catalogues

bench: $(BENCH_STAMP)
	$(BIN)/python -m benchmarks.engines $(SIZES) --write docs/performance.md
	$(BIN)/python -m benchmarks $(SIZES) --write docs/performance.md
	$(BIN)/python -m benchmarks.duplicates
	$(BIN)/python -m benchmarks.free_text
	$(BIN)/python -m benchmarks.beside

# How good answers are on the judged queries; needs an installation with the seed data (DIRECTORY_DATA_DIR).
relevance: $(DEV_STAMP)
	$(BIN)/python -m tests.relevance.measure --write docs/relevance.md

# Read all strings from code and templates into the catalogues.
catalogues: $(DEV_STAMP)
	$(BIN)/python -m tests.catalogues --update

screenshots: $(DEV_STAMP)
	$(BIN)/python -m tests.browser.screenshots docs/screenshots

format: $(DEV_STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(STAMP): $(VENV)/bin/python pyproject.toml hatch_build.py constraints.txt $(CATALOGUES)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	touch $(STAMP)

$(DEV_STAMP): $(STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $(DEV_STAMP)

$(BENCH_STAMP): $(DEV_STAMP)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable ".[dev,bench]"
	touch $(BENCH_STAMP)

clean:
	rm -rf $(VENV) dist
