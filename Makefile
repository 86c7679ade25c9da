# Everything here sets itself up: only Python 3.11 or newer, pip and make are needed.
# `make help` lists the targets. PYTHON=... chooses the Python, VENV=... the folder of the environment.

VENV ?= .venv
BIN := $(VENV)/bin
export PYTHON

# Two stamps say what is installed; both are renewed when the dependencies change.
INSTALLED := $(VENV)/.installed
INSTALLED_DEV := $(VENV)/.installed-dev
DEPENDENCIES := pyproject.toml constraints.txt

.DEFAULT_GOAL := help
.PHONY: help demo test test-slow test-browser check format generate benchmark benchmark-web constraints build clean docs results links

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' Makefile

demo: $(INSTALLED) ## the main job: a year on a shoestring against its baseline, with answer and figure
	$(BIN)/cultureshift run shoestring-year --out demo-results --force
	@echo "The figure is demo-results/figure.png; the tables and the manifest lie beside it."

test: $(INSTALLED_DEV) ## the default tests (some seven minutes on two cores)
	$(BIN)/python -m pytest -n 2

test-slow: $(INSTALLED_DEV) ## the slow tests: statistics, patterns, large organisations
	$(BIN)/python -m pytest -n 3 --dist worksteal -m slow --durations=45 --ignore-glob='*_browser.py' tests

# What takes long comes first, and of the room, whose worlds take both processors, one after another.
BROWSER_TESTS = $(addprefix tests/,room/test_session_browser.py dashboard/test_learn_browser.py deployment/test_proxies_browser.py) \
	$(wildcard tests/room/*_browser.py tests/*/*_browser.py)

test-browser: $(INSTALLED_DEV) ## the tests in a real browser (needs Chromium, best chromium-headless-shell)
	$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder -m browser --durations=15 $(BROWSER_TESTS)

check: $(INSTALLED_DEV) ## lint, format, types, layers, spelling
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell --dictionary - --dictionary .ci/british.txt

format: $(INSTALLED_DEV) ## put the code in its form, and mend what the linter can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

generate: $(INSTALLED_DEV) ## write anew what is made from the code: tables, schema, reference, the picture of the house
	$(BIN)/python -m tests.scenarios.renew
	$(BIN)/python docs/make_house.py
	$(BIN)/python docs/generate.py

results: $(INSTALLED_DEV) ## make again every figure and table of results that is kept, and compare (hours; it goes on)
	$(BIN)/python docs/make_results.py build/results

links: $(INSTALLED_DEV) ## ask every address elsewhere that a page names whether it is there (needs the internet)
	$(BIN)/python docs/check_links.py
	$(BIN)/python docs/check_links.py --elsewhere

docs: $(INSTALLED_DEV) ## make the site of the documentation in build/docs; `cultureshift docs` opens it
	$(BIN)/python docs/site/make.py build/docs

benchmark: $(INSTALLED_DEV) ## measure speed and memory against the reference programs in benchmarks/
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/study.py
	$(BIN)/python benchmarks/own_data.py

benchmark-web: $(INSTALLED_DEV) ## measure the dashboard: one person, long use, large services, thirty people at once
	$(BIN)/python benchmarks/dashboard.py

constraints: $(INSTALLED_DEV) ## resolve constraints.txt anew, to the newest versions that fit
	@.ci/resolve $(BIN)/python

build: $(INSTALLED_DEV) ## make the wheel and the source archive in dist/
	$(BIN)/python -m uv build --quiet

clean: ## remove the environment and everything that was made
	rm -rf .venv build dist demo-results .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The development environment contains the other one.
$(INSTALLED): $(DEPENDENCIES)
	@.ci/install $(VENV) "."
	@touch $@

$(INSTALLED_DEV): $(DEPENDENCIES)
	@.ci/install $(VENV) ".[dev]"
	@touch $(INSTALLED) $@

# A Python that was asked for by name is checked against the environment every time.
ifneq ($(strip $(PYTHON)),)
$(INSTALLED) $(INSTALLED_DEV): asked-for-python
.PHONY: asked-for-python
endif
