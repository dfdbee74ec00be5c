/* columns.h - which columns the function table has: as the config has it, as it is changed in a menu, as it is kept. */
#ifndef PYPROF_TUI_COLUMNS_H
#define PYPROF_TUI_COLUMNS_H

#include "tui/app/state.h"

/* Gives the function table the columns that the config has. */
void columns_read(struct application *application);
/* Writes those there are now into a config, and what is sorted by; false: *error says why not. */
bool columns_write(const struct application *application, struct config *config, struct error *error);

/* Fills the menu: a row a column, ticked where it is shown. false: out of memory. */
bool columns_fill(const struct application *application, struct popup *popup);
/* Ticks a column on or off; the menu stays and shows it. */
void columns_toggle(struct application *application, int value);

#endif
