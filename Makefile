# pyprof-tui: `make run` and `make check` are all a newcomer needs; see README.md.
#
#   make                  ./pyprof-tui (a link to build/pyprof-tui), build/pyprof-inject.so, build/pyprof-native.so and the engine
#                         for PYTHON's version, build/pyprof-host-VERSION.so; `make engine PYTHON=...` adds one for another version
#   make run              installs what is missing, builds, opens tests/targets/julia.py
#   make check            installs what is missing, builds, runs every test; ends with `N passed, N failed`
#   make check-unit check-san check-host check-tui check-fault    one suite of it
#   make check-kinds      every kind of code with every set of collectors, with modules from elsewhere (in build/kinds)
#   make check-matrix     as root: host tests with CPython 3.13 to 3.15, in a Debian root made in build/matrix/sid
#   make check-cpython    CPython's own test suite profiled and plain, all of it, on PYTHON and on the newest in the matrix
#   make check-keys       200,000 random keys (KEYS=N) on the viewer with sanitizers; PYPROF_TEST_SEED=N is where they begin
#   make check-oracle     2,000 generated programs and modules of the standard library count themselves: the same counts
#   make bench-tui        the viewer's bytes, times and memory against their limits, live and on a session of a million call nodes
#   make lint bench deps deps-test install uninstall clean
#
#   SAN=address,undefined a build with sanitizers, in build/san (the engine stays as it is)
#   PYTHON=PATH           whose headers the engine is built with         WERROR=0     warnings are no errors
#   PREFIX=PATH DESTDIR=PATH    where `make install` puts things
#   ROUNDS=N BENCH=OPTIONS      of `make bench`: how often, and what else bench.py is given, such as BENCH="--only imports"

PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
SAN ?=
WERROR ?= 1
PREFIX ?= /usr/local
ROUNDS ?= 5

MAKEFLAGS += --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all

BUILD := build$(if $(SAN),/san)
OBJ := $(BUILD)/obj

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes
AS_ERRORS := $(if $(filter 1,$(WERROR)),-Werror)
SANITIZE := $(if $(SAN),-fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=undefined)
CFLAGS ?= -g
LANGUAGE := -std=gnu17 -D_GNU_SOURCE
BASE_FLAGS := $(LANGUAGE) $(WARNINGS) -Iinclude -I.
DEPENDENCY_FLAGS := -MMD -MP
# Sanitizers change the flow that gcc warns by (-Wformat-truncation), so with them warnings are only warnings.
TUI_FLAGS := $(BASE_FLAGS) $(if $(SAN),-O1 $(SANITIZE),-O2 $(AS_ERRORS))
LINK_FLAGS := $(SANITIZE)

# --- the workbench: viewer, recorder, reports -------------------------------------------------------
CORE_SOURCES := $(sort $(wildcard core/base/*.c core/profile/*.c core/recorder/*.c core/session/*.c \
                                  core/config/*.c core/compare/*.c core/report/*.c))
TUI_SOURCES := $(sort $(wildcard tui/*/*.c))
TUI_MAIN := tui/app/main.c
CORE_OBJECTS := $(CORE_SOURCES:%.c=$(OBJ)/%.o)
TUI_OBJECTS := $(TUI_SOURCES:%.c=$(OBJ)/%.o)
NCURSES := $(or $(shell pkg-config --libs ncursesw 2>/dev/null),-lncursesw -ltinfo)
TUI_LIBRARIES := $(NCURSES) -lyaml -lsqlite3 -lm -lpthread

# --- the engine: the probes inside a CPython; one for each minor version ----------------------------
# Asked of the interpreter in one start: its own path, version, headers. Empty where there is no interpreter yet (`make deps`).
PYTHON_ANSWER := $(shell $(PYTHON) -c "import sys, sysconfig as s; \
  print(sys.executable, s.get_config_var('py_version_short'), s.get_path('include'))" 2>/dev/null)
PYTHON_VERSION := $(word 2,$(PYTHON_ANSWER))
PYTHON_INCLUDE := $(word 3,$(PYTHON_ANSWER))

