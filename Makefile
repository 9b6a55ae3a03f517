# Two commands are enough: `make registry` builds a registry from the sample institutions, `make test` tests it all.
PYTHON ?= python3.11
PADRON_HOME ?= var
PEOPLE ?= 5000
BIN := .venv/bin
PACKAGES := linkage pipelines quality sources warehouse

export PADRON_HOME
export DAGSTER_DISABLE_TELEMETRY := 1
export GX_ANALYTICS_ENABLED := false

.PHONY: registry test slow system live lint format ui docs docs-pictures bench bench-pipeline bench-readers bench-registry bench-cookbook crashes lock clean

registry: .venv/ready
	$(BIN)/padron sample --people $(PEOPLE)
	$(BIN)/padron build

test: .venv/ready
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not system and not live"

slow: .venv/ready
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow

system: .venv/ready
	$(BIN)/pytest -n 2 --dist loadfile --no-loadscope-reorder -m "system and not slow"

live: .venv/ready
	$(BIN)/pytest -m live

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/dagster definitions validate -m pipelines.definitions

format: .venv/ready
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

ui: .venv/ready
	$(BIN)/padron ui

docs: .venv/ready
	$(BIN)/pytest tests/integration/test_docs.py tests/integration/test_cookbook.py tests/warehouse/test_declarations.py --regenerate

docs-pictures: .venv/ready
	$(BIN)/pytest tests/system/test_ui.py --regenerate

bench: .venv/ready
	$(BIN)/python tests/benchmarks/bench.py $(BENCH)

bench-pipeline: .venv/ready
	$(BIN)/python tests/benchmarks/pipeline.py $(BENCH)

bench-readers: .venv/ready
	$(BIN)/python tests/benchmarks/readers.py --home $(PADRON_HOME)

bench-registry: .venv/ready
	$(BIN)/python tests/benchmarks/registry_cost.py --write $(BENCH)

bench-cookbook: .venv/ready
	$(BIN)/python tests/benchmarks/cookbook.py --home $(PADRON_HOME)

crashes: .venv/ready
	$(BIN)/python tests/benchmarks/crashes.py $(CRASHES)

lock:
	$(BIN)/uv pip compile -q pyproject.toml --group dev --group bench --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header -o requirements.lock

clean:
	rm -rf .venv build *.egg-info

.venv/ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check $$(sed -n 's/^\(uv==[^ ]*\).*/\1/p' requirements.lock)
	$(BIN)/uv pip sync --quiet --compile-bytecode --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@
