# SPDX-License-Identifier: MIT
# A thin front of the CMake build (see CMakePresets.json for dev, release, asan and others).
#
#   make demo      build, and run the working-memory model with and without its astrocytes
#   make test      build, and run all tests; the last line is the summary
#   make build     release build in build/release
#   make install PREFIX=DIR
#   make asan      build and test with the address and undefined-behaviour sanitizers
#   make tsan      build with the thread sanitizer, and run what uses threads
#   make coverage  build so that executed lines are counted, run the tests, and fail where they reach less than 90 % of the
#                  lines of src or of runtime; COVERAGE_ARGS=--lines says which they miss
#   make bench     measure beside C and Brian2 (docs/benchmarks.md); BENCH="cobahh cuba" some, BENCH_ARGS="-n 9" more often
#   make bench-growth  the same model from a thousand to a million neurons; models of 10 to 3000 equations, lets, connections
#   make bench-slow  cost and error of slower astrocytes (docs/benchmarks.md); BENCH_ARGS="-n 5" more seeds
#   make bench-deps  install Brian2 for it
#   make fuzz      feed anything to all that reads (tests/tools/fuzz.sh has the variables), then let each allocation fail
#                  in turn (hours; OOM_EVERY=100: each hundredth)
#   make cvode-deps  install SUNDIALS CVODE, which `nsa verify` then compares with (docs/verify.md)
#   make mutants   break the code in many places on purpose, and look whether a test notices (an hour)
#   make bless     accept what the stages print now, and what tests/errors are told, as expected
#   make format    write C files as .clang-format says
#   make docs      write docs/models.md from the comments of the models
#   make deps      install what is missing of the packages below      make clean

# Everything the build, the tests and the tool need, by Debian's names: the one list.
PACKAGES := cmake ninja-build gcc libc6-dev make pkg-config flex bison \
            llvm-19-dev clang-19 clang-format-19 libstdc++-12-dev libzstd-dev zlib1g-dev libxml2-dev libz3-dev \
            libhdf5-dev libpng-dev libcairo2-dev libcjson-dev librandom123-dev libcmocka-dev libgsl-dev \
            python3-scipy python3-h5py

PREFIX ?= /usr/local
JOBS ?= $(shell nproc 2>/dev/null || echo 2)
CTEST_ARGS ?=
BENCH ?=
BENCH_ARGS ?=
MUTANTS ?=
OOM_EVERY ?= 1
COVERAGE_ARGS ?=
COVERAGE_WITHOUT := ^(kernels/test_models|repro|layering|docs|install|numerics/test_library_interpreted|oracles/test_simulator_)
RELEASE := build/release
NSA := $(RELEASE)/bin/nsa
DEMO := examples/working_memory.nsa
DEMO_OUT := build/demo

.PHONY: all demo test build install asan tsan coverage bench bench-growth bench-slow bench-deps cvode-deps fuzz mutants bless format docs deps clean
all: build

deps:
	@sh tests/tools/deps.sh $(PACKAGES)

$(RELEASE)/build.ninja: | deps
	@cmake --preset release

build: deps $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j $(JOBS) --target product

demo: build
	@mkdir -p $(DEMO_OUT)
	$(NSA) run $(DEMO) --variants all --force --out $(DEMO_OUT)/working_memory
	@echo
	@echo "Results (spikes, astrocyte calcium, run.json), a folder for each variant:"
	@find $(DEMO_OUT)/working_memory -type f | LC_ALL=C sort | sed 's/^/  /'

test: deps $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j $(JOBS)
	@sh tests/tools/run_ctest.sh $(RELEASE) $(JOBS) $(CTEST_ARGS)

install: build
	@cmake --install $(RELEASE) --prefix "$(PREFIX)"

asan: deps
	@test -f build/asan/build.ninja || cmake --preset asan
	@cmake --build build/asan -j $(JOBS)
	@sh tests/tools/run_ctest.sh build/asan $(JOBS) $(CTEST_ARGS)