ENGINE := build/pyprof-host-$(PYTHON_VERSION).so
ENGINE_OBJ := build/host-$(PYTHON_VERSION)
# What it calls malloc and mmap are functions of its own: the program's are counted.
ENGINE_SOURCES := $(sort $(wildcard core/host/*.c core/host/python_version/*.c core/probe/*.c core/base/*.c \
                                    core/profile/arena_writer.c core/profile/arena_marks.c core/profile/child_arena.c \
                                    core/inject/own_memory.c))
ENGINE_OBJECTS := $(ENGINE_SOURCES:%.c=$(ENGINE_OBJ)/%.o)
# The thread's shadow stack is reached without a call: its address is fixed when the library is loaded (initial-exec).
LIBRARY_FLAGS := -O2 -fno-tree-slp-vectorize -fPIC -ftls-model=initial-exec -fno-plt -fvisibility=hidden
ENGINE_FLAGS := $(BASE_FLAGS) $(AS_ERRORS) $(LIBRARY_FLAGS) -I$(PYTHON_INCLUDE) -I$(PYTHON_INCLUDE)/internal
# What is missing in the interpreter is to be found when the engine is loaded, not when it is first called.
LIBRARY_LINK_FLAGS := -shared -Wl,-O1 -Wl,-z,now -Wl,-Bsymbolic

# What pyprof-tui itself needs to build an engine (core/recorder/engine_build.c): `options`, the compiler's response file, relative to
# the folder it is in, and `identity`, which stands for the sources as they are. The installed folder holds the sources, too.
ENGINE_FOLDER := build/engine
ENGINE_HEADERS := $(sort $(wildcard core/host/*.h core/host/python_version/*.h core/probe/*.h core/base/*.h core/profile/*.h \
                                    include/pyprof/*.h))
# engine_options FROM_THERE_TO_HERE
engine_options = $(LANGUAGE) -w $(LIBRARY_FLAGS) $(LIBRARY_LINK_FLAGS) -I$(1)include -I$(or $(1),.) $(addprefix $(1),$(ENGINE_SOURCES))

INJECTOR := build/pyprof-inject.so
INJECTOR_SOURCES := $(sort $(wildcard core/inject/*.c core/base/*.c core/profile/arena_writer.c \
                                      core/profile/child_arena.c))
INJECTOR_OBJECTS := $(INJECTOR_SOURCES:%.c=build/inject/%.o)
INJECTOR_FLAGS := $(BASE_FLAGS) $(AS_ERRORS) $(LIBRARY_FLAGS)

# Stands in front of libc's allocation functions: the compiler is not to know them.
NATIVE := build/pyprof-native.so
NATIVE_SOURCES := $(sort $(wildcard core/native/*.c))
NATIVE_OBJECTS := $(NATIVE_SOURCES:%.c=build/native/%.o)
NATIVE_FLAGS := $(BASE_FLAGS) $(AS_ERRORS) $(LIBRARY_FLAGS) -fno-builtin
LIBRARIES := $(INJECTOR) $(NATIVE) $(ENGINE)

.PHONY: all engine run deps deps-test check check-build check-unit check-san check-host check-tui check-fault \
        check-keys check-kinds check-matrix check-cpython check-oracle unit-tests bench bench-tui lint install uninstall clean force
all: pyprof-tui $(LIBRARIES) $(ENGINE_FOLDER)/identity
engine: $(LIBRARIES)

# The link is made anew when it shows another build (plain or sanitized), whatever the times of the files say.
pyprof-tui: $(BUILD)/pyprof-tui force
	@[ "$$(readlink $@)" = "$<" ] || { rm -f $@ && ln -s $< $@; }
$(BUILD)/pyprof-tui: $(TUI_OBJECTS) $(CORE_OBJECTS) $(BUILD)/objects $(if $(SAN),$(LIBRARIES:build/%=$(BUILD)/%))
	$(CC) $(LINK_FLAGS) -o $@ $(filter %.o,$^) $(TUI_LIBRARIES)
ifneq ($(SAN),)
$(LIBRARIES:build/%=$(BUILD)/%): $(BUILD)/%: build/%
	@mkdir -p $(@D)
	@ln -sf ../$(@F) $@
endif

$(OBJ)/%.o: %.c $(BUILD)/flags | build/found
	@mkdir -p $(@D)
	$(CC) $(TUI_FLAGS) $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<

# Hold the text of a Python file as it is.
$(OBJ)/core/compare/driver.o: core/compare/driver.py
$(OBJ)/core/recorder/disassembler_process.o: core/recorder/disassemble.py

$(ENGINE_OBJ)/%.o: %.c $(ENGINE_OBJ)/flags | build/found
	@mkdir -p $(@D)
	$(CC) $(ENGINE_FLAGS) $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<
$(ENGINE): $(ENGINE_OBJECTS) $(ENGINE_OBJ)/objects
	$(CC) $(LIBRARY_LINK_FLAGS) -o $@ $(filter %.o,$^)

$(ENGINE_FOLDER)/options: force
	$(call write_when_changed,$(call engine_options,../../))
$(ENGINE_FOLDER)/identity: $(ENGINE_SOURCES) $(ENGINE_HEADERS) $(ENGINE_FOLDER)/options
	@cat $^ | sha256sum | cut -c 1-16 >$@.new
	@mv $@.new $@

build/inject/%.o: %.c build/inject/flags | build/found
	@mkdir -p $(@D)
	$(CC) $(INJECTOR_FLAGS) $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<
$(INJECTOR): $(INJECTOR_OBJECTS) build/inject/objects
	$(CC) $(LIBRARY_LINK_FLAGS) -o $@ $(filter %.o,$^) -ldl

build/native/%.o: %.c build/native/flags | build/found
	@mkdir -p $(@D)
	$(CC) $(NATIVE_FLAGS) $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<
$(NATIVE): $(NATIVE_OBJECTS) build/native/objects
	$(CC) $(LIBRARY_LINK_FLAGS) -o $@ $(filter %.o,$^) -ldl

# What was compiled with other flags, another compiler or another Python is compiled again, and what lost or gained
# a source file is linked again.
quote = '$(subst ','\'',$(1))'
define write_when_changed
@mkdir -p $(@D)
@printf '%s\n' $(call quote,$(1)) | cmp -s - $@ || printf '%s\n' $(call quote,$(1)) >$@
endef
$(BUILD)/flags: force
	$(call write_when_changed,$(CC) $(TUI_FLAGS) $(CFLAGS) $(LINK_FLAGS))
$(ENGINE_OBJ)/flags: force
	$(call write_when_changed,$(CC) $(ENGINE_FLAGS) $(CFLAGS) $(LIBRARY_LINK_FLAGS) $(PYTHON_ANSWER))
build/inject/flags: force
	$(call write_when_changed,$(CC) $(INJECTOR_FLAGS) $(CFLAGS) $(LIBRARY_LINK_FLAGS))
build/native/flags: force
	$(call write_when_changed,$(CC) $(NATIVE_FLAGS) $(CFLAGS) $(LIBRARY_LINK_FLAGS))
$(BUILD)/objects: force
	$(call write_when_changed,$(TUI_OBJECTS) $(CORE_OBJECTS) $(TUI_LIBRARIES))
$(ENGINE_OBJ)/objects: force
	$(call write_when_changed,$(ENGINE_OBJECTS))
build/inject/objects: force
	$(call write_when_changed,$(INJECTOR_OBJECTS))
build/native/objects: force
	$(call write_when_changed,$(NATIVE_OBJECTS))
force:

# Asked once: is all there to build with? Says what is not, instead of a page of compiler messages.
build/found:
	@mkdir -p build
	@CC="$(CC)" PYTHON="$(PYTHON)" .ci/deps --probe build
	@touch $@
deps:
	@CC="$(CC)" PYTHON="$(PYTHON)" .ci/deps build
deps-test:
	@CC="$(CC)" PYTHON="$(PYTHON)" .ci/deps test

# The parts call make again, as what it finds out about Python at its start may have come with `deps`.
run:
	@$(MAKE) deps
	@$(MAKE) all
	@if [ -t 0 ] && [ -t 1 ]; then \
	    ./pyprof-tui --python $(PYTHON) tests/targets/julia.py; \
	else \
	    ./pyprof-tui --headless --python $(PYTHON) --report functions,lines -o build/julia.pyprof tests/targets/julia.py; \
	fi

# --- unit tests: one program per tests/unit/test_*.c, linked with everything but main ----------------
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
PROBE_SOURCES := $(sort $(wildcard core/probe/*.c))
UNIT_OBJECTS := $(CORE_OBJECTS) $(filter-out $(OBJ)/$(TUI_MAIN:.c=.o),$(TUI_OBJECTS)) $(PROBE_SOURCES:%.c=$(OBJ)/%.o)
$(BUILD)/libunit.a: $(UNIT_OBJECTS) $(BUILD)/objects
	@rm -f $@
	ar rcs $@ $(filter %.o,$^)
$(BUILD)/unit/%: $(OBJ)/tests/unit/%.o $(BUILD)/libunit.a
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ -lcmocka $(TUI_LIBRARIES)
unit-tests: $(UNIT_TESTS) $(LIBRARIES:build/%=$(BUILD)/%) $(ENGINE_FOLDER)/identity

# --- all tests ---------------------------------------------------------------------------------------
TEST_SANITIZERS := address,undefined
RUN_TESTS = $(PYTHON) tests/run
check:
	@$(MAKE) deps-test
	@$(MAKE) check-build
	@$(RUN_TESTS) unit san lint host fault tui
check-build: all unit-tests
	@$(MAKE) SAN=$(TEST_SANITIZERS) unit-tests
check-unit: unit-tests
	@$(RUN_TESTS) unit
check-san:
	@$(MAKE) SAN=$(TEST_SANITIZERS) unit-tests
	@$(RUN_TESTS) san
check-host: all
	@$(RUN_TESTS) host
check-tui: all
	@$(RUN_TESTS) tui
check-fault: all
	@$(RUN_TESTS) fault
# What cannot be installed is skipped.
KINDS_PACKAGES := greenlet gevent numpy cloudpickle
check-kinds: all
	@[ -x build/kinds/bin/pip ] || $(PYTHON) -m venv build/kinds
	@build/kinds/bin/pip install -q --disable-pip-version-check $(KINDS_PACKAGES) || true
	@PYPROF_TEST_KINDS=all PYPROF_TEST_PACKAGES=$$(build/kinds/bin/python -c 'import site; print(site.getsitepackages()[0])') \
	  $(RUN_TESTS) --only test_kinds host
KEYS := 200000
check-keys:
	@$(MAKE) SAN=$(TEST_SANITIZERS) build/san/unit/test_random_keys
	@PYPROF_TEST_KEYS=$(KEYS) $(RUN_TESTS) --only test_random_keys san
check-oracle: all
	@$(RUN_TESTS) oracle
# PYPROF_MATRIX_ROOT=FOLDER keeps the Debian root elsewhere.
check-matrix:
	@$(PYTHON) tests/matrix/matrix.py
check-cpython: all
	@status=0; PYPROF_TEST_PYTHON=$(PYTHON) $(PYTHON) tests/cpython/cpython.py || status=1; \
	$(PYTHON) tests/cpython/cpython.py --matrix 3.15 || status=1; exit $$status
lint:
	@CC="$(CC)" PYTHON="$(PYTHON)" $(PYTHON) tests/lint/lint.py
bench: all
	@$(PYTHON) tests/bench/bench.py --rounds $(ROUNDS) --python $(PYTHON) $(BENCH); status=$$?; \
	 $(PYTHON) tests/bench/truth.py --python $(PYTHON) || status=1; \
	 $(PYTHON) tests/bench/timeit_agreement.py --python $(PYTHON) || status=1; exit $$status

# What the viewer is measured on is generated.
build/large_session: $(OBJ)/tests/bench/large_session.o $(BUILD)/libunit.a
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(TUI_LIBRARIES)
bench-tui: all build/large_session
	@$(PYTHON) tests/bench/bench_tui.py --python $(PYTHON) $(BENCH)

# --- installing --------------------------------------------------------------------------------------
BIN := $(DESTDIR)$(PREFIX)/bin
LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/pyprof-tui
SHARE := $(DESTDIR)$(PREFIX)/share/pyprof-tui
install: $(BUILD)/pyprof-tui $(LIBRARIES) $(ENGINE_FOLDER)/identity
	install -d $(BIN) $(LIBEXEC) $(SHARE)/configs $(SHARE)/engine
	install -m 755 $(BUILD)/pyprof-tui $(BIN)/pyprof-tui
	install -m 644 $(LIBRARIES) $(LIBEXEC)
	install -m 644 $(wildcard configs/*.yaml) $(SHARE)/configs
	for file in $(ENGINE_SOURCES) $(ENGINE_HEADERS); do install -D -m 644 $$file $(SHARE)/engine/$$file || exit; done
	printf '%s\n' $(call quote,$(call engine_options)) >$(SHARE)/engine/options
	install -m 644 $(ENGINE_FOLDER)/identity $(SHARE)/engine
uninstall:
	rm -f $(BIN)/pyprof-tui
	rm -rf $(LIBEXEC) $(SHARE)

clean:
	rm -rf build pyprof-tui

-include $(shell find build -path build/matrix -prune -o -name '*.d' -print 2>/dev/null)
