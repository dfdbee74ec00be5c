/* profile_writer.h - the host's side of the arena: functions, lines, threads and call nodes come into being here.
 *
 * Nothing here is on the hot path: it runs when code is prepared, when a thread first meets a probe, and when a call is made
 * along a path for the first time. The interpreter lock serialises all of it but thread ends. No malloc. */
#ifndef PYPROF_PROBE_PROFILE_WRITER_H
#define PYPROF_PROBE_PROFILE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/profile/arena_writer.h"

/* What every probe of this thread writes to. Before a thread's first probe, and when its profile is given up, it is
 * profile_no_thread, whose frames match no probe, so that the slow paths see to it without a test on the hot ones. */
extern __thread struct arena_thread *profile_current_thread;
extern struct arena_thread profile_no_thread;
extern enum arena_clock_kind profile_clock_kind;
extern struct arena_probe_cost profile_probe_cost; /* all 0 until it was measured */

/* A code that no probe has. */
#define PROFILE_NO_CODE UINT32_MAX

struct profile_function {
    const char *file, *name, *qualname; /* UTF-8 */
    uint32_t first_line;
    enum arena_code_kind kind;
    uint16_t flags;
    uint64_t fingerprint; /* of bytecode and line table: tells functions of equal name and place apart; for C functions the
                             address of the method definition */
};

/* Attaches to the arena. Functions can be registered; nothing is counted before profile_begin. */
bool profile_attach(const char *arena_path, struct error *error);
void profile_begin(void);
struct arena_header *profile_header(void);

/* The row of a function, new or as registered before (the same file, qualified name, first line and fingerprint).
 * 0: no room (it is left alone then, and counted so). */
uint32_t profile_register_function(const struct profile_function *function);
struct arena_code *profile_code(uint32_t code);

/* Gives a function its line cells, one for each of `lines` (ascending) and behind them the one for its untimed time, with room
 * in every thread. Returns the first cell, or 0 where there is no room. A function that has cells keeps them: the result is
 * those. */
uint32_t profile_register_lines(uint32_t code, const uint32_t *lines, uint32_t count);

/* Offset of a text in the strings region; where it was asked for before, most times the same one. 0: "", or there is no room. */
uint64_t profile_text(const char *text);
const char *profile_text_at(uint64_t offset);

/* Names this moment of the process. false: there is no room for one more. */
bool profile_mark(const char *name);

/* The rows of the census, with room for at least `count`; NULL: no room. */
struct arena_type *profile_types(uint32_t count);

/* Counts a code object that runs without probes, under a reason that completes "left alone: ..." and is the same for all code
 * objects that it holds for. Texts are UTF-8. */
void profile_leave_code(const char *reason, const char *qualname, const char *file);

/* The cell of untimed time of the function that a cell is of; 0: the profile has been given up. */
uint32_t profile_untimed_cell(uint32_t line_cell);

/* Gives this thread its segment; NULL before profile_begin, and where there is no segment left. */
struct arena_thread *profile_register_thread(void);

/* The node for `code` called from node `position` of this thread, made where it is new. Without room for it, `position`. */
uint32_t profile_find_node(struct arena_thread *thread, uint32_t position, uint32_t code);

/* Makes room for one more frame; false: none. */
bool profile_grow_stack(struct arena_thread *thread);

/* The arena's allocation sites, and room for the first so many of them; false: none. */
struct arena_site *profile_sites(void);
uint64_t *profile_site_epochs(void);
bool profile_reserve_sites(uint32_t count);

/* The number of a thread's segment in the arena; false: it has none there. */
bool profile_thread_index(const struct arena_thread *thread, uint32_t *index);

/* --- calibration (profile_scratch.c) --- */

/* Between these, probes of this thread count in memory that is thrown away, where every function and line is the program's own
 * (code 0); lines registered for it are gone behind it. Before any thread is registered. false: no memory. */
bool profile_begin_scratch(void);
void profile_end_scratch(void);

/* --- fork (profile_fork.c) --- */

/* From now on processes that are forked get arenas of their own, beside that of the program at main_path. Without it, and where
 * they cannot get one, they count nothing (profile_header() is NULL then) and are counted as lost. false: that arena is gone. */
bool profile_allow_children(const char *main_path);

/* For pthread_atfork. In the child every pointer into the profile stays valid and leads into the child's own arena, whose
 * counters begin at 0: what was active goes on there, its call is the parent's, its time is counted from the fork on. */
void profile_before_fork(void);
void profile_after_fork_in_child(void);

#endif
