# hoidap: `make chat` sets up and opens the chat, `make test` sets up and runs every check.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# torch first and alone: its pin must be met before another package asks for any version of it.
TORCH := torch==2.13.0

.PHONY: setup chat test check unit bench peers browser format clean

setup: $(VENV)/.ready

$(VENV)/.ready: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "hoidap needs Python 3.11 or newer, $(PYTHON) is $$($(PYTHON) --version): make PYTHON=python3.12 setup"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

chat: setup
	$(BIN)/hoidap chat $(ARGS)

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Debian's Chromium drives the page in the browser tests; without it they are skipped with one line.
browser:
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null; } || \
	  echo "no Chromium: browser tests will be skipped (install it with: sudo apt-get install chromium)"

test: check browser unit

unit: setup
	$(BIN)/python -m pytest $(ARGS)

# What we are compared with lives in an environment of its own, not in the product's.
peers: setup
	@test -x .venv-peers/bin/python || $(PYTHON) -m venv .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check $(TORCH)
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --editable . -r eval/peers/requirements.txt

bench: setup peers
	$(BIN)/python -m eval.bench $(ARGS)

format: setup
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
