# Everything a developer or a centre asks for; each target sets up first what is missing.
.PHONY: run test setup demo lint bench soak lock
python := .venv/bin/python

run: setup            ## open the counter with invented staff and people
	.venv/bin/kiosk run --demo

test: setup           ## every test
	$(python) -m pytest -n 2 --dist worksteal

setup:                ## .venv with the commands kiosk and central in it; nothing to do when it is there
	@tools/setup.sh

demo: setup           ## whole cases, key by key, then one between two terminals; into out/demo and out/together
	.venv/bin/kiosk demo --out out/demo
	.venv/bin/kiosk demo --together --out out/together

lint: setup           ## format, style and types
	$(python) -m ruff format --check .
	$(python) -m ruff check .
	$(python) -m mypy

bench: setup          ## speed and size, into out/bench.md
	$(python) -m tests.bench --out out/bench.md

soak: setup           ## ten thousand faults between terminals and centre; `make soak SEED=7` plays one plan again
	$(python) -m tests.soak $(if $(SEED),--seed $(SEED)) $(if $(OFFLINE),--offline $(OFFLINE))

lock:                 ## choose the newest versions of everything in pyproject.toml
	python3 -m venv out/lock && out/lock/bin/pip install -q uv
	out/lock/bin/uv pip compile --upgrade --universal --python-version 3.11 --all-extras \
		--generate-hashes --no-header --quiet pyproject.toml -o requirements.txt
