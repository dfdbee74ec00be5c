#include "tui/app/commands.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/config/options.h"
#include "core/config/words.h"
#include "tui/app/code_search.h"
#include "tui/app/collector_choice.h"
#include "tui/app/grouping.h"
#include "tui/app/memory_actions.h"
#include "tui/app/pane_options.h"
#include "tui/app/panes.h"
#include "tui/app/prompt.h"
#include "tui/app/rerun.h"
#include "tui/view/filter.h"

/* --- what there is to choose from ------------------------------------------------------------------- */

static bool add_words(struct popup *popup, const char *before, const char *const *words, const char *typed) {
    char text[sizeof popup->rows->text];
    for (; words && *words; words++) {
        snprintf(text, sizeof text, "%s%s", before, *words);
        if (filter_contains(text, typed) && !popup_add(popup, 0, text))
            return false;
    }
    return true;
}

static void complain(struct application *application, const char *what, const char *argument, const char *const *words) {
    char quoted[WORDS_QUOTED_SIZE];
    if (!words || !*words)
        application_error(application, "there is no %s %s in this pane", what, words_quote(argument, quoted));
    else
        application_error(application, "there is no %s %s; did you mean \"%s\"?", what, words_quote(argument, quoted),
                          words_nearest(argument, words));
}

/* --- theme ------------------------------------------------------------------------------------------ */

static const char *const themes[] = {
#define X(NAME, name) name,
    UI_THEME_LIST(X)
#undef X
    NULL,
};

static bool offer_themes(struct application *application, const char *typed, struct popup *popup) {
    (void)application;
    return add_words(popup, "", themes, typed);
}

static void use_theme(struct application *application, const char *name) {
    application->theme = theme_from_name(name);
    screen_set_theme(application->screen, application->theme);
}

static void take_theme(struct application *application, const char *argument, int value) {
    (void)value;
    if (!words_contain(themes, argument)) {
        complain(application, "theme", argument, themes);
        return;
    }
    use_theme(application, argument);
    application_message(application, "theme: %s (S keeps it in the config)", argument);
}

/* --- sort, filter ----------------------------------------------------------------------------------- */

static const char *const *sort_names(struct application *application, const struct view **view, void **state) {
    *view = panes_view(application, application->place.focus, state);
    return (*view)->sort_names ? (*view)->sort_names(*state) : NULL;
}

static bool offer_sorts(struct application *application, const char *typed, struct popup *popup) {
    const struct view *view;
    void *state;
    return add_words(popup, "", sort_names(application, &view, &state), typed);
}

/* Cuts " inverted" off what was typed; false: it is not there. */
static bool cut_inverted(char *column) {
    static const char word[] = " inverted";
    size_t length = strlen(column), behind = sizeof word - 1;
    if (length <= behind || strcasecmp(column + length - behind, word) != 0)
        return false;
    column[length - behind] = '\0';
    return true;
}

static void sort_by(struct application *application, const char *argument, int value) {
    const struct view *view;
    void *state;
    const char *const *names = sort_names(application, &view, &state);
    char column[64];
    (void)value;
    snprintf(column, sizeof column, "%s", argument);
    bool inverted = cut_inverted(column);
    for (int i = 0; names && names[i]; i++)
        if (strncasecmp(names[i], column, strlen(column)) == 0) {
            if (i != view->sorted(state)) /* again would invert it */
                view->sort(state, i);
            if (inverted)
                view->sort(state, i);
            return;
        }
    if (view != &functions_view || !functions_view_sort_by(state, column, inverted)) /* its menu offers what is shown */
        complain(application, "column", column, names);
}

static bool offer_groupings(struct application *application, const char *typed, struct popup *popup) {
    (void)application;
    return add_words(popup, "", grouping_words(), typed);
}

static void group_by(struct application *application, const char *argument, int value) {
    (void)value;
    if (words_contain(grouping_words(), argument))
        grouping_read(application, argument);
    else
        complain(application, "grouping", argument, grouping_words());
}

static void filter_by(struct application *application, const char *argument, int value) {
    void *state;
    const struct view *view = panes_view(application, application->place.focus, &state);
    struct view_context context = panes_context(application, application->place.focus);
    const char *problem = "there is nothing to filter in this pane; 1 goes to the functions";
    (void)value;
    if (!view->filter || !view->filter(state, &context, argument, &problem))
        application_error(application, "%s", problem);
}

/* --- going somewhere -------------------------------------------------------------------------------- */

