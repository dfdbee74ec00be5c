/* memory_rows.h - what the reports on memory share: sums, lines by what they allocated, and the head of each report. */
#ifndef PYPROF_REPORT_MEMORY_ROWS_H
#define PYPROF_REPORT_MEMORY_ROWS_H

#include <stdio.h>

#include "pyprof/model.h"

/* Sum over all sites: what the process did as a whole. highest_bytes is the high-water mark. */
struct model_allocations memory_whole(const struct model *model);

/* Whether what has these numbers makes up at least so much of the whole: of its bytes at the peak, allocated, or alive. */
bool memory_is_at_least(const struct model_allocations *memory, const struct model_allocations *whole, unsigned per_mille);

/* A line of a function, by whatever path it was called. line 0: not known; function 0: of no function. */
struct memory_line {
    uint32_t function, line;
    struct model_allocations memory;
};
/* All lines that allocated, those with the most bytes at the peak first; the caller frees them. NULL: out of memory. */
struct memory_line *memory_lines_by_peak(const struct model *model, size_t *count);

/* "live now" while the program runs, "left over" once it has ended: what live_bytes are. */
const char *memory_live_word(const struct model *model);

/* Writes the heading and, where the memory collector was on, what is known of the process and what is not; where it was off, a
 * sentence that says so, and false. */
bool memory_write_head(const struct model *model, const char *title, FILE *out);

/* Writes "function  file:line" of a line; "(no function)" for function 0. */
void memory_write_place(const struct model *model, uint32_t function, uint32_t line, FILE *out);

#endif
