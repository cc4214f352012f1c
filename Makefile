# `make demo` and `make test` are all that a fresh machine needs (Debian 12, Python 3.11 or newer with pip, root or sudo).
PYTHON := .venv/bin/python
N ?= 1500
SEED ?= 1
WORKERS ?= 2
RECORDS ?= 50000
KILLS ?= 20
EXAMPLES ?= 100000
MINUTES ?= 60
MANIPULATIONS ?= 10000

.PHONY: chaos fuzz fuzz-sinks manipulations mutants bpf fastpath index demo test lint packages deb oracle oracle-all oracle-payload bench builds races corpus corpus-files picture lock clean

demo:
	@tools/setup.sh demo
	@examples/demo.sh

test:
	@tools/setup.sh test
	$(PYTHON) -m pytest -n $(WORKERS) --dist loadgroup $(TESTS)

# builds the wheel, the Debian package and the image, installs each on a bare machine, and boots the kernel of Debian 12 (root, some minutes)
packages:
	@tools/setup.sh packages
	$(PYTHON) -m pytest -m packages tests/packages

deb:
	packaging/deb.sh

lint:
	@tools/setup.sh test
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	.venv/bin/lint-imports

# which table describes what: made anew after a table or a capability has changed
index:
	@tools/setup.sh demo

# the BPF program, whose object is in the repository; a test compares it with its sources
bpf:
	@tools/setup.sh test
	$(PYTHON) -m flycatcher.sources.sensors.ebpf.build

# the compiled loop of `flycatcher run`, whose objects are in the repository; a test compares them with their source
fastpath:
	@tools/setup.sh test
	$(PYTHON) -m flycatcher.sources.sensors.seccomp.build

oracle:
	@tools/setup.sh test
	$(PYTHON) -m tests.oracle $(N) $(SEED) $(ONLY)

# every grammar, the slow ones too; what a registry has is installed first
oracle-all:
	@tools/setup.sh all
	$(PYTHON) -m tests.oracle $(N) $(SEED)

# what a text does, against what the analysis says: N constructs around sinks for each language, run for real in a folder of their own
oracle-payload:
	@tools/setup.sh test
	$(PYTHON) -m tests.oracle_payload $(N) $(SEED) $(ONLY)

# how much of a corpus of labelled command lines is detected, and at which risk: make corpus CORPUS=folder
corpus:
	@tools/setup.sh test
	$(PYTHON) tools/corpus.py $(CORPUS)

# how much of a corpus of labelled build files flycatcher scan finds: make corpus-files CORPUS=folder [LIST=misses]
corpus-files:
	@tools/setup.sh test
	$(PYTHON) tools/corpus_files.py $(CORPUS) $(if $(LIST),--list $(LIST))

picture:
	@tools/setup.sh demo
	$(PYTHON) tools/picture.py
	$(PYTHON) tools/interpreters.py

bench:
	@tools/setup.sh test
	$(PYTHON) -m bench

# what is said of real builds from the registries, and what it costs them; attacks planted in them: make builds BUILDS="--only cmake,meson", BUILDS=--planted
builds:
	@tools/setup.sh test
	$(PYTHON) -m bench.builds $(BUILDS)

# one change of the source at a time: does a test notice? make mutants MUTANTS="--rooms core/recipe,sinks --each 40 --seconds 3600"
mutants:
	@tools/setup.sh test
	$(PYTHON) -m tests.mutants $(MUTANTS)

# how often a race against run --deny is won, and how long the winner runs: 10,000 tries each
races:
	@tools/setup.sh test
	$(PYTHON) -m bench.bench_race

# records into four sinks while receivers refuse, stall and die, and the sender is killed KILLS times: the table of docs/performance.md
chaos:
	@tools/setup.sh test
	$(PYTHON) -m tests.delivery.chaos $(RECORDS) $(KILLS) $(SEED)

# the properties with examples that nobody has tried yet, for an hour
fuzz:
	@tools/setup.sh test
	$(PYTHON) -m tests.fuzz --minutes $(MINUTES) --seed $(SEED)

# 100,000 texts for each of five forms (CEF, LEEF, Markdown, HTML, workflow commands): none may end its field
fuzz-sinks:
	@tools/setup.sh test
	$(PYTHON) -m tests.delivery.fuzz_sinks $(EXAMPLES) $(SEED) $(FORMS)

# 10,000 random manipulations of a signed ledger: which are not detected?
manipulations:
	@tools/setup.sh test
	$(PYTHON) -m tests.ledger.manipulations $(MANIPULATIONS) $(SEED)

lock:
	tools/lock.sh

clean:
	rm -rf .venv build dist
