/* prompt.h - what is asked in the last row: a text to type, or one key to answer with. */
#ifndef PYPROF_TUI_PROMPT_H
#define PYPROF_TUI_PROMPT_H

#include "tui/app/state.h"

void prompt_open(struct application *application, enum prompt_kind kind);
void prompt_key(struct application *application, int key);
/* As if that path had been typed where it is asked for (PROMPT_SAVE_..., PROMPT_EXPORT_...): asks before it writes over
 * another file. */
void prompt_save(struct application *application, enum prompt_kind kind, const char *path);
/* Draws it over the last row; the cursor's place on the screen is filled where text is typed. */
void prompt_draw(struct application *application, int *cursor_row, int *cursor_column);

#endif
