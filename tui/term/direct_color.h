/* direct_color.h - terminals that show true colours and whose terminfo entry does not know of it.
 *
 * The entry says 256 colours for nearly all of them; that there are more is said by COLORTERM (truecolor or 24bit). ncurses takes
 * colours from an entry alone, so it is given one: the terminal's own with another way of setting colours, as ncurses'
 * xterm+indirect has it (ISO 8613-6, parted by semicolons). It takes entries that are written into TERMINFO itself. */
#ifndef PYPROF_TUI_DIRECT_COLOR_H
#define PYPROF_TUI_DIRECT_COLOR_H

#include <stdbool.h>

/* Whether the environment promises true colours: COLORTERM does and neither NO_COLOR nor TERM speaks against it. */
bool direct_color_promised(void);

/* "hex:..." for TERMINFO: the entry of TERM with true colours. malloc'ed; NULL where the entry has no colours, has true ones
 * already, or cannot be had. `descriptor` is the terminal. */
char *direct_color_entry(int descriptor);

#endif
