# pyprof-tui: `make run` and `make check` are all a newcomer needs; see README.md.
#
#   make                  ./pyprof-tui (a link to build/pyprof-tui) and the host, build/pyprof-host-VERSION
#   make run              installs what is missing, builds, opens tests/targets/julia.py
#   make check            installs what is missing, builds, runs every test; ends with `N passed, N failed`
#   make check-unit check-san check-host check-tui check-fault    one suite of it
#   make lint bench deps deps-test install uninstall clean
#
#   SAN=address,undefined a build with sanitizers, in build/san (the host stays as it is)
#   PYTHON=PATH           the interpreter to host          WERROR=0     warnings are no errors
#   PREFIX=PATH DESTDIR=PATH    where `make install` puts things

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
BASE_FLAGS := -std=gnu17 $(WARNINGS) -D_GNU_SOURCE -DPYPROF_PREFIX='"$(PREFIX)"' -Iinclude -I.
DEPENDENCY_FLAGS := -MMD -MP
# Sanitizers change the flow that gcc warns by (-Wformat-truncation), so with them warnings are only warnings.
TUI_FLAGS := $(BASE_FLAGS) $(if $(SAN),-O1 $(SANITIZE),-O2 $(AS_ERRORS))
LINK_FLAGS := $(SANITIZE)

# --- the workbench: viewer, recorder, reports -------------------------------------------------------
CORE_SOURCES := $(sort $(wildcard core/base/*.c core/profile/*.c core/recorder/*.c core/session/*.c \
                                  core/config/*.c core/report/*.c))
TUI_SOURCES := $(sort $(wildcard tui/*/*.c))
TUI_MAIN := tui/app/main.c
CORE_OBJECTS := $(CORE_SOURCES:%.c=$(OBJ)/%.o)
TUI_OBJECTS := $(TUI_SOURCES:%.c=$(OBJ)/%.o)
NCURSES := $(or $(shell pkg-config --libs ncursesw 2>/dev/null),-lncursesw -ltinfo)
TUI_LIBRARIES := $(NCURSES) -lyaml -lsqlite3 -lm -lpthread

# --- the host: CPython and the probes ---------------------------------------------------------------
# All that is asked of the interpreter in one start: its own path, version, headers, folders of the static and of the
# shared library, and the libraries that its executable links. Empty where there is no interpreter yet (`make deps`).
PYTHON_ANSWER := $(shell $(PYTHON) -c "import sys, sysconfig as s; v = s.get_config_var; \
  print(sys.executable, v('py_version_short'), s.get_path('include'), v('LIBPL') or '-', v('LIBDIR') or '-', \
  v('LIBS') or '', v('SYSLIBS') or '', v('MODLIBS') or '')" 2>/dev/null)
PYTHON_PATH := $(word 1,$(PYTHON_ANSWER))
PYTHON_VERSION := $(word 2,$(PYTHON_ANSWER))
PYTHON_INCLUDE := $(word 3,$(PYTHON_ANSWER))
PYTHON_STATIC := $(wildcard $(word 4,$(PYTHON_ANSWER))/libpython$(PYTHON_VERSION).a)
PYTHON_SHARED := -L$(word 5,$(PYTHON_ANSWER)) -Wl,-rpath,$(word 5,$(PYTHON_ANSWER)) -lpython$(PYTHON_VERSION)
PYTHON_LIBRARIES := $(wordlist 6,$(words $(PYTHON_ANSWER)),$(PYTHON_ANSWER))

