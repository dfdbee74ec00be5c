/* source_numbers.h - the line counts of one file, gathered from all functions that have lines in it. */
#ifndef PYPROF_TUI_VIEW_SOURCE_NUMBERS_H
#define PYPROF_TUI_VIEW_SOURCE_NUMBERS_H

#include "pyprof/model.h"
#include "tui/view/memory_measure.h"

/* A line that has parts (a comprehension or lambda in it) has the sum of the self times, and the hits of what it is a
 * part of: its owner. A line with a whole def on it is that function's. A line of the selected function is that
 * function's in any case. */
struct source_number {
    uint32_t owner; /* function id; 0: nothing was counted on this line */
    uint64_t hits, self_ns, total_ns;
    uint64_t instructions; /* executed on the line, in its parts, too; MODEL_UNKNOWN: not counted */
    double share;   /* of the self time on the selected function's lines; 0 on the lines of others */
    struct model_allocations memory; /* of all functions on the line */
    double memory_share;             /* as share, of what was asked for */
};

struct source_numbers {
    struct source_number *lines; /* owned; lines[i] is line i + 1 */
    size_t count;
    bool any;          /* some line was counted */
    uint64_t most_hits;
};

void source_numbers_free(struct source_numbers *numbers);
/* Counts anew for a file of line_count lines; function is the selected one; shares of memory are of `measure`. false: out of
 * memory, no lines. */
bool source_numbers_build(struct source_numbers *numbers, const struct model *model, const char *file,
                          uint32_t function, size_t line_count, enum memory_measure measure);
/* Of the function's lines, the one that comes behind `line` when they are ordered from the hottest to the coldest: hotter ones, and
 * of equal ones those above, come first. 0: there is none, or `line` is not the function's. */
uint32_t source_numbers_next_hot(const struct source_numbers *numbers, uint32_t function, uint32_t line, bool memory);
/* The line (from 1) on which the function spends most of its own time (or has most memory); 0 where it has none. */
uint32_t source_numbers_hottest(const struct source_numbers *numbers, uint32_t function, bool memory);

#endif
