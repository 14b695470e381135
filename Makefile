# `make setup` builds .venv in this folder; everything else stands on it.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ASSAY := $(BIN)/assay
EXAMPLES := accounts/examples/creators.jsonl
DEMO := demo
# DEMO_DESK=0: `make demo` ends without the desk, which otherwise runs until Ctrl-C.
DEMO_DESK ?= 1
# Accounts that nobody would put on a shortlist.
NOBODIES := small_person,lurker,newcomer,mass_follower,mass_fake,empty_fake,dressed_fake,newborn_fake,active_fake,dormant,fake_follower
PORT ?= 3000
STAMP := .venv/.installed
GENERATORS := tests/clients
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Takes a sixth of pip's time; from pip's own index where it has one, and with its certificates.
INDEX = $${UV_DEFAULT_INDEX:-$${PIP_INDEX_URL:-$$($(BIN)/python -m pip config get global.index-url 2>/dev/null)}}
UV = index="$(INDEX)"; env UV_HTTP_RETRIES=1 $${index:+UV_DEFAULT_INDEX="$$index"} $${PIP_CERT:+SSL_CERT_FILE="$$PIP_CERT"} \
	$(BIN)/uv pip install --quiet --python $(BIN)/python

.PHONY: setup demo desk desk-screenshots test lint style lock starter docs schemas bench-quality bench-real bench-speed bench-serving bench-desk attack generators clients fuzz audit sbom clean

setup: $(STAMP)

