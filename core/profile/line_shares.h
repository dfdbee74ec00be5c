/* line_shares.h - the time of stretches that were not timed, shared out to a function's lines: see core/probe/shadow_lines.h. */
#ifndef PYPROF_PROFILE_LINE_SHARES_H
#define PYPROF_PROFILE_LINE_SHARES_H

#include <stddef.h>
#include <stdint.h>

#include "pyprof/arena.h"

/* cells[order[0..count)] are those of one function, table says of which lines (0: untimed time). What the cells of untimed time
 * hold goes to those of lines, every tick of it, in proportion to their estimated_ticks; where nothing was estimated, to their
 * own time, else to their hits. */
void share_untimed_time(struct arena_line_cell *cells, const struct arena_line *table, const uint32_t *order, size_t count);

#endif
