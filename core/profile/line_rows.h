/* line_rows.h - rows for lines that a model does not have yet, put among those that it has. Its functions' rows stand in the order
 * of the functions, as in every model that is made of an arena. */
#ifndef PYPROF_PROFILE_LINE_ROWS_H
#define PYPROF_PROFILE_LINE_ROWS_H

#include "pyprof/model.h"

struct line_key { uint32_t function, line; };

/* The lines to come; all zero: none. */
struct line_rows {
    struct line_key *keys; /* owned */
    size_t count, capacity;
};

/* The row of a function's line; NULL: there is none. */
struct model_line *line_rows_find(const struct model *model, uint32_t function, uint32_t line);

/* Notes a line, unless the model has it; its function may be one that comes before the rows do. false: out of memory. */
bool line_rows_want(struct line_rows *rows, const struct model *model, uint32_t function, uint32_t line);
/* Makes room for what was noted among the model's lines. false: out of memory; the model is as it was. */
bool line_rows_reserve(struct line_rows *rows, struct model *model);
/* Adds the rows, of which nothing is known yet. The functions must be there. */
void line_rows_add(struct line_rows *rows, struct model *model);
void line_rows_free(struct line_rows *rows);

#endif
