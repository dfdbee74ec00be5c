/* memory.h - the memory collector's state: what lives, which allocation sites it came from, and whether anything is
 * counted.
 *
 * Who allocates is told by core/host/memory_hooks.c (Python's allocators, and native code by way of it); the hot
 * path is in memory_events.h. Blocks are in memory_blocks.h, sites in memory_sites.h, and who may change them when
 * in memory_lock.h. */
#ifndef PYPROF_PROBE_MEMORY_H
#define PYPROF_PROBE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pyprof/arena.h"

/* Takes the room that counting needs. Nothing is counted before memory_begin. false: no room, and *reason says for
 * what. */
bool memory_prepare(const char **reason);

/* From here on allocations are counted. Under the interpreter lock, as all of the following. */
void memory_begin(void);
/* And from here on nothing is: what lives was left over. Later calls of the others change nothing any more. */
void memory_end(void);
/* Off and on again during the run: what is allocated meanwhile is not counted, frees of counted blocks are. Does
 * nothing where the collector is not on, or is so already. */
void memory_set_paused(bool paused);

/* Counting as in the run, for trying it out before the run begins; what was counted is forgotten behind it. */
void memory_begin_trial(void);
void memory_end_trial(void);

/* Around the engine's own work in the interpreter's heap: what is allocated in between is in no site (profiler_bytes
 * has it). May be nested; any thread, for itself. */
void memory_own_work_begins(void);
void memory_own_work_ends(void);

/* The rows of all sites, with all that was told of until now in them; *count of them. They go on changing. NULL:
 * there are none. */
const struct arena_site *memory_view_sites(uint32_t *count);

/* The most bytes that lived at once since the last call of this (or the start); what lives now is the first of the
 * next. */
uint64_t memory_watch_peak(void);

/* From now on `tell` is called when the recorder asks for something (struct arena_mailbox) and the program
 * allocates, also while the collector is paused: under the interpreter lock, in the middle of an allocation, so it
 * may only tell the interpreter to do something later. false: it could not, and is called again. */
void memory_watch_requests(bool (*tell)(void));
/* What is asked for is looked at, where memory_is_asked(). */
void memory_tell_requests(void);

/* A process that was forked has no blocks and no sites of its own yet. After the arena has moved; counting: it
 * counts at all. */
void memory_after_fork_in_child(bool counting);

/* Names memory of the profiler to the recorder, which takes it out of the process's RSS and looks through all of it:
 * so only what is in use is to be named. The row, whose size may be changed while memory comes into use; NULL: there
 * is no room for it. */
struct arena_own_range *memory_publish_own_range(const void *address, size_t size);

#endif
