/* compare_report.h - a comparison of functions as a text for people and as JSON for scripts. */
#ifndef PYPROF_REPORT_COMPARE_REPORT_H
#define PYPROF_REPORT_COMPARE_REPORT_H

#include <stdio.h>

#include "core/compare/comparison.h"

enum { COMPARE_REPORT_LEAST_COLUMNS = 60 };

/* Table, verdict, warnings, sources and bytecode; of two candidates the latter are side by side, in that many columns. */
bool compare_report_text(const struct comparison *comparison, int columns, FILE *out, struct error *error);

/* {"pyprof_compare": 1, ...}: all that is known; README.md has the fields. Times in nanoseconds, sizes in bytes. */
bool compare_report_json(const struct comparison *comparison, FILE *out, struct error *error);

#endif
