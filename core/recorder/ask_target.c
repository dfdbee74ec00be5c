#include "core/recorder/ask_target.h"

#include <sys/syscall.h>
#include <unistd.h>

#include "core/profile/arena_marks.h"

static bool is_running(const struct recording *recording, const char *what, struct error *error) {
    const struct arena_header *header = recording->arena.header;
    if (recording->ended)
        return error_set(error, 1, "the program has ended: %s is possible while it runs", what);
    if (__atomic_load_n(&header->host_state, __ATOMIC_ACQUIRE) != ARENA_HOST_RUNNING)
        return error_set(error, 1, "the program does not run its code now: %s is possible while it does", what);
    return true;
}

static bool has_memory(const struct recording *recording, const char *what, struct error *error) {
    uint32_t state = __atomic_load_n(&recording->arena.header->memory.state, __ATOMIC_ACQUIRE);
    if (!is_running(recording, what, error))
        return false;
    return state == ARENA_MEMORY_ON || state == ARENA_MEMORY_PAUSED ||
           error_set(error, 1, "the memory collector is not on in this run: %s needs it; run with -k memory or "
                               "collectors.memory.enabled: true", what);
}

bool ask_target_mark(struct recording *recording, const char *name, struct error *error) {
    if (recording->ended)
        return error_set(error, 1, "the program has ended: a moment can be marked while it runs");
    return arena_add_mark(&recording->arena, name) ||
           error_set(error, 1, "no room for another mark: a run can have %d", ARENA_MAX_MARKS);
}

bool ask_target_pause_memory(struct recording *recording, bool paused, const char **notice, struct error *error) {
    if (!has_memory(recording, "switching it", error))
        return false;
    uint32_t *asked = &recording->arena.header->mailbox.pause_memory;
    uint32_t number = __atomic_load_n(asked, __ATOMIC_RELAXED);
    /* Also where it was asked for before: the program itself may have switched it since. */
    __atomic_store_n(asked, number + ((number & 1) == (uint32_t)paused ? 2 : 1), __ATOMIC_RELEASE);
    *notice = paused ? "memory is no longer counted as soon as the program runs Python code (one that waits does not)"
                     : "memory is counted again as soon as the program runs Python code (one that waits does not)";
    return true;
}

static bool has_engine(const struct recording *recording, struct error *error) {
    const struct arena_header *header = recording->arena.header;
    return header->collectors & COLLECTORS_SWITCHED ||
           error_set(error, 1, "this run began without any collector, so nothing in the program can be asked to switch one on: run "
                               "again with -k function (:run-again function in the viewer)");
}

bool ask_target_collectors(struct recording *recording, uint32_t collectors, const char **notice, struct error *error) {
    struct arena_header *header = recording->arena.header;
    if (!is_running(recording, "switching its collectors", error) || !has_engine(recording, error))
        return false;
    uint32_t *asked = &header->mailbox.collectors, number = *asked >> ARENA_SWITCH_BITS;
    __atomic_store_n(asked, (number + 1) << ARENA_SWITCH_BITS | (collectors & COLLECTORS_SWITCHED), __ATOMIC_RELEASE);
    ask_target_bytecode(recording); /* which probes look for */
    uint32_t signal = __atomic_load_n(&header->wake_signal, __ATOMIC_ACQUIRE);
    if (signal && header->host_pid)
        syscall(SYS_tgkill, header->host_pid, header->host_pid, signal);
    *notice = collectors ? "collectors are switched as soon as the program runs Python code (one that waits does not); what is "
                           "switched on counts calls that begin from then on, functions that run already with their next call"
                         : "nothing is counted any more as soon as the program runs Python code (one that waits does not)";
    return true;
}

bool ask_target_census(struct recording *recording, const char **notice, struct error *error) {
    if (!has_memory(recording, "a census of its objects", error))
        return false;
    uint32_t *asked = &recording->arena.header->mailbox.take_census;
    __atomic_store_n(asked, __atomic_load_n(asked, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
    *notice = "live objects are counted as soon as the program runs Python code (one that waits does not)";
    return true;
}

void ask_target_bytecode(struct recording *recording) {
    uint32_t *asked = &recording->arena.header->mailbox.publish_bytecode;
    if (is_running(recording, "", NULL))
        __atomic_store_n(asked, __atomic_load_n(asked, __ATOMIC_RELAXED) + 1, __ATOMIC_RELEASE);
}
