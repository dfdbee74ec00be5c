#include "tui/app/columns.h"
#include "tui/app/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/app/chrome.h"
#include "tui/app/compare_functions.h"
#include "tui/app/diff_screen.h"
#include "tui/app/export_screen.h"
#include "tui/app/grouping.h"
#include "tui/app/live_run.h"
#include "tui/app/pane_options.h"
#include "tui/app/panes.h"
#include "tui/app/rerun.h"
#include "tui/app/shell_words.h"

enum { QUESTION_SIZE = 256 };

static void close_prompt(struct application *application) {
    application->prompt = PROMPT_NONE;
    application->redraw = true;
}

/* --- files ------------------------------------------------------------------------------------------ */

/* The recorder may stand in another folder than the viewer: it is told absolute paths. "~/" is the home folder. */
static void absolute_path(const char *typed, char *path, size_t size) {
    const char *home = getenv("HOME");
    char folder[2048];
    if (typed[0] == '~' && typed[1] == '/' && home)
        snprintf(path, size, "%s%s", home, typed + 1);
    else if (typed[0] != '/' && getcwd(folder, sizeof folder))
        snprintf(path, size, "%s/%s", folder, typed);
    else
        snprintf(path, size, "%s", typed);
}

static void save_config(struct application *application, const char *path) {
    struct config *config = application->run.config;
    struct error error;
    char theme[64];
    config->ui.refresh_ms = application->refresh_ms;
    snprintf(theme, sizeof theme, "ui.theme=%s", theme_name(application->theme));
    if (config_set(config, theme, &error) && pane_options_write(application, config, &error) &&
        columns_write(application, config, &error) && grouping_write(application, config, &error) &&
        config_save_file(config, path, &error))
        application_message(application, "config saved: %s", path);
    else
        application_error(application, "%s", error.text);
}

static const char *config_path(const struct application *application) {
    return application->start->config_path ? application->start->config_path : ".pyprof.yaml";
}

static const char *session_path(const struct application *application) {
    const struct live_run *run = &application->run;
    return run->saved_path ? run->saved_path : run->default_path ? run->default_path : "";
}

/* Whether writing there harms a file that is not our own. */
static bool would_overwrite(const struct application *application, const char *path) {
    char own[4096];
    const char *offered = application->saves == PROMPT_SAVE_CONFIG    ? application->start->config_path
                          : application->saves == PROMPT_SAVE_SESSION ? application->run.saved_path
                                                                      : NULL;
    absolute_path(offered ? offered : "", own, sizeof own);
    return strcmp(path, own) != 0 && access(path, F_OK) == 0;
}

