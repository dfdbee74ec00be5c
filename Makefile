# pyprof-tui: `make run` and `make check` are all a newcomer needs; see README.md.

CC ?= gcc
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)
SAN ?=
WERROR ?= 1
PREFIX ?= /usr/local

BUILD := build$(if $(SAN),/san)
OBJ := $(BUILD)/obj

WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes $(if $(filter 1,$(WERROR)),-Werror)
OPTIMIZE := $(if $(SAN),-O1 -fno-omit-frame-pointer -fsanitize=$(SAN) -fno-sanitize-recover=undefined,-O2)
CFLAGS ?= -g
COMMON_FLAGS := -std=gnu17 $(OPTIMIZE) $(WARNINGS) -D_GNU_SOURCE -DPYPROF_PREFIX='"$(PREFIX)"' -Iinclude -I. -MMD -MP
LINK_FLAGS := $(if $(SAN),-fsanitize=$(SAN))

# --- the workbench: viewer, recorder, reports -------------------------------------------------------
CORE_SOURCES := $(sort $(wildcard core/base/*.c core/profile/*.c core/recorder/*.c core/session/*.c \
                                  core/config/*.c core/report/*.c))
TUI_SOURCES := $(sort $(wildcard tui/*/*.c))
TUI_MAIN := tui/app/main.c
CORE_OBJECTS := $(CORE_SOURCES:%.c=$(OBJ)/%.o)
TUI_OBJECTS := $(TUI_SOURCES:%.c=$(OBJ)/%.o)
TUI_LIBRARIES := -lncursesw -ltinfo -lyaml -lsqlite3 -lm -lpthread

# --- the host: CPython and the probes ---------------------------------------------------------------
HOST_SOURCES := $(sort $(wildcard core/host/*.c core/probe/*.c core/base/*.c core/profile/arena_writer.c))
HOST_OBJECTS := $(HOST_SOURCES:%.c=build/host/%.o)
PYTHON_QUERY = $(shell $(PYTHON) -c "import sysconfig as s; v = s.get_config_var; print($(1))" 2>/dev/null)
PYTHON_VERSION := $(call PYTHON_QUERY,v('py_version_short'))
HOST := build/pyprof-host-$(PYTHON_VERSION)
PYTHON_INCLUDE = $(call PYTHON_QUERY,s.get_path('include'))
PYTHON_STATIC = $(wildcard $(call PYTHON_QUERY,v('LIBPL'))/libpython$(PYTHON_VERSION).a)
PYTHON_SYSTEM_LIBRARIES = $(call PYTHON_QUERY,v('LIBS') + ' ' + v('SYSLIBS') + ' ' + (v('MODLIBS') or ''))

.PHONY: all host clean check-unit
all: pyprof-tui $(HOST)
host: $(HOST)

pyprof-tui: $(BUILD)/pyprof-tui
	ln -sf $< $@
$(BUILD)/pyprof-tui: $(TUI_OBJECTS) $(CORE_OBJECTS)
	$(CC) $(LINK_FLAGS) -o $@ $^ $(TUI_LIBRARIES)

$(OBJ)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON_FLAGS) $(CFLAGS) -c -o $@ $<

build/host/core/host/%.o: COMMON_FLAGS += -I$(PYTHON_INCLUDE) -I$(PYTHON_INCLUDE)/internal
build/host/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(COMMON_FLAGS) $(CFLAGS) -fno-pie -c -o $@ $<
$(HOST): $(HOST_OBJECTS)
	$(CC) -no-pie -Wl,-export-dynamic -o $@ $^ \
	  $(if $(PYTHON_STATIC),$(PYTHON_STATIC),$(shell $(PYTHON)-config --ldflags --embed)) \
	  $(PYTHON_SYSTEM_LIBRARIES) -lexpat -lz -lm -ldl -lpthread -lutil

# --- unit tests: one program per tests/unit/test_*.c, linked with everything but main ----------------
UNIT_TESTS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/test_*.c)))
PROBE_SOURCES := $(sort $(wildcard core/probe/*.c))
UNIT_OBJECTS := $(CORE_OBJECTS) $(filter-out $(OBJ)/$(TUI_MAIN:.c=.o),$(TUI_OBJECTS)) $(PROBE_SOURCES:%.c=$(OBJ)/%.o)
$(BUILD)/libunit.a: $(UNIT_OBJECTS)
	rm -f $@ && ar rcs $@ $^
$(BUILD)/unit/%: $(OBJ)/tests/unit/%.o $(BUILD)/libunit.a
	@mkdir -p $(@D)
	$(CC) $(LINK_FLAGS) -o $@ $^ -lcmocka $(TUI_LIBRARIES)
check-unit: $(UNIT_TESTS)
	@for t in $^; do $$t || exit 1; done

clean:
	rm -rf build pyprof-tui

.SECONDARY:
-include $(shell find build -name '*.d' 2>/dev/null)
