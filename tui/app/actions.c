#include "tui/app/actions.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tui/app/announce.h"
#include "tui/app/code_marks.h"
#include "tui/app/compare_functions.h"
#include "tui/app/diff_screen.h"
#include "tui/app/editor.h"
#include "tui/app/key_map.h"
#include "tui/app/live_run.h"
#include "tui/app/memory_actions.h"
#include "tui/app/pane_options.h"
#include "tui/app/panes.h"
#include "tui/app/popups.h"
#include "tui/app/prompt.h"
#include "tui/app/rerun.h"

enum { LEAVE_TYPING = ']' & 0x1f };

/* --- panes ------------------------------------------------------------------------------------------ */

static void focus_or_zoom(struct application *application, enum pane pane) {
    if (application->place.focus == pane && !application->place.diff)
        application->options.zoomed = !application->options.zoomed;
    application->place.diff = false;
    panes_focus(application, pane);
}

static void focus_functions(struct application *application) { focus_or_zoom(application, PANE_FUNCTIONS); }
static void focus_source(struct application *application) { focus_or_zoom(application, PANE_SOURCE); }
static void focus_bytecode(struct application *application) { focus_or_zoom(application, PANE_BYTECODE); }
static void focus_ram(struct application *application) { focus_or_zoom(application, PANE_RAM); }
static void focus_output(struct application *application) { focus_or_zoom(application, PANE_OUTPUT); }
static void focus_memory(struct application *application) { focus_or_zoom(application, PANE_MEMORY); }
static void focus_tree(struct application *application) { focus_or_zoom(application, PANE_TREE); }
static void focus_flame(struct application *application) { focus_or_zoom(application, PANE_FLAME); }
static void focus_threads(struct application *application) { focus_or_zoom(application, PANE_THREADS); }
static void focus_information(struct application *application) { focus_or_zoom(application, PANE_INFORMATION); }

/* Where several panes are seen, the next of them; else the next there is. */
static void step_focus(struct application *application, int step) {
    enum pane focus = application->place.focus, pane = focus;
    bool seen = application->layout.mode == LAYOUT_PANES;
    do
        pane = (enum pane)((pane + PANE_COUNT + (unsigned)step) % PANE_COUNT);
    while (pane != focus && (seen ? !application->layout.panes[pane].shown : !panes_offered(application, pane)));
    application->place.diff = false;
    panes_focus(application, pane);
}

static void next_pane(struct application *application) { step_focus(application, 1); }
static void previous_pane(struct application *application) { step_focus(application, -1); }

static void change_size(struct application *application, int step) {
    if (!layout_grow(&application->options, &application->layout, application->place.focus, step))
        application_message(application, "this pane has no size of its own here: it takes what the others leave");
}

static void grow(struct application *application) { change_size(application, 1); }
static void shrink(struct application *application) { change_size(application, -1); }

/* --- drilling --------------------------------------------------------------------------------------- */

static void go_up(struct application *application) {
    struct place place = application->place;
    if (panes_shows_diff(application)) {
        application->place.diff = false;
    } else if (application->options.zoomed && !place.drilled && !place.callers) {
        application->options.zoomed = false;
    } else if (place.callers && !(place.drilled && panes_is_of_c(application, place.function))) {
        application->place.callers = false;
    } else if (place.drilled && place.focus == PANE_BYTECODE) { /* function > line > bytecode */
        place.focus = PANE_SOURCE;
        panes_go(application, place);
    } else if (place.drilled || place.focus != panes_table(application)) {
        place.drilled = place.callers = false;
        place.focus = panes_table(application);
        place.line = 0;
        panes_go(application, place);
    }
}

static void go_back(struct application *application) {
    struct place place = application->place;
    if (navigation_back(&application->navigation, &place))
        panes_arrive(application, place);
    else
        application_message(application, "there is nothing to go back to");
}

static void go_forward(struct application *application) {
    struct place place = application->place;
    if (navigation_forward(&application->navigation, &place))
        panes_arrive(application, place);
    else
        application_message(application, "there is nothing to go forward to");
}

