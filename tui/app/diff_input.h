/* diff_input.h - the sessions of one side of a diff, as they were typed and as they are loaded. */
#ifndef PYPROF_TUI_DIFF_INPUT_H
#define PYPROF_TUI_DIFF_INPUT_H

#include "pyprof/session_diff.h"

struct diff_input {
    struct model *programs[DIFF_MOST_RUNS]; /* owned */
    const struct model *runs[DIFF_MOST_RUNS]; /* what stands for each: the sum over its processes */
    char *names[DIFF_MOST_RUNS];            /* owned; the paths */
    size_t count;
};

/* Finds the sessions that are meant: a file, several parted by commas, or a folder, of which all *.pyprof are meant, in the order
 * of their names. Nothing is read yet. false: *error. diff_input_free in both cases. */
bool diff_input_find(struct diff_input *input, const char *typed, struct error *error);

/* Loads what was found. false: *error, also where *cancelled (may be NULL) became true. */
bool diff_input_load(struct diff_input *input, const atomic_bool *cancelled, struct error *error);

/* Adds a model that is there already; owned from now on. false: memory is out, and the model is freed. */
bool diff_input_add(struct diff_input *input, struct model *program, const char *name);

struct diff_side diff_input_side(const struct diff_input *input);
void diff_input_free(struct diff_input *input);

#endif
