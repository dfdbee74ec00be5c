/* capture.h - asking another program one question: its first lines of output, with a limit on time. */
#ifndef PYPROF_RECORDER_CAPTURE_H
#define PYPROF_RECORDER_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>

/* Runs arguments[0] with stdin and stderr closed to the outside, and keeps what it prints ('\0' at the end). false:
 * it could not be started, printed more than fits, did not end with status 0 or took longer than five seconds. */
bool capture_output(const char *const *arguments, char *text, size_t size);

#endif