static void show_callers(struct application *application) {
    struct place place = application->place;
    if (place.callers) {
        application->place.callers = false;
        return;
    }
    place.callers = true;
    place.focus = PANE_SOURCE;
    panes_go(application, place);
}

static void edit(struct application *application) {
    const struct place *place = &application->place;
    struct error error;
    if (place->function == 0 || place->function >= application->model->function_count)
        return;
    const struct model_function *function = &application->model->functions[place->function];
    if (!*function->file) {
        application_message(application, "%s is not written in Python: there is no file to edit", function->qualname);
        return;
    }
    screen_leave(application->screen);
    bool done = editor_run(function->file, place->line ? place->line : function->line, &error);
    screen_return(application->screen);
    if (!done)
        application_error(application, "%s", error.text);
}

/* --- finding and tables ----------------------------------------------------------------------------- */

static void search(struct application *application) { prompt_open(application, PROMPT_SEARCH); }

static void search_again(struct application *application, int direction) {
    if (application->search[0])
        panes_search(application, application->search, direction);
    else
        application_message(application, "nothing was searched for yet; / searches");
}

static void search_next(struct application *application) { search_again(application, 1); }
static void search_previous(struct application *application) { search_again(application, -1); }
static void filter(struct application *application) { prompt_open(application, PROMPT_FILTER); }
static void sort_menu(struct application *application) { popups_open(application, POPUP_SORT); }
static void marks(struct application *application) { popups_open(application, POPUP_MARKS); }
static void columns(struct application *application) { popups_open(application, POPUP_COLUMNS); }
static void group(struct application *application) { popups_open(application, POPUP_GROUP); }
/* Shares of time first; then no shares at all; then shares of all that is part of a whole. */
static void percent(struct application *application) {
    bool absolute = !application->percent;
    application->percent = absolute || application->shares;
    application->shares = absolute;
}

static void hide_standard_library(struct application *application) {
    application->hide_standard_library = !application->hide_standard_library;
}

/* --- the run ---------------------------------------------------------------------------------------- */

static void freeze(struct application *application) {
    if (!application->frozen && !live_run_is_live(application)) {
        application_message(application, "the run is over: nothing changes here, so there is nothing to freeze");
        return;
    }
    application->frozen = !application->frozen;
    application->next_tick_ns = 0;
}

static bool shows_code(enum pane pane) { return pane == PANE_FUNCTIONS || pane == PANE_SOURCE || pane == PANE_BYTECODE; }

static void follow_run(struct application *application) {
    if (!application->follows_run && !live_run_is_live(application)) {
        application_message(application, "nothing runs here that could be followed");
        return;
    }
    application->follows_run = !application->follows_run;
    application->next_tick_ns = 0;
    application_message(application, application->follows_run ? "following the line that runs, until you move"
                                                              : "no longer following the line that runs");
}

/* Where code is shown, the line that runs is followed. Else the output's end: the output has it done wherever it is asked for, and
 * says so where its title is not seen. */
static void follow(struct application *application) {
    if (shows_code(application->place.focus)) {
        follow_run(application);
        return;
    }
    void *state = application->view_states[PANE_OUTPUT];
    struct view_context context = panes_context(application, PANE_OUTPUT);
    const struct pane_place *place = &application->layout.panes[PANE_OUTPUT];
    char title[128];
    output_view.request(state, &context, REQUEST_FOLLOW, place->content.rows);
    output_view.title(state, &context, title, sizeof title);
    if (!place->shown)
        application_message(application, "%s", title);
}

static void refresh_at(struct application *application, int64_t milliseconds) {
    application->refresh_ms = milliseconds < 50 ? 50 : milliseconds > 10000 ? 10000 : milliseconds;
    application_message(application, "a refresh every %lld ms", (long long)application->refresh_ms);
}

static void refresh_faster(struct application *application) { refresh_at(application, application->refresh_ms / 2); }
static void refresh_slower(struct application *application) { refresh_at(application, application->refresh_ms * 2); }

