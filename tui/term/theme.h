/* theme.h - what each style looks like: colours by theme and by what the terminal can show, attributes where it has none.
 *
 * No ncurses here: the tables are tested without a terminal. Meaning is never carried by colour alone: each style that says
 * something differs by a glyph, too, which the views draw. */
#ifndef PYPROF_TUI_THEME_H
#define PYPROF_TUI_THEME_H

#include <stdbool.h>

#include "pyprof/config.h"
#include "tui/term/grid.h"

enum theme {
#define X(NAME, name) THEME_##NAME,
    UI_THEME_LIST(X)
#undef X
    THEME_COUNT
};

/* How many colours a terminal shows. */
enum color_depth { COLOR_DEPTH_NONE, COLOR_DEPTH_8, COLOR_DEPTH_256, COLOR_DEPTH_TRUE };

enum { ATTRIBUTE_BOLD = 1, ATTRIBUTE_DIM = 2, ATTRIBUTE_UNDERLINE = 4, ATTRIBUTE_REVERSE = 8 };

/* Colours are 0 ... 7 or 0 ... 255, in true colour 0xRRGGBB; -1 is the terminal's own. */
struct appearance {
    int foreground, background;
    unsigned attributes; /* ATTRIBUTE_... */
};

struct appearance theme_appearance(enum theme theme, enum color_depth depth, enum cell_style style);

/* The theme of that name, THEME_DEFAULT where there is none (NULL is allowed). */
enum theme theme_from_name(const char *name);
const char *theme_name(enum theme theme);

/* 0xRRGGBB of one of the 240 colours that are the same in all terminals of 256 (16 ... 255). */
int theme_color_value(int indexed);

#endif
