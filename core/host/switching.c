#include "core/host/switching.h"

#include "core/host/adopt.h"
#include "core/host/memory_hooks.h"
#include "core/host/own_work.h"
#include "core/host/place_probes.h"
#include "core/host/probe_objects.h"
#include "core/host/selection.h"
#include "core/probe/profile_switching.h"
#include "core/probe/profile_writer.h"
#include "pyprof/collectors.h"

enum { TIMED = COLLECTOR_FUNCTION | COLLECTOR_LINE };

static bool prepared;

void switching_prepare(void) { prepared = true; }

/* --- memory ------------------------------------------------------------------------------------------------- */

/* Of a run that began without: what was allocated until now is not known. */
static bool begin_memory(struct arena_header *header) {
    const char *no_room = NULL;
    if (header->memory.state != ARENA_MEMORY_OFF)
        return header->memory.state != ARENA_MEMORY_ENDED;
    if (!memory_hooks_install(&no_room)) {
        snprintf(header->switch_failed, sizeof header->switch_failed, "memory is not counted: %s", no_room ? no_room : "");
        return false;
    }
    memory_begin();
    return true;
}

static uint32_t switch_memory(struct arena_header *header, uint32_t wanted) {
    if (!(wanted & COLLECTOR_MEMORY)) {
        memory_set_paused(true);
        return wanted;
    }
    if (!begin_memory(header))
        return wanted & ~(uint32_t)COLLECTOR_MEMORY;
    memory_set_paused(false);
    return wanted;
}

/* --- when each was off ---------------------------------------------------------------------------------------- */

static void note_times(struct arena_header *header, uint32_t before, uint32_t now) {
    uint64_t ticks = clock_ticks((enum arena_clock_kind)header->clock.kind);
    for (uint32_t bit = 0; bit < COLLECTOR_BITS; bit++) {
        struct arena_switched *row = &header->switched[bit];
        uint32_t collector = 1u << bit;
        bool was_ever = header->collectors & collector;
        if (!(before & collector) && now & collector) {
            if (collector == COLLECTOR_MEMORY && was_ever)
                continue; /* struct arena_memory says so */
            row->off_count += !was_ever;
            row->off_ticks += ticks - (was_ever ? row->off_since : header->clock.start_ticks);
            row->off_since = 0;
        } else if (before & collector && !(now & collector) && collector != COLLECTOR_MEMORY) {
            row->off_count++;
            row->off_since = ticks;
        }
    }
}

/* --- all of it ------------------------------------------------------------------------------------------------ */

/* Code that is made from here on is for these. */
static uint32_t select_collectors(struct arena_header *header, uint32_t collectors) {
    header->collectors_on = collectors;
    header->disassembly |= (collectors & COLLECTOR_BYTECODE) != 0; /* somebody will */
    selection_forget();
    return selection_collectors();
}

static bool exchange_code(void) {
    struct own_work work;
    own_work_begin(&work);
    bool done = adopt_again();
    own_work_end(&work);
    return done;
}

/* Lines and clock in the order that profile_switching.h wants. */
static void switch_clocks(uint32_t before, uint32_t now) {
    if (!(before & TIMED) && now & TIMED)
        profile_start_clocks();
    if ((before ^ now) & COLLECTOR_LINE)
        profile_switch_lines(now & COLLECTOR_LINE);
    if (before & TIMED && !(now & TIMED))
        profile_stop_clocks();
}

bool switching_do(uint32_t collectors) {
    struct arena_header *header = profile_header();
    if (!header || !prepared || !python_in_main_interpreter())
        return true;
    uint32_t before = header->collectors_on & COLLECTORS_SWITCHED;
    header->switch_failed[0] = '\0';
    uint32_t now = switch_memory(header, collectors & COLLECTORS_SWITCHED);
    if (now == before)
        return true;
    uint32_t probes = selection_collectors();
    if (select_collectors(header, now) != probes && !exchange_code()) {
        select_collectors(header, before);
        return false;
    }
    note_times(header, before, now);
    header->collectors |= now;
    switch_clocks(before, now);
    probe_types_switch(header->collectors, now);
    return true;
}
