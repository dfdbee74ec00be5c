/* session_diff.h - what changed from some runs of a program to some others: functions and lines matched across edits, each with
 * its numbers before and after.
 *
 * Functions are matched by kind, qualified name and file (below the program's own folder, or below the library's), several of one
 * name by the order of their first lines; what is left by a file of the same name, then by the name alone, then by the body: that
 * one was renamed. Lines are matched by their text without indentation, not by their number. The sources are those in the
 * sessions.
 *
 * Noise: with several runs on a side, Welch's 95 % interval of the difference of the means. With one run a side nothing is known
 * of their spread: a floor stands for it (core/compare/diff_noise.h), to which is added by how much the functions differ that did
 * not change. Counts have no noise then.
 *
 * Times in nanoseconds, sizes in bytes; the mean where a side has several runs. MODEL_UNKNOWN: no run of that side counted it.
 * Strings are UTF-8 and live as long as the diff and the models that it was made of. */
#ifndef PYPROF_SESSION_DIFF_H
#define PYPROF_SESSION_DIFF_H

#include <stdatomic.h>
#include <stdio.h>

#include "pyprof/model.h"

enum diff_unit { DIFF_NANOSECONDS, DIFF_BYTES, DIFF_COUNT };

/* Of functions and lines. X(NAME, name in JSON and conditions, unit) */
#define DIFF_MEASURE_LIST(X)                          \
    X(SELF, "self", DIFF_NANOSECONDS)                 \
    X(TOTAL, "total", DIFF_NANOSECONDS)               \
    X(CALLS, "calls", DIFF_COUNT)                     \
    X(INSTRUCTIONS, "instructions", DIFF_COUNT)       \
    X(ALLOCATED, "allocated", DIFF_BYTES)             \
    X(ALLOCATIONS, "allocations", DIFF_COUNT)         \
    X(PEAK, "peak", DIFF_BYTES)                       \
    X(LIVE, "live", DIFF_BYTES)

enum diff_measure {
#define X(NAME, name, unit) DIFF_##NAME,
    DIFF_MEASURE_LIST(X)
#undef X
    DIFF_MEASURE_COUNT
};

/* Of the whole program. time: the sum of all functions' self time, which has nothing of the profiler's in it. wall has. */
#define DIFF_TOTAL_LIST(X)                        \
    X(WALL, "wall", DIFF_NANOSECONDS)             \
    X(TIME, "time", DIFF_NANOSECONDS)             \
    X(CALLS, "calls", DIFF_COUNT)                 \
    X(INSTRUCTIONS, "instructions", DIFF_COUNT)   \
    X(ALLOCATED, "allocated", DIFF_BYTES)         \
    X(ALLOCATIONS, "allocations", DIFF_COUNT)     \
    X(PEAK, "peak", DIFF_BYTES)                   \
    X(LIVE, "live", DIFF_BYTES)                   \
    X(RSS, "rss", DIFF_BYTES)

enum diff_total {
#define X(NAME, name, unit) DIFF_TOTAL_##NAME,
    DIFF_TOTAL_LIST(X)
#undef X
    DIFF_TOTAL_COUNT
};

enum diff_verdict {
    DIFF_NOT_KNOWN,      /* one of the sides did not count it */
    DIFF_NOT_COMPARABLE, /* both did, but their numbers do not mean the same; a warning says why */
    DIFF_EQUAL,
    DIFF_NOISE,          /* they differ by no more than noise */
    DIFF_CHANGED,
};

struct diff_value {
    uint64_t before, after; /* 0 for what is not there, where that side counted it */
    uint64_t noise;         /* a change by so much may be noise; MODEL_UNKNOWN: not judged */
    enum diff_verdict verdict;
};

enum diff_match {
    DIFF_SAME,    /* of functions: the same name in the same file; of lines: the same text at the same place of the order */
    DIFF_MOVED,   /* functions: in a file of another name; lines: to another place in the function */
    DIFF_RENAMED, /* functions: (nearly) the same body */
    DIFF_GONE,    /* before alone */
    DIFF_NEW,     /* after alone */
};

