#include "tui/app/collector_choice.h"

#include <stdio.h>
#include <string.h>

#include "tui/app/live_run.h"
#include "tui/app/popups.h"
#include "tui/app/rerun.h"
#include "tui/view/collector_words.h"
#include "tui/view/number.h"

/* What can be chosen, in the order of the list. The last two are no collectors: they hold for a run as a whole. */
enum { CHOICE_FUNCTION, CHOICE_BUILTINS, CHOICE_LINE, CHOICE_MEMORY, CHOICE_BYTECODE, CHOICE_CHILDREN, CHOICE_COUNT };

/* Ratios of processor time to plain python3: the table of README, "What it costs", CPython 3.11 (memory: 3.14). */
static const struct {
    uint32_t collector; /* 0: a setting */
    const char *name, *counts, *cost;
} choices[CHOICE_COUNT] = {
    [CHOICE_FUNCTION] = {COLLECTOR_FUNCTION, "function", "calls and times of functions", "1.4 times"},
    [CHOICE_BUILTINS] = {0, "  builtins", "functions written in C, too", ""},
    [CHOICE_LINE] = {COLLECTOR_LINE, "line", "hits and times of lines", "1.5 times"},
    [CHOICE_MEMORY] = {COLLECTOR_MEMORY, "memory", "allocations by line and call", "1.4 times"},
    [CHOICE_BYTECODE] = {COLLECTOR_BYTECODE, "bytecode", "executed instructions", "1.3 times"},
    [CHOICE_CHILDREN] = {0, "children", "Pythons that it starts, too", ""},
};

/* What several take together, as far as it was measured. */
static const struct {
    uint32_t collectors;
    const char *cost;
} together[] = {
    {0, "Nothing is counted: 1.0 times the time of plain python3."},
    {COLLECTOR_FUNCTION | COLLECTOR_LINE, "Together about 1.6 times the time of plain python3."},
    {COLLECTOR_FUNCTION | COLLECTOR_LINE | COLLECTOR_MEMORY, "Together about 1.9 times the time of plain python3."},
};

enum { FIRST_ROW = 1 }; /* below the heading */

/* --- what there is ---------------------------------------------------------------------------------- */

static bool has_ended(const struct application *application) {
    return application->run.state == RUN_ENDED;
}

/* What was asked for and is not done yet counts: the program may wait. */
static struct collector_choice present(const struct application *application) {
    const struct model *program = application->program;
    const struct config *config = application->run.config;
    bool pending = program->collectors_asked != program->collectors_on;
    return (struct collector_choice){
        .collectors = !program->collectors ? config_collectors(config) : pending ? program->collectors_asked
                                                                                 : collectors_now(program),
        .builtins = config->collectors.function.builtins,
        .children = config->collectors.children,
    };
}

static bool is_on(const struct collector_choice *choice, size_t index) {
    return index == CHOICE_BUILTINS   ? choice->builtins
           : index == CHOICE_CHILDREN ? choice->children
                                      : (choice->collectors & choices[index].collector) != 0;
}

static void toggle(struct collector_choice *choice, size_t index) {
    if (index == CHOICE_BUILTINS)
        choice->builtins = !choice->builtins;
    else if (index == CHOICE_CHILDREN)
        choice->children = !choice->children;
    else
        choice->collectors ^= choices[index].collector;
}

/* --- the list --------------------------------------------------------------------------------------- */

/* "on", "off", and for how long it was off. */
static void describe_now(const struct application *application, size_t index, char *text, size_t size) {
    const struct model *program = application->program;
    struct collector_choice now = present(application);
    struct model_switched off = choices[index].collector
                                    ? collector_off(program, (enum collector)choices[index].collector)
                                    : (struct model_switched){0};
    char time[NUMBER_SIZE];
    snprintf(text, size, "%s", is_on(&now, index) ? "on" : "off");
    if (!choices[index].collector)
        snprintf(text, size, "%s, for a new run", is_on(&now, index) ? "on" : "off");
    else if (off.off_count && program->collectors & choices[index].collector)
        snprintf(text, size, is_on(&now, index) ? "on, was off %s" : "off for %s", number_time(time, off.off_ns, 6));
}

static const char *cost_of(uint32_t collectors) {
    for (size_t i = 0; i < sizeof together / sizeof *together; i++)
        if (together[i].collectors == collectors)
            return together[i].cost;
    return collectors & (collectors - 1) ? "Together they take more than any of them alone, and less than all that added up."
                                         : "Times are those of plain python3, multiplied (README: What it costs).";
}

