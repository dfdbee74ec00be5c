/* exports.h - the writers of the export formats other than JSON, one file each. */
#ifndef PYPROF_REPORT_EXPORTS_H
#define PYPROF_REPORT_EXPORTS_H

#include "pyprof/report.h"

/* The timeline as `mprof run` of memory_profiler writes it and `mprof plot` reads it: lines "CMDLINE command", "MEM mebibytes
 * seconds" (RSS without the profiler's own; Unix time) and "FUNC name mebibytes start mebibytes end 0" for the longest
 * stretches of samples that found the same function running. */
bool export_mprof(const struct model *model, FILE *out, struct error *error);

/* Lines with their memory in memory_profiler's table, for what reads that: of the functions marked with @profile, else of the
 * project's. Usage is the heap's, not RSS. A line that ran and allocated nothing has the usage of the line above it, less what it
 * freed: what lived then is known at allocations only. */
bool export_memory_profiler(const struct model *model, FILE *out, struct error *error);

#endif
