/* comparison.h - two or more Python functions compared: how long a call takes, what it executes and allocates, and which is
 * the faster one, with how sure that is. */
#ifndef PYPROF_COMPARE_COMPARISON_H
#define PYPROF_COMPARE_COMPARISON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/compare/statistics.h"
#include "pyprof/config.h"
#include "pyprof/error.h"
#include "pyprof/model.h"

enum { COMPARISON_DEFAULT_LIMIT_S = 60, COMPARISON_DEFAULT_TIME_S = 10, COMPARISON_MOST_CANDIDATES = 20 };

/* What is asked for. Nothing is owned. */
struct comparison_order {
    const struct config *config;   /* whose target.python says which interpreter; nothing else of it matters */
    const char *const *candidates; /* FILE.py:FUNCTION, MODULE:FUNCTION, either with (ARGUMENTS) behind it */
    size_t count;                  /* 2 to COMPARISON_MOST_CANDIDATES */
    const char *setup;             /* statements, executed in the namespace of each candidate's file; "": none */
    const char *arguments;         /* of candidates without their own; "": none */
    double time_s;                 /* how long to measure; more where there would be fewer than three blocks */
    double limit_s;                /* how long loading, or a call, may take */
};

struct comparison_instruction {
    uint32_t offset, line; /* line 0: none */
    bool is_jump_target;
    char *opname, *argrepr;
    uint64_t count; /* in one call; MODEL_UNKNOWN: not counted */
};

/* A code object: the candidate's own, then those within it. */
struct comparison_code {
    char *file, *qualname;
    uint32_t line;
    size_t first_instruction, instruction_count;
};

struct comparison_candidate {
    char *specification; /* as given */
    char *name;          /* the shortest that tells it from the others */
    char *qualname, *arguments;
    char *file, *source; /* NULL: it is not written in Python; source "": not found */
    uint32_t first_line;
    struct comparison_code *codes;
    size_t code_count;
    struct comparison_instruction *instructions;
    size_t instruction_count;

    uint64_t loops;        /* calls in a run */
    double *runs;          /* nanoseconds per call, in the order of the blocks */
    size_t run_count;
    struct statistics_summary time; /* of the runs */
    struct statistics_interval relative; /* how many times the time of the fastest; of that 1 */
    bool differs;          /* from the fastest, as far as can be shown */

    uint64_t executed, executed_itself; /* instructions of one call: in all, and of its own code; MODEL_UNKNOWN: not counted */
    uint64_t allocated_count, allocated_bytes, peak_bytes; /* of one call: peak is the most alive above what was before */
    uint64_t printed_bytes; /* by one call */
};

/* All strings and arrays are owned. */
struct comparison {
    char version[32]; /* of Python */
    char *program;    /* the interpreter */
    char *setup;
    struct comparison_candidate *candidates; /* as given */
    size_t count;
    size_t blocks, runs_per_block;
    bool one_process;  /* starting takes so long that all blocks were measured in one process of each */
    double confidence; /* of each interval; all together have 0.95 */
    size_t fastest;    /* index */
    uint64_t spent_ns;
    struct text_list warnings; /* sentences */
    char *not_counted;         /* why nothing is known of instructions and memory; NULL: it is */
};

/* Is told what goes on, in short sentences. */
struct comparison_listener {
    void (*tell)(void *receiver, const char *sentence);
    void *receiver;
};

/* Compares. NULL: *error says why; *traceback (malloc'ed, may be NULL) is that of the exception that a candidate raised. The
 * signals that end this process end the comparison. */
struct comparison *comparison_run(const struct comparison_order *order, const struct comparison_listener *listener,
                                  char **traceback, struct error *error);
void comparison_free(struct comparison *comparison); /* NULL is allowed */

/* Fills time, relative, differs, fastest and confidence from the runs. false: memory is out. */
bool comparison_judge(struct comparison *comparison);

/* "f is 2.90 times faster than g (95 % interval 2.84 to 2.97)", or that no difference can be shown; of this candidate beside
 * the fastest. */
void comparison_verdict(const struct comparison *comparison, size_t candidate, char *text, size_t size);

bool comparison_warn(struct comparison *comparison, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
