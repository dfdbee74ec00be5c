/* diff_condition.h - what --fail-if says: conditions on what changed.
 *
 *   MEASURE[:FUNCTION] OPERATOR CHANGE       total>+5%   self:work>=+10ms   calls:Node.add>+0   peak>+2MiB   rss<-1GiB
 *
 * MEASURE: of the program total (its own time; wall time where no functions were counted), wall, calls, instructions, allocated,
 *          allocations, memory or peak, live, rss; of a function (qualified name, or file:name where several have it) self, time
 *          (with what it called), calls, instructions, allocated, allocations, memory or peak, live
 * OPERATOR: > >= < <=
 * CHANGE: a signed number with %, or with a unit (ns us ms s; B KiB MiB GiB), or a count */
#ifndef PYPROF_COMPARE_DIFF_CONDITION_H
#define PYPROF_COMPARE_DIFF_CONDITION_H

#include "pyprof/session_diff.h"

enum { DIFF_CONDITION_NAME = 256 };

enum diff_operator { DIFF_MORE, DIFF_AT_LEAST, DIFF_LESS, DIFF_AT_MOST };

struct diff_condition {
    const char *text;  /* as typed; belongs to whoever typed it */
    bool of_function;  /* measure and function say what is judged; else total does */
    enum diff_total total;
    enum diff_measure measure;
    char function[DIFF_CONDITION_NAME];
    enum diff_operator operator;
    bool relative;     /* `change` is in per cent; else in the measure's unit */
    double change;
};

/* false: *error says what is wrong with the text (exit status 2). text must live as long as the condition. */
bool diff_condition_parse(const char *text, struct diff_condition *condition, struct error *error);

enum diff_answer {
    DIFF_HOLDS_NOT, /* the change is none, or not so large */
    DIFF_IN_NOISE,  /* it is so large, but within noise: it does not count */
    DIFF_HOLDS,
};

/* Judges a condition; sentence says what was found, whatever the answer. false: *error says why it cannot be judged: no such
 * function, nothing counted, not comparable (exit status 2). */
bool diff_condition_judge(const struct diff_condition *condition, const struct session_diff *diff, enum diff_answer *answer,
                          char *sentence, size_t size, struct error *error);

#endif
