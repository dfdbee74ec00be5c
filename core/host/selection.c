#include "core/host/selection.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pyprof/collectors.h"

enum { LIST_COUNT = 6 };
enum list { FUNCTION_INCLUDE, FUNCTION_EXCLUDE, LINE_INCLUDE, LINE_EXCLUDE, BYTECODE_INCLUDE, BYTECODE_EXCLUDE };

static struct {
    const struct arena_header *header;
    const char *lists[LIST_COUNT]; /* the first pattern of each; a list ends with an empty one */
    char standard_library[PATH_MAX];
    char main_file[PATH_MAX];     /* co_filename of the main program */
    bool origin_is_project;       /* of code without a file that is run now */
    /* Modules of a folder come one after the other. */
    char last_folder[PATH_MAX], resolved_folder[PATH_MAX]; /* the same folder, and without symbolic links */
    char last_file[PATH_MAX]; /* functions of one file come one after the other */
    struct selection last;
} state;

void selection_prepare(const struct arena_header *header, const char *standard_library) {
    state.header = header;
    const char *at = header->settings, *end = header->settings + sizeof header->settings - 1;
    for (int i = 0; i < LIST_COUNT; i++) {
        state.lists[i] = at;
        while (at < end && *at)
            at += strnlen(at, (size_t)(end - at)) + 1;
        if (at < end)
            at++;
    }
    snprintf(state.standard_library, sizeof state.standard_library, "%s", standard_library);
    state.last_file[0] = '\0';
    state.last = selection_of("");
}

static bool is_under(const char *file, const char *folder) {
    size_t length = strlen(folder);
    return length > 0 && strncmp(file, folder, length) == 0 && file[length] == '/';
}

/* Under the script's folder, and neither the standard library nor something installed there. */
static bool is_project_file(const char *file, const char *resolved) {
    if (file[0] == '<')
        return strcmp(file, state.main_file) == 0 || (state.origin_is_project && strncmp(file, "<frozen", 7) != 0);
    return is_under(resolved, state.header->project_folder) && !is_under(resolved, state.standard_library) &&
           !strstr(resolved, "/site-packages/") && !strstr(resolved, "/dist-packages/");
}

static bool matches(const char *pattern, const char *file, const char *resolved, bool project) {
    if (strcmp(pattern, "project") == 0)
        return project;
    if (fnmatch(pattern, file, 0) == 0 || fnmatch(pattern, resolved, 0) == 0)
        return true;
    /* A pattern without a folder means the file's own name. */
    const char *name = strrchr(resolved, '/');
    return name && !strchr(pattern, '/') && fnmatch(pattern, name + 1, 0) == 0;
}

static bool is_in(enum list list, const char *file, const char *resolved, bool project) {
    const char *end = state.header->settings + sizeof state.header->settings;
    for (const char *pattern = state.lists[list]; pattern < end && *pattern;
         pattern += strnlen(pattern, (size_t)(end - pattern)) + 1)
        if (matches(pattern, file, resolved, project))
            return true;
    return false;
}

uint32_t selection_collectors(void) {
    uint32_t on = state.header->collectors_on & COLLECTORS_SWITCHED, others = on & ~(uint32_t)COLLECTOR_MEMORY;
    return others ? others : on;
}

/* There is such a file, and its name stays what it is when its folder's links are followed. */
static bool is_plain_file(const char *file, const char *name) {
    char link[1];
    return strcmp(name, "/.") != 0 && strcmp(name, "/..") != 0 && name[1] && readlink(file, link, sizeof link) < 0 &&
           errno == EINVAL;
}

/* As realpath(), of a file in the folder that was asked for last. */
static bool resolve_in_last_folder(const char *file, char resolved[PATH_MAX]) {
    const char *name = strrchr(file, '/');
    size_t length = (size_t)(name - file);
    return length > 0 && strncmp(file, state.last_folder, length) == 0 && !state.last_folder[length] &&
           is_plain_file(file, name) && snprintf(resolved, PATH_MAX, "%s%s", state.resolved_folder, name) < PATH_MAX;
}

static void resolve(const char *file, char resolved[PATH_MAX]) {
    if (file[0] == '/' && strlen(file) < PATH_MAX && resolve_in_last_folder(file, resolved))
        return;
    if (file[0] == '<' || !realpath(file, resolved)) {
        snprintf(resolved, PATH_MAX, "%s", file);
        return;
    }
    const char *name = strrchr(file, '/'), *resolved_name = strrchr(resolved, '/');
    if (file[0] != '/' || resolved_name == resolved || !is_plain_file(file, name))
        return;
    snprintf(state.last_folder, sizeof state.last_folder, "%.*s", (int)(name - file), file);
    snprintf(state.resolved_folder, sizeof state.resolved_folder, "%.*s", (int)(resolved_name - resolved), resolved);
}

struct selection selection_of(const char *file) {
    if (state.last_file[0] && strcmp(file, state.last_file) == 0)
        return state.last;
    char resolved[PATH_MAX];
    resolve(file, resolved);
    struct selection selection = {.project = is_project_file(file, resolved)};
    uint32_t on = selection_collectors();
    selection.collectors = on;
    selection.function = on && is_in(FUNCTION_INCLUDE, file, resolved, selection.project) &&
                         !is_in(FUNCTION_EXCLUDE, file, resolved, selection.project);
    selection.lines = on & COLLECTOR_LINE &&
                      is_in(LINE_INCLUDE, file, resolved, selection.project) &&
                      !is_in(LINE_EXCLUDE, file, resolved, selection.project);
    selection.bytecode = on & COLLECTOR_BYTECODE &&
                         is_in(BYTECODE_INCLUDE, file, resolved, selection.project) &&
                         !is_in(BYTECODE_EXCLUDE, file, resolved, selection.project);
    snprintf(state.last_file, sizeof state.last_file, "%s", file);
    state.last = selection;
    return selection;
}

void selection_set_origin(const char *calling_file) {
    selection_set_origin_project(selection_of(calling_file).project);
}

void selection_forget(void) { state.last_file[0] = '\0'; }

void selection_set_origin_project(bool project) {
    if (project != state.origin_is_project)
        state.last_file[0] = '\0';
    state.origin_is_project = project;
}

void selection_set_main_file(const char *file) {
    snprintf(state.main_file, sizeof state.main_file, "%s", file);
    state.last_file[0] = '\0';
}
