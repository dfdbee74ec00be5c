/* report.h - text reports and exports of a model: of one process, or of the sum over all (model_whole). */
#ifndef PYPROF_REPORT_H
#define PYPROF_REPORT_H

#include <stdio.h>

#include "pyprof/model.h"

/* X(NAME, name as typed, writer) */
#define REPORT_LIST(X)                          \
    X(FUNCTIONS, "functions", report_functions) \
    X(LINES, "lines", report_lines)             \
    X(TREE, "tree", report_tree)                \
    X(MEMORY, "memory", report_memory)          \
    X(PEAK, "peak", report_peak)                \
    X(LEAKS, "leaks", report_leaks)             \
    X(TYPES, "types", report_types)             \
    X(BYTECODE, "bytecode", report_bytecode)    \
    X(OPCODES, "opcodes", report_opcodes)       \
    X(THREADS, "threads", report_threads)       \
    X(PROCESSES, "processes", report_processes)

/* Checks a list as of --report ("functions,lines"); an unknown name is an error that lists the known ones. */
bool report_check_list(const char *list, struct error *error);
bool report_list_has(const char *list, const char *name);
/* Writes the reports of a list, in its order, one after the other. */
bool report_write_list(const struct model *model, const char *list, FILE *out, struct error *error);

/* The lines that most of the high-water mark was allocated on, at most so many, with their source. */
bool report_top_sites(const struct model *model, size_t most, FILE *out, struct error *error);

/* --export: "json", this program's own contract for scripts; "mprof" and "memory_profiler", what these write. */
bool export_check_format(const char *format, struct error *error);
bool export_write(const struct model *model, const char *format, FILE *out, struct error *error);

#endif
