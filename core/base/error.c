#include "pyprof/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool error_set(struct error *error, int exit_status, const char *format, ...) {
    if (!error)
        return false;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    error->exit_status = exit_status;
    return false;
}

bool error_prefix(struct error *error, const char *format, ...) {
    if (!error)
        return false;
    char rest[sizeof error->text];
    memcpy(rest, error->text, sizeof rest);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    if (length >= 0 && (size_t)length + sizeof ": " <= sizeof error->text) {
        memcpy(error->text + length, ": ", sizeof ": ");
        size_t at = (size_t)length + strlen(": ");
        size_t size = strnlen(rest, sizeof error->text - at - 1);
        memcpy(error->text + at, rest, size);
        error->text[at + size] = '\0';
    }
    return false;
}