static bool offer_functions(struct application *application, const char *typed, struct popup *popup) {
    return code_search_functions(application, typed, popup);
}

static void go_to(struct application *application, uint32_t function, uint32_t line) {
    panes_apply(application, (struct view_effect){.action = VIEW_DRILL, .function = function, .line = line});
}

static void go_to_function(struct application *application, const char *argument, int value) {
    char quoted[WORDS_QUOTED_SIZE];
    if (value > 0 && (size_t)value < application->model->function_count)
        go_to(application, (uint32_t)value, 0);
    else
        application_error(application, "no function has %s in its name or file", words_quote(argument, quoted));
}

static bool offer_places(struct application *application, const char *typed, struct popup *popup) {
    return code_search_text(application, typed, popup);
}

static void go_to_place(struct application *application, const char *argument, int value) {
    uint32_t function, line;
    char quoted[WORDS_QUOTED_SIZE];
    if (code_search_place(application, value, &function, &line))
        go_to(application, function, line);
    else
        application_error(application, "%s is in no function's name and in no source", words_quote(argument, quoted));
}

static size_t line_count(const struct application *application, const char *file) {
    const struct model_source *source = model_source(application->model, file);
    size_t count = 0;
    free(source ? model_source_lines(source, &count) : NULL);
    return count;
}

static void go_to_line(struct application *application, const char *argument, int value) {
    const struct model *model = application->model;
    uint32_t function = application->place.function;
    char *end, quoted[WORDS_QUOTED_SIZE];
    unsigned long line = strtoul(argument, &end, 10);
    (void)value;
    if (function == 0 || function >= model->function_count || !*model->functions[function].file) {
        application_error(application, "no function with a source is selected; goto FUNCTION selects one");
        return;
    }
    const char *file = model->functions[function].file;
    size_t lines = line_count(application, file);
    if (*argument < '0' || *argument > '9' || *end || line == 0)
        application_error(application, "%s is no line number; write for example: line 12", words_quote(argument, quoted));
    else if (line > lines && lines)
        application_error(application, "%s has %zu lines", file, lines);
    else if (line > lines)
        application_error(application, "the source of %s is not there", file);
    else {
        uint32_t there = code_search_function_at(model, file, (uint32_t)line);
        go_to(application, there ? there : function, (uint32_t)line);
    }
}

static void mark_moment(struct application *application, const char *argument, int value) {
    (void)value;
    memory_actions_mark_as(application, argument);
}

/* --- settings --------------------------------------------------------------------------------------- */

static const char settable[] = "ui";

static bool offer_settings(struct application *application, const char *typed, struct popup *popup) {
    char text[OPTION_KEY_SIZE + 2];
    (void)application;
    for (size_t i = 0; i < option_count; i++) {
        const struct config_option *option = &options[i];
        if (!option_is_under(option, settable))
            continue;
        snprintf(text, sizeof text, "%s=", option->key);
        bool named = strncmp(typed, text, strlen(text)) == 0;
        if (named && option->type == OPTION_TEXT && !add_words(popup, text, option->words, typed))
            return false;
        if (!named && filter_contains(text, typed) && !popup_add(popup, 0, text))
            return false;
    }
    return true;
}

/* What the screen has of the config, as the config now has it. */
static void apply_setting(struct application *application, const char *key) {
    const struct config *config = application->run.config;
    if (strncmp(key, "ui.panes", 8) == 0 || strncmp(key, "ui.sizes.", 9) == 0) {
        struct layout_options options_now = pane_options_read(config);
        application->options.panes = options_now.panes;
        memcpy(application->options.extra, options_now.extra, sizeof options_now.extra);
        application->hidden = 0;
    } else if (strncmp(key, "ui.theme=", 9) == 0) {
        use_theme(application, config->ui.theme);
    } else if (strncmp(key, "ui.refresh_ms=", 14) == 0) {
        application->refresh_ms = config->ui.refresh_ms;
        application->next_tick_ns = 0;
    } else if (strncmp(key, "ui.sort", 7) == 0) {
        functions_view_sort_by(application->view_states[PANE_FUNCTIONS], config->ui.sort, config->ui.sort_inverted);
    } else if (strncmp(key, "ui.group=", 9) == 0) {
        grouping_read(application, config->ui.group);
    }
}

