# Two commands for a fresh machine: `make run` and `make test`. POSIX sh and Python 3.11+ are enough;
# uv is used where it is on the path. The lock holds versions and hashes, no address.
PY      := .venv/bin/python
LOCK    := requirements.lock
# the first interpreter that really runs and is of a version that the lock knows
PYTHON  ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))' 2>/dev/null && echo "$$p" && break; done)
MINUTES ?= 6

.PHONY: run test check lint setup machine-code lock clean fixtures bench screenshots

run: setup            ## simulators, daemon and inbox; prints the address and one-time logins
	@$(PY) -m ops.main demo --minutes $(MINUTES)

test: setup           ## the fast tests, then the slow ones (crash, replay), then the browser's where Chromium is
	@$(PY) -m pytest -n auto --dist loadfile -m "not slow and not browser"
	@$(PY) -m pytest -m "slow or browser"

quick: setup          ## the fast tests alone
	@$(PY) -m pytest -n auto --dist loadfile

lint: setup
	@.venv/bin/ruff check .
	@.venv/bin/mypy domain.py personal_data.py logs.py deciding.py pipeline.py run_daemon.py polling settings harvester nlp routing storage notify ops simulators inbox evaluation workbench receiver scripts/machine_code.py

check: lint test      ## everything that a commit has to pass

setup: .venv/.ready

.venv/.ready: $(LOCK) pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 sampai 3.14 tidak ditemukan: apt-get install python3 python3-venv"; exit 1; }
	@echo "menyiapkan lingkungan (sekali saja) ..."
	@if command -v uv >/dev/null 2>&1; then \
	  uv venv -q --python "$(PYTHON)" --allow-existing .venv && \
	  uv pip install -q --python $(PY) --require-hashes -r $(LOCK) && \
	  uv pip install -q --python $(PY) --no-deps -e . ; \
	else \
	  "$(PYTHON)" -m venv .venv || { echo "python3-venv tidak ada: apt-get install python3-venv"; exit 1; } ; \
	  .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r $(LOCK) && \
	  PYTHONWARNINGS=ignore .venv/bin/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e . ; \
	fi
	@$(PY) -m scripts.machine_code || true
	@touch $@

machine-code: setup   ## anew, after an upgrade or an edit below nlp/; nothing to do where it is current
	@$(PY) -m scripts.machine_code

lock:                 ## renew the lock (needs uv); no index address is written into it
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	  --no-emit-find-links --no-header pyproject.toml --group dev -o $(LOCK)

fixtures: setup       ## rewrite fixtures/day1 from the invented day
	@$(PY) -m simulators archive fixtures/day1

screenshots: setup    ## the README's pictures, from the demo that `make run` plays in another terminal
	@$(PY) -m scripts.screenshots

clean:
	rm -rf .venv .machine var build *.egg-info
