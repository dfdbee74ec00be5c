#include "tui/app/diff_input.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pyprof/session.h"

static bool out_of_memory(struct error *error) {
    return error_set(error, 1, "memory is out; close other programs and try again");
}

static bool add_name(struct diff_input *input, const char *path, size_t length, struct error *error) {
    if (input->count == DIFF_MOST_RUNS)
        return error_set(error, EXIT_STATUS_USAGE, "%.*s: there are more than %d sessions on one side; leave some out", (int)length,
                         path, DIFF_MOST_RUNS);
    char *name = strndup(path, length);
    if (!name)
        return out_of_memory(error);
    input->names[input->count++] = name;
    if (access(name, F_OK) == 0)
        return true;
    return error_set(error, EXIT_STATUS_USAGE, "%s: %s; give the path of a saved session", *name ? name : "\"\"",
                     errno == ENOENT ? "no such file" : strerror(errno));
}

static int is_session_name(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 7 && strcmp(entry->d_name + length - 7, ".pyprof") == 0;
}

static bool find_in_folder(struct diff_input *input, const char *folder, struct error *error) {
    struct dirent **entries;
    int count = scandir(folder, &entries, is_session_name, alphasort);
    bool done = count > 0;
    if (count < 0)
        return error_set(error, EXIT_STATUS_USAGE, "%s: %s; give a folder that can be read", folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char *path = NULL;
        int length = done ? asprintf(&path, "%s/%s", folder, entries[i]->d_name) : -1;
        done = done && (length >= 0 ? add_name(input, path, (size_t)length, error) : out_of_memory(error));
        if (length >= 0)
            free(path);
        free(entries[i]);
    }
    free(entries);
    if (count == 0)
        error_set(error, EXIT_STATUS_USAGE, "%s: there is no *.pyprof in this folder; save sessions there with -o", folder);
    return done;
}

bool diff_input_find(struct diff_input *input, const char *typed, struct error *error) {
    struct stat status;
    *input = (struct diff_input){0};
    if (stat(typed, &status) == 0)
        return S_ISDIR(status.st_mode) ? find_in_folder(input, typed, error) : add_name(input, typed, strlen(typed), error);
    for (const char *at = typed;; at++) {
        size_t length = strcspn(at, ",");
        if (!add_name(input, at, length, error))
            return false;
        at += length;
        if (!*at)
            return true;
    }
}

bool diff_input_load(struct diff_input *input, const atomic_bool *cancelled, struct error *error) {
    for (size_t i = 0; i < input->count; i++) {
        if (cancelled && atomic_load(cancelled))
            return error_set(error, 1, "comparing was cancelled");
        if (!input->programs[i] && !(input->programs[i] = session_load(input->names[i], error)))
            return false;
        input->runs[i] = model_whole(input->programs[i]);
    }
    return true;
}

bool diff_input_add(struct diff_input *input, struct model *program, const char *name) {
    char *copy = input->count < DIFF_MOST_RUNS ? strdup(name) : NULL;
    if (!copy) {
        model_free(program);
        return false;
    }
    input->names[input->count] = copy;
    input->programs[input->count] = program;
    input->runs[input->count++] = model_whole(program);
    return true;
}

struct diff_side diff_input_side(const struct diff_input *input) {
    return (struct diff_side){input->runs, (const char *const *)input->names, input->count};
}

void diff_input_free(struct diff_input *input) {
    for (size_t i = 0; i < input->count; i++) {
        model_free(input->programs[i]);
        free(input->names[i]);
    }
    *input = (struct diff_input){0};
}
