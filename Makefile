# Every task of the workspace. `make` alone prints this list.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
BROKER ?= auto
WORKERS ?= 2
PACKAGES := libs/events libs/chassis libs/local libs/partner-kit services/intake services/scheduling services/dosing services/integration cli
STAMP  := $(VENV)/.installed

.PHONY: help
help: ## Show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: $(STAMP) ## Make the virtual environment from hashed requirements

$(STAMP): requirements-dev.lock $(addsuffix /pyproject.toml,$(PACKAGES))
	@$(PYTHON) -c 'import sys; v=sys.version_info; sys.exit(0 if v>=(3,11) else "Kairos needs Python 3.11 or newer; this is %d.%d. Say which one to use: make PYTHON=python3.11" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --require-hashes --only-binary :all: -r requirements-dev.lock
	$(BIN)/python -m pip --disable-pip-version-check install --quiet --no-deps --no-build-isolation $(addprefix -e ,$(PACKAGES))
	@touch $@

.PHONY: up
up: setup ## Start the whole platform on this machine (BROKER=auto|kafka|tansu)
	$(BIN)/kairos up --broker $(BROKER)

.PHONY: down
down: setup ## Stop it; data stay
	$(BIN)/kairos down

.PHONY: demo
demo: setup ## Play one patient's whole way, days -14 to 90, through all four services
	$(BIN)/kairos demo --broker $(BROKER)

.PHONY: test
test: lint asyncapi ## Run every test (BROKER=auto|kafka|tansu, WORKERS=2 at a time)
	KAIROS_TEST_BROKER=$(BROKER) $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

.PHONY: wire
wire: setup ## Run what touches the broker: bus, wire tests, the journey
	KAIROS_TEST_BROKER=$(BROKER) $(BIN)/python -m pytest libs/chassis/tests/bus libs/local/tests services/*/tests/wire tests/journey

.PHONY: contract
contract: setup asyncapi ## Public events and APIs: nothing that others rely on is broken
	$(BIN)/kairos events check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile libs/events libs/partner-kit tests/contract tests/boundaries

# AsyncAPI's parser is the one tool that needs Node.js. Where npm is not, its tests say so and are left out.
ASYNCAPI := tools/asyncapi/node_modules/.package-lock.json
.PHONY: asyncapi
asyncapi:
	@if command -v npm >/dev/null 2>&1; then $(MAKE) --no-print-directory $(ASYNCAPI); else echo "npm is not here: docs/asyncapi.json is not shown to its parser"; fi

$(ASYNCAPI): tools/asyncapi/package-lock.json tools/asyncapi/package.json
	cd tools/asyncapi && npm ci --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@

.PHONY: chaos
chaos: setup ## Faults under load on Kafka and Tansu, and kill -9 in the journey (CHAOS_ROUNDS, CHAOS_SECONDS, CHAOS_SEED, CHAOS_BACKLOG)
	KAIROS_TEST_BROKER=tansu $(BIN)/python -m pytest tests/chaos/test_faults.py --timeout 900
	KAIROS_TEST_BROKER=$(BROKER) $(BIN)/python -m pytest tests/chaos --timeout 900

.PHONY: rolling
rolling: setup ## Upgrade a running platform service by service, and back, from two checkouts
	KAIROS_TEST_BROKER=$(BROKER) $(BIN)/python -m pytest tests/rolling --timeout 900

SECURITY := .venv-security

$(SECURITY)/.installed: requirements-security.lock
	$(PYTHON) -m venv $(SECURITY)
	$(SECURITY)/bin/python -m pip --disable-pip-version-check install --quiet --no-deps --require-hashes -r requirements-security.lock
	@touch $@

tools/documents/node_modules/.installed: tools/documents/package-lock.json
	cd tools/documents && npm ci --silent --ignore-scripts
	@touch $@

.PHONY: security
security: setup $(SECURITY)/.installed tools/documents/node_modules/.installed ## Scan, lint, attack and fuzz, piece by piece (PIECES="tamper roles", RESUME=1; needs npm)
	$(BIN)/python -m tools.security $(PIECES) $(if $(RESUME),--resume)

SERVICE ?= intake
.PHONY: fuzz
fuzz: setup $(SECURITY)/.installed ## Ask one service whatever may be asked of it (SERVICE=intake)
	KAIROS_FUZZ_EXAMPLES=$${KAIROS_FUZZ_EXAMPLES:-60} $(BIN)/python -m tools.fuzz $(SECURITY)/bin/schemathesis $(SERVICE)

.PHONY: bench
bench: setup ## Measure side by side, ratios first
	$(BIN)/python -m benchmarks

.PHONY: mutation
mutation: setup $(SECURITY)/.installed ## Change dosing's rules one operator at a time: a test has to notice (minutes)
	$(BIN)/python -m tools.mutation

.PHONY: machines
machines: setup ## Dosing's state machines over hundreds of thousands of steps each (minutes)
	KAIROS_MACHINE_EXAMPLES=4400 $(BIN)/python -m pytest services/dosing/tests/domain/test_machines.py -q -s --timeout 0 -k 'runTest or steps or has_'

.PHONY: lock
lock: ## Lock the requirements again, with hashes (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q requirements/runtime.in -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q requirements/development.in -c requirements.lock -o requirements-dev.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q requirements/security.in -o requirements-security.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate --no-header -q requirements/build.in -c requirements-dev.lock -o requirements-build.lock

.PHONY: lint
lint: setup ## Style, types and what may import what
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy $(addsuffix /src,$(PACKAGES)) benchmarks tools tests/boundaries tests/contract tests/journey tests/chaos tests/rolling
	$(BIN)/lint-imports --no-cache --no-logo

.PHONY: openapi
openapi: setup ## Write each service's openapi.json from its code
	@for s in intake scheduling dosing integration; do $(BIN)/python -m kairos_chassis.documents $$s --write || exit 1; done