static bool is_folder(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static void write_to(struct application *application, const char *path) {
    if (application->saves == PROMPT_SAVE_CONFIG)
        save_config(application, path);
    else if (application->saves == PROMPT_EXPORT_SCREEN)
        export_screen(application, path);
    else if (application->saves == PROMPT_EXPORT_PANE)
        export_pane(application, path);
    else
        live_run_save(application, path);
}

static void save_typed(struct application *application, bool may_overwrite) {
    char path[4096];
    close_prompt(application);
    if (application->edit.length == 0)
        return;
    absolute_path(application->edit.text, path, sizeof path);
    if (is_folder(path))
        application_error(application, "%s is a folder; name a file in it", path);
    else if (!may_overwrite && would_overwrite(application, path))
        application->prompt = PROMPT_OVERWRITE;
    else
        write_to(application, path);
}

/* --- typed texts ------------------------------------------------------------------------------------ */

static void search(struct application *application) {
    snprintf(application->search, sizeof application->search, "%.255s", application->edit.text);
    application->message[0] = '\0';
    panes_search(application, application->search, 0);
}

static void filter(struct application *application) {
    void *state;
    const struct view *view = panes_view(application, application->place.focus, &state);
    struct view_context context = panes_context(application, application->place.focus);
    const char *problem = "";
    if (!view->filter(state, &context, application->edit.text, &problem)) {
        application_error(application, "%s", problem); /* until the next key: then the prompt is back */
        return;
    }
    close_prompt(application);
}

static void accept(struct application *application) {
    switch (application->prompt) {
    case PROMPT_SEARCH: close_prompt(application); break;
    case PROMPT_FILTER: filter(application); break;
    case PROMPT_ARGUMENTS:
        close_prompt(application);
        compare_functions_start(application, application->edit.text);
        break;
    case PROMPT_DIFF:
        close_prompt(application);
        if (application->edit.length)
            diff_screen_start(application, application->edit.text);
        break;
    case PROMPT_RERUN_ARGUMENTS:
        close_prompt(application);
        rerun_with_arguments(application, application->edit.text);
        break;
    default: save_typed(application, false); break;
    }
}

static void cancel(struct application *application) {
    if (application->prompt == PROMPT_SEARCH) {
        line_edit_set(&application->edit, "");
        search(application);
    }
    if (application->prompt == PROMPT_SAVE_SESSION)
        rerun_forget(application);
    close_prompt(application);
}

static void edit_key(struct application *application, int key) {
    if (key == KEYS_ESCAPE || key == key_control('c') || key == key_control('g'))
        cancel(application);
    else if (key == KEYS_ENTER)
        accept(application);
    else if (key == KEYS_TAB && application->prompt == PROMPT_DIFF)
        diff_screen_complete(&application->edit);
    else if (line_edit_key(&application->edit, key) && application->prompt == PROMPT_SEARCH)
        search(application);
    application->redraw = true;
}

/* --- questions -------------------------------------------------------------------------------------- */

static void answer_quit(struct application *application, int key) {
    if (key == 's' || key == KEYS_ENTER) {
        application->run.quit_when_saved = true;
        live_run_save(application, application->run.saved_path ? application->run.saved_path : "");
    } else if (key == 'd') {
        live_run_leave(application, RECORDER_REQUEST_QUIT);
    } else if (key == 'b' && application->run.state != RUN_ENDED) {
        snprintf(application->farewell, sizeof application->farewell,
                 "the run goes on; pyprof-tui --reattach comes back to it");
        live_run_leave(application, RECORDER_REQUEST_DETACH);
    } else if (key != KEYS_ESCAPE && key != 'n' && key != key_control('c')) {
        return;
    }
    close_prompt(application);
}

static void answer_yes_or_no(struct application *application, int key) {
    bool overwrite = application->prompt == PROMPT_OVERWRITE;
    if (key == 's' && !overwrite && live_run_is_unsaved(application)) {
        prompt_open(application, PROMPT_SAVE_SESSION);
        application->run.rerun_when_saved = application->prompt == PROMPT_SAVE_SESSION;
        return;
    }
    if (key != 'y' && key != KEYS_ESCAPE && key != 'n' && key != key_control('c'))
        return;
    close_prompt(application);
    if (key == 'y' && overwrite)
        save_typed(application, true);
    else if (key == 'y')
        rerun_confirmed(application);
    else if (!overwrite)
        rerun_forget(application);
}

void prompt_key(struct application *application, int key) {
    switch (application->prompt) {
    case PROMPT_NONE: break;
    case PROMPT_QUIT: answer_quit(application, key); break;
    case PROMPT_RERUN: case PROMPT_OVERWRITE: answer_yes_or_no(application, key); break;
    default: edit_key(application, key); break;
    }
}

/* --- opening and drawing ---------------------------------------------------------------------------- */

static bool can_open(struct application *application, enum prompt_kind kind) {
    void *state;
    const struct view *view = panes_view(application, application->place.focus, &state);
    if (kind == PROMPT_SEARCH && !view->search)
        application_message(application, "there is nothing to search in this pane");
    else if (kind == PROMPT_FILTER && !view->filter)
        application_message(application, "there is nothing to filter in this pane; 1 goes to the functions");
    else if ((kind == PROMPT_SAVE_SESSION || kind == PROMPT_RERUN_ARGUMENTS) && !application->run.channel)
        application_error(application, application->run.state != RUN_SESSION ? "the recorder of this run has ended"
                                       : kind == PROMPT_SAVE_SESSION         ? "this is a saved session already"
                                                                             : "this is a saved session: nothing runs here");
    else
        return true;
    return false;
}

void prompt_open(struct application *application, enum prompt_kind kind) {
    if (!can_open(application, kind))
        return;
    char offered[sizeof application->edit.text] = "";
    if (kind == PROMPT_DIFF)
        diff_screen_offer(application, offered, sizeof offered);
    if (kind == PROMPT_RERUN_ARGUMENTS)
        shell_words_from_list(&application->run.config->target.args, offered, sizeof offered);
    application->prompt = kind;
    application->saves = kind;
    line_edit_set(&application->edit, kind == PROMPT_SAVE_CONFIG    ? config_path(application)
                                      : kind == PROMPT_SAVE_SESSION ? session_path(application)
                                                                    : offered);
    application->redraw = true;
}

static const char *question(const struct application *application, char text[QUESTION_SIZE]) {
    switch (application->prompt) {
    case PROMPT_SEARCH: return "/";
    case PROMPT_FILTER: return "&";
    case PROMPT_SAVE_SESSION: return "Save the session as: ";
    case PROMPT_SAVE_CONFIG: return "Save the config as: ";
    case PROMPT_ARGUMENTS: return "Compare, with these arguments of each call (Enter: none): ";
    case PROMPT_DIFF: return "Compare with the session (Tab completes): ";
    case PROMPT_QUIT:
        return application->run.state == RUN_ENDED
                   ? "Quit: [s]ave session and quit  [d]iscard  [Esc] stay"
                   : "Quit: [s]ave session and quit  [d]iscard  [b] leave it running  [Esc] stay";
    case PROMPT_RERUN_ARGUMENTS: return "Run again with the arguments: ";
    case PROMPT_RERUN: return rerun_question(application, text, QUESTION_SIZE);
    case PROMPT_OVERWRITE: return "There is a file of that name. Write over it?  [y]es  [n]o";
    case PROMPT_EXPORT_SCREEN: case PROMPT_EXPORT_PANE: /* the list of actions asks */
    case PROMPT_NONE: break;
    }
    return "";
}

static bool takes_text(enum prompt_kind kind) { return kind >= PROMPT_SEARCH && kind <= PROMPT_RERUN_ARGUMENTS; }

void prompt_save(struct application *application, enum prompt_kind kind, const char *path) {
    if (!can_open(application, kind))
        return;
    application->saves = kind;
    line_edit_set(&application->edit, path);
    save_typed(application, false);
}

void prompt_draw(struct application *application, int *cursor_row, int *cursor_column) {
    struct rectangle area = application->layout.footer;
    struct grid *grid = &application->grid;
    const struct line_edit *edit = &application->edit;
    char text[QUESTION_SIZE];
    if (!takes_text(application->prompt)) {
        chrome_draw_sentence(application, STYLE_KEY, question(application, text));
        return;
    }
    for (int column = 0; column < area.columns; column++)
        grid_glyph(grid, area, 0, column, STYLE_NORMAL, ' ');
    int column = grid_text(grid, area, 0, 1, STYLE_KEY, question(application, text));
    char ahead[sizeof edit->text];
    memcpy(ahead, edit->text, edit->cursor);
    ahead[edit->cursor] = '\0';
    int at = grid_text_width(ahead), room = area.columns - column - 1;
    int skip = at > room ? at - room : 0;
    int end = grid_text_part(grid, area, 0, column, STYLE_NORMAL, edit->text, edit->length, skip);
    grid_text(grid, area, 0, end + 3, STYLE_DIM, application->message); /* "no match" */
    *cursor_row = area.row;
    *cursor_column = area.column + column + at - skip;
}
