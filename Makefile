PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
JUDGES := tests/judges
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate
TEMPLATES = $$(find templates -name '*.html')
PURE := $(wildcard archive/addresses.py archive/address_patterns.py archive/boxes.py archive/charts.py archive/citing/*.py archive/dates.py archive/differences.py archive/keys.py archive/manifest.py archive/players.py archive/sanitize.py \
	archive/search/analysis.py archive/search/matching.py archive/search/parts.py archive/search/passages.py \
	archive/search/query.py archive/search/scoring.py \
	archive/typography.py archive/wording.py archive/importers/*.py newsroom/environment.py newsroom/sqlite.py)

export PORT

.DEFAULT_GOAL := help
.PHONY: help demo run test test-sqlite test-postgresql judges lighthouse lint format check messages requirements clean

help: ## list what make can do
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{ printf "make %-16s %s\n", $$1, $$2 }'

demo: $(VENV)/runtime ## serve the demonstration archive on http://127.0.0.1:8000 (PORT= changes it)
	@exec $(BIN)/python manage.py demo --port $(PORT)

run: $(VENV)/runtime ## the same with the development server, which reloads when a file changes
	@$(BIN)/python manage.py demo --prepare-only --port $(PORT)
	@NEWSROOM_DEBUG=1 NEWSROOM_URL=http://127.0.0.1:$(PORT) exec $(BIN)/python manage.py runserver 127.0.0.1:$(PORT)

test: $(VENV)/dev judges ## run every test, on SQLite and on PostgreSQL
	@status=0; \
	for database in sqlite postgresql; do \
		$(BIN)/python -m pytest --database $$database $(PYTEST_ARGS) || status=1; \
	done; \
	exit $$status

test-sqlite test-postgresql: $(VENV)/dev
	@$(BIN)/python -m pytest --database $(@:test-%=%) $(PYTEST_ARGS)

lint: $(VENV)/dev ## look for mistakes in code, templates and types
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/djade --check --target-version 5.2 $(TEMPLATES)
	@$(BIN)/mypy $(PURE)

format: $(VENV)/dev ## set code and templates in their one form
	@$(BIN)/ruff check --fix-only --exit-zero --quiet
	@$(BIN)/ruff format
	@$(BIN)/djade --target-version 5.2 $(TEMPLATES)

check: $(VENV)/runtime ## Django's own checks, as production sees them
	@$(BIN)/python manage.py makemigrations --check --dry-run
	@NEWSROOM_ENV=production NEWSROOM_HOSTS=archive.example.org \
		NEWSROOM_SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
		$(BIN)/python manage.py check --deploy --fail-level WARNING

messages: $(VENV)/runtime ## gather what is to be translated into French, and compile it (needs gettext)
	@$(BIN)/python manage.py makemessages --locale fr --no-location --ignore $(VENV) --ignore var --ignore tests
	@$(BIN)/python manage.py compilemessages --locale fr --ignore $(VENV)

requirements: $(VENV)/dev ## renew the exact versions and hashes that are installed (then read the difference)
	@$(LOCK) --upgrade --output-file requirements.txt
	@$(LOCK) --upgrade --extra dev --constraints requirements.txt --output-file requirements-dev.txt

judges:
	@if command -v npm >/dev/null; then $(MAKE) --silent $(JUDGES)/node_modules/installed; \
	else echo "make: no npm here, so pages are not put before axe-core, the HTML checker and Lighthouse" >&2; fi

lighthouse: $(VENV)/dev judges ## put a running archive's pages before Lighthouse, speed and all (URL= names it)
	@$(BIN)/python benchmarks/lighthouse.py $(or $(URL),http://127.0.0.1:$(PORT))

$(JUDGES)/node_modules/installed: $(JUDGES)/package-lock.json
	@npm ci --prefix $(JUDGES) --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

clean: ## remove what make made, except the archive's data in var/
	rm -rf $(VENV) $(JUDGES)/node_modules .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Names of what is missing come before any work, since a half-made environment is worse than none.
$(BIN)/python:
	@command -v $(PYTHON) >/dev/null || { echo "make: $(PYTHON) is not here; install Python 3.11 or newer, or name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "make: $(PYTHON) is $$($(PYTHON) --version 2>&1), and Python 3.11 or newer is needed; name one: make PYTHON=/path/to/python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "make: could not make $(VENV); on Debian: apt install python3-venv" >&2; exit 1; }

$(VENV)/runtime: requirements.txt | $(BIN)/python
	@echo "Installing what the archive needs into $(VENV)…" >&2
	@$(PIP_INSTALL) requirements.txt
	@touch $@

$(VENV)/dev: requirements-dev.txt $(VENV)/runtime
	@echo "Installing what its tests need into $(VENV)…" >&2
	@$(PIP_INSTALL) requirements-dev.txt
	@touch $@
