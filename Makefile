# Two commands: `make run` starts the platform, `make test` runs everything there is to prove.
# Both begin with `make install`, which does nothing when nothing changed.

SHELL := /bin/sh
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help run test bench mutants install install-dev lint lock stop clean

help: ## show this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1	/p' Makefile

run: install ## start everything; PORT= and HOST= are respected, Ctrl-C ends it
	@exec .venv/bin/python -m cqo_portal.machine.serve

test: install-dev ## run every test; narrower: make test TESTS="tests/machine -k postgres"
	@exec .venv/bin/python -m pytest -n 2 --dist loadfile $(TESTS)

bench: install-dev ## measure: ratios within one run, on 100,000 rows
	@exec .venv/bin/python -m pytest -q -s tests/bench/bench_*.py

mutants: install-dev ## break what decides an evaluation or a certificate in every small way: do the tests notice? at least 95 %
	@exec .venv/bin/python -m tests.mutants

install: ## virtual environment, pinned dependencies, system libraries, secrets in var/env
	@$(find-python); "$$python" -m cqo_portal.machine.install

install-dev: ## the same, and what the tests need
	@$(find-python); "$$python" -m cqo_portal.machine.install --dev

lint: install-dev ## style and the direction of imports
	@.venv/bin/python -m ruff check . && .venv/bin/python -m ruff format --check . && .venv/bin/lint-imports

stop: ## stop embedded servers that a killed `make run` left behind
	@.venv/bin/python -m cqo_portal.machine.embedded stop

lock: ## pin the dependencies anew from pyproject.toml (needs uv); no registry is named in the result
	@uv pip compile $(LOCK) --extra dev -o requirements-dev.lock && uv pip compile $(LOCK) -c requirements-dev.lock -o requirements.lock
LOCK = -q --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml

clean: ## remove what can be made again; data and secrets in var/ stay
	@rm -rf .venv mutants var/static var/log .pytest_cache .ruff_cache .import_linter_cache .hypothesis

# The first Python that is new enough; PYTHON=/path/to/python3 decides instead.
define find-python
python=; for name in $(or $(PYTHON),python3 python3.14 python3.13 python3.12 python3.11); do \
  if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
  echo "需要 Python 3.11 或更新的版本，可用 make PYTHON=/路径/python3 指定。Python 3.11 or newer is needed; name it with make PYTHON=/path/to/python3." >&2; exit 1; \
fi
endef