static void type(struct application *application) {
    if (application->run.state != RUN_RUNNING)
        application_message(application, application->run.state == RUN_SESSION
                                             ? "this is a saved session: nothing runs here"
                                             : "the target does not run: there is nothing to type into");
    else if (!isatty(STDIN_FILENO))
        application_message(application, "the target reads a file or a pipe: there is nothing to type into");
    else {
        application->typing = true;
        panes_focus(application, PANE_OUTPUT);
    }
}

static void choose_process(struct application *application) { popups_open(application, POPUP_PROCESSES); }

static void run_with_arguments(struct application *application) { prompt_open(application, PROMPT_RERUN_ARGUMENTS); }
static void choose_collectors(struct application *application) { popups_open(application, POPUP_COLLECTORS); }

static void quit(struct application *application) {
    const struct live_run *run = &application->run;
    bool nothing_to_lose = !run->channel || (run->state == RUN_ENDED && run->saved);
    if (nothing_to_lose)
        live_run_leave(application, RECORDER_REQUEST_QUIT);
    else
        prompt_open(application, PROMPT_QUIT);
}

static void stop(struct application *application) {
    bool running = application->run.state == RUN_RUNNING || application->run.state == RUN_STARTING;
    if (running && !live_run_stop_was_asked(application))
        live_run_stop(application);
    else
        quit(application);
}

static void save_config(struct application *application) { prompt_open(application, PROMPT_SAVE_CONFIG); }
static void save_session(struct application *application) { prompt_open(application, PROMPT_SAVE_SESSION); }

/* --- the program ------------------------------------------------------------------------------------ */

static void read_out(struct application *application) {
    if (application->announcement)
        announce_again(application);
    else
        application_message(application, "read is for the screen reader mode: --set ui.screen_reader=true");
}

static void palette(struct application *application) { popups_open(application, POPUP_PALETTE); }
static void help(struct application *application) { popups_open(application, POPUP_HELP); }
static void redraw(struct application *application) { screen_resize(application->screen); }

static void mouse(struct application *application) {
    application->mouse = !application->mouse;
    screen_mouse(application->screen, application->mouse);
    application_message(application, application->mouse ? "mouse on: clicks select, the wheel scrolls, borders can be pulled"
                                                        : "mouse off: the terminal selects text again");
}

static void next_theme(struct application *application) {
    application->theme = (enum theme)((application->theme + 1) % THEME_COUNT);
    screen_set_theme(application->screen, application->theme);
    application_message(application, "theme: %s (S keeps it in the config)", theme_name(application->theme));
}

void actions_suspend(struct application *application) {
    screen_leave(application->screen);
    raise(SIGSTOP); /* this process alone: recorder and target go on */
    screen_return(application->screen);
    application->redraw = true;
}

