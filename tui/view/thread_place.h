/* thread_place.h - where a thread is now, in words. */
#ifndef PYPROF_TUI_VIEW_THREAD_PLACE_H
#define PYPROF_TUI_VIEW_THREAD_PLACE_H

#include <stdio.h>

#include "tui/view/function_name.h"

enum { THREAD_PLACE_NAME = 48 };

/* "calculate_z:20", "calculate_z" where the line is not known, "" where the thread is in no function. Returns the length it has, or
 * would have with more room. */
static inline int thread_place(const struct model *model, const struct model_thread *thread, char *text, size_t size) {
    char name[THREAD_PLACE_NAME];
    text[0] = '\0';
    if (!thread->running || !thread->function || thread->function >= model->function_count)
        return 0;
    const char *shown = function_display_name(&model->functions[thread->function], name, sizeof name);
    return thread->line ? snprintf(text, size, "%s:%u", shown, thread->line) : snprintf(text, size, "%s", shown);
}

#endif
