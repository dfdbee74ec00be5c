/* report.c - which text reports there are, and writing a list of them. */
#include "pyprof/report.h"

#include <errno.h>
#include <string.h>

#include "core/report/report_text.h"

struct report {
    const char *name;
    bool (*write)(const struct model *model, FILE *out, struct error *error);
};

static const struct report reports[] = {
#define X(NAME, name, writer) {name, writer},
    REPORT_LIST(X)
#undef X
};

#define X(NAME, name, writer) ", " name
static const char known_reports[] = REPORT_LIST(X);
#undef X

static const struct report *find_report(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof reports / sizeof *reports; i++)
        if (strlen(reports[i].name) == length && strncmp(reports[i].name, name, length) == 0)
            return &reports[i];
    return NULL;
}

/* Length of the name that a list begins with. */
static size_t name_length(const char *list) { return strcspn(list, ","); }

bool report_check_list(const char *list, struct error *error) {
    for (const char *at = list;; at++) {
        size_t length = name_length(at);
        if (!find_report(at, length))
            return error_set(error, EXIT_STATUS_USAGE, "--report: there is no report \"%.*s\"; known are %s",
                             length < 80 ? (int)length : 80, at, known_reports + strlen(", "));
        at += length;
        if (!*at)
            return true;
    }
}

bool report_list_has(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL)
        if (name_length(at) == length && strncmp(at, name, length) == 0)
            return true;
    return false;
}

bool report_write_list(const struct model *model, const char *list, FILE *out, struct error *error) {
    if (!report_check_list(list, error))
        return false;
    errno = 0;
    for (const char *at = list;; at++) {
        size_t length = name_length(at);
        if (at != list)
            putc('\n', out);
        if (!find_report(at, length)->write(model, out, error))
            return false;
        at += length;
        if (!*at)
            break;
    }
    if (fflush(out) == 0 && !ferror(out))
        return true;
    return error_set(error, 1, "cannot write the report: %s; free some room or write it elsewhere",
                     errno ? strerror(errno) : "the output was closed");
}