static bool add_rows(struct application *application, struct popup *popup) {
    const struct collector_choice *choice = &application->collector_choice;
    char text[sizeof popup->rows->text], now[48];
    snprintf(text, sizeof text, "    %-11s%-30s%-11s%s", "", "counts", "takes", has_ended(application) ? "at the end" : "now");
    if (!popup_add(popup, -1, text))
        return false;
    for (size_t i = 0; i < CHOICE_COUNT; i++) {
        describe_now(application, i, now, sizeof now);
        snprintf(text, sizeof text, "[%c] %-11s%-30s%-11s%s", is_on(choice, i) ? 'x' : ' ', choices[i].name, choices[i].counts,
                 choices[i].cost, now);
        if (!popup_add(popup, (int)i, text))
            return false;
    }
    return popup_add(popup, -1, cost_of(choice->collectors));
}

bool collector_choice_fill(struct application *application, struct popup *popup) {
    if (!application->run.channel) {
        application_message(application, application->run.state == RUN_LOST ? "the recorder of this run has ended"
                                                                            : "this is a saved session: nothing runs here");
        return false;
    }
    application->collector_choice = present(application);
    popup->title = has_ended(application) ? "Collectors (Space: on or off, r: run again with these)"
                                          : "Collectors (Space: on or off, Enter: apply, r: run again)";
    popup->choosable = true;
    popup->selected = FIRST_ROW;
    return add_rows(application, popup);
}

/* --- applying --------------------------------------------------------------------------------------- */

static bool runs(const struct application *application) {
    return application->run.state == RUN_RUNNING || application->run.state == RUN_STARTING;
}

void collector_choice_apply(struct application *application, uint32_t wanted) {
    char names[COLLECTOR_WORDS_SIZE];
    if (application->run.channel && !runs(application))
        application_message(application, "the target does not run any more; run-again with these collectors is possible (K, r)");
    else
        live_run_ask(application, RECORDER_REQUEST_COLLECTORS, wanted ? collector_names(wanted, ",", names) : "");
}

static void apply(struct application *application) {
    const struct collector_choice *choice = &application->collector_choice;
    struct collector_choice now = present(application);
    if (choice->builtins != now.builtins || choice->children != now.children) {
        application_error(application, "builtins and children are settled when a program starts; r runs it again with this choice");
        return;
    }
    popups_close(application);
    if (choice->collectors == now.collectors)
        application_message(application, "nothing was changed: these collectors are asked for already");
    else
        collector_choice_apply(application, choice->collectors);
}

static void run_again(struct application *application) {
    struct collector_choice choice = application->collector_choice;
    popups_close(application);
    rerun_with_collectors(application, &choice);
}

static void toggle_selected(struct application *application) {
    struct popup *popup = &application->popup;
    const struct popup_row *row = popup_selected(popup);
    if (!row || row->value < 0)
        return;
    toggle(&application->collector_choice, (size_t)row->value);
    popup->count = 0;
    if (!add_rows(application, popup))
        popups_close(application);
}

void collector_choice_key(struct application *application, int key) {
    int value = 0;
    application->redraw = true;
    if (key == ' ') {
        toggle_selected(application);
    } else if (key == 'r' || (key == KEYS_ENTER && !runs(application))) {
        run_again(application);
    } else if (key == KEYS_ENTER) {
        apply(application);
    } else if (key == 'K' || popup_key(&application->popup, key, application->grid.rows, &value) == POPUP_CLOSED) {
        popups_close(application);
    }
}

/* --- what came of it -------------------------------------------------------------------------------- */

void collector_choice_tell(struct application *application, const struct model *before, const struct model *now) {
    const char *failed = now->switch_failed ? now->switch_failed : "";
    const char *failed_before = before->switch_failed ? before->switch_failed : "";
    bool same_run = before->pid == now->pid && before->start_unix_ns == now->start_unix_ns;
    char names[COLLECTOR_WORDS_SIZE];
    if (!same_run || application->prompt != PROMPT_NONE || application->popup_kind != POPUP_NONE)
        return;
    if (*failed && strcmp(failed, failed_before) != 0)
        application_error(application, "%s", failed);
    else if (collectors_now(before) != collectors_now(now) && before->collectors && now->state == MODEL_RUNNING)
        application_message(application, "collectors that are on now: %s", collector_names(collectors_now(now), ", ", names));
}
