/* effect.h - the effects that views return, by name. */
#ifndef PYPROF_TUI_VIEW_EFFECT_H
#define PYPROF_TUI_VIEW_EFFECT_H

#include "tui/view/view.h"

static inline struct view_effect effect_of(enum view_action action) { return (struct view_effect){.action = action}; }

static inline struct view_effect effect_select(uint32_t function, uint32_t line) {
    return (struct view_effect){.action = VIEW_SELECT, .function = function, .line = line};
}

static inline struct view_effect effect_drill(uint32_t function, uint32_t line) {
    return (struct view_effect){.action = VIEW_DRILL, .function = function, .line = line};
}

/* The text must live in the view's state. */
static inline struct view_effect effect_message(const char *text) {
    return (struct view_effect){.action = VIEW_MESSAGE, .text = text};
}

static inline struct view_effect effect_copy(const char *text) {
    return (struct view_effect){.action = VIEW_COPY, .text = text};
}

/* REQUEST_CANCEL ends the highlight of a search; it is left to the loop where there is none. */
static inline struct view_effect effect_end_search(char *pattern) {
    if (!pattern[0])
        return effect_of(VIEW_NOT_HANDLED);
    pattern[0] = '\0';
    return effect_of(VIEW_REDRAW);
}

#endif
