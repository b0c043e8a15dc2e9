# make demo and make test do everything on a machine with Python >= 3.11, make and git.
.PHONY: help demo test test-long lint format docs screenshots bench pins clean
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PEERS := $(VENV)/.peers

# folder, size and port of the demo company: make demo PARTS=3000 DIR=/tmp/acme PORT=8080
DIR ?= demo
PARTS ?= 300000
PORT ?= 8000
# further arguments for pytest: make test ARGS="tests/unit/io -x"
ARGS ?=
WORKERS ?= 2

help:
	@echo "make demo         install, make the demo company (PARTS=$(PARTS)), analyse it, serve the web app on port $(PORT)"
	@echo "make test         install, then lint, types, import floors, tests, browser journeys"
	@echo "make test-long    coverage studies, kills, fuzz, servers"
	@echo "make bench        speed and memory beside the usual libraries"
	@echo "make lint         ruff, mypy --strict, import-linter;  make format  rewrites the layout"
	@echo "make docs         the reference pages from the declared tables and commands"
	@echo "make screenshots  the pictures of README and docs, taken by the program"
	@echo "make pins         renew requirements/*.txt from pyproject.toml"
	@echo "make clean        remove everything made"

demo: $(STAMP)
	$(BIN)/spareverse demo $(DIR) --parts $(PARTS) --port $(PORT)

test: lint
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -rs -q $(ARGS)

test-long: $(STAMP)
	$(BIN)/pytest -m long -rs --timeout 3600 $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(STAMP)
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

docs: $(STAMP)
	$(BIN)/python docs/generate_reference.py

screenshots: $(STAMP)
	$(BIN)/python docs/take_screenshots.py

bench: $(PEERS)
	$(BIN)/python bench/run.py $(ARGS)

# Renewing pins is the one target that chooses versions; everything else installs exactly what is written here.
pins: $(STAMP)
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
		--upgrade --extra dev --extra bench --extra llm --extra mcp pyproject.toml -o requirements/locked.txt
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
		--upgrade --extra peers -c requirements/locked.txt pyproject.toml -o requirements/peers.txt
	grep '^uv==' requirements/locked.txt | cut -d' ' -f1 | $(BIN)/uv pip compile - --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --no-annotate --quiet -o requirements/uv.txt

$(STAMP): requirements/uv.txt requirements/locked.txt requirements/install.sh pyproject.toml
	sh requirements/install.sh $(PYTHON) $(VENV) requirements/locked.txt
	@touch $@

$(PEERS): $(STAMP) requirements/peers.txt
	sh requirements/install.sh $(PYTHON) $(VENV) requirements/peers.txt
	@touch $@

clean:
	rm -rf $(VENV) build dist bench-results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