/* A function that ran on one side at least. Memory is its own, without what it called. */
struct diff_function {
    const struct model_function *before, *after; /* of the first run of that side that has it; NULL: none has */
    uint32_t before_run, after_run;              /* which run of the side that is */
    uint32_t before_id, after_id;                /* its id there; 0: none */
    enum diff_match match;
    struct diff_value values[DIFF_MEASURE_COUNT];
    uint32_t rows[2]; /* private */
};

/* A line of a function's source, or, without sources, one with numbers. Calls are hits. */
struct diff_line {
    uint32_t before, after; /* line numbers; 0: not there */
    const char *text;       /* as it stands in its source, with its indentation; not '\0'-ended; "" without sources */
    size_t length;
    enum diff_match match;  /* DIFF_SAME, DIFF_MOVED, DIFF_GONE or DIFF_NEW */
    bool counted;           /* it has numbers on one side at least */
    struct diff_value values[DIFF_MEASURE_COUNT];
};

/* How two single runs differ in the functions that did not change: as parts of the time before. */
struct diff_drift {
    size_t functions;      /* that say so; 0: too few are unchanged, or there are several runs on a side */
    double shift, scatter; /* 0.1: 10 % slower; and the median distance from that */
};

enum { DIFF_MOST_RUNS = 64 };

/* The runs of one side, at most DIFF_MOST_RUNS: the same program, run again. Not owned. */
struct diff_side {
    const struct model *const *runs;
    const char *const *names; /* of the sessions, for sentences */
    size_t count;             /* at least 1 */
};

struct session_diff {
    struct diff_side sides[2]; /* before, after */
    struct diff_drift drift;
    struct diff_value totals[DIFF_TOTAL_COUNT];
    struct diff_function *functions; /* as they stand in the runs after, what is gone last */
    size_t function_count;
    const char *const *warnings; /* whole sentences: what does not compare, and why */
    size_t warning_count;
    struct diff_memory *memory;  /* private */
};

/* The sides, and what they point to, must live as long as the diff. NULL: *error says why; where *cancelled (may be NULL) becomes
 * true, that it was cancelled. Freed with session_diff_free. */
struct session_diff *session_diff_new(const struct diff_side *before, const struct diff_side *after, const atomic_bool *cancelled,
                                      struct error *error);
void session_diff_free(struct session_diff *diff); /* NULL is allowed */

/* The lines of a function, in the order of the source after, what is gone where it stood; *count of them, malloc'ed. None of a C
 * function. NULL: *error. */
struct diff_line *session_diff_lines(const struct session_diff *diff, const struct diff_function *function, size_t *count,
                                     struct error *error);

/* after - before, as far as that fits; 0 where one of them is not known. */
int64_t session_diff_change(const struct diff_value *value);
/* The change in parts of what was before: 0.05 is 5 % more. INFINITY where nothing was before and something is, NAN where one is
 * not known. */
double session_diff_relative(const struct diff_value *value);

/* The side that shows a function in lists: after where it is there. */
const struct model_function *session_diff_shown(const struct diff_function *function);

enum diff_unit session_diff_unit(enum diff_measure measure);
const char *session_diff_measure_name(enum diff_measure measure);
enum diff_unit session_diff_total_unit(enum diff_total total);
const char *session_diff_total_name(enum diff_total total);

/* Whether any function of the diff has a number of that measure on both sides. */
bool session_diff_has(const struct session_diff *diff, enum diff_measure measure);

/* Indices of the functions by the size of the change in a measure, the largest first, whatever its sign; what did not change last.
 * malloc'ed, function_count of them. NULL: out of memory. */
uint32_t *session_diff_by_change(const struct session_diff *diff, enum diff_measure measure);

/* --- reports (core/report) -------------------------------------------------------------------------- */

/* The reports of a diff as text: "functions", "lines" (of functions that changed), "memory"; totals and warnings stand before them.
 * width: columns that a line may have; 0: any. */
bool diff_report_check_list(const char *list, struct error *error);
bool diff_report_write(const struct session_diff *diff, const char *list, int width, FILE *out, struct error *error);
/* As JSON: {"pyprof_diff": 1, ...}; README.md has the keys. */
bool diff_export_json(const struct session_diff *diff, FILE *out, struct error *error);

#endif
