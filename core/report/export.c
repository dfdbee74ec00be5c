/* export.c - which export formats there are. */
#include <errno.h>
#include <string.h>

#include "core/report/export_json.h"
#include "core/report/exports.h"

/* X(name as typed, writer) */
#define EXPORT_LIST(X)       \
    X("json", export_json)   \
    X("mprof", export_mprof) \
    X("memory_profiler", export_memory_profiler)

struct export_format {
    const char *name;
    bool (*write)(const struct model *model, FILE *out, struct error *error);
};

static const struct export_format formats[] = {
#define X(name, writer) {name, writer},
    EXPORT_LIST(X)
#undef X
};

#define X(name, writer) ", " name
static const char known_formats[] = EXPORT_LIST(X);
#undef X

static const struct export_format *find_format(const char *name, struct error *error) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(formats[i].name, name) == 0)
            return &formats[i];
    error_set(error, EXIT_STATUS_USAGE, "--export: there is no format \"%.80s\"; known are %s", name,
              known_formats + strlen(", "));
    return NULL;
}

bool export_check_format(const char *format, struct error *error) { return find_format(format, error) != NULL; }

bool export_write(const struct model *model, const char *format, FILE *out, struct error *error) {
    const struct export_format *found = find_format(format, error);
    if (!found)
        return false;
    errno = 0;
    if (!found->write(model, out, error))
        return false;
    if (fflush(out) == 0 && !ferror(out))
        return true;
    return error_set(error, 1, "cannot write the export: %s; free some room or write it elsewhere",
                     errno ? strerror(errno) : "the output was closed");
}
