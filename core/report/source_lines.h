/* source_lines.h - the text of source lines, beside the numbers that reports have for them. */
#ifndef PYPROF_REPORT_SOURCE_LINES_H
#define PYPROF_REPORT_SOURCE_LINES_H

#include <stdio.h>

#include "pyprof/model.h"

/* A file's text with the places of its lines; empty where there is no source. Begins as {0}, ends with line_text_close. */
struct line_text {
    const struct model_source *source;
    size_t *starts, count;
};

/* Makes *text that of a file; nothing is done where it is already. false: out of memory. */
bool line_text_open(struct line_text *text, const struct model *model, const char *file);
void line_text_close(struct line_text *text);

/* Writes a line's text, without what is blank at its end, behind blank_columns empty columns and two more; nothing at all where
 * the line is blank or not known. */
void line_text_write(const struct line_text *text, uint32_t line, int blank_columns, FILE *out);
/* The same without its indentation, behind two blanks. */
void line_text_write_bare(const struct line_text *text, uint32_t line, FILE *out);

/* A line of a source that has numbers in some function. */
struct counted_line {
    const struct model_source *source;
    uint32_t line;
};

/* All of them, of all sources, ascending. The caller frees rows. */
struct counted_lines {
    struct counted_line *rows;
    size_t count;
};

/* false: out of memory. */
bool counted_lines_find(const struct model *model, struct counted_lines *counted);

/* Writes lines first to last, which the function that is listed has no numbers for: comments, blank lines, text in several
 * lines. Where they hold another function's lines, which are shown there (counted NULL: do not look), or are many, it is "...". */
void source_gap_write(const struct line_text *text, uint32_t first, uint32_t last, const struct counted_lines *counted,
                      int blank_columns, FILE *out);

#endif
