/* instruction_rows.h - what the reports on bytecode share. */
#ifndef PYPROF_REPORT_INSTRUCTION_ROWS_H
#define PYPROF_REPORT_INSTRUCTION_ROWS_H

#include <stdio.h>

#include "pyprof/model.h"

/* Ids of the functions that executed instructions, most first; the caller frees them. NULL: out of memory. */
uint32_t *instruction_functions(const struct model *model, size_t *count);

/* How many functions ran whose instructions are not known, though the collector was on. */
size_t instruction_unknown_functions(const struct model *model);
/* A sentence that says so, where there are any. */
void instruction_write_unknown(const struct model *model, FILE *out);

/* Writes the heading and how many instructions were executed; where they were not counted, a sentence that says so, and false. */
bool instruction_write_head(const struct model *model, const char *title, FILE *out);

/* "12.3" instructions a call; "" where calls are not known. Into text[INSTRUCTION_RATIO_SIZE]. */
enum { INSTRUCTION_RATIO_SIZE = 32 };
void instruction_ratio(const struct model *model, const struct model_function *function, char *text);

#endif
