/* code_search.h - functions by name, and a text in names and source lines: rows to choose from, and going there. */
#ifndef PYPROF_TUI_CODE_SEARCH_H
#define PYPROF_TUI_CODE_SEARCH_H

#include "tui/app/state.h"

/* Adds functions whose name or file holds the text, those whose name begins with it first; a row's value is the function's id.
 * At most CODE_SEARCH_MOST, and a row that says how many more there are. false: out of memory. */
bool code_search_functions(const struct application *application, const char *text, struct popup *popup);

/* Adds functions whose name holds the text and the lines of the project's sources that do, file by file; a row's value is that of
 * code_search_place. At most CODE_SEARCH_MOST, and rows that say how many more there are. Without a capital letter in it, either
 * case will do. Reads what was not read yet. false: out of memory. */
bool code_search_text(struct application *application, const char *text, struct popup *popup);

/* Where a row of code_search_text leads to; false: nowhere (any more). */
bool code_search_place(const struct application *application, int value, uint32_t *function, uint32_t *line);

/* The function of a file that a line is in: the last one that begins there or above; 0: none. */
uint32_t code_search_function_at(const struct model *model, const char *file, uint32_t line);

#endif
