/* yaml_text.h - a checked YAML document, and messages that say where in it something is wrong. */
#ifndef PYPROF_CONFIG_YAML_TEXT_H
#define PYPROF_CONFIG_YAML_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <yaml.h>

#include "pyprof/error.h"

struct yaml_text {
    const char *name;    /* what messages begin with: the file's path, or "--set" */
    bool one_line;       /* no line and column in messages: the text is a single value */
    const char *text;    /* borrowed */
    size_t length;
    yaml_document_t document;
    bool loaded; /* document is to be freed */
    struct error *error;
};

/* Parses text into source->document, after checking that it is UTF-8, not too deep and one document only. The caller
 * has filled name, one_line, text, length and error. False: *error says what is wrong. */
bool yaml_text_load(struct yaml_text *source);
void yaml_text_free(struct yaml_text *source);

/* Sets "NAME:LINE:COLUMN: message", exit status 2; returns false. */
bool yaml_text_fail(const struct yaml_text *source, yaml_mark_t mark, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
bool yaml_text_fail_memory(const struct yaml_text *source);

/* The text of a scalar as a malloc'ed string (what !!binary holds is decoded); `what` names it in messages.
 * NULL: *error is set. */
char *yaml_text_scalar(const struct yaml_text *source, const yaml_node_t *node, const char *what);

/* The scalar as it stands, without quotes, tags or NUL characters: what numbers and words are read from. NULL: it is
 * something else. Borrowed from the document. */
const char *yaml_text_plain(const yaml_node_t *node);
/* A null: nothing, ~ or null, not in quotes. */
bool yaml_text_is_null(const yaml_node_t *node);

/* What a node is, for messages: a list, a mapping or its quoted text. Returns text (80 bytes). */
const char *yaml_text_describe(const yaml_node_t *node, char *text);

#endif