/* What no view did. Requests without a row are views' own. */
static void (*const handlers[REQUEST_COUNT])(struct application *) = {
    [REQUEST_PANE_1] = focus_functions, [REQUEST_PANE_2] = focus_source, [REQUEST_PANE_3] = focus_bytecode,
    [REQUEST_PANE_4] = focus_ram,
    [REQUEST_PANE_5] = focus_output, [REQUEST_PANE_6] = focus_memory, [REQUEST_PANE_7] = focus_tree,
    [REQUEST_FLAME] = focus_flame, [REQUEST_THREADS] = focus_threads, [REQUEST_INFORMATION] = focus_information,
    [REQUEST_PANE_HIDE] = pane_options_hide, [REQUEST_NEXT_PANE] = next_pane,
    [REQUEST_PREVIOUS_PANE] = previous_pane,
    [REQUEST_PANE_GROW] = grow, [REQUEST_PANE_SHRINK] = shrink, [REQUEST_PANE_RESET] = pane_options_reset,
    [REQUEST_CANCEL] = go_up, [REQUEST_BACK] = go_back, [REQUEST_FORWARD] = go_forward,
    [REQUEST_CALLERS] = show_callers, [REQUEST_EDIT] = edit, [REQUEST_SEARCH] = search,
    [REQUEST_SEARCH_NEXT] = search_next, [REQUEST_SEARCH_PREVIOUS] = search_previous, [REQUEST_FILTER] = filter,
    [REQUEST_HIDE_STANDARD_LIBRARY] = hide_standard_library, [REQUEST_SORT_MENU] = sort_menu,
    [REQUEST_COLUMNS] = columns, [REQUEST_GROUP] = group,
    [REQUEST_VARIANT] = memory_actions_vary, [REQUEST_NEXT_MARK] = code_marks_next,
    [REQUEST_PREVIOUS_MARK] = code_marks_previous, [REQUEST_PEAK] = memory_actions_peak,
    [REQUEST_MARK] = code_marks_toggle, [REQUEST_MARKS] = marks, [REQUEST_CENSUS] = memory_actions_census,
    [REQUEST_COLLECTORS] = choose_collectors,
    [REQUEST_PERCENT] = percent, [REQUEST_FREEZE] = freeze, [REQUEST_FOLLOW] = follow,
    [REQUEST_REFRESH_FASTER] = refresh_faster, [REQUEST_REFRESH_SLOWER] = refresh_slower, [REQUEST_TYPE] = type,
    [REQUEST_PROCESSES] = choose_process, [REQUEST_RERUN] = rerun_as_it_was,
    [REQUEST_RERUN_ARGUMENTS] = run_with_arguments, [REQUEST_STOP] = stop,
    [REQUEST_SAVE_CONFIG] = save_config,
    [REQUEST_SAVE_SESSION] = save_session, [REQUEST_PALETTE] = palette, [REQUEST_HELP] = help,
    [REQUEST_REDRAW] = redraw, [REQUEST_SUSPEND] = actions_suspend, [REQUEST_MOUSE] = mouse, [REQUEST_QUIT] = quit,
    [REQUEST_THEME] = next_theme, [REQUEST_READ] = read_out, [REQUEST_MARK_FUNCTION] = compare_functions_mark,
    [REQUEST_COMPARE_FUNCTIONS] = compare_functions_ask, [REQUEST_DIFF] = diff_screen_ask,
};

void actions_request(struct application *application, enum request request) {
    if (application->run.saving && (request == REQUEST_CANCEL || request == REQUEST_STOP)) {
        live_run_cancel_save(application);
        return;
    }
    if (request == REQUEST_NONE || panes_request(application, request))
        return;
    const struct request_row *row = request_row(request);
    if (handlers[request])
        handlers[request](application);
    else if (row->section != SECTION_MOVE)
        application_message(application, "%s: there is nothing for it to do in this pane", row->name);
    application->redraw = true;
}

void actions_key(struct application *application, const struct key_press *press) {
    bool had_message = application->message[0] != '\0' || application->hint;
    char name[KEY_NAME_SIZE];
    application->message[0] = '\0';
    application->hint = NULL;
    application->redraw |= had_message;
    if (application->popup_kind != POPUP_NONE)
        actions_request(application, popups_key(application, press->key));
    else if (application->prompt != PROMPT_NONE)
        prompt_key(application, press->key);
    else if (press->key == KEYS_ESCAPE && (diff_screen_cancel(application) || compare_functions_cancel(application)))
        ;
    else if (press->key == SPECIAL_MOUSE)
        panes_click(application, press);
    else if (key_map_find(press->key) == REQUEST_NONE && *key_write_name(press->key, name))
        application_message(application, "%s does nothing here; ? lists all keys", name);
    else
        actions_request(application, key_map_find(press->key));
    panes_follow_selection(application);
}

void actions_typed(struct application *application, const unsigned char *bytes, size_t count) {
    const unsigned char *leave = memchr(bytes, LEAVE_TYPING, count);
    size_t typed = leave ? (size_t)(leave - bytes) : count;
    application->message[0] = '\0';
    live_run_send_input(application, bytes, typed);
    if (!leave)
        return;
    application->typing = false;
    application->redraw = true;
    screen_unread_bytes(application->screen, leave + 1, count - typed - 1);
}
