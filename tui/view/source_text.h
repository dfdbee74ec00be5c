/* source_text.h - one source file, cut into lines, with what highlighting needs to begin at any of them. */
#ifndef PYPROF_TUI_VIEW_SOURCE_TEXT_H
#define PYPROF_TUI_VIEW_SOURCE_TEXT_H

#include "pyprof/model.h"

/* All zero is the text of no file. A text stays as it is while models come and go: it is read once per file and run. */
struct source_text {
    char *file;             /* owned; NULL: none */
    uint64_t start_unix_ns; /* of the run it was read for */
    struct model *store;    /* owns the text; NULL: none */
    const struct model_source *source; /* NULL: could not be read */
    bool given;             /* it is the model's text; else it was read from the file here */
    size_t *starts;         /* owned: offset of each line */
    uint64_t *states;        /* owned: enum python_state each line begins in */
    size_t line_count;
    char problem[512];      /* why there is no source: a sentence; "" when there is one */
};

void source_text_free(struct source_text *text);
/* Makes it the text of that file: the model's, else the file's on disk. Does nothing when it is already. true: the
 * lines are other ones than before. */
bool source_text_load(struct source_text *text, const struct model *model, const char *file);
/* A line (from 1) without its end; length 0 beyond the last one. Not '\0'-ended. */
const char *source_text_line(const struct source_text *text, size_t line, size_t *length);

#endif
