#include "tui/app/memory_actions.h"

#include <stdio.h>

#include "tui/app/live_run.h"
#include "tui/app/panes.h"

static bool counts_memory(struct application *application) {
    if (memory_is_collected(application->model))
        return true;
    application_message(application, "this run does not count memory: its memory collector is off (-k memory)");
    return false;
}

void memory_actions_vary(struct application *application) {
    if (!counts_memory(application))
        return;
    if (application->options.memory) { /* the pane beside the source says what is looked at */
        struct view_context context = panes_context(application, PANE_MEMORY);
        panes_apply(application, memory_view.request(application->view_states[PANE_MEMORY], &context, REQUEST_VARIANT, 1));
        return;
    }
    application->measure = (enum memory_measure)((application->measure + 1) % MEMORY_MEASURE_COUNT);
    application_message(application, "memory shown: %s", memory_measure_title(application->measure));
}

/* Asked for in another pane: the graph is gone to, where the cursor is seen. */
static void ask_graph(struct application *application, enum request request) {
    if (application->place.focus == PANE_RAM)
        return; /* it had its say */
    panes_focus(application, PANE_RAM);
    panes_request(application, request);
}

void memory_actions_next_mark(struct application *application) { ask_graph(application, REQUEST_NEXT_MARK); }
void memory_actions_previous_mark(struct application *application) { ask_graph(application, REQUEST_PREVIOUS_MARK); }
void memory_actions_peak(struct application *application) { ask_graph(application, REQUEST_PEAK); }

static bool is_running(struct application *application) {
    const struct live_run *run = &application->run;
    if (run->state == RUN_RUNNING || run->state == RUN_STARTING)
        return true;
    application_message(application, run->state == RUN_SESSION ? "this is a saved session: nothing runs here"
                                                               : "the target does not run any more");
    return false;
}

void memory_actions_mark_as(struct application *application, const char *name) {
    if (is_running(application) && live_run_ask(application, RECORDER_REQUEST_MARK, name))
        application_message(application, "marked: %s", name);
}

void memory_actions_mark(struct application *application) {
    char name[32];
    snprintf(name, sizeof name, "mark %zu", application->program->mark_count + 1);
    memory_actions_mark_as(application, name);
}

void memory_actions_census(struct application *application) {
    if (!is_running(application) || !counts_memory(application))
        return;
    if (application->place.focus != PANE_MEMORY) {
        panes_focus(application, PANE_MEMORY);
        panes_request(application, REQUEST_CENSUS);
    }
    live_run_ask(application, RECORDER_REQUEST_CENSUS, "");
}
