#include "tui/app/processes.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "tui/app/live_run.h"
#include "tui/app/panes.h"
#include "tui/app/popups.h"
#include "tui/app/remembered.h"
#include "tui/view/number.h"

/* Rows of the popup: all together, the program, its children. */
enum { ROW_ALL, ROW_PROGRAM, ROW_FIRST_CHILD };

static struct chosen_process identity_of(const struct model *model) {
    if (model->process_count > 1)
        return (struct chosen_process){.kind = PROCESS_ALL};
    if (!model->program)
        return (struct chosen_process){.kind = PROCESS_PROGRAM};
    return (struct chosen_process){PROCESS_CHILD, model->pid, model->start_unix_ns};
}

static bool is_same(const struct chosen_process *a, const struct chosen_process *b) {
    return a->kind == b->kind && a->pid == b->pid && a->start_unix_ns == b->start_unix_ns;
}

static const struct model *find(const struct model *program, const struct chosen_process *wanted) {
    if (wanted->kind == PROCESS_PROGRAM)
        return program;
    for (size_t i = 0; wanted->kind == PROCESS_CHILD && i < program->child_count; i++) {
        struct chosen_process child = identity_of(program->children[i]);
        if (is_same(&child, wanted))
            return program->children[i];
    }
    return model_whole(program);
}

/* --- the popup -------------------------------------------------------------------------------------- */

static const char *describe_state(const struct model *process, char text[32]) {
    if (process->exit_kind == MODEL_EXIT_SIGNAL)
        live_run_signal_name((int)process->exit_value, text);
    else if (process->exit_kind == MODEL_EXIT_STATUS)
        snprintf(text, 32, "exit %" PRIu32, process->exit_value);
    else
        snprintf(text, 32, "%s", process->state == MODEL_ENDED ? "ended" : "runs");
    return text;
}

static bool add_row(struct popup *popup, int value, const char *pid, const struct model *model, const char *state,
                    const char *command) {
    char text[256], wall[NUMBER_SIZE], self[NUMBER_SIZE];
    snprintf(text, sizeof text, "%8s %8s %8s  %-8s %s", pid, number_time(wall, model->wall_ns, 8),
             number_time(self, model_total_self(model), 8), state, command);
    return popup_add(popup, value, text);
}

static bool add_process(struct application *application, struct popup *popup, int value, const struct model *process) {
    char pid[16], state[32], title[512];
    snprintf(pid, sizeof pid, "%" PRIu32, process->pid);
    const char *command = model_command(process);
    if (!*command) { /* of a live run the config knows it */
        live_run_title(application, title, sizeof title);
        command = title;
    }
    return add_row(popup, value, pid, process, describe_state(process, state), command);
}

static bool add_all(struct application *application, struct popup *popup) {
    const struct model *program = application->program;
    popup->title = "Processes: pid, wall time, self time";
    popup->choosable = true;
    bool done = add_row(popup, ROW_ALL, "all", model_whole(program), "", "all processes together") &&
                add_process(application, popup, ROW_PROGRAM, program);
    for (size_t i = 0; done && i < program->child_count; i++)
        done = add_process(application, popup, ROW_FIRST_CHILD + (int)i, program->children[i]);
    return done;
}

static size_t row_of(const struct model *program, const struct chosen_process *process) {
    if (process->kind != PROCESS_CHILD)
        return process->kind == PROCESS_PROGRAM ? ROW_PROGRAM : ROW_ALL;
    for (size_t i = 0; i < program->child_count; i++) {
        struct chosen_process child = identity_of(program->children[i]);
        if (is_same(&child, process))
            return ROW_FIRST_CHILD + i;
    }
    return ROW_ALL;
}

static struct chosen_process process_of(const struct model *program, size_t row) {
    if (row < ROW_FIRST_CHILD || row - ROW_FIRST_CHILD >= program->child_count)
        return (struct chosen_process){.kind = row == ROW_PROGRAM ? PROCESS_PROGRAM : PROCESS_ALL};
    return identity_of(program->children[row - ROW_FIRST_CHILD]);
}

bool processes_fill(struct application *application, struct popup *popup) {
    if (!application->program->child_count) {
        application_message(application, application->run.config->collectors.children
                                             ? "this program has started no other Python: there is one process"
                                             : "collectors.children is off: child processes are not profiled");
        return false;
    }
    popup->selected = row_of(application->program, &application->shown);
    return add_all(application, popup);
}

/* An open list of processes goes on being true; the selection stays on its process. */
static void renew_popup(struct application *application, const struct chosen_process *selected) {
    struct popup *popup = &application->popup;
    popup->count = 0;
    popup->selected = row_of(application->program, selected);
    if (!application->program->child_count || !add_all(application, popup))
        popups_close(application);
}

void processes_show(struct application *application, const struct model *program) {
    bool listed = application->popup_kind == POPUP_PROCESSES;
    struct chosen_process selected = {0};
    if (listed)
        selected = process_of(application->program, application->popup.selected);
    const struct model *model = find(program, &application->chosen);
    struct chosen_process identity = identity_of(model);
    bool other = application->model && !is_same(&identity, &application->shown);
    bool selected_before = !application->untouched && application->place.function != 0;
    if (other) {
        if (selected_before)
            remembered_keep(application);
        application->navigation = (struct navigation){0}; /* its places have ids of what was shown */
        application->place.function = 0;
    }
    application->program = program;
    application->model = model;
    application->shown = identity;
    if (other)
        remembered_find(application);
    if (other && selected_before && application->place.function == 0) {
        remembered_forget(application); /* it never ran there: the first row, as at the start */
        application->place.line = 0;
        application->untouched = true;
    }
    if (listed)
        renew_popup(application, &selected);
    application->redraw = true;
}

static void choose(struct application *application, struct chosen_process process) {
    application->chosen = process;
    processes_show(application, application->program);
    panes_follow_selection(application);
    live_run_provide_source(application);
}

void processes_choose(struct application *application, int value) {
    choose(application, process_of(application->program, (size_t)value));
}

void processes_choose_model(struct application *application, const struct model *process) {
    choose(application, identity_of(process));
}

void processes_choose_pid(struct application *application, uint32_t pid) {
    const struct model *process = model_process(application->program, pid);
    if (!process) {
        application_error(application, "--process: there was no process %" PRIu32 " in this run; P lists those there were", pid);
        return;
    }
    application->chosen = identity_of(process);
    processes_show(application, application->program);
}

/* --- the title -------------------------------------------------------------------------------------- */

void processes_describe(const struct application *application, char *text, size_t size) {
    const struct model *model = application->model;
    size_t count = application->program->child_count + 1;
    text[0] = '\0';
    if (model->process_count > 1)
        snprintf(text, size, "  %zu processes", model->process_count);
    else if (count > 1)
        snprintf(text, size, "  pid %" PRIu32 " (%zu of %zu)", model->pid,
                 row_of(application->program, &application->shown), count);
    else if (model->pid)
        snprintf(text, size, "  pid %" PRIu32, model->pid);
}
