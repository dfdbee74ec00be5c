/* report_text.h - what the text reports share: one writer a report, and how names, times and parts are written. */
#ifndef PYPROF_REPORT_REPORT_TEXT_H
#define PYPROF_REPORT_REPORT_TEXT_H

#include "pyprof/report.h"

#define X(NAME, name, writer) bool writer(const struct model *model, FILE *out, struct error *error);
REPORT_LIST(X)
#undef X

/* Sets the error that says memory is out; always false. */
bool report_out_of_memory(struct error *error);

/* "TITLE of SCRIPT" - or of which process, or over how many - and a line about the run: Python, wall time, RSS peak, how it
 * ended, which clock was read. */
void report_heading(const struct model *model, const char *title, FILE *out);

/* Sentences about what is not in the numbers: code objects left alone, calls and threads without room, child processes. */
void report_losses(const struct model *model, FILE *out);

/* Writes text with control characters (but tabs) and bytes that are not UTF-8 as U+FFFD: a name or a source line cannot
 * drive the terminal. Returns the characters written. */
size_t report_text(FILE *out, const char *text, size_t length);

/* Characters of a text as report_text writes it. */
size_t report_width(const char *text);

/* 100 * part / whole; 0 where whole is 0. */
double report_percent(uint64_t part, uint64_t whole);

/* Nanoseconds as seconds. */
double report_seconds(uint64_t ns);

/* "999 B", "1.0 KiB", "104.0 MiB": at most REPORT_SIZE_WIDTH characters, into text[REPORT_SIZE_SIZE]; returns its length. With a
 * sign it is one more where it is negative. A duration is "0.1 us", "12.3 ms", "5.0 s". */
enum { REPORT_SIZE_SIZE = 32, REPORT_SIZE_WIDTH = 9 };
int report_size(uint64_t bytes, char *text);
int report_size_change(int64_t bytes, char *text);
int report_duration(uint64_t ns, char *text);

/* "calls", or "calls/primitive" where recursion makes them differ, into text[REPORT_CALLS_SIZE]; returns its length. */
enum { REPORT_CALLS_SIZE = 48 };
int report_calls(uint64_t calls, uint64_t primitive_calls, char *text);

/* Writes "file:line", or "(C)" for a C function. */
void report_place(FILE *out, const struct model_function *function);

#endif
