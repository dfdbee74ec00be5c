/* diff_side.h - the runs of one side as one: functions that are the same in all of them, and what each run says of them. */
#ifndef PYPROF_COMPARE_DIFF_SIDE_H
#define PYPROF_COMPARE_DIFF_SIDE_H

#include "core/compare/function_body.h"
#include "core/compare/function_match.h"
#include "pyprof/session_diff.h"

/* The sources of a run, by file name. */
struct run_sources {
    struct source_lines *files;
    size_t count;
};

struct side {
    struct diff_side given;
    struct function_key *keys; /* of each function: from the first run that has it */
    uint32_t *ids;             /* count runs of each function: its id there; 0: that run does not have it */
    size_t function_count, capacity;
    struct run_sources *sources; /* of each run */
};

/* What was measured, one number for each run that counted it. */
struct samples {
    double values[DIFF_MOST_RUNS];
    size_t count;
};

/* false: out of memory. side_free in both cases. */
bool side_open(struct side *side, const struct diff_side *given);
void side_free(struct side *side);

/* The first run that has the function, and its id there. */
uint32_t side_first_run(const struct side *side, uint32_t function, uint32_t *id);
const struct model_function *side_function(const struct side *side, uint32_t function);

/* Its lines in a run's source; none where that has no source. *range is where its body stands. */
struct source_lines side_body(const struct side *side, uint32_t function, size_t run, struct line_range *range);

/* Whether the run counted that of functions (of lines: where they have numbers). */
bool side_counts(const struct model *run, enum diff_measure measure);
void side_samples(const struct side *side, uint32_t function, enum diff_measure measure, struct samples *samples);
void side_total_samples(const struct side *side, enum diff_total total, struct samples *samples);

/* A measure of a line's row. */
uint64_t side_line_value(const struct model_line *line, enum diff_measure measure);

/* Whether any run has numbers of it: it was called, took time, allocated, or a line of it was hit. */
bool side_ran(const struct side *side, uint32_t function);

#endif
