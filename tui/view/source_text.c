#include "tui/view/source_text.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/view/python_highlight.h"

void source_text_free(struct source_text *text) {
    free(text->file);
    free(text->starts);
    free(text->states);
    model_free(text->store);
    *text = (struct source_text){0};
}

static void tell_problem(struct source_text *text, const char *file) {
    size_t length = strlen(file);
    if (length == 0 || (file[0] == '<' && file[length - 1] == '>'))
        snprintf(text->problem, sizeof text->problem, "%.200s is not a file: its source is not known.",
                 length ? file : "This");
    else if (access(file, R_OK) != 0)
        snprintf(text->problem, sizeof text->problem, "The source %.200s cannot be read: %s. No copy of it was kept.", file,
                 strerror(errno));
    else
        snprintf(text->problem, sizeof text->problem, "The source %.200s is no plain file or is larger than 8 MiB.",
                 file);
}

static bool cut_into_lines(struct source_text *text) {
    text->starts = model_source_lines(text->source, &text->line_count);
    text->states = malloc((text->line_count + 1) * sizeof *text->states);
    if (!text->starts || !text->states)
        return false;
    uint64_t state = PYTHON_CODE;
    for (size_t line = 1; line <= text->line_count; line++) {
        size_t length;
        const char *bytes = source_text_line(text, line, &length);
        text->states[line - 1] = state;
        state = python_highlight_line(state, bytes, length, NULL);
    }
    return true;
}

static void load(struct source_text *text, const struct model_source *given, const char *file) {
    text->store = model_new();
    text->file = strdup(file);
    if (text->store && text->file) {
        if (given)
            model_add_source(text->store, file, given->text, given->length);
        else
            model_load_source(text->store, file);
        text->source = model_source(text->store, file);
        text->given = given;
        if (!text->source)
            tell_problem(text, file);
        if (!text->source || cut_into_lines(text))
            return;
    }
    text->source = NULL;
    text->line_count = 0;
    snprintf(text->problem, sizeof text->problem, "There is not enough memory to show %.200s; close other programs.",
             file);
}

bool source_text_load(struct source_text *text, const struct model *model, const char *file) {
    const struct model_source *given = model_source(model, file);
    if (text->file && !strcmp(text->file, file) && text->start_unix_ns == model->start_unix_ns &&
        (text->source || !given))
        return false;
    source_text_free(text);
    text->start_unix_ns = model->start_unix_ns;
    load(text, given, file);
    return true;
}

const char *source_text_line(const struct source_text *text, size_t line, size_t *length) {
    *length = 0;
    if (line == 0 || line > text->line_count)
        return "";
    const char *bytes = text->source->text + text->starts[line - 1];
    size_t end = line < text->line_count ? text->starts[line] : text->source->length;
    *length = end - text->starts[line - 1];
    while (*length && (bytes[*length - 1] == '\n' || bytes[*length - 1] == '\r'))
        --*length;
    return bytes;
}
