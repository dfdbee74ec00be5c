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

#endif
