/* error.h - errors as values.
 *
 * A function that can fail returns bool (true: done) or a pointer (NULL: failed) and fills the struct
 * error it was given. Nothing below main prints or exits. The text is a whole sentence that names the
 * thing and the remedy, without a trailing newline and without "pyprof-tui: " in front. */
#ifndef PYPROF_ERROR_H
#define PYPROF_ERROR_H

#include <stdbool.h>

enum { EXIT_STATUS_USAGE = 2, EXIT_STATUS_LIMIT = 3 };

struct error {
    int exit_status; /* what the program should exit with: EXIT_STATUS_USAGE for what the user gave, 1 else */
    char text[1024];
};

/* Fills *error; always returns false, so that a caller can write `return error_set(...)`. NULL is allowed. */
bool error_set(struct error *error, int exit_status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "prefix: " in front of the text that is there; always returns false. */
bool error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