static void set(struct application *application, const char *argument, int value) {
    static const char prefix[] = "--set: ";
    struct error error;
    (void)value;
    if (strncmp(argument, "ui.", 3) != 0) {
        application_error(application, "while it is looked at, keys that begin with ui. can be set; others are for the next "
                                       "run, with --set");
    } else if (!config_set(application->run.config, argument, &error)) {
        bool prefixed = strncmp(error.text, prefix, sizeof prefix - 1) == 0;
        application_error(application, "%s", error.text + (prefixed ? sizeof prefix - 1 : 0));
    } else {
        application_message(application, "%s (S keeps it in the config)", argument);
        apply_setting(application, argument);
    }
}

/* --- the run ---------------------------------------------------------------------------------------- */

/* Alone first: what is typed is completed to the first that begins with it. */
static const char *const collector_lists[] = {
    "function", "line", "memory", "bytecode", "none", "function,line", "function,line,memory",
    "function,line,memory,bytecode", "function,memory", "function,bytecode", NULL,
};

static bool offer_collectors(struct application *application, const char *typed, struct popup *popup) {
    (void)application;
    for (const char *const *list = collector_lists; *list; list++)
        if (strncmp(*list, typed, strlen(typed)) == 0 && !popup_add(popup, 0, *list))
            return false;
    return true;
}

static void switch_collectors(struct application *application, const char *argument, int value) {
    struct config *wanted = config_new();
    struct error error = {0};
    (void)value;
    if (wanted && config_set_collectors(wanted, argument, &error))
        collector_choice_apply(application, config_collectors(wanted));
    else
        application_error(application, "%s", wanted ? error.text + (strncmp(error.text, "-k: ", 4) == 0 ? 4 : 0)
                                                    : "not enough memory");
    config_free(wanted);
}

static void run_again(struct application *application, const char *argument, int value) {
    (void)value;
    rerun_with_list(application, argument);
}

static void run_with(struct application *application, const char *argument, int value) {
    (void)value;
    rerun_with_arguments(application, argument);
}

/* --- files ------------------------------------------------------------------------------------------ */

static void save(struct application *application, const char *argument, int value) {
    (void)value;
    prompt_save(application, PROMPT_SAVE_SESSION, argument);
}

static void save_config(struct application *application, const char *argument, int value) {
    (void)value;
    prompt_save(application, PROMPT_SAVE_CONFIG, argument);
}

static void export(struct application *application, const char *argument, int value) {
    (void)value;
    prompt_save(application, PROMPT_EXPORT_SCREEN, argument);
}

static void export_rows(struct application *application, const char *argument, int value) {
    (void)value;
    prompt_save(application, PROMPT_EXPORT_PANE, argument);
}

/* --- the table -------------------------------------------------------------------------------------- */

const struct command commands[] = {
    {"goto", "FUNCTION", "go to a function by its name", offer_functions, true, go_to_function},
    {"grep", "TEXT", "names and source lines that hold a text", offer_places, true, go_to_place},
    {"line", "N", "line N of the file", NULL, false, go_to_line},
    {"moment", "NAME", "mark this moment in the RAM graph", NULL, false, mark_moment},
    {"sort", "COLUMN", "sort the pane by a column; \"COLUMN inverted\": the other way round", offer_sorts, false, sort_by},
    {"group", "WHAT", "group the functions: file, module ...", offer_groupings, false, group_by},
    {"filter", "TERMS", "rows that these hold for (see &)", NULL, false, filter_by},
    {"theme", "NAME", "colours of that name", offer_themes, false, take_theme},
    {"set", "KEY=VALUE", "a key of the config, of those in ui", offer_settings, false, set},
    {"collectors", "LIST", "exactly these on while it runs", offer_collectors, false, switch_collectors},
    {"run-again", "LIST", "run again with these collectors", offer_collectors, false, run_again},
    {"run-with", "ARGUMENTS", "run again with these arguments", NULL, false, run_with},
    {"save", "PATH", "save the session there", NULL, false, save},
    {"save-config", "PATH", "save the config there", NULL, false, save_config},
    {"export", "PATH", "write the screen as text", NULL, false, export},
    {"export-pane", "PATH", "write all rows of the pane as text", NULL, false, export_rows},
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct command *command_of(const char *typed, const char **argument) {
    size_t length = strcspn(typed, " ");
    if (!typed[length])
        return NULL;
    for (size_t i = 0; i < command_count; i++)
        if (strlen(commands[i].name) == length && strncmp(commands[i].name, typed, length) == 0) {
            *argument = typed + length + strspn(typed + length, " ");
            return &commands[i];
        }
    return NULL;
}