# Machine code that is made while a program runs is not seen by the sanitizer, so runs are the interpreter's.
tsan: deps
	@test -f build/tsan/build.ninja || cmake --preset tsan
	@cmake --build build/tsan -j $(JOBS)
	@sh tests/tools/run_ctest.sh build/tsan $(JOBS) -R '^unit/(runtime|environments)/|^threads/' $(CTEST_ARGS)

# Left out: the same models once more (random ones, all widths and threads, the simulator again), and what is no run.
coverage: deps
	@sh tests/tools/deps.sh libclang-rt-19-dev
	@test -f build/coverage/build.ninja || cmake --preset coverage
	@cmake --build build/coverage -j $(JOBS)
	@rm -rf build/coverage/profiles
	@sh tests/tools/run_ctest.sh build/coverage $(JOBS) -E '$(COVERAGE_WITHOUT)' $(CTEST_ARGS) || true
	@python3 tests/tools/coverage.py build/coverage . $(COVERAGE_ARGS)

bench: build
	@NSA="$(CURDIR)/$(NSA)" bash tests/bench/run.sh $(BENCH_ARGS) $(BENCH)

bench-growth: build
	@NSA="$(CURDIR)/$(NSA)" bash tests/bench/growth.sh $(BENCH_ARGS)
	@NSA="$(CURDIR)/$(NSA)" bash tests/bench/compile_growth.sh

bench-slow: build
	@NSA="$(CURDIR)/$(NSA)" bash tests/bench/slow.sh $(BENCH_ARGS)

bench-deps:
	@sh tests/tools/deps.sh python3-brian g++

cvode-deps:
	@sh tests/tools/deps.sh libsundials-dev

format: deps
	@find src runtime tests examples \( -name '*.c' -o -name '*.h' \) -type f -exec clang-format-19 -i {} +

mutants: deps $(RELEASE)/build.ninja
	@cmake --build $(RELEASE) -j $(JOBS)
	@python3 tests/mutants/run.py $(RELEASE) tests/mutants/mutants.txt $(MUTANTS)

fuzz: deps $(RELEASE)/build.ninja
	@sh tests/tools/deps.sh libclang-rt-19-dev
	@cmake --build $(RELEASE) -j $(JOBS)
	@test -f build/fuzz/build.ninja || cmake --preset fuzz
	@test -f build/fuzz-bulk/build.ninja || cmake --preset fuzz-bulk
	@for folder in fuzz fuzz-bulk; do cmake --build build/$$folder -j $(JOBS) || exit 1; done
	@NSA="$(CURDIR)/$(NSA)" SRC="$(CURDIR)" TOOLS="$(CURDIR)/$(RELEASE)/tests/tools" FUZZERS="$(CURDIR)/build/fuzz/fuzz" \
	  BULK="$(CURDIR)/build/fuzz-bulk/fuzz" bash tests/tools/fuzz.sh
	@rm -rf build/memory && mkdir -p build/memory && cd build/memory && OOM_EVERY=$(OOM_EVERY) NSA="$(CURDIR)/$(NSA)" \
	  SRC="$(CURDIR)" BUILD="$(CURDIR)/$(RELEASE)" TOOLS="$(CURDIR)/$(RELEASE)/tests/tools" \
	  bash "$(CURDIR)/tests/faults/test_out_of_memory.sh"

bless: build
	@NSA="$(CURDIR)/$(NSA)" SRC="$(CURDIR)" NSA_BLESS=1 bash tests/golden/test_golden.sh
	@mkdir -p $(RELEASE)/bless && cd $(RELEASE)/bless && \
	  NSA="$(CURDIR)/$(NSA)" SRC="$(CURDIR)" NSA_BLESS=1 bash "$(CURDIR)/tests/errors/test_errors.sh"

docs:
	@sh tests/tools/models_page.sh . > docs/models.md

clean:
	rm -rf build
