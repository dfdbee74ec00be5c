/* heat.h - how hot a share of time is: a style and a glyph, so that colour is never the only carrier. */
#ifndef PYPROF_TUI_VIEW_HEAT_H
#define PYPROF_TUI_VIEW_HEAT_H

#include "tui/term/grid.h"

enum { HEAT_LEVELS = 5 };

/* 0 (nothing to speak of) ... 4 (hottest), from a share 0.0 ... 1.0. */
static inline int heat_level(double share) {
    static const double from[HEAT_LEVELS - 1] = {0.005, 0.02, 0.10, 0.40};
    int level = 0;
    while (level < HEAT_LEVELS - 1 && share >= from[level])
        level++;
    return level;
}

static inline enum cell_style heat_style(int level) { return (enum cell_style)(STYLE_HEAT_0 + level); }
static inline char heat_glyph(int level) { return " .:+#"[level]; }

#endif
