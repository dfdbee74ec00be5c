/* hosts.c - choosing host and interpreter for a config.
 *
 * A host stands for the one Python it was built with, because the standard library on disk must be the one that
 * belongs to the code that is linked in. It is chosen where the interpreter that is wanted is that same file, or the
 * same release of another build. Where nobody asked for an interpreter, and python3 is another one, the newest
 * host's own is taken. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/recorder/host_list.h"
#include "core/recorder/interpreter.h"
#include "pyprof/recorder.h"

static bool same_file(const char *base, const char *interpreter) {
    char *real = realpath(interpreter, NULL);
    bool same = real && strcmp(real, base) == 0;
    free(real);
    return same;
}

static const struct host *find_match(const struct host_list *list, const struct interpreter *interpreter) {
    for (size_t i = 0; i < list->count; i++)
        if (*interpreter->base && same_file(interpreter->base, list->hosts[i].interpreter))
            return &list->hosts[i];
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(interpreter->version, list->hosts[i].version) == 0)
            return &list->hosts[i];
    return NULL;
}

/* "3.13.5 (/opt/python3) and 3.11.2 (/usr/bin/python3)" */
static void name_hosts(const struct host_list *list, char *text, size_t size) {
    size_t used = 0;
    *text = '\0';
    for (size_t i = 0; i < list->count && used < size; i++) {
        const char *joint = i == 0 ? "" : i + 1 == list->count ? " and " : ", ";
        int length = snprintf(text + used, size - used, "%s%s (%s)", joint, list->hosts[i].version,
                              list->hosts[i].interpreter);
        used += length > 0 ? (size_t)length : 0;
    }
}

static bool choose(const struct host_list *list, struct interpreter *interpreter, const struct host **host,
                   struct error *error) {
    char names[512];
    *host = find_match(list, interpreter);
    if (!*host && interpreter->explicitly_wanted) {
        char written[ARENA_PATH_SIZE];
        strcpy(written, interpreter->program);
        if (!interpreter_ask(interpreter, error))
            return false;
        *host = find_match(list, interpreter);
        name_hosts(list, names, sizeof names);
        if (!*host)
            return error_set(error, EXIT_STATUS_USAGE, "%s is Python %s; this build hosts %s: choose one of these with "
                             "--python, or build pyprof-tui with `make PYTHON=%s`", written,
                             interpreter->version, names, written);
    } else if (!*host) {
        *host = &list->hosts[0];
        strcpy(interpreter->program, list->hosts[0].interpreter);
    }
    return true;
}

bool recorder_find_host(const struct config *config, char *host_path, char *python_path, struct error *error) {
    struct interpreter interpreter;
    const struct host *host;
    if (!interpreter_wanted(config, &interpreter, error))
        return false;
    struct host_list *list = host_list_find();
    if (!list)
        return error_set(error, 1, "out of memory while looking for hosts");
    bool done = list->count ? choose(list, &interpreter, &host, error)
                            : error_set(error, 1,
                                        "no pyprof-host-* is there to run Python programs; build one with `make`, "
                                        "or install pyprof-tui again");
    if (done) {
        memcpy(host_path, host->path, sizeof host->path);
        memcpy(python_path, interpreter.program, sizeof interpreter.program);
    }
    free(list);
    return done;
}

char *recorder_substitution(const struct config *config) {
    struct interpreter interpreter;
    if (!interpreter_wanted(config, &interpreter, NULL) || interpreter.explicitly_wanted || !*interpreter.program)
        return NULL;
    struct host_list *list = host_list_find();
    char *sentence = NULL;
    if (list && list->count && !find_match(list, &interpreter) &&
        asprintf(&sentence, "%s is not a Python that this build hosts: the program runs in %s (%s); name another with --python, "
                 "or build with `make PYTHON=...`", interpreter.program, list->hosts[0].interpreter,
                 list->hosts[0].version) < 0)
        sentence = NULL;
    free(list);
    return sentence;
}
