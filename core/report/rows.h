/* rows.h - which rows reports and exports show, and in what order. */
#ifndef PYPROF_REPORT_ROWS_H
#define PYPROF_REPORT_ROWS_H

#include "pyprof/model.h"

/* Whether a function ran: it has calls, time, memory, instructions, or a line that was hit (a run may count lines but no
 * functions). */
bool report_function_ran(const struct model *model, uint32_t id);

/* Whether a function is in an export: it ran, or is on the way to what allocated, as paths name it. */
bool report_is_exported(const struct model *model, uint32_t id);

/* Ids of the functions that ran, by self time, the largest first; the caller frees them. NULL: out of memory. */
uint32_t *report_functions_by_self(const struct model *model, size_t *count);

/* Whether it is known what each thread did. Sessions of formats before 4 do not say it: all numbers of threads are 0 there. */
bool report_threads_are_counted(const struct model *model);

/* The value, or 0 where it is MODEL_UNKNOWN. */
uint64_t report_known(uint64_t value);

/* Sum of the self time of a function's lines. */
uint64_t report_lines_self(const struct model *model, const struct model_function *function);

#endif
