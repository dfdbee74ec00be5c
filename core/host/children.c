#include "core/host/children.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/host/native_listener.h"
#include "core/probe/asked.h"
#include "core/probe/memory.h"
#include "core/probe/profile_writer.h"

static struct injection *injection;
static bool is_child; /* the recorder writes how the program itself ends */

/* The process's arguments, for whoever looks at the list of processes. */
static void write_command(struct arena_header *header, int count, char **arguments) {
    size_t used = 0;
    for (int i = 0; i < count; i++) {
        size_t size = strlen(arguments[i]) + 1;
        if (size > sizeof header->command - used)
            break;
        memcpy(header->command + used, arguments[i], size);
        used += size;
    }
}

/* --- fork ------------------------------------------------------------------------------------------------- */

static void after_fork(void) {
    profile_after_fork_in_child();
    memory_after_fork_in_child(profile_header() != NULL);
    asked_after_fork_in_child();
    native_listener_after_fork_in_child(profile_header() != NULL);
    injection->parent = injection->process;
    injection->process = (uint32_t)getpid();
    is_child = true;
}

/* --- the end ---------------------------------------------------------------------------------------------- */

/* How the program's own process ends is the recorder's to write; that it executes another program nobody else would know. */
static void ends(int status) {
    struct arena_header *header = profile_header();
    if (!header || (!is_child && status != INJECT_EXECUTES))
        return;
    struct arena_clock clock = header->clock;
    clock_end(&clock);
    header->clock.end_ns = clock.end_ns;
    header->clock.end_ticks = clock.end_ticks;
    if (status == INJECT_EXECUTES) {
        __atomic_store_n(&header->wake_signal, 0, __ATOMIC_RELEASE); /* what is executed has no handler for it */
        return;
    }
    header->exit_value = (uint32_t)status & 0xff;
    __atomic_store_n(&header->exit_kind, ARENA_EXIT_STATUS, __ATOMIC_RELEASE);
}

static void goes_on(void) {
    struct arena_header *header = profile_header();
    if (header)
        header->clock.end_ns = header->clock.end_ticks = 0;
}

static void at_exit(int status, void *unused) {
    (void)unused;
    ends(status & 0xff);
}

bool children_prepare(struct injection *given, int count, char **arguments, struct error *error) {
    struct arena_header *header = profile_header();
    injection = given;
    is_child = strcmp(given->arena_path, given->main_arena_path) != 0;
    given->ends = ends;
    given->goes_on = goes_on;
    if (is_child)
        write_command(header, count, arguments);
    if (header->children)
        profile_allow_children(given->main_arena_path); /* without, the run has ended meanwhile */
    if (pthread_atfork(profile_before_fork, NULL, after_fork) != 0 || on_exit(at_exit, NULL) != 0)
        return error_set(error, 1, "out of memory while starting the profile");
    return true;
}
