/* profile_bytecode.h - the host's side of what the arena says of bytecode: code objects, and what its units are specialised to.
 *
 * Like profile_writer.h: under the interpreter lock, not on the hot path, no malloc. */
#ifndef PYPROF_PROBE_PROFILE_BYTECODE_H
#define PYPROF_PROBE_PROFILE_BYTECODE_H

#include <stdbool.h>
#include <stdint.h>

#include "pyprof/arena.h"

/* The bytecode row of a registered function, with room for it; NULL: there is none. */
struct arena_bytecode *profile_bytecode(uint32_t code);

/* The rows of a function's units, one for each of its `count` code units, all 0 when they are new; a function that has them keeps
 * them. NULL: no room, or it has another number of them. */
struct arena_unit *profile_register_units(uint32_t code, uint32_t count);

/* The same of a function that may have none; NULL: it has none. */
struct arena_unit *profile_units(uint32_t code, uint32_t *count);

/* Publishes what stands for a function's code object (core/host/code_object.h); the first one stays. false: no room. */
bool profile_publish_object(uint32_t code, const void *bytes, uint32_t size);

/* Gives a function its blocks (`code` of each is set here) and its units, with room in every thread for how often each is entered
 * and how often an exception leaves at each unit. A function that has them keeps them. NULL: no room, or it has others. */
const struct arena_bytecode *profile_register_blocks(uint32_t code, const struct arena_block *blocks, uint32_t count,
                                                     uint32_t units);

/* An exception leaves this function at a unit of its bytecode. begins: it does so before the probe of the unit's block, which it
 * has entered. Does nothing for threads without a profile. */
void profile_count_exit(uint32_t code, uint32_t unit, bool begins);

#endif