HOST := build/pyprof-host-$(PYTHON_VERSION)
HOST_SOURCES := $(sort $(wildcard core/host/*.c core/probe/*.c core/base/*.c core/profile/arena_writer.c))
HOST_OBJECTS := $(HOST_SOURCES:%.c=build/host/%.o)
HOST_FLAGS := $(BASE_FLAGS) $(AS_ERRORS) -O2 -fno-pie -fvisibility=hidden -DPYPROF_HOST_PYTHON='"$(PYTHON_PATH)"' \
              -I$(PYTHON_INCLUDE) -I$(PYTHON_INCLUDE)/internal
# Extension modules loaded by the target find the C API in the executable, as they do in python3.
HOST_LINK_FLAGS := -no-pie -Wl,-export-dynamic -Wl,-O1 -Wl,-z,now
HOST_LIBRARIES := $(PYTHON_LIBRARIES) -lexpat -lz -lm -ldl -lpthread -lutil

.PHONY: all host run deps deps-test check check-build check-unit check-san check-host check-tui check-fault \
        unit-tests bench lint install uninstall clean force
all: pyprof-tui $(HOST)
host: $(HOST)

# The link is made anew when it shows another build (plain or sanitized), whatever the times of the files say.
pyprof-tui: $(BUILD)/pyprof-tui force
	@[ "$$(readlink $@)" = "$<" ] || { rm -f $@ && ln -s $< $@; }
$(BUILD)/pyprof-tui: $(TUI_OBJECTS) $(CORE_OBJECTS) $(BUILD)/objects $(if $(SAN),$(BUILD)/$(notdir $(HOST)))
	$(CC) $(LINK_FLAGS) -o $@ $(filter %.o,$^) $(TUI_LIBRARIES)
ifneq ($(SAN),)
$(BUILD)/$(notdir $(HOST)): $(HOST)
	@mkdir -p $(@D)
	@ln -sf ../$(notdir $(HOST)) $@
endif

$(OBJ)/%.o: %.c $(BUILD)/flags | build/found
	@mkdir -p $(@D)
	$(CC) $(TUI_FLAGS) $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<

build/host/%.o: %.c build/host/flags build/host/linkage | build/found
	@mkdir -p $(@D)
	$(CC) $(HOST_FLAGS) -DPYPROF_HOST_LINKAGE="\"$$(cat build/host/linkage)\"" $(DEPENDENCY_FLAGS) $(CFLAGS) -c -o $@ $<
$(HOST): $(HOST_OBJECTS) build/host/objects build/host/linkage
	$(CC) $(HOST_LINK_FLAGS) -o $@ $(filter %.o,$^) \
	  $$(if [ "$$(cat build/host/linkage)" = static ]; then echo $(PYTHON_STATIC); else echo $(PYTHON_SHARED); fi) \
	  $(HOST_LIBRARIES)
# The static library makes the interpreter nearly as fast as python3 itself; the shared one costs two fifths, and is
# for where there is no static one, or one that does not link (made by another compiler's link-time optimizer).
build/host/linkage: build/host/flags | build/found
	@printf '#include <Python.h>\nint main(void) { return Py_RunMain(); }\n' >build/host/linkage.c
	@if [ -n "$(PYTHON_STATIC)" ] && $(CC) $(HOST_FLAGS) $(HOST_LINK_FLAGS) -o build/host/linkage.probe \
	    build/host/linkage.c $(PYTHON_STATIC) $(HOST_LIBRARIES) 2>/dev/null; then echo static; else echo shared; fi >$@
	@rm -f build/host/linkage.c build/host/linkage.probe

# What was compiled with other flags, another compiler or another Python is compiled again, and what lost or gained
# a source file is linked again.
quote = '$(subst ','\'',$(1))'
define write_when_changed
@mkdir -p $(@D)
@printf '%s\n' $(call quote,$(1)) | cmp -s - $@ || printf '%s\n' $(call quote,$(1)) >$@
endef
$(BUILD)/flags: force
	$(call write_when_changed,$(CC) $(TUI_FLAGS) $(CFLAGS) $(LINK_FLAGS))
build/host/flags: force
	$(call write_when_changed,$(CC) $(HOST_FLAGS) $(CFLAGS) $(HOST_LINK_FLAGS) $(PYTHON) $(PYTHON_ANSWER) $(PYTHON_STATIC))
$(BUILD)/objects: force
	$(call write_when_changed,$(TUI_OBJECTS) $(CORE_OBJECTS) $(TUI_LIBRARIES))
build/host/objects: force
	$(call write_when_changed,$(HOST_OBJECTS) $(HOST_LIBRARIES))
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
unit-tests: $(UNIT_TESTS) $(BUILD)/$(notdir $(HOST))

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
lint:
	@CC="$(CC)" PYTHON="$(PYTHON)" $(PYTHON) tests/lint/lint.py
bench: all
	@$(PYTHON) tests/bench/bench.py --rounds $(ROUNDS) --python $(PYTHON)

# --- installing --------------------------------------------------------------------------------------
BIN := $(DESTDIR)$(PREFIX)/bin
LIBEXEC := $(DESTDIR)$(PREFIX)/libexec/pyprof-tui
SHARE := $(DESTDIR)$(PREFIX)/share/pyprof-tui
install: $(BUILD)/pyprof-tui $(HOST)
	install -d $(BIN) $(LIBEXEC) $(SHARE)/configs
	install -m 755 $(BUILD)/pyprof-tui $(BIN)/pyprof-tui
	install -m 755 $(HOST) $(LIBEXEC)/$(notdir $(HOST))
	install -m 644 $(wildcard configs/*.yaml) $(SHARE)/configs
uninstall:
	rm -f $(BIN)/pyprof-tui
	rm -rf $(LIBEXEC) $(SHARE)

clean:
	rm -rf build pyprof-tui

-include $(shell find build -name '*.d' 2>/dev/null)