$(STAMP): requirements.txt pyproject.toml
	@command -v $(PYTHON) >/dev/null || { echo "Assay needs Python 3.11 or newer, and no $(PYTHON) was found."; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Assay needs Python 3.11 or newer; $(PYTHON) is older. Set PYTHON=/path/to/python3.11."; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null || [ "$$(uname)" != Linux ] || { echo "LightGBM needs libgomp. On Debian or Ubuntu: apt-get install libgomp1"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "Installing the pinned requirements (a few minutes the first time) ..."
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.txt > .venv/uv.txt
	@$(PIP) --require-hashes -r .venv/uv.txt
	@$(UV) --require-hashes -r requirements.txt || { echo "uv cannot install them here; pip does."; \
		$(PIP) --no-compile --require-hashes -r requirements.txt; }
	@$(BIN)/python -m compileall -q -j 0 -x 'site-packages/.*/tests/' .venv/lib
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

# Screens the example creators with the starter, trains a detector of your own, screens again, opens the desk.
demo: setup
	@echo; echo "== The example creators, screened by the starter detector =="
	@$(ASSAY) screen $(EXAMPLES) --model detector/starter
	@echo; echo "== One of them explained =="
	@$(ASSAY) explain $(EXAMPLES) --account example:burst-of-followers --model detector/starter
	@rm -rf $(DEMO)/population
	@echo; echo "== A population simulated, and a detector trained on it =="
	@$(ASSAY) simulate --accounts 14000 --seed 7 --out $(DEMO)/population
	@ASSAY_HOME=$(DEMO)/home $(ASSAY) train --population $(DEMO)/population
	@echo; echo "== The same creators, screened by the new champion, or by the starter where that does not replace it =="
	@ASSAY_HOME=$(DEMO)/home $(ASSAY) screen $(EXAMPLES)
	@echo; echo "Open the MLflow page: $(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow/store/mlflow.db --host 127.0.0.1"
	@[ "$(DEMO_DESK)" = 0 ] && echo "Open the desk:        make desk" || $(MAKE) --no-print-directory desk

# The vetting desk on this machine, on a simulated shortlist of 40 creators, until Ctrl-C; PORT=3000.
desk: setup
	@echo; echo "== The vetting desk, on a simulated shortlist of 40 creators =="
	@rm -rf $(DEMO)/shortlist
	@$(ASSAY) simulate --accounts 40 --seed 7 --without $(NOBODIES) --out $(DEMO)/shortlist
	@ASSAY_HOME=$(DEMO)/home $(ASSAY) desk fill $(DEMO)/shortlist --list "Simulated shortlist"
	@echo; ASSAY_HOME=$(DEMO)/home $(ASSAY) desk invite "Lead" --role lead --address http://127.0.0.1:$(PORT)
	@echo "Open it once the service answers; Ctrl-C stops the desk, and make desk starts it again."; echo
	@ASSAY_HOME=$(DEMO)/home $(ASSAY) serve --port $(PORT)

# Pictures of every page of the desk into docs/desk/, by headless Chromium.
desk-screenshots: setup
	@$(BIN)/python -m benchmarks.desk.screenshots

# Everything that must hold; tests of one file share a worker, and so their expensive fixtures. Much of their
# time is spent waiting for servers and children, hence four workers for two cores, and the types are checked
# beside them; what is wrong with these is said at the end. Sources are compiled first, for hundreds of
# processes import them, and where PYTHONDONTWRITEBYTECODE is set each would compile them again.
test: setup style
	@$(BIN)/python -m compileall -q -j 0 $(dir $(wildcard */__init__.py))
	@said=$$(mktemp); $(BIN)/mypy > $$said 2>&1 & types=$$!; \
	$(BIN)/python -m pytest -q -n 4 --dist loadfile; tests=$$?; \
	wait $$types; types=$$?; cat $$said; rm $$said; exit $$((tests | types))

lint: style
	@$(BIN)/mypy

style: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

# The starter detector again from its recorded configuration (about fifteen minutes).
starter: setup
	@$(BIN)/python -m training.starter

# Every generated page.
docs: setup
	@$(BIN)/python -m features.page --write
	@$(BIN)/python -m accounts.importing.page --write
	@$(BIN)/python -m detector.yardsticks.page --write
	@$(BIN)/python -m serving.app.pages --write

# The schema that `assay audit verify` compares a database with, as the migrations make it; wants PostgreSQL.
schemas: setup
	@$(BIN)/python -m benchmarks.serving.schemas

# For what the starter accuses real organic accounts, or sends them to a person; wants the public sets
# (docs/data.md). NAME=youtube_channels for some sets, MODEL=folder for another detector.
bench-real: setup
	@$(BIN)/python -m benchmarks.quality.real_accounts $(NAME) $(if $(MODEL),--model $(MODEL))

# Quality on every public set that is there, in two processes; NAME="in_domain zero_shot" for some parts.
# Resumes after an interruption, keeps benchmarks/quality/results/, and writes docs/quality.md and
# docs/model-card.md. MODEL=folder measures another detector, whose figures are only shown.
bench-quality: setup
	@$(BIN)/python -m benchmarks.quality.parts $(NAME) $(if $(MODEL),--model $(MODEL))

bench-speed: setup
	@$(BIN)/python -m benchmarks.speed.features
	@$(BIN)/python -m benchmarks.speed.screening
	@$(BIN)/python -m benchmarks.speed.importing

# Coverage-guided fuzzing of every reader, SECONDS_EACH (60) for each; on Linux with Python 3.11.
fuzz: setup
	@$(BIN)/python -m pip install --quiet --require-hashes -r tests/fuzz/requirements.txt
	@for reader in document json lines csv parquet; do \
		$(BIN)/python tests/fuzz/readers.py $$reader -max_total_time=$${SECONDS_EACH:-60} -verbosity=0 || exit 1; \
		echo "$$reader: no finding in $${SECONDS_EACH:-60} seconds."; \
	done

# Known vulnerabilities in the pinned versions; asks the advisory database, and fails where that does not know one of them.
audit: setup
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip --requirement requirements.txt

# What Assay is made of, as CycloneDX, each library with its licence: sbom.json.
sbom: setup
	@$(BIN)/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-reproducible --gather-license-texts \
		--of JSON -o sbom.json

# The service beside a bare application: throughput, latency, overload, changes of the model, the end, and
# very many requests (about 45 minutes; SECONDS_EACH=3 REQUESTS=1000 for a quick look, PARTS="by_turns").
bench-serving: setup
	@$(BIN)/python -m benchmarks.serving.run $(PARTS)
	@$(BIN)/python -m benchmarks.serving.stalls

# The page of a creator with 500 posts and 20,000 comments and pages of a long queue, on the server; the
# queue's first paint and axe-core in Chromium.
bench-desk: setup
	@$(BIN)/python -m benchmarks.desk.creator_page
	@$(BIN)/python -m benchmarks.desk.queue
	@$(BIN)/python -m benchmarks.desk.first_paint
	@$(BIN)/python -m benchmarks.desk.looks

# What an attacker would try, on a service of its own on this machine; says what should happen and what did.
# NAME="paths headers" for some; ends with an error where something did not come out as it should.
# NAME=requests draws requests from a SEED (1) for SECONDS_EACH (60; 3600 for an hour) by CLIENTS (6).
attack: setup
	@$(BIN)/python -m benchmarks.attack.run $(NAME)

# The pinned generators of clients, in environments of their own; make test runs them where they are.
generators: $(GENERATORS)/.venv/.installed $(GENERATORS)/node_modules/.installed

$(GENERATORS)/.venv/.installed: $(GENERATORS)/requirements.txt
	@test -x $(GENERATORS)/.venv/bin/python || $(PYTHON) -m venv $(GENERATORS)/.venv
	@$(GENERATORS)/.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

$(GENERATORS)/node_modules/.installed: $(GENERATORS)/package-lock.json
	@if command -v npm >/dev/null && command -v node >/dev/null; then \
		npm ci --silent --prefix $(GENERATORS) --ignore-scripts --no-audit --no-fund && touch $@; \
	else echo "The TypeScript generator is left out: it needs node and npm."; fi

# Clients generated from docs/openapi.json screen accounts, and say what they were answered.
clients: setup generators
	@$(BIN)/python -m benchmarks.serving.generated_clients

clean:
	rm -rf .venv $(GENERATORS)/.venv $(GENERATORS)/node_modules demo *.egg-info build

# Pins every version with its hashes, and for the image those that the service needs; the files name no registry.
LOCK = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	--no-emit-package assay pyproject.toml
lock: setup
	@$(LOCK) --all-extras --output-file requirements.txt
	@$(LOCK) --extra image --constraints requirements.txt --output-file deploy/requirements.txt
