/* function_name.h - how tables name a function. */
#ifndef PYPROF_TUI_VIEW_FUNCTION_NAME_H
#define PYPROF_TUI_VIEW_FUNCTION_NAME_H

#include <stdio.h>
#include <string.h>

#include "pyprof/model.h"

/* The file's name without its folders. */
static inline const char *function_file_name(const struct model_function *function) {
    const char *slash = strrchr(function->file, '/');
    return slash && slash[1] ? slash + 1 : function->file;
}

/* What of a displayed name tells it from its neighbours: the last part of a qualified one. NULL: it has no parts. */
static inline const char *function_name_tail(const struct model_function *function, const char *displayed) {
    const char *dot = displayed == function->qualname ? strrchr(displayed, '.') : NULL;
    return dot ? dot + 1 : NULL;
}

/* The qualified name; every file has a "<module>", which its file tells from the others. */
static inline const char *function_display_name(const struct model_function *function, char *buffer, size_t size) {
    if (strcmp(function->qualname, "<module>") != 0)
        return function->qualname;
    snprintf(buffer, size, "<module> %s", function_file_name(function));
    return buffer;
}

#endif
